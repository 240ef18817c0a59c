"""What the world reaches a cluster by, and the way from there to the machines."""

from __future__ import annotations

from dataclasses import dataclass

from herkomst.scanner.model.location import LocationEvidence


@dataclass(frozen=True, slots=True)
class Entrance:
    """A load balancer, ingress, gateway or route of a declared cluster, as its API server holds it.

    `what` is the kind and `name` its namespace and name. `addresses` and `names` are what it answers at; `hosts` the names that it serves, a wildcard
    as `*.name`. `chain` are the steps behind it, the machines last; `places` where these stand (grade E1, or weak labels). `evidence` begins with
    its own observation.
    """

    what: str
    name: str
    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    chain: tuple[str, ...] = ()
    places: tuple[LocationEvidence, ...] = ()
    evidence: tuple[str, ...] = ()
    is_own: bool = True
    """Whether it belongs to the declared part of the cluster; one that all share stands in front of it."""

    def serves(self, host: str) -> bool:
        """Say whether a name is one that it serves: itself, or under a wildcard by one label (Ingress, "Hostname wildcards")."""
        return host in self.hosts or f"*.{host.partition('.')[2]}" in self.hosts
