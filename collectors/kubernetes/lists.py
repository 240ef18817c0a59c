"""Lists read page by page to their end (Kubernetes API concepts, "Retrieving large results sets in chunks"), or a problem that says where it stopped.

A page is taken apart and let go before the next, so that memory does not grow with the cluster. A continue token that has expired (410) is replaced
by the fresh one in the answer, or the list begins again. Nothing is ever cut silently.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from herkomst.collectors.kubernetes.problems import (
    Problem,
    Refused,
    malformed,
    of_status,
    of_transport,
    out_of_time,
    too_large,
)
from kubernetes.client import ApiClient, ApiException
from urllib3.exceptions import HTTPError

Item = dict[str, Any]
"""An object as JSON has it; none leaves the collector."""
PAGE_SIZE = 500
MAX_PAGE_BYTES = 32 * 1024 * 1024
"""A larger page is asked for again with fewer objects in it; an object that is larger by itself cannot be read."""
SMALLER = 8
MAX_OBJECTS = 2_000_000
MAX_EMPTY_PAGES = 50
MAX_RESTARTS = 3
TIMEOUTS_S = (3.0, 20.0)
"""To connect, and between two parts of an answer."""
RETRIES = 3
MAX_WAIT_S = 10.0
CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Budget:
    """Until when a target may be asked, and what ends it before."""

    seconds: float
    ends_at: float
    is_halted: threading.Event

    @classmethod
    def of(cls, seconds: float) -> Budget:
        """Return a budget that begins now."""
        return cls(seconds, time.monotonic() + seconds, threading.Event())

    @property
    def is_spent(self) -> bool:
        """Whether no further call may begin."""
        return self.is_halted.is_set() or time.monotonic() >= self.ends_at

    def wait(self, seconds: float) -> None:
        """Wait before a call is tried again, no longer than there is time."""
        self.is_halted.wait(max(0.0, min(seconds, self.ends_at - time.monotonic())))


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    is_cut: bool
    retry_after_s: float


class Api:
    """Calls to one API server."""

    def __init__(self, client: ApiClient, budget: Budget, timeouts_s: tuple[float, float] = TIMEOUTS_S) -> None:
        self._client = client
        self._budget = budget
        self._timeouts_s = timeouts_s

    def get(self, path: str, rule: str = "") -> Item:
        """Return one document; raises Refused."""
        return self._document(self._ask("GET", path, None), rule)

    def post(self, path: str, body: Item, rule: str = "") -> Item:
        """Return the answer to a question that is put as a document, such as a review of rules; raises Refused."""
        return self._document(self._ask("POST", path, body), rule)

    def pages(self, path: str, rule: str) -> Iterator[list[Item]]:
        """Yield the objects of a list, page by page, to its end; raises Refused where it does not get there.

        Where the list has to begin again, `RESTART` is yielded: what came before it is to be forgotten.
        """
        size, token, read, empty, restarts = PAGE_SIZE, "", 0, 0, 0
        while True:
            query = {"limit": str(size), **({"continue": token} if token else {})}
            answer = self._ask("GET", f"{path}?{urlencode(query)}", None)
            if answer.is_cut:
                if size == 1:
                    raise Refused(too_large(f"an object is larger than {MAX_PAGE_BYTES} bytes; what follows was not read"))
                size = max(1, size // SMALLER)
                continue
            if answer.status == 410 and token:
                restarts += 1
                if restarts > MAX_RESTARTS:
                    raise Refused(malformed("the list expires (410) again and again before its end"))
                token = _continue_of(_parse(answer.body))
                if not token:
                    read = 0
                    yield RESTART
                continue
            document = self._document(answer, rule)
            items = document.get("items", [])
            if items is None:
                items = []
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                raise Refused(malformed("the answer holds no list of objects"))
            read, empty = read + len(items), 0 if items else empty + 1
            yield items
            before, token = token, _continue_of(document)
            if not token:
                return
            if token == before or empty > MAX_EMPTY_PAGES:
                raise Refused(malformed(f"the list does not end: the same or an empty page again after {read} objects"))
            if read > MAX_OBJECTS:
                raise Refused(too_large(f"more than {MAX_OBJECTS} objects; what follows was not read"))
            del document, items, answer

    def _document(self, answer: _Answer, rule: str) -> Item:
        if answer.is_cut:
            raise Refused(too_large(f"the answer is larger than {MAX_PAGE_BYTES} bytes"))
        document = _parse(answer.body) if answer.body else {}
        if answer.status >= 300:
            problem = of_status(answer.status, str(document.get("message") or ""), rule)
            raise Refused(problem, is_not_found=answer.status == 404)
        return document

    def _ask(self, method: str, path: str, body: Item | None) -> _Answer:
        """Make a call, again after a transient failure, as long as there is time."""
        problem: Problem | None = None
        for attempt in range(RETRIES):
            if self._budget.is_spent:
                break
            wait_s = min(2.0**attempt * 0.2, MAX_WAIT_S)
            try:
                answer = self._call(method, path, body)
            except (HTTPError, ApiException) as error:  # the client library turns errors of TLS into its own
                cause = error.__context__ if isinstance(error, ApiException) else error
                problem = of_transport(cause if isinstance(cause, HTTPError) else HTTPError(str(error)))
                if not problem.retryable:
                    raise Refused(problem) from error
            else:
                if answer.status != 429 and answer.status < 500:
                    return answer
                problem = of_status(answer.status, str(_said(answer.body)), "")
                wait_s = min(answer.retry_after_s or wait_s, MAX_WAIT_S)
            if attempt + 1 < RETRIES:
                self._budget.wait(wait_s)
        raise Refused(problem or out_of_time(self._budget.seconds))

    def _call(self, method: str, path: str, body: Item | None) -> _Answer:
        headers = {"Accept": "application/json"}
        self._client.update_params_for_auth(headers, [], ["BearerToken"], path, method, body)
        url = self._client.configuration.host + path
        response = self._client.call_api(method, url, headers, body, None, self._timeouts_s).response
        chunks, length, is_cut = [], 0, False
        try:
            for chunk in response.stream(CHUNK_BYTES):
                chunks.append(chunk)
                length += len(chunk)
                if length > MAX_PAGE_BYTES:
                    is_cut = True
                    break
                if self._budget.is_spent:
                    raise Refused(out_of_time(self._budget.seconds))
        finally:
            if is_cut or self._budget.is_spent:
                response.close()  # the rest is not read, so the connection is of no further use
            response.release_conn()
        return _Answer(response.status, b"".join(chunks), is_cut, _seconds(response.headers.get("Retry-After", "")))


RESTART: list[Item] = []
"""Yielded where a list begins again: what came before it is to be forgotten. Compared by identity."""


def read_all(pages: Iterator[list[Item]], add: Callable[[Item], None], forget: Callable[[], None]) -> int:
    """Hand every object of a list on, and return how many there were; after a restart they are counted anew."""
    count = 0
    for page in pages:
        if page is RESTART:
            forget()
            count = 0
        for item in page:
            add(item)
        count += len(page)
    return count


def _parse(body: bytes) -> Item:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(malformed("the answer is no JSON")) from error
    if not isinstance(document, dict):
        raise Refused(malformed("the answer is no object"))
    return document


def _said(body: bytes) -> str:
    try:
        return str(_parse(body).get("message") or "")
    except Refused:
        return ""


def _continue_of(document: Item) -> str:
    metadata = document.get("metadata")
    token = metadata.get("continue") if isinstance(metadata, dict) else ""
    return str(token or "")


def _seconds(text: str) -> float:
    return float(text) if text.isdigit() else 0.0
