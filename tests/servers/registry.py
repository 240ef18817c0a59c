"""A registry on loopback that answers RDAP over real HTTP: whatever a test tells it to, well-formed or not."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RDAP = "application/rdap+json"


@dataclass
class Page:
    """One HTTP answer. `drips` sends a byte now and then, for ever."""

    body: bytes = b""
    status: int = 200
    media_type: str = RDAP
    headers: tuple[tuple[str, str], ...] = ()
    drips: bool = False


@dataclass
class Registry:
    """What the server answers by path, and what it was asked."""

    url: str
    pages: dict[str, Page | Callable[[str], Page]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    gate: threading.Event = field(default_factory=threading.Event)

    @property
    def bootstrap(self) -> str:
        return self.url + "bootstrap/"

    def serve(self, path: str, document: object, **rest: object) -> None:
        """Answer a path with a JSON document."""
        self.pages[path] = Page(json.dumps(document).encode(), **rest)  # type: ignore[arg-type]  # fields of Page

    def serve_bootstrap(self, *prefixes: str, base: str | None = None) -> None:
        """Let the bootstrap files send every prefix to this server."""
        listed = prefixes or ("0.0.0.0/0", "::/0")
        for version, mark in ((4, "."), (6, ":")):
            mine = [prefix for prefix in listed if mark in prefix]
            document = {"version": "1.0", "services": [[mine, [base or self.url + "rdap/"]]]}
            self.serve(f"/bootstrap/ipv{version}.json", document, media_type="application/json")

    def questions(self) -> list[str]:
        """What was asked of the registry, without the bootstrap files."""
        return [path.removeprefix("/rdap/ip/") for path in self.asked if path.startswith("/rdap/")]


@contextmanager
def run_registry() -> Iterator[Registry]:
    """Run a registry without pages, where every path is a 404, until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    state = Registry(f"http://127.0.0.1:{server.server_address[1]}/")
    state.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            state.headers.append(dict(self.headers))
            state.gate.wait(10)
            page = state.pages.get(self.path) or state.pages.get("*") or Page(b'{"errorCode": 404}', 404)
            page = page if isinstance(page, Page) else page(self.path)
            self.send_response(page.status)
            for name, value in (("Content-Type", page.media_type), *page.headers):
                self.send_header(name, value)
            if not page.drips:
                self.send_header("Content-Length", str(len(page.body)))
            self.end_headers()
            try:
                while page.drips and not state.ended.wait(0.02):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                self.wfile.write(page.body)
            except OSError:
                self.close_connection = True  # the client went away, as it should

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class names it
            pass

    server.RequestHandlerClass = Handler
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield state
    state.ended.set()
    state.gate.set()
    server.shutdown()
    thread.join()
    server.server_close()


def describe_network(first: str, last: str, **changes: object) -> dict[str, object]:
    """An ip network object (RFC 9083) with an invented registrant and a contact person."""
    holder = [["version", {}, "text", "4.0"], ["fn", {}, "text", "Voorbeeld Hosting B.V."], ["kind", {}, "text", "org"]]
    holder.append(["adr", {"cc": "NL"}, "text", ["", "", "Voorbeeldstraat 1", "Den Haag", "", "2500 AA", ""]])
    person = [
        ["fn", {}, "text", "Piet Persoon"],
        ["kind", {}, "text", "individual"],
        ["email", {}, "text", "piet@voorbeeld.example"],
    ]
    return {
        "objectClassName": "ip network",
        "handle": f"{first} - {last}",
        "startAddress": first,
        "endAddress": last,
        "ipVersion": "v6" if ":" in first else "v4",
        "name": "VOORBEELD-NET",
        "country": "NL",
        "port43": "whois.ripe.net",
        "entities": [
            {"handle": "PP1-EXAMPLE", "roles": ["technical"], "vcardArray": ["vcard", person]},
            {"handle": "ORG-VH1", "roles": ["registrant"], "vcardArray": ["vcard", holder]},
        ],
        **changes,
    }
