"""What a service entry is: the operations to call, and where in their answers the fields of a resource stand.

Operations and fields are named as in the AWS API reference. A path is field names with dots between them; `[]` behind one goes through
a list: `Reservations[].Instances[]`; of two paths with `|` between them the first that leads anywhere counts. The contract test holds every operation, argument and path against the SDK's own model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from herkomst.scanner.model.aws import AwsQuestion, AwsRelation
from herkomst.scanner.model.claim import Role

Item: TypeAlias = "dict[str, Any]"
"""One item of an answer, as the SDK parsed it; details are added under the name of their operation."""
Arguments: TypeAlias = "tuple[tuple[str, Any], ...]"


PLAIN = "Value"
"""Where an item that is a plain text stands, such as the name of a table in a list of names."""


class Reach(StrEnum):
    """How often a service is asked: in each enabled Region, or once for the whole account."""

    REGION = "region"
    GLOBAL = "global"


@dataclass(frozen=True, slots=True)
class Pages:
    """How a long list goes on where the SDK has no paginator for it: the last value on the path `token` is the next call's `argument`.

    `more` is the path of a truth value, for lists that say so apart from the token.
    """

    argument: str
    token: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Detail:
    """A further call for each item, such as the replication rules of a bucket; its answer joins the item under the operation's name.

    `arguments` are pairs of parameter and path in the item (or in the answer of an earlier detail); an operation that takes a list gets a list
    of one. `fixed` are arguments that are the same for all. An item that has nothing on one of the paths is not asked about. After an error
    code in `absent` there is nothing to add, which is an answer. An answer in pages is read to its end.
    `action` is the IAM action where it is not called like the operation.
    """

    operation: str
    arguments: tuple[tuple[str, str], ...]
    absent: frozenset[str] = frozenset()
    action: str = ""
    fixed: Arguments = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Where an item refers to another place or party; the values on `path` are ARNs, Regions or account ids. It is a function where they
    stand in a document of its own, such as a trust policy.

    With `is_address` they are web or mail addresses, and only the host is kept: the rest can hold a password or name a person.
    """

    relation: AwsRelation
    path: str | Callable[[Item], Iterable[str]]
    is_address: bool = False


@dataclass(frozen=True, slots=True)
class Skip:
    """Items to leave out: those with one of the values on the path, such as instances that were ended an hour ago."""

    path: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Within:
    """The list of the same service of which every item has a list of its own, as a hosted zone has records.

    `arguments` are pairs of parameter and path in that item; it stands in what is found under the name of its own operation.
    """

    operation: str
    arguments: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Read:
    """One operation that lists resources of one type. All but the first four say where an item has what; empty: nowhere.

    `role` is None for what carries no data and runs nothing; `shows` are the roles of what its links can show besides. `region` is only
    given where the answer of one Region names others, as a path or, where the API writes the Region in its own way, a function. A resource
    with a `zone` lies in one zone, and is of unknown place where the answer names none; one with a `local_zone` lies in its Region unless
    the answer names a zone. `zones` is for what stands in several: an extension of the Region (a Local or Wavelength Zone) gives a record of its
    own, and the others together one in the Region. `home` is the one Region in which an operation of a regional service answers for the account.
    `names` may be whole web addresses: the host counts. After an error code in `absent` the list is empty, which is an answer.
    `page_size` is for services that refuse a long list in one answer (EC2). `named` holds further fields that a rule reads, as pairs of our name and path.
    `limit` bounds a list that grows with every day: once it is passed, no further answer is asked for, and the list counts as not read to its end.
    `id_is_public` is for what is reached from anywhere under a name that is made of its id.
    Where an API writes a field in its own way, `region`, `outpost` and what is `named` can be functions of the item.
    """

    operation: str
    items: str
    type: str
    role: Role | None
    id: str | Callable[[Item], str]
    arguments: Arguments = ()
    region: str | Callable[[Item], str] = ""
    zone: str = ""
    local_zone: str = ""
    zones: str = ""
    outpost: str | Callable[[Item], str] = ""
    key: str = ""
    links: tuple[Link, ...] = ()
    addresses: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    named: tuple[tuple[str, str | Callable[[Item], str]], ...] = ()
    skip: tuple[Skip, ...] = ()
    details: tuple[Detail, ...] = ()
    shows: tuple[Role, ...] = ()
    within: Within | None = None
    limit: int = 0
    page_size: int = 0
    pages: Pages | None = None
    home: str = ""
    absent: frozenset[str] = frozenset()
    action: str = ""
    id_is_public: bool = False

    @property
    def shows_endpoints(self) -> bool:
        """Whether what is listed can have public addresses or names."""
        return bool(self.addresses or self.names or self.id_is_public)

    @property
    def calls(self) -> tuple[Read | Detail, ...]:
        """The operation itself and its details."""
        return (self, *self.details)

    @property
    def roles(self) -> tuple[Role, ...]:
        """Every role whose endpoints this operation can show."""
        return tuple(dict.fromkeys((*((self.role,) if self.role else ()), *self.shows)))


@dataclass(frozen=True, slots=True)
class Service:
    """One service: `client` is the SDK's name for it, `prefix` that of its IAM actions where they differ.

    `home` is the Region in which a global service answers, where that is not the first of the partition. `resources` are those that the
    permissions are given on, where they would allow more than lists on everything; `further` are IAM actions that the SDK needs besides.
    """

    client: str
    reads: tuple[Read, ...]
    reach: Reach = Reach.REGION
    prefix: str = ""
    home: str = ""
    resources: tuple[str, ...] = ("*",)
    further: tuple[str, ...] = ()

    @property
    def roles(self) -> frozenset[Role]:
        """Every role whose endpoints the service can show."""
        return frozenset(role for read in self.reads for role in read.roles)

    def roles_behind(self, read: Read) -> tuple[Role, ...]:
        """Return every role that stays open where a list was not read: its own, and those of the lists of its items."""
        inner = (other for other in self.reads if other.within is not None and other.within.operation == read.operation)
        return tuple(dict.fromkeys((*read.roles, *(role for other in inner for role in other.roles))))

    def shows_endpoints_behind(self, read: Read) -> bool:
        """Say whether public addresses or names stay unknown where a list was not read: in it, or in the lists of its items."""
        inner = (other for other in self.reads if other.within is not None and other.within.operation == read.operation)
        return read.shows_endpoints or any(other.shows_endpoints for other in inner)

    def scope(self, operation: str) -> str:
        """Return how a failure names one operation of this service."""
        return f"{self.client}:{operation}"

    def actions(self) -> tuple[str, ...]:
        """Return the IAM actions that reading this service needs, sorted."""
        prefix = self.prefix or self.client
        called = {call.action or f"{prefix}:{call.operation}" for read in self.reads for call in read.calls}
        return tuple(sorted(called | set(self.further)))


def questions(services: Iterable[Service]) -> tuple[AwsQuestion, ...]:
    """Return every operation that the services ask, as the account's observation lists them, in order and each once."""
    found: dict[str, AwsQuestion] = {}
    for service in services:
        for read in service.reads:
            for call in read.calls:
                scope = service.scope(call.operation)
                before = found.get(scope)
                known = before.roles if before else ()
                roles = tuple(sorted({*known, *(service.roles_behind(read) if call is read else read.roles)}))
                shows = service.shows_endpoints_behind(read) or (before is not None and before.shows_endpoints)
                found[scope] = AwsQuestion(scope, service.client, roles, service.reach is Reach.GLOBAL, shows)
    return tuple(found[scope] for scope in sorted(found))
