"""A server that remembers what moto answered, and gives it again after a wait: moto itself takes longer over a call than the wait.

An answer is found by the service and Region of the signature, the operation, the path and the body. `DescribeVolumes` is made here where volumes are
wished for. `python recorder.py MOTO_URL` prints its port, and serves until its standard input closes; `POST /settings` sets the wait and the volumes.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import sys
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qs, urlsplit

_SCOPE = re.compile(rb"Credential=[^/]+/\d+/([^/]+/[^/]+)/aws4_request")
_END = b"\r\n\r\n"
_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
_UNSENT = frozenset({"connection", "content-length", "transfer-encoding", "date", "server"})
VOLUMES_IN = "eu-central-1"


@dataclass
class Settings:
    """What the answers are like at the moment."""

    wait_s: float = 0.0
    volumes: int = 0


class Recorder:
    """What all connections share."""

    def __init__(self, moto: str) -> None:
        self.settings = Settings()
        self.moto = moto
        self.own = ""
        self.known: dict[bytes, bytes] = {}

    def fetch(self, head: bytes, body: bytes) -> bytes:
        """Ask moto; blocking."""
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ", 2)
        headers = dict(line.split(": ", 1) for line in lines)
        place = urlsplit(self.moto)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        try:
            connection.request(method, target, body or None, headers)
            response = connection.getresponse()
            content = response.read().replace(self.moto.encode(), self.own.encode())
        finally:
            connection.close()
        kept = [f"{name}: {value}" for name, value in response.getheaders() if name.lower() not in _UNSENT]
        return _message(f"{response.status} {response.reason}", kept, content)


class Connection(asyncio.Protocol):
    """One connection of a client, which asks one thing at a time."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - TCP gives no other
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer a request that is whole."""
        self._read += data
        head, end, rest = self._read.partition(_END)
        if not end:
            return
        length = re.search(rb"(?im)^content-length: (\d+)", head)
        if len(rest) < (int(length[1]) if length else 0):
            return
        self._read = b""
        self._answer(head, rest)

    def _answer(self, head: bytes, body: bytes) -> None:
        recorder, loop = self._recorder, asyncio.get_running_loop()
        if head.startswith(b"POST /settings "):
            recorder.settings = Settings(**json.loads(body))
            self._transport.write(_message("200 OK", (), b"{}"))
            return
        made = self._volumes(head, body)
        key = _key(head, body)
        answer = made or recorder.known.get(key)
        if answer is not None:
            loop.call_later(recorder.settings.wait_s, self._transport.write, answer)
            return
        fetching = loop.run_in_executor(None, recorder.fetch, head, body)
        fetching.add_done_callback(partial(self._keep, key))

    def _keep(self, key: bytes, fetching: asyncio.Future[bytes]) -> None:
        self._recorder.known[key] = fetching.result()
        self._transport.write(self._recorder.known[key])

    def _volumes(self, head: bytes, body: bytes) -> bytes | None:
        count = self._recorder.settings.volumes
        scope = _SCOPE.search(head)
        if not count or b"Action=DescribeVolumes" not in body or not scope or not scope[1].startswith(VOLUMES_IN.encode()):
            return None
        given = parse_qs(body.decode())
        begin, size = int(given.get("NextToken", ["0"])[0]), int(given["MaxResults"][0])
        items = "".join(
            f"<item><volumeId>vol-{number:017x}</volumeId><size>8</size><availabilityZone>{VOLUMES_IN}a</availabilityZone>"
            "<status>in-use</status><encrypted>true</encrypted></item>"
            for number in range(begin, min(begin + size, count))
        )
        token = f"<nextToken>{begin + size}</nextToken>" if begin + size < count else ""
        text = f'<DescribeVolumesResponse xmlns="{_NAMESPACE}"><volumeSet>{items}</volumeSet>{token}</DescribeVolumesResponse>'
        return _message("200 OK", ("Content-Type: text/xml",), text.encode())


def _key(head: bytes, body: bytes) -> bytes:
    scope, target = _SCOPE.search(head), re.search(rb"(?im)^x-amz-target: (.*)$", head)
    return b"\n".join((head.partition(b"\r\n")[0], scope[1] if scope else b"", target[1] if target else b"", body))


def _message(status: str, headers: list[str] | tuple[str, ...], content: bytes) -> bytes:
    lines = (f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(content)}")
    return "\r\n".join(lines).encode("latin-1") + _END + content


async def serve(moto: str) -> None:
    """Serve until standard input closes."""
    recorder, loop = Recorder(moto), asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(recorder), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    recorder.own = f"http://127.0.0.1:{port}"
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
