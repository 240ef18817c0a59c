"""What the resources of an account refer to: a copy, a log, an origin. Its role, and the listed resource that it is.

A bucket is named in three ways: by its name, by an ARN without Region, and by its domain (Amazon S3 user guide, "Methods for accessing a bucket").
A host name is followed through the account's own public records (Route 53); whether the world is led to that zone is not looked at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from herkomst.scanner.model.aws import AwsLink, AwsRelation, AwsResource
from herkomst.scanner.model.claim import Role

Listed: TypeAlias = "tuple[AwsResource, str]"
"""A resource with the id of its observation."""
_LOGGING = frozenset({"cloudfront", "cloudtrail", "route53"})
"""Services whose destination receives logs; what others send on is their users' own data, and no log."""
_ACCOUNT = re.compile(r"[0-9]{12}")
_BUCKET_DOMAIN = re.compile(r"(.+)\.s3(?:-website)?(?:[.-][a-z0-9-]+)*\.amazonaws\.(?:com|com\.cn|eu)")
_BUCKET_ARN = re.compile(r"arn:[a-z-]+:s3:::([^/]+)(?:/.*)?")
_BUCKET_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_DEPTH = 8
"""How many records a name is followed through."""


def role_of(resource: AwsResource, link: AwsLink) -> Role | None:
    """Return the role that a link's target has for the system; None where it holds and serves nothing."""
    if link.relation is AwsRelation.REPLICA:
        return resource.role
    if link.relation is AwsRelation.COPY:
        return Role.BACKUP
    if link.relation is AwsRelation.ORIGIN:
        return Role.WEB
    return Role.TELEMETRY if link.relation is AwsRelation.DESTINATION and resource.service in _LOGGING else None


def region_in(target: str) -> str:
    """Return the Region that an ARN names; empty where it names none, or the target is no ARN."""
    return (target.split(":", 5) + [""] * 6)[3] if target.startswith("arn:") else ""


def account_in(target: str) -> str:
    """Return the account that a target names; empty where it names none."""
    number = (target.split(":", 5) + [""] * 6)[4] if target.startswith("arn:") else target
    return number if _ACCOUNT.fullmatch(number) else ""


def bucket_in(link: AwsLink) -> str:
    """Return the bucket that a link leads to; empty where it leads to something else."""
    match = _BUCKET_ARN.fullmatch(link.target) or _BUCKET_DOMAIN.fullmatch(link.target)
    if match:
        return match.group(1)
    is_name = link.relation is AwsRelation.DESTINATION and _BUCKET_NAME.fullmatch(link.target)
    return link.target if is_name else ""


class Index:
    """The listed resources by what others call them: id, public name, address; and the public records that lead to them."""

    def __init__(self, listed: Iterable[Listed]) -> None:
        self._by_id: dict[str, Listed] = {}
        self._by_name: dict[str, Listed] = {}
        self._records: dict[str, set[str]] = defaultdict(set)
        for pair in listed:
            resource, _ = pair
            if resource.type == "record-set" and resource.service == "route53":
                self._add_record(resource)
                continue
            self._by_id.setdefault(resource.id, pair)
            for name in (*resource.names, *resource.addresses):
                kept = self._by_name.get(_folded(name))
                if kept is None or (kept[0].role is None and resource.role is not None):
                    self._by_name[_folded(name)] = pair

    def _add_record(self, resource: AwsResource) -> None:
        said = dict(resource.attributes)
        if said.get("private") != "true":
            self._records[_folded(said.get("name", ""))].update(link.target for link in resource.links)

    def find(self, link: AwsLink) -> tuple[Listed | None, ...]:
        """Return the resources that a link leads to, each once; None among them stands for a way that leads to nothing that is listed."""
        found = {(pair[1] if pair else ""): pair for pair in self._follow(bucket_in(link) or link.target, _DEPTH)}
        return tuple(found[key] for key in sorted(found))

    def _follow(self, target: str, depth: int) -> Iterator[Listed | None]:
        known = self._by_id.get(target) or self._by_name.get(_folded(target))
        further = self._records.get(_folded(target)) if known is None and depth else None
        if not further:
            yield known
        for each in sorted(further or ()):
            yield from self._follow(each, depth - 1)


def _folded(name: str) -> str:
    return name.lower().removesuffix(".").removeprefix("dualstack.")
