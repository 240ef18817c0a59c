"""Where a node or volume is, and who is under it: by its providerID or driver first, then by labels and who wrote them.

The providerID is set when a machine joins and names it at its cloud (Kubernetes documentation, "Cloud Controller Manager"): strong evidence (E1) of
the provider, and of the place where it holds a zone. A region's label is as strong where a cloud controller wrote it, by the API server's own record.
Anybody else's label is the word of the cluster's administrator (E7). The name of a node proves nothing and is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from herkomst.scanner.attribution.aws.places import locate, locate_region
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.aws import AwsResource
from herkomst.scanner.model.knowledge import SignatureRecord
from herkomst.scanner.model.kubernetes import KubeObject
from herkomst.scanner.model.location import Family, Grade, LocationEvidence

REGION, ZONE = "topology.kubernetes.io/region", "topology.kubernetes.io/zone"
_REGIONS = (REGION, "failure-domain.beta.kubernetes.io/region")
_ZONES = (ZONE, "failure-domain.beta.kubernetes.io/zone")
HOSTNAME = "kubernetes.io/hostname"
AFFINITY = "affinity "
"""Before a label that the nodes must have from which a volume is reached."""
_CLOUD_CONTROLLERS = ("cloud-controller-manager", "cloud-node-manager")
"""In the names under which the API server records what a cloud controller wrote (`hcloud-cloud-controller-manager`)."""
_MANAGED = {"-eks-": "aws", "-gke.": "gcp"}
"""In the version of an API server that a cloud runs for its customers: there the labels of nodes are the cloud's own."""
_AWS = "aws"
_PARTITIONS = {"eusc-": "aws-eusc", "cn-": "aws-cn"}
_SITE_TOKEN = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Stand:
    """Where something stands: the provider by its catalogue id, None where no cloud is named, and the place as evidence, None where nothing speaks."""

    provider: str | None
    place: LocationEvidence | None
    is_virtual: bool = False

    @property
    def detail(self) -> str:
        """The zone or region as it is written."""
        return self.place.detail if self.place else ""


def stand_of_node(node: KubeObject, oid: str, version: str, knowledge: Knowledge) -> Stand:
    """Return where a node stands; `version` is that of the API server."""
    provider = _provider_of(SignatureRecord.PROVIDER_ID, node.provider_id, knowledge)
    virtual = node.attribute("virtual")
    if virtual:  # what runs its pods is somewhere else than the machine that speaks for it
        return Stand(provider, LocationEvidence(Grade.E1, Family.CONTROL_PLANE, (), oid, None, f"virtual node ({virtual})"), True)
    labels = dict(node.labels)
    region, zone = _first(labels, _REGIONS), _first(labels, _ZONES)
    if provider is None:
        return Stand(None, _stated(oid, region, zone, lambda code: knowledge.countries_of_region_code(code), knowledge))
    in_id = _place_in_id(node.provider_id)
    provider = _partition(provider, in_id or region)
    if in_id:
        return Stand(provider, _conflict(_strong(provider, in_id, oid, knowledge), provider, region, knowledge))
    if _is_clouds_word(node, provider, version):
        known = _strong(provider, zone, oid, knowledge) if zone else None
        return Stand(provider, known if known is not None and known.countries else _strong(provider, region, oid, knowledge))
    stated = _stated(oid, region, zone, lambda code: _countries(provider, code, knowledge), knowledge)
    return Stand(provider, stated or LocationEvidence(Grade.E1, Family.CONTROL_PLANE, (), oid))


def stand_of_volume(volume: KubeObject, oid: str, stands: Mapping[str, Stand], knowledge: Knowledge) -> Stand:
    """Return where a volume stands: at its driver's provider in the zone that it is bound to, or on the one node that has it.

    `stands` are the nodes by name. A volume that no zone or node is named for can be anywhere its driver reaches.
    """
    provider = _provider_of(SignatureRecord.CSI_DRIVER, volume.driver, knowledge)
    labels = [(key.removeprefix(AFFINITY), value) for key, value in volume.labels]
    nodes = [stands[value] for key, value in labels if key == HOSTNAME and value in stands]
    if provider is None:
        return (
            nodes[0]
            if len(nodes) == 1
            else Stand(None, LocationEvidence(Grade.E1, Family.CONTROL_PLANE, (), oid, None, volume.driver))
        )
    zones = sorted({value for key, value in labels if key.rpartition("/")[2] == "zone"})
    regions = sorted({value for key, value in labels if key.rpartition("/")[2] in ("region", "location")})
    provider = _partition(provider, (*zones, *regions, "")[0])
    found = [item for item in (_strong(provider, place, oid, knowledge) for place in zones or regions) if item is not None]
    if found and all(item.countries for item in found):
        countries = tuple(sorted({country for item in found for country in item.countries}))
        where = " ".join(zones or regions)
        return Stand(provider, LocationEvidence(Grade.E1, Family.CONTROL_PLANE, countries, oid, found[0].region, where))
    return Stand(provider, LocationEvidence(Grade.E1, Family.CONTROL_PLANE, (), oid, None, " ".join(zones or regions)))


def stand_by_class(own: Stand, found: tuple[KubeObject, str] | None, knowledge: Knowledge) -> Stand:
    """Return where the class of a volume says that its volumes are made: weak, since a class can have been another when the volume was."""
    if found is None or own.provider is None:
        return own
    volume_class, oid = found
    codes = [value for key, value in volume_class.labels if key.rpartition("/")[2] in ("zone", "region")]
    codes += [value for key, value in volume_class.attributes if key in ("zone", "region", "location")]
    countries = {country for code in codes for country in _countries(own.provider, code, knowledge)}
    if not countries:
        return own
    return Stand(
        own.provider, LocationEvidence(Grade.E7, Family.LABELS, tuple(sorted(countries)), oid, None, " ".join(sorted(codes)))
    )


