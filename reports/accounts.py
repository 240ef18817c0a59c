"""Masks AWS account ids in a result, once, before anything is worded or written: every format shows what is left.

An account id is no secret (AWS, "Account identifiers"), yet whoever has one can name roles and buckets to try, and a report travels. The last four
digits stay, and as many more as it takes to tell the accounts of one result apart. A mask is as long as what it hides. Ids of verdicts and
observations are hashes over the whole account id and stay as they are, so that two runs can be compared.
"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from herkomst.reports.coverage import all_failures
from herkomst.scanner.model.aws import AwsAccount, AwsCoverage, AwsResource
from herkomst.scanner.model.claim import AssetKind
from herkomst.scanner.model.inventory import InventoryResource
from herkomst.scanner.model.kubernetes import KubeCluster, KubeContexts, KubeCoverage, KubeObject, KubePods
from herkomst.scanner.model.observation import Content, Observation
from herkomst.scanner.model.run import RunResult

KEPT = 4
LENGTH = 12
AWS_PROVIDER = "aws"
"""The catalogue's id, which a resource of an exported inventory carries."""
AWS_KINDS = frozenset({AwsAccount.kind, AwsCoverage.kind, AwsResource.kind})
CLUSTER_KINDS = frozenset({KubeCluster.kind, KubeContexts.kind, KubeCoverage.kind, KubeObject.kind, KubePods.kind})
_NUMBER = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_IN_CLUSTER = re.compile(r"(?<=:)[0-9]{12}(?=:)|(?<![0-9])[0-9]{12}(?=\.dkr\.ecr)")
"""Account ids within an ARN or the host of a registry; any other twelve digits of a cluster are a pod's or a volume's own."""
T = TypeVar("T")


class Masks:
    """What stands in place of each account id that a result names; an id with none is left as it is."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self._masks = {number: "*" * (LENGTH - kept) + number[-kept:] for number, kept in _digits_kept(set(numbers))}

    def __bool__(self) -> bool:
        return bool(self._masks)

    def text(self, text: str) -> str:
        """Return a text with every account id in it masked, also within an ARN, a host name or a bucket's name."""
        return _NUMBER.sub(lambda match: self._masks.get(match.group(), match.group()), text)

    def of(self, value: T) -> T:
        """Return a record, and all in it, with every account id masked; the same object where there is none in it."""
        return cast("T", self._of(value))

    def _of(self, value: Any) -> Any:
        if isinstance(value, Enum):
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, tuple | list | frozenset):
            masked = [self._of(item) for item in value]
            return type(value)(masked) if any(new != old for new, old in zip(masked, value, strict=True)) else value
        names = _field_names(cast("Any", type(value)))
        changed = {name: new for name in names if (new := self._of(old := getattr(value, name))) != old}
        return dataclasses.replace(value, **changed) if changed else value


class _MaskedObservations(dict[str, Observation]):
    """Observations by id, masked when one is looked at: of an account with 100,000 volumes a report shows a few."""

    def __init__(self, observations: dict[str, Observation], masks: Masks) -> None:
        super().__init__(observations)
        self._masks = masks

    def __getitem__(self, oid: str) -> Observation:
        return self._masks.of(super().__getitem__(oid))

    def get(self, oid: str, default: Any = None) -> Any:
        return self[oid] if oid in self else default  # noqa: SIM401 - `get` would call itself

    def values(self) -> Any:
        return [self[oid] for oid in self]

    def items(self) -> Any:
        return [(oid, self[oid]) for oid in self]


def account_masks(result: RunResult) -> Masks:
    """Return the masks for every account id that a result names; none where it names no account."""
    return Masks(_numbers(result))


def content_masks(contents: Iterable[Content]) -> Masks:
    """Return the masks for every account id that some contents name."""
    return Masks(number for content in contents for number in _numbers_in(content))


def mask_accounts(result: RunResult, masks: Masks | None = None) -> RunResult:
    """Return a result with the account ids masked in all that it shows; the same result where it names no account."""
    masks = account_masks(result) if masks is None else masks
    if not masks:
        return result
    return RunResult(
        run=result.run,
        systems=masks.of(result.systems),
        verdicts=masks.of(result.verdicts),
        pictures=masks.of(result.pictures),
        failures=masks.of(result.failures),
        observations=_MaskedObservations(result.observations, masks),
        known_before=masks.of(result.known_before),
    )


def _digits_kept(numbers: set[str]) -> Iterator[tuple[str, int]]:
    left = numbers
    for kept in range(KEPT, LENGTH):
        ends = Counter(number[-kept:] for number in numbers)
        alone = {number for number in left if ends[number[-kept:]] == 1 or kept == LENGTH - 1}
        yield from ((number, kept) for number in alone)
        left = left - alone
        if not left:
            return


def _numbers(result: RunResult) -> Iterator[str]:
    """Yield what could be an account id: any twelve digits of a declared account, and of what AWS said or refused."""
    for system in result.systems:
        for asset in system.assets:
            if asset.kind is AssetKind.AWS:
                yield from _NUMBER.findall(asset.value)
            elif asset.kind is AssetKind.KUBERNETES:  # the context of an EKS cluster is its ARN
                yield from _IN_CLUSTER.findall(asset.value)
    for failure in all_failures(result):
        if failure.kind in AWS_KINDS:
            for text in (failure.subject, failure.detail):
                yield from _NUMBER.findall(text)
    for observation in result.observations.values():
        yield from _numbers_in(observation.content)


def _numbers_in(content: Content) -> Iterator[str]:
    if content.kind in AWS_KINDS or _is_listed_aws(content):
        pattern = _NUMBER
    elif content.kind in CLUSTER_KINDS:
        pattern = _IN_CLUSTER
    else:
        return
    for text in _texts(content):
        yield from pattern.findall(text)


def _is_listed_aws(content: Content) -> bool:
    """Say whether a holder's export lists a resource of AWS here: its ARN names the account."""
    return isinstance(content, InventoryResource) and content.provider == AWS_PROVIDER


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Enum):
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list | frozenset):
        for item in value:
            yield from _texts(item)
    else:
        for name in _field_names(cast("Any", type(value))):
            yield from _texts(getattr(value, name))


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()
