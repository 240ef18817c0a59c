"""Google Cloud Asset Inventory: an export of content type `RESOURCE`, one asset a line, or the list that the command line writes.

`location` is a region, a zone, or a multi-region such as `eu`, which names no country.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from herkomst.collectors.inventories.format import Format, Item, Json, Listing, damage_in, records_of, text_of
from herkomst.scanner.model.claim import Role

ROLES = {
    "compute.googleapis.com/Instance": Role.COMPUTE,
    "run.googleapis.com/Service": Role.COMPUTE,
    "cloudfunctions.googleapis.com/Function": Role.COMPUTE,
    "compute.googleapis.com/Disk": Role.STORAGE,
    "storage.googleapis.com/Bucket": Role.STORAGE,
    "file.googleapis.com/Instance": Role.STORAGE,
    "sqladmin.googleapis.com/Instance": Role.DATABASE,
    "bigquery.googleapis.com/Dataset": Role.DATABASE,
    "spanner.googleapis.com/Instance": Role.DATABASE,
    "compute.googleapis.com/Snapshot": Role.BACKUP,
    "sqladmin.googleapis.com/BackupRun": Role.BACKUP,
    "cloudkms.googleapis.com/KeyRing": Role.KEYS,
    "cloudkms.googleapis.com/CryptoKey": Role.KEYS,
    "container.googleapis.com/Cluster": Role.CONTROL_PLANE,
    "artifactregistry.googleapis.com/Repository": Role.IMAGES,
}
_ZONE = re.compile(r"([a-z]+-[a-z]+[0-9]+)-[a-z]")


def _listed(documents: Sequence[Json]) -> Json:
    return documents[0] if len(documents) == 1 and isinstance(documents[0], list) else list(documents)


def _rows(documents: Sequence[Json]) -> list[dict[str, Json]]:
    return records_of(_listed(documents))


def _recognises(documents: Sequence[Json]) -> bool:
    rows = _rows(documents)
    return bool(rows) and bool(text_of(rows[0], "assetType", "asset_type")) and text_of(rows[0], "name").startswith("//")


def _read(documents: Sequence[Json]) -> Listing:
    rows = _rows(documents)
    bare = sum(1 for row in rows if not isinstance(row.get("resource"), dict))
    reason = f"{bare} of {len(rows)} assets without their resource; export with the content type RESOURCE" if bare else ""
    return Listing(tuple(_item(row) for row in rows), reason or damage_in(_listed(documents)))


def _item(row: dict[str, Json]) -> Item:
    kind, resource = text_of(row, "assetType", "asset_type"), row.get("resource")
    place = text_of(resource, "location").lower() if isinstance(resource, dict) else ""
    match = _ZONE.fullmatch(place)
    region, zone = (match.group(1), place) if match else (place, "")
    return Item(kind, ROLES.get(kind), "gcp", text_of(row, "name"), region, zone)


FORMAT = Format("gcp-cloud-asset", _recognises, _read)
