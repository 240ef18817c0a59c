"""Azure Resource Graph: the answer to a query on the table `resources`, as the command line writes it (`data`, or a bare list).

A query gives a page of at most 1,000 rows unless more are asked for: a token for the next page, or a total above the rows, means that some are missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from herkomst.collectors.inventories.format import Format, Item, Json, Listing, damage_in, records_of, text_of
from herkomst.scanner.model.claim import Role

ROLES = {
    "microsoft.compute/virtualmachines": Role.COMPUTE,
    "microsoft.compute/virtualmachinescalesets": Role.COMPUTE,
    "microsoft.web/sites": Role.COMPUTE,
    "microsoft.compute/disks": Role.STORAGE,
    "microsoft.storage/storageaccounts": Role.STORAGE,
    "microsoft.sql/servers/databases": Role.DATABASE,
    "microsoft.sql/servers": Role.DATABASE,
    "microsoft.dbforpostgresql/flexibleservers": Role.DATABASE,
    "microsoft.dbformysql/flexibleservers": Role.DATABASE,
    "microsoft.documentdb/databaseaccounts": Role.DATABASE,
    "microsoft.compute/snapshots": Role.BACKUP,
    "microsoft.recoveryservices/vaults": Role.BACKUP,
    "microsoft.dataprotection/backupvaults": Role.BACKUP,
    "microsoft.keyvault/vaults": Role.KEYS,
    "microsoft.containerservice/managedclusters": Role.CONTROL_PLANE,
    "microsoft.containerregistry/registries": Role.IMAGES,
    "microsoft.operationalinsights/workspaces": Role.TELEMETRY,
}
_MARK = "/subscriptions/"


def _listed(document: Json) -> Json:
    return document.get("data") if isinstance(document, dict) else document


def _rows(document: Json) -> list[dict[str, Json]]:
    return records_of(_listed(document))


def _recognises(documents: Sequence[Json]) -> bool:
    rows = _rows(documents[0]) if len(documents) == 1 else []
    return bool(rows) and text_of(rows[0], "id").lower().startswith(_MARK) and bool(text_of(rows[0], "type"))


def _read(documents: Sequence[Json]) -> Listing:
    document, rows = documents[0], _rows(documents[0])
    said = document if isinstance(document, dict) else {}
    total = said.get("total_records", said.get("totalRecords"))
    is_cut = bool(said.get("skip_token") or said.get("skipToken")) or (isinstance(total, int) and total > len(rows))
    reason = f"a page of {len(rows)} rows of a longer answer; export all pages into one file" if is_cut else ""
    return Listing(tuple(_item(row) for row in rows), reason or damage_in(_listed(documents[0])))


def _item(row: dict[str, Json]) -> Item:
    kind = text_of(row, "type").lower()
    return Item(kind, ROLES.get(kind), "azure", text_of(row, "id").lower(), text_of(row, "location").lower().replace(" ", ""))


FORMAT = Format("azure-resource-graph", _recognises, _read)
