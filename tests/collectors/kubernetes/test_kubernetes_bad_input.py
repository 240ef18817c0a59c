"""API servers that answer oddly: bounded in time and memory, named, and what was read before is kept."""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from herkomst.collectors.kubernetes.access import open_client, read_access
from herkomst.collectors.kubernetes.kinds.machines import MACHINES
from herkomst.collectors.kubernetes.lists import MAX_PAGE_BYTES, Api, Budget
from herkomst.collectors.kubernetes.problems import Refused
from herkomst.collectors.kubernetes.registry import KINDS
from herkomst.lab.kubernetes_server import KubernetesServer
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.kubernetes import KubeOutcome
from herkomst.scanner.model.target import Target, TargetKind
from servers.kubernetes_objects import node, pod

from .conftest import Read, read_target

TOKEN = "token"  # noqa: S105 - of a server that holds nothing
Item = dict[str, Any]
Answer = tuple[int, Item]


class OddServer(KubernetesServer):
    """Answers lists of nodes as it is told, and everything else as a server does."""

    def __init__(self, nodes: Callable[[str], Answer], *objects: Item) -> None:
        super().__init__(objects, TOKEN)
        self._nodes = nodes

    def get(self, target: str, authorization: str) -> Answer:
        return self._nodes(target) if target.startswith("/api/v1/nodes") else super().get(target, authorization)


def a_node(number: int, **metadata: object) -> Item:
    _, item = node(f"node-{number}", "aws:///eu-central-1a/i")
    item["metadata"].update(metadata)
    return item


def page(items: object, token: str = "") -> Answer:
    return 200, {"metadata": {"continue": token} if token else {}, "items": items}


@contextmanager
def reading(server: KubernetesServer, *resources: str) -> Iterator[Read]:
    kinds = [kind for kind in KINDS if kind.resource in (resources or ("nodes",))]
    with server, tempfile.TemporaryDirectory() as folder:
        token = Path(folder) / "token"
        token.write_text(TOKEN)
        access = (("server", server.url), ("token_file", str(token)))
        yield read_target(Target(TargetKind.KUBERNETES, "productie", access), kinds)


def same_token(target: str) -> Answer:
    return page([a_node(1)], "again")


def empty_pages(target: str) -> Answer:
    return page([], f"{len(target)}-{target[-9:]}x")


def always_expired(target: str) -> Answer:
    if "continue" in target:
        return 410, {"message": "expired", "metadata": {"continue": "fresh"}}
    return page([a_node(1)], "first")


def no_list(target: str) -> Answer:
    return page({"not": "a list"})


def too_many(target: str) -> Answer:
    return 429, {"message": "slow down"}


def broken(target: str) -> Answer:
    return 500, {"message": "etcd is gone"}


def unknown(target: str) -> Answer:
    return 404, {"message": "the server could not find the requested resource"}


@pytest.mark.parametrize(
    ("server", "reason", "said", "retryable"),
    [
        (same_token, FailureReason.MALFORMED, "does not end", False),
        (empty_pages, FailureReason.MALFORMED, "does not end", False),
        (always_expired, FailureReason.MALFORMED, "expires (410) again and again", False),
        (no_list, FailureReason.MALFORMED, "no list of objects", False),
        (too_many, FailureReason.THROTTLED, "too many calls", True),
        (broken, FailureReason.SERVFAIL, "etcd is gone", True),
        (unknown, FailureReason.MALFORMED, "which every cluster has", False),
    ],
)
def test_a_list_that_goes_wrong_is_named_and_the_others_are_read(
    server: Callable[[str], Answer], reason: FailureReason, said: str, *, retryable: bool
) -> None:
    _, one = pod("zaken-1", "node-1")
    with reading(OddServer(server, one), "nodes", "pods") as read:
        (failure,) = read.findings.failures
        assert (failure.reason, failure.retryable, failure.scope) == (reason, retryable, "nodes")
        assert said in failure.detail
        assert read.outcomes["nodes"] in (KubeOutcome.UNREACHABLE, KubeOutcome.THROTTLED_OUT)
        assert len(read.pods) == 1


