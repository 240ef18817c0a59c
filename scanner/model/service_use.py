"""Which services of a platform a declared asset uses, as its control plane lists them; for `lockin.managed-services`.

Nothing here belongs to one platform: an account gives these records, and so can a cluster whose custom resources stand for cloud services.
"""

from __future__ import annotations

from dataclasses import dataclass

from herkomst.scanner.model.failure import Failure
from herkomst.scanner.model.knowledge import ServiceClass


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """A service with something of it in use: `resources` are counted, `evidence` names the first of them.

    `service` is an id of the catalogue (`dynamodb`); `service_class` is None, and `service` what the inventory calls it, where the catalogue
    does not know the resource.
    """

    subject: str
    service: str
    name: str
    service_class: ServiceClass | None
    resources: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenService:
    """A service that may be in use: something failed that could have shown it. `service_class` is None where the catalogue does not know it."""

    subject: str
    service: str
    service_class: ServiceClass | None
    failures: tuple[Failure, ...]
