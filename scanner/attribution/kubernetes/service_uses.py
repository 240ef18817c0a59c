"""Which services of a cloud a cluster itself uses, for `lockin.managed-services`: who runs its control plane, its machines and its volumes.

Kubernetes is an interface that many offer; what lies under it may not be. Services that programs in the pods use are not seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from herkomst.scanner.attribution.kubernetes.missing import Missing
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import ServiceClass
from herkomst.scanner.model.placement import Placement
from herkomst.scanner.model.service_use import OpenService, ServiceUse

_RESOURCES = {
    "node": "ec2:instance",
    "volume of ebs.csi.aws.com": "ec2:volume",
    "volume of efs.csi.aws.com": "efs:file-system",
    "volume of fsx.csi.aws.com": "fsx:file-system",
    "snapshot of ebs.csi.aws.com": "ec2:snapshot",
}
"""What a cluster shows, as the inventory of an AWS account calls it, so that both are one service."""
_CONTROL_PLANE = "eks:cluster"
_AWS = "aws"
_SHOWS_SERVICES = frozenset({"", "nodes", "persistentvolumes"})


def find_service_uses(subject: str, placements: Iterable[Placement], knowledge: Knowledge) -> tuple[ServiceUse, ...]:
    """Return each service that something of the cluster is made of; one of a cloud whose services nobody has judged has no class."""
    counts: Counter[tuple[str, str, ServiceClass | None]] = Counter()
    evidence: dict[tuple[str, str, ServiceClass | None], set[str]] = {}
    for placement in placements:
        provider = placement.provider.provider if placement.provider is not None else None
        what = _what(placement)
        if provider is None or not what:
            continue
        resource = _CONTROL_PLANE if placement.role is Role.CONTROL_PLANE else _RESOURCES.get(what, "")
        platform = _AWS if provider.partition("-")[0] == _AWS else provider
        service = knowledge.service_of_resource(platform, resource)
        if service is not None and service.service_class is ServiceClass.UNCOUNTED:
            continue
        key = (service.id, service.name, service.service_class) if service else (f"{provider}:{what}", f"{provider} {what}", None)
        counts[key] += 1
        evidence.setdefault(key, set()).update(placement.evidence)
    return tuple(
        ServiceUse(subject, identity, name, kind, count, tuple(sorted(evidence[identity, name, kind])))
        for (identity, name, kind), count in sorted(counts.items(), key=lambda item: item[0][0])
    )


def _what(placement: Placement) -> str:
    """Return what a placement is of: the control plane, a node, or a volume by its driver; empty for what is no service of a cloud."""
    if placement.role is Role.CONTROL_PLANE:
        return "control plane"
    detail = placement.service_signs[0].detail if placement.service_signs else ""
    return detail if detail.startswith(("node", "volume of ", "snapshot of ")) else ""


def find_open_services(subject: str, missing: Iterable[Missing]) -> tuple[OpenService, ...]:
    """Return what may be in use besides, since a list could not be read that would have shown it."""
    failures = tuple(dict.fromkeys(item.failure for item in missing if item.question.resource in _SHOWS_SERVICES))
    return (_open(subject, failures),) if failures else ()


def _open(subject: str, failures: tuple[Failure, ...]) -> OpenService:
    return OpenService(subject, "kubernetes", None, failures)