def stand_of_region(provider: str, region: str, oid: str, knowledge: Knowledge) -> Stand:
    """Return where something stands that names its provider and region itself."""
    provider = _partition(provider, region)
    place = _strong(provider, region, oid, knowledge) if region else None
    return Stand(provider, place or LocationEvidence(Grade.E1, Family.CONTROL_PLANE, (), oid, None, region))


# -- steps ----------------------------------------------------------------------------------------------------------


def _provider_of(record: SignatureRecord, text: str, knowledge: Knowledge) -> str | None:
    match = knowledge.match_text(record, text) if record is SignatureRecord.PROVIDER_ID else knowledge.match_name(record, text)
    return match.provider if match is not None and text else None


def _partition(provider: str, region: str) -> str:
    """Return the partition of AWS that a region is of, which the catalogue has as a provider of its own."""
    if provider != _AWS:
        return provider
    return next((partition for prefix, partition in _PARTITIONS.items() if region.startswith(prefix)), provider)


def _first(labels: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((labels[key] for key in keys if labels.get(key)), "")


def _place_in_id(provider_id: str) -> str:
    """Return the zone or region that a providerID holds, at the position where its cloud writes it; empty where it holds none."""
    scheme, _, rest = provider_id.partition("://")
    steps = rest.split("/")
    if scheme == "aws":
        return steps[1] if len(steps) > 1 else ""
    if scheme in ("gce", "scaleway"):
        return steps[1] if len(steps) > 2 else ""
    if scheme == "oci" or provider_id.startswith("ocid1."):
        fields = (rest or provider_id).split(".")
        return fields[3] if len(fields) > 3 else ""
    if scheme == "alicloud":
        return rest.partition(".")[0] if "." in rest else ""
    return ""


def _strong(provider: str, place: str, oid: str, knowledge: Knowledge) -> LocationEvidence | None:
    """Return the place of a zone or region of a provider; without countries where the catalogue does not know it."""
    if not place:
        return None
    if provider == _AWS or provider.startswith(f"{_AWS}-"):
        if knowledge.region(provider, place) is not None:
            return locate_region(place, oid, provider, knowledge)
        region = _region_of_zone(provider, place, knowledge)
        return locate(AwsResource("", "", "", "", region, None, True, place), oid, provider, knowledge)
    code = _region_of_zone(provider, place, knowledge)
    return LocationEvidence(Grade.E1, Family.CONTROL_PLANE, _countries(provider, place, knowledge), oid, code or None, place)


def _region_of_zone(provider: str, zone: str, knowledge: Knowledge) -> str:
    """Return the region that a zone's name begins with: clouds put a letter or number behind it (`europe-west4-a`, `eu-central-1a`)."""
    for candidate in _shortened(zone):
        if knowledge.region(provider, candidate) is not None:
            return candidate
    return ""


def _shortened(code: str) -> tuple[str, ...]:
    found = [code, code.lower()]
    trimmed = code.lower().rstrip("abcdefghijklmnopqrstuvwxyz") if code[-1:].isalpha() and code[-2:-1].isdigit() else code.lower()
    found.append(trimmed)
    steps = code.lower().split("-")
    found.extend("-".join(steps[:count]) for count in range(len(steps) - 1, 0, -1))
    return tuple(dict.fromkeys(item for item in found if item))


def _countries(provider: str, code: str, knowledge: Knowledge) -> tuple[str, ...]:
    group = knowledge.border_group(
        provider, code
    )  # a zone that the catalogue knows lies in one country, whatever its region spans
    if group is not None:
        return (group.country,)
    region = knowledge.region(provider, _region_of_zone(provider, code, knowledge))
    return region.countries if region is not None else ()


def _is_clouds_word(node: KubeObject, provider: str, version: str) -> bool:
    writers = node.attribute("labelled_by")
    if any(name in writers for name in _CLOUD_CONTROLLERS):
        return True
    return any(mark in version and provider.partition("-")[0] == cloud for mark, cloud in _MANAGED.items())


def _conflict(place: LocationEvidence | None, provider: str, region: str, knowledge: Knowledge) -> LocationEvidence | None:
    """Return a place without countries where the region's label speaks against the zone in the providerID: one of the two is wrong."""
    labelled = _countries(provider, region, knowledge) if region else ()
    if place is None or not place.countries or not labelled or set(place.countries) & set(labelled):
        return place
    return LocationEvidence(place.grade, place.family, (), place.evidence, None, f"{place.detail}, labelled {region}")


def _stated(
    oid: str, region: str, zone: str, countries_of: Callable[[str], tuple[str, ...]], knowledge: Knowledge
) -> LocationEvidence | None:
    """Return what labels say of a place where nobody vouches for them; None where they name none."""
    for code in filter(None, (zone, region)):
        countries = countries_of(code) or _site(code, knowledge)
        if countries:
            return LocationEvidence(Grade.E7, Family.LABELS, countries, oid, None, code)
    return None


def _site(code: str, knowledge: Knowledge) -> tuple[str, ...]:
    """Return the country of a site's code within a label, such as `ams` in `dc-ams-2`; none where two codes differ."""
    found = {country for token in _SITE_TOKEN.findall(code.lower()) if (country := knowledge.site_country(token)) is not None}
    return tuple(found) if len(found) == 1 else ()
