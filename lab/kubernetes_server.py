"""A small Kubernetes API on one loopback port: version, groups, and lists in pages with continue tokens, for the demonstration.

It answers as an API server does (Kubernetes API concepts, "Retrieving large results sets in chunks"; Status objects for 401, 403, 404 and 410) and takes no
object: what it holds is given when it is made. It speaks plain HTTP, as `kubectl proxy` does, and is for this machine alone.
"""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

Item = dict[str, Any]
LOOPBACK = "127.0.0.1"
VERSION = "v1.31.2"
_REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 405: "MethodNotAllowed", 410: "Expired"}
_IRREGULAR = {
    "Ingress": "ingresses",
    "NetworkPolicy": "networkpolicies",
    "StorageClass": "storageclasses",
    "Endpoints": "endpoints",
}
_CORE = frozenset({("", "v1")})
_BUILT_IN = frozenset(
    {
        ("apps", "v1"),
        ("batch", "v1"),
        ("networking.k8s.io", "v1"),
        ("storage.k8s.io", "v1"),
        ("admissionregistration.k8s.io", "v1"),
    }
)
"""Groups that every cluster has, whether anything is in them or not."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a kind is listed."""

    group: str
    version: str
    plural: str


def place_of(item: Item) -> Place:
    """Return where an object is listed, by its apiVersion and kind."""
    group, _, version = item["apiVersion"].rpartition("/")
    kind = item["kind"]
    plural = _IRREGULAR.get(kind) or (f"{kind[:-1].lower()}ies" if kind.endswith("y") else f"{kind.lower()}s")
    return Place(group, version, plural)


class KubernetesServer:
    """A context manager: inside it the API answers whoever has the token. `denied` are plurals that it refuses (403)."""

    def __init__(self, objects: Iterable[Item], token: str, denied: frozenset[str] = frozenset()) -> None:
        self.lists: dict[Place, list[Item]] = {}
        for item in objects:
            self.lists.setdefault(place_of(item), []).append(item)
        self.token = token
        self.denied = denied
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        """The address of the server."""
        port = self._server.server_port if self._server else 0
        return f"http://{LOOPBACK}:{port}"

    def __enter__(self) -> Self:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer(*site.get(self.path, self.headers.get("Authorization", "")))

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self._answer(*_status(405, "this server takes nothing"))

            def _answer(self, status: int, document: Item) -> None:
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing: the demonstration's output is for its reader."""

        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="kubernetes", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def get(self, target: str, authorization: str) -> tuple[int, Item]:
        """Return the status and document at a path."""
        parts = urlsplit(target)
        if authorization != f"Bearer {self.token}":
            return _status(401, "Unauthorized")
        if parts.path == "/version":
            return 200, {"gitVersion": VERSION}
        if parts.path == "/apis":
            return 200, self._groups()
        return self._list(parts.path.strip("/").split("/"), {key: values[-1] for key, values in parse_qs(parts.query).items()})

    def _groups(self) -> Item:
        served = {(place.group, place.version) for place in self.lists} | _BUILT_IN
        groups: dict[str, list[str]] = {}
        for group, version in sorted(served - _CORE):
            groups.setdefault(group, []).append(version)
        return {
            "kind": "APIGroupList",
            "groups": [
                {"name": name, "versions": [{"version": each} for each in versions], "preferredVersion": {"version": versions[0]}}
                for name, versions in groups.items()
            ],
        }

    def _list(self, steps: list[str], query: Mapping[str, str]) -> tuple[int, Item]:
        root, steps = steps[0], steps[1:]
        group = steps.pop(0) if root == "apis" and steps else ""
        version = steps.pop(0) if steps else ""
        namespace = ""
        if len(steps) == 3 and steps[0] == "namespaces":
            _, namespace, *steps = steps
        place = Place(group, version, steps[0] if len(steps) == 1 else "")
        if (group, version) not in _CORE | _BUILT_IN and place not in self.lists:
            return _status(404, "the server could not find the requested resource")
        if place.plural in self.denied:
            return _status(403, f"{place.plural} is forbidden: cannot list resource {place.plural!r} in API group {group!r}")
        found = [item for item in self.lists.get(place, []) if namespace in ("", item["metadata"].get("namespace", ""))]
        return 200, _page(place, found, query)


def _page(place: Place, found: list[Item], query: Mapping[str, str]) -> Item:
    start = int(urlsafe_b64decode(query["continue"])) if "continue" in query else 0
    size = int(query.get("limit", "0")) or len(found)
    metadata: Item = {"resourceVersion": "1"}
    if start + size < len(found):
        metadata["continue"] = urlsafe_b64encode(str(start + size).encode()).decode()
    version = f"{place.group}/{place.version}".lstrip("/")
    return {"kind": "List", "apiVersion": version, "metadata": metadata, "items": found[start : start + size]}


def _status(code: int, message: str) -> tuple[int, Item]:
    return code, {"kind": "Status", "status": "Failure", "code": code, "reason": _REASONS[code], "message": message}
