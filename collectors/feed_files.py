"""Where the file of a feed comes from: its publisher, a folder, or a mirror. Asking is bounded, and what fails is a value.

In a folder a file may carry the feed's name or its publisher's, with or without a date and `.gz`: `aws-ip-ranges.json`,
`ip-ranges.json`, `aws-ip-ranges_2026-08-22.json.gz` are the same feed; of several the one with the latest date is read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urljoin, urlsplit

from herkomst.collectors.fetching import Fetcher, Reply, Unanswered
from herkomst.config.tables.gates import check_media_type
from herkomst.config.tables.rows import TableKind
from herkomst.config.tables.sources import Feed, Shape
from herkomst.scanner.errors import KnowledgeError, UsageError
from herkomst.scanner.model.failure import FailureReason

TIMEOUT_S: Final = 120.0
"""For one file with its redirects, however slowly it comes."""
MAX_PAGE_BYTES: Final = 2_000_000
_DATE = re.compile(r"[_.-]?(\d{4})-?(\d{2})-?(\d{2})(?=\D|\Z)")
_ENDING = {TableKind.GEOFEED: ".csv"}
_ENDINGS = (".gz", ".json", ".csv", ".tsv", ".txt")


@dataclass(frozen=True, slots=True)
class Delivery:
    """A file as it came. `dated` is the day in its name (ISO), or empty; `packed` says whether a gzip is expected."""

    body: bytes
    place: str
    dated: str
    packed: bool


class FeedFiles(Protocol):
    """A place that delivers files of feeds."""

    async def get(self, feed: Feed) -> Delivery | Unanswered | None:
        """Return the file of a feed, why it could not be had, or None where this place is not meant to have it."""
        ...


class Published:
    """The publishers themselves, each at its own address."""

    def __init__(self, timeout_s: float = TIMEOUT_S) -> None:
        self._timeout_s = timeout_s

    async def get(self, feed: Feed) -> Delivery | Unanswered | None:
        """Fetch the file, for a feed whose address moves by the page that its publisher documents."""
        url = feed.url
        if feed.link:
            found = await self._find_link(feed)
            if isinstance(found, Unanswered):
                return found
            url = found
        return _deliver(feed, await _get(url, feed.url, self._timeout_s, "*/*", feed.max_bytes), packed=feed.packed)

    async def _find_link(self, feed: Feed) -> str | Unanswered:
        page = _refuse_status(await _get(feed.url, feed.url, self._timeout_s, "text/html", MAX_PAGE_BYTES))
        if isinstance(page, Unanswered):
            return page
        link = re.search(feed.link, page.body.decode("utf-8", "replace"))
        if link is None:
            detail = f"{feed.url} has no link to the file any more: fetch it by hand, and give its folder with --from"
            return Unanswered(FailureReason.MALFORMED, False, detail)
        return urljoin(page.url, link.group())


class Mirror:
    """Files under one base URL, called as their feed with `.json`, `.csv` or `.txt`; `.gz` behind it where the plain one is absent."""

    def __init__(self, base: str, timeout_s: float = TIMEOUT_S) -> None:
        self._base = base if base.endswith("/") else base + "/"
        self._timeout_s = timeout_s

    async def get(self, feed: Feed) -> Delivery | Unanswered | None:
        """Fetch the file; one that is absent is a failure, as the mirror was named for it."""
        url = f"{self._base}{feed.name}{_ENDING.get(feed.kind) or ('.json' if feed.shape is Shape.JSON else '.txt')}"
        reply = await _get(url, self._base, self._timeout_s, "*/*", feed.max_bytes)
        if isinstance(reply, Reply) and reply.status == HTTPStatus.NOT_FOUND:
            return _deliver(feed, await _get(url + ".gz", self._base, self._timeout_s, "*/*", feed.max_bytes), packed=True)
        return _deliver(feed, reply, packed=False)


class Folder:
    """A folder of files; a feed without a file in it is left as it is."""

    def __init__(self, path: Path) -> None:
        try:
            self._files = sorted(entry for entry in path.iterdir() if entry.is_file())
        except OSError as error:
            raise UsageError(
                f"The folder cannot be read ({error.strerror}).", advice="Give --from a folder or a URL.", place=str(path)
            ) from error

    async def get(self, feed: Feed) -> Delivery | Unanswered | None:
        """Read the file of a feed."""
        names = {feed.name, *feed.aliases}
        found = [(file_date(path.name), path.name, path) for path in self._files if plain_name(path.name) in names]
        if not found:
            return None
        dated, name, path = max(found)
        try:
            with path.open("rb") as file:
                body = file.read(feed.max_bytes + 1)  # a larger one is refused by the gates
        except OSError as error:
            return Unanswered(FailureReason.UNREACHABLE, False, f"{path} cannot be read ({error.strerror})")
        return Delivery(body, str(path), dated, name.lower().endswith(".gz"))


def open_files(source: str | None, timeout_s: float = TIMEOUT_S) -> FeedFiles:
    """Return the place that `--from` names: a URL, a folder, or, without it, the publishers."""
    if source is None:
        return Published(timeout_s)
    if source.startswith(("https://", "http://")):
        return Mirror(source, timeout_s)
    if "://" in source:
        raise UsageError(
            f"{source!r} is no folder and no web address.", advice="Give --from a folder, or a URL with https or http."
        )
    return Folder(Path(source))


def plain_name(name: str) -> str:
    """Return a file's name in lower case, without its date and its endings."""
    text = name.lower()
    while text.endswith(_ENDINGS):
        text = text.rpartition(".")[0]
    return _DATE.sub("", text).removesuffix("-latest")


def file_date(name: str) -> str:
    """Return the day in a file's name (ISO); empty where there is none, or no such day."""
    match = _DATE.search(name)
    try:
        return date(*(int(part) for part in match.groups())).isoformat() if match else ""
    except ValueError:
        return ""


def _deliver(feed: Feed, reply: Reply | Unanswered, *, packed: bool) -> Delivery | Unanswered:
    """Return the file of an answer; an answer without one, or of another media type, is a failure."""
    reply = _refuse_status(reply)
    if isinstance(reply, Unanswered):
        return reply
    try:
        if packed is feed.packed:  # a mirror that packs its files may call them what it likes
            check_media_type(feed, reply.media_type)
    except KnowledgeError as error:
        return Unanswered(FailureReason.MALFORMED, False, f"{reply.url}: {error}")
    return Delivery(reply.body, reply.url, file_date(unquote(urlsplit(reply.url).path).rpartition("/")[2]), packed)


def _refuse_status(reply: Reply | Unanswered) -> Reply | Unanswered:
    if isinstance(reply, Unanswered) or reply.status == HTTPStatus.OK:
        return reply
    later = reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or reply.status == HTTPStatus.TOO_MANY_REQUESTS
    return Unanswered(FailureReason.UNREACHABLE, later, f"{reply.url} answered with status {reply.status}")


async def _get(url: str, trusted: str, timeout_s: float, accept: str, max_bytes: int) -> Reply | Unanswered:
    fetcher = Fetcher(trusted, timeout_s, accept=accept, max_bytes=max_bytes)
    try:
        return await fetcher.get(url)
    finally:
        await fetcher.close()
