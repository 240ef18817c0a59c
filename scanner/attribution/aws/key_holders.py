"""Who holds the keys of what an account stores: of each resource with data, the key that its answer names, and where that key is kept.

KMS developer guide, "Key states and origins" and "Custom key stores" (November 2026): AWS makes and manages a key with manager AWS; of one with
manager CUSTOMER and origin AWS_KMS, EXTERNAL (imported) or AWS_CLOUDHSM a usable copy lies in machines of AWS, while its customer rules over it; one with
origin EXTERNAL_KEY_STORE never leaves a store outside AWS, by AWS's word. What an application encrypts before it stores is not seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from herkomst.scanner.attribution.aws.missing import COLLECTOR
from herkomst.scanner.attribution.aws.references import Listed, account_in
from herkomst.scanner.model.aws import AwsResource
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.key_use import KeyHolder, KeyUse

DATA_ROLES = (Role.STORAGE, Role.DATABASE, Role.BACKUP)
"""Roles of resources that hold a system's data."""
MAX_EVIDENCE = 20
"""Resources named as evidence where the same is said of many; all of them were looked at."""
_KMS = ("kms", "key")
_MANAGED_ALIAS = "alias/aws/"
"""Names that KMS keeps for keys that AWS manages (KMS developer guide, "Aliases")."""
_OUTSIDE, _INSIDE = frozenset({"EXTERNAL_KEY_STORE"}), frozenset({"AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM"})


def find_key_uses(subject: str, listed: Sequence[Listed], numbers: Iterable[str]) -> tuple[KeyUse, ...]:
    """Return, for the resources with data that are alike, who holds their key. One in an account that was not read, or not found, is a failure."""
    keys = {name: pair for pair in listed if (pair[0].service, pair[0].type) == _KMS for name in (pair[0].id, _tail(pair[0].id))}
    accounts = frozenset(numbers)
    groups: dict[tuple[str, ...], list[tuple[str, tuple[str, ...], Failure | None]]] = defaultdict(list)
    for resource, oid in listed:
        if resource.role not in DATA_ROLES:
            continue
        holder, key_oid, failure = _holder(subject, resource, keys, accounts)
        alike = (resource.role, f"{resource.service}:{resource.type}", resource.region, holder, failure.reason if failure else "")
        groups[alike].append((resource.id, (oid, *((key_oid,) if key_oid else ())), failure))
    return tuple(_use(subject, alike, found) for alike, found in sorted(groups.items()))


def _use(subject: str, alike: tuple[str, ...], found: list[tuple[str, tuple[str, ...], Failure | None]]) -> KeyUse:
    role, what, region, holder, _ = alike
    found = sorted(found, key=lambda item: item[0])
    shown = found[:MAX_EVIDENCE]
    return KeyUse(
        subject,
        Role(role),
        found[0][0] if len(found) == 1 else f"{len(found)} × {what} {region}",
        KeyHolder(holder),
        tuple(sorted({oid for _, oids, _ in shown for oid in oids})),
        tuple(dict.fromkeys(failure for *_, failure in shown if failure is not None)),
    )


def _holder(
    subject: str, resource: AwsResource, keys: dict[str, Listed], accounts: frozenset[str]
) -> tuple[KeyHolder, str, Failure | None]:
    """Return who holds the key of one resource, the observation of the key, and why that is not known where it should be."""
    name = resource.key
    if not name:
        return KeyHolder.NOT_TOLD, "", None
    if _MANAGED_ALIAS in name:
        return KeyHolder.PROVIDER, "", None
    found = keys.get(name) or (None if name.startswith("arn:") else keys.get(_tail(name)))
    if found is None:
        is_elsewhere = account_in(name) not in {"", *accounts}
        reason = FailureReason.CROSS_ACCOUNT if is_elsewhere else FailureReason.NOT_COLLECTED
        return (
            KeyHolder.NOT_TOLD,
            "",
            Failure(COLLECTOR, subject, AwsResource.kind, reason, retryable=False, scope="kms:key", detail=name),
        )
    said = dict(found[0].attributes)
    if said.get("manager") == "AWS":
        return KeyHolder.PROVIDER, found[1], None
    if said.get("origin") in _OUTSIDE:
        return KeyHolder.OUTSIDE, found[1], None
    if said.get("manager") == "CUSTOMER" and said.get("origin") in _INSIDE:
        return KeyHolder.SHARED, found[1], None
    return KeyHolder.NOT_TOLD, found[1], None  # a word that this version does not know, or a detail that was refused


def _tail(name: str) -> str:
    """Return the id of a key, which its ARN ends with."""
    return name.rpartition("key/")[2]
