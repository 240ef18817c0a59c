"""Where the volumes and snapshots of a cluster are: at their driver's provider, in the zone or region that they are bound to, or on the nodes."""

from __future__ import annotations

from collections.abc import Iterator

from herkomst.scanner.attribution.kubernetes.places import Stand, stand_by_class, stand_of_volume
from herkomst.scanner.attribution.kubernetes.view import Found, Standing, View, group, place_standing
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.kubernetes import KubeObject
from herkomst.scanner.model.placement import Placement

_ON_NODES = ("local", "hostPath", "driver.longhorn.io", "linstor.csi.linbit.com")
"""Kinds of volume, and drivers, that keep data on the disks of the cluster's own nodes."""
_ON_NODES_SUFFIX = ".csi.openebs.io"


def place_volumes(view: View) -> Iterator[Placement]:
    """Yield where every volume is, and every snapshot; volumes of databases in that role too."""
    for standing, found in group(_standing_volumes(view)):
        yield place_standing(view, standing, found)


def _standing_volumes(view: View) -> Iterator[tuple[Standing, Found]]:
    for volume, oid in view.part.volumes:
        is_database = volume.attribute("claim") in view.part.database_claims
        for stand in _stands_of(view, volume, oid):
            for role in (Role.STORAGE, Role.DATABASE) if is_database else (Role.STORAGE,):
                yield Standing(role, f"volume of {volume.driver or 'an unknown kind'}", stand), Found(volume.name, oid)
    for snapshot, oid in view.part.snapshots:
        stand = stand_of_volume(snapshot, oid, {}, view.outlook.knowledge)
        yield Standing(Role.BACKUP, f"snapshot of {snapshot.driver}", stand), Found(snapshot.name, oid)


def _stands_of(view: View, volume: KubeObject, oid: str) -> tuple[Stand, ...]:
    """Return where a volume is; what is kept on the disks of the nodes can be on any of them, unless it is bound to one."""
    own = stand_of_volume(volume, oid, view.stands, view.outlook.knowledge)
    if own.provider is not None and own.place is not None and not own.place.countries:
        own = stand_by_class(own, view.part.classes.get(volume.attribute("class")), view.outlook.knowledge)
    on_nodes = volume.driver in _ON_NODES or volume.driver.endswith(_ON_NODES_SUFFIX)
    is_bound = own.place is None or bool(own.place.countries) or own.provider is not None
    if not on_nodes or is_bound or not view.stands:
        return (own,)
    known = {(stand.provider, stand.place.countries if stand.place else ()): stand for _, stand in sorted(view.stands.items())}
    return tuple(known.values())
