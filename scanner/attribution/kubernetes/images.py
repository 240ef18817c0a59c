"""Images: the registry that serves each, who operates it, and whose software it is.

Names follow the reference grammar of the container ecosystem (distribution, "reference"): without a registry, or with a first step that is no host, an
image comes from Docker Hub, and one without a folder from its `library`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.platform import operated_by
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.knowledge import SignatureRecord, SignatureRole
from herkomst.scanner.model.placement import Layer, Party, Placement, Sign, SignKind
from herkomst.scanner.names import registrable_domain

DOCKER_HUB = "docker.io"
_ALSO_DOCKER_HUB = frozenset({"index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})
MAX_EVIDENCE = 20


@dataclass(frozen=True, slots=True, order=True)
class Image:
    """An image by its registry's host and its name there, without tag and digest."""

    registry: str
    repository: str

    def __str__(self) -> str:
        return f"{self.registry}/{self.repository}"


def read_image(reference: str) -> Image | None:
    """Return what an image reference names; None for one that names nothing, such as an empty text or a bare digest."""
    name = reference.partition("@")[0]
    head, slash, rest = name.partition("/")
    is_host = bool(slash) and ("." in head or ":" in head or head == "localhost")
    registry, path = (head.lower(), rest) if is_host else (DOCKER_HUB, name)
    folder, _, last = path.rpartition("/")
    last = last.partition(":")[0]
    path = f"{folder}/{last}" if folder else last
    if not last or last == "sha256":
        return None
    host = registry.rpartition(":")[0] if registry.rpartition(":")[2].isdigit() and ":" in registry else registry
    host = DOCKER_HUB if host in _ALSO_DOCKER_HUB else host
    return Image(host, f"library/{path}" if host == DOCKER_HUB and "/" not in path else path)


def place_images(subject: str, used: Iterable[tuple[str, str]], outlook: Outlook) -> tuple[Placement, ...]:
    """Return a placement for each registry, and one for each agent that reports to its maker; `used` are references with what shows them."""
    by_registry: dict[str, dict[Image, list[str]]] = defaultdict(lambda: defaultdict(list))
    for reference, oid in used:
        image = read_image(reference)
        if image is not None:
            by_registry[image.registry][image].append(oid)
    placements: list[Placement] = []
    for registry, images in sorted(by_registry.items()):
        placements.append(_registry(subject, registry, images, outlook))
        placements.extend(_agents(subject, images, outlook))
    return tuple(placements)


def _registry(subject: str, registry: str, images: dict[Image, list[str]], outlook: Outlook) -> Placement:
    """Return who serves the images of one registry; whose software they are stands beside it and decides nothing."""
    evidence = _evidence(oid for oids in images.values() for oid in oids)
    name = f"{registry} ({len(images)})"
    vendors = tuple(dict.fromkeys(sign for image, oids in sorted(images.items()) for sign in _vendor(image, oids, outlook)))
    sign = Sign(SignKind.IMAGE, _operator(registry, outlook), evidence[0], registry)
    return place_party(subject, Role.IMAGES, name, sign, evidence, outlook, vendors)


def _operator(registry: str, outlook: Outlook) -> Party:
    match = outlook.knowledge.match_name(SignatureRecord.IMAGE_REGISTRY, registry)
    party = outlook.knowledge.provider_party(match.provider) if match else Party(registrable_domain(registry) or registry)
    return outlook.own(party)


def _vendor(image: Image, oids: list[str], outlook: Outlook) -> Iterator[Sign]:
    match = outlook.knowledge.match_text(SignatureRecord.IMAGE, str(image))
    if match is not None:
        yield Sign(SignKind.IMAGE, outlook.own(outlook.knowledge.provider_party(match.provider)), min(oids), str(image))


def _agents(subject: str, images: dict[Image, list[str]], outlook: Outlook) -> Iterator[Placement]:
    for image, oids in sorted(images.items()):
        match = outlook.knowledge.match_text(SignatureRecord.IMAGE, str(image))
        if match is not None and match.role is SignatureRole.TELEMETRY:
            party = outlook.own(outlook.knowledge.provider_party(match.provider))
            yield place_party(
                subject, Role.TELEMETRY, str(image), Sign(SignKind.IMAGE, party, min(oids), str(image)), _evidence(oids), outlook
            )


def place_party(
    subject: str,
    role: Role,
    name: str,
    sign: Sign,
    evidence: tuple[str, ...],
    outlook: Outlook,
    beside: tuple[Sign, ...] = (),
) -> Placement:
    """Return the placement of a service of which only the party is known, and not where it is."""
    common = Placement(subject, role, Layer.ORIGIN, name, contract_signs=beside, evidence=evidence)
    return operated_by(common, sign, outlook)


def _evidence(oids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(oids))[:MAX_EVIDENCE])