def large(target: str) -> Answer:
    """Twenty nodes of five megabytes each: no page of them all fits."""
    start = int(target.partition("continue=")[2].partition("&")[0] or 0)
    size = int(target.partition("limit=")[2].partition("&")[0])
    found = [a_node(number, annotations={"padding": "x" * 5_000_000}) for number in range(start, min(20, start + size))]
    return page(found, str(start + size) if start + size < 20 else "")


def test_objects_of_five_megabytes_are_read_in_smaller_pages() -> None:
    with reading(OddServer(large)) as read:
        assert read.findings.failures == ()
        assert read.counted("nodes") == len(read.objects("nodes")) == 20
        assert all(len(repr(item)) < 2_000 for item in read.objects("nodes"))


def too_large(target: str) -> Answer:
    if "continue" not in target:
        return page([a_node(1)], "second")
    return page([a_node(2, annotations={"padding": "x" * (MAX_PAGE_BYTES + 1)})])


def test_an_object_that_is_too_large_by_itself_is_named_and_what_came_before_is_kept() -> None:
    with reading(OddServer(too_large)) as read:
        (failure,) = read.findings.failures
        assert failure.reason is FailureReason.TOO_LARGE
        assert [item.name for item in read.objects("nodes")] == ["node-1"]


def odd(target: str) -> Answer:
    return page([a_node(1), {"kind": "Node"}, {"metadata": {"name": "bare"}}, {"metadata": None, "spec": 3, "status": []}])


def test_objects_with_missing_fields_are_kept_where_they_have_a_name_and_counted_where_not() -> None:
    with reading(OddServer(odd)) as read:
        (failure,) = read.findings.failures
        assert failure.reason is FailureReason.MALFORMED
        assert "2 objects are not of the form of their kind" in failure.detail
        assert [item.name for item in read.objects("nodes")] == ["bare", "node-1"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.resource)
@pytest.mark.parametrize("filling", [None, 3, "text", [], {}, [None], {"a": None}], ids=repr)
def test_every_kind_survives_fields_of_any_form(kind: Any, filling: object) -> None:
    reader = kind.make_reader("productie")
    item = {"metadata": {"name": "x", "namespace": "y", "labels": filling, "annotations": filling, "ownerReferences": filling}}
    reader.add({**item, "spec": filling, "status": filling, "webhooks": filling, "subsets": filling, "parameters": filling})
    fields = (
        "selector",
        "template",
        "jobTemplate",
        "containers",
        "rules",
        "provider",
        "csi",
        "nodeAffinity",
        "claimRef",
        "egress",
        "acme",
    )
    reader.add(
        {
            **item,
            "spec": dict.fromkeys(fields, filling),
            "status": dict.fromkeys(("addresses", "loadBalancer", "nodeInfo"), filling),
        }
    )
    reader.contents()


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield listener.getsockname()[1]


def test_a_server_that_takes_the_connection_and_says_nothing_costs_no_more_than_its_time() -> None:
    with silent_port() as port:
        access = read_access(Target(TargetKind.KUBERNETES, "productie", (("server", f"http://127.0.0.1:{port}"),)))
        began = time.monotonic()
        with pytest.raises(Refused) as refused:
            Api(open_client(access), Budget.of(2), (0.2, 0.3)).get("/version")
        assert refused.value.problem.reason is FailureReason.TIMEOUT
        assert time.monotonic() - began < 5


def test_a_budget_that_is_spent_ends_a_list_with_what_it_has() -> None:
    with OddServer(no_list) as server:
        access = read_access(Target(TargetKind.KUBERNETES, "productie", (("server", server.url),)))
        with pytest.raises(Refused) as refused:
            list(Api(open_client(access), Budget.of(0)).pages(MACHINES[0].path("v1", ""), ""))
        assert refused.value.problem.reason is FailureReason.TIMEOUT
