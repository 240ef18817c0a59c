"""The table of what is read of an AWS account, as docs/aws-inventory.md has it: made from the registered entries."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from herkomst.collectors.aws.registry import SERVICES, UNREAD
from herkomst.collectors.aws.service import Detail, Reach, Read, Service

_HEAD = """\
# What is read of an AWS account

Made by `scripts/build-aws-policy` from `collectors/aws/services/`; a test keeps it current. Every operation lists or describes; none reads data. An
operation behind `+` is asked once more for each item, one behind `in` once for each item of another list. Roles are those that an answer can show, and
that stay open where it was refused; links are the other places and parties it names.

| service | operation | roles | links |
|---|---|---|---|
"""


def inventory_table(is_untried: Callable[[str, str], bool]) -> str:
    """Return the page; `is_untried` says of client and operation whether no server was at hand to try them against."""
    rows = "".join(_row(service, read) for service in SERVICES for read in service.reads)
    untried = sorted({service.scope(call.operation) for service, call in _calls() if is_untried(service.client, call.operation)})
    operations = {service.scope(call.operation) for service, call in _calls()}
    unread = (f"{item.service} ({_listed(item.roles)})" for item in UNREAD)
    return (
        f"{_HEAD}{rows}\n{len(SERVICES)} services, {len(operations)} operations.\n\n"
        "## Not tried against a server\n\nThese are held against the SDK's model alone, and against answers written after it: the server of the laboratory "
        f"does not know them.\n\n{_listed(untried)}\n\n"
        f"## Not read\n\nServices that can hold what a role stands for. A role with one of these is never complete.\n\n{_listed(unread)}\n"
    )


def _calls() -> Iterable[tuple[Service, Read | Detail]]:
    return ((service, call) for service in SERVICES for read in service.reads for call in read.calls)


def _row(service: Service, read: Read) -> str:
    name = service.client + (" (once)" if service.reach is Reach.GLOBAL or read.home else "")
    operation = " + ".join(call.operation for call in read.calls)
    within = f" in {read.within.operation}" if read.within else ""
    relations = dict.fromkeys(str(link.relation) for link in read.links)
    return f"| {name} | {operation}{within} | {_listed(read.roles)} | {_listed(relations)} |\n"


def _listed(items: Iterable[str]) -> str:
    return ", ".join(items)
