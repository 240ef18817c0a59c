"""OpenStack: `openstack server list -f json` and `openstack volume list -f json`, with or without `--long`.

These lists name no provider, no region and no country; an availability zone is free text of who runs the cloud.
"""

from __future__ import annotations

from collections.abc import Sequence

from herkomst.collectors.inventories.format import Format, Item, Json, Listing, damage_in, records_of, text_of
from herkomst.scanner.model.claim import Role


def _recognises(documents: Sequence[Json]) -> bool:
    rows = records_of(documents[0]) if len(documents) == 1 else []
    return bool(rows) and all("ID" in row and "Status" in row and ("Networks" in row or "Size" in row) for row in rows)


def _read(documents: Sequence[Json]) -> Listing:
    return Listing(tuple(_item(row) for row in records_of(documents[0])), damage_in(documents[0]))


def _item(row: dict[str, Json]) -> Item:
    kind, role = ("server", Role.COMPUTE) if "Networks" in row else ("volume", Role.STORAGE)
    return Item(kind, role, "", text_of(row, "ID"), "", text_of(row, "Availability Zone"))


FORMAT = Format("openstack", _recognises, _read)
