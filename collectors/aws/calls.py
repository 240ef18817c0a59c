"""One operation, asked to the end: every page, and the details of every item. Blocking, for the threads of a lane."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError, PaginationError
from herkomst.collectors.aws.paths import read_text, read_texts, read_values
from herkomst.collectors.aws.problems import SDK_ERRORS, Problem, out_of_time, problem_of, too_many
from herkomst.collectors.aws.service import PLAIN, Detail, Item, Pages, Read, Service
from herkomst.collectors.aws.sessions import AccountSession

MAX_PAGES = 20_000
"""A list of more pages than any account has is one that never ends."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Until when calls may begin, on the clock of `time.monotonic`; `seconds` is what was given, for the message."""

    ends_at: float
    seconds: float

    @classmethod
    def of(cls, seconds: float) -> Budget:
        """Return a budget that begins now."""
        return cls(time.monotonic() + seconds, seconds)

    @property
    def is_spent(self) -> bool:
        """Whether no further call may begin."""
        return time.monotonic() >= self.ends_at


@dataclass
class Answer:
    """What an operation gave. Items that came before a problem are kept: what was seen is there, whatever else is not known."""

    items: list[Item] = field(default_factory=list)
    calls: int = 0
    problem: Problem | None = None


def list_items(account: AccountSession, service: Service, read: Read, region: str, budget: Budget) -> Answer:
    """Call one operation in one Region, page by page."""
    if budget.is_spent:
        return Answer(problem=out_of_time(budget.seconds))
    answer = Answer()

    def ask() -> None:
        for page in _pages(account.client(service.client, region), read):
            if answer.calls and (budget.is_spent or answer.calls >= MAX_PAGES):
                answer.problem = out_of_time(budget.seconds)  # there was more, and it is not known how much
                return
            if read.limit and len(answer.items) >= read.limit:
                answer.problem = too_many(read.limit)
                return
            answer.calls += 1
            found = (item if isinstance(item, dict) else {PLAIN: item} for item in read_values(page, read.items))
            answer.items.extend(item for item in found if _is_kept(item, read))

    answer.problem = _try(ask, action_of(service, read), read.absent) or answer.problem
    return answer


def list_within(account: AccountSession, service: Service, read: Read, parent: Item, region: str, budget: Budget) -> Answer:
    """Call an operation for one item of another list; that item stands in each that is found."""
    if read.within is None:
        return list_items(account, service, read, region, budget)
    given = tuple((name, read_text(parent, path)) for name, path in read.within.arguments)
    answer = list_items(account, service, replace(read, arguments=(*read.arguments, *given)), region, budget)
    for item in answer.items:
        item[read.within.operation] = parent
    return answer


def add_details(
    account: AccountSession, service: Service, detail: Detail, items: Iterable[Item], region: str, budget: Budget
) -> tuple[int, tuple[Problem, ...]]:
    """Ask one detail of each item and put it in the item; return how many answers came and what went wrong, once for each item."""
    calls, problems = 0, []
    for item in items:
        if budget.is_spent:
            problems.append(out_of_time(budget.seconds))
            continue
        problem = _try(partial(_add_detail, account, service, region, detail, item), action_of(service, detail), detail.absent)
        if problem is not None:
            problems.append(problem)  # and nothing joins the item: an empty location would put a bucket in the oldest Region
            continue
        calls += 1
        item.setdefault(detail.operation, {})  # there is nothing to add, which is an answer
    return calls, tuple(problems)


def action_of(service: Service, call: Read | Detail) -> str:
    """Return the IAM action that a call needs."""
    return call.action or f"{service.prefix or service.client}:{call.operation}"


def _pages(client: Any, read: Read) -> Iterator[Item]:
    name, arguments = xform_name(read.operation), dict(read.arguments)
    if client.can_paginate(name):
        sizes = {"PageSize": read.page_size} if read.page_size else {}
        yield from client.get_paginator(name).paginate(**arguments, PaginationConfig=sizes)
        return
    token = ""
    while True:
        page = getattr(client, name)(**arguments)
        yield page
        before, token = token, _next_token(page, read.pages)
        if not token or read.pages is None:
            return
        if token == before:
            raise PaginationError(message=f"the same next token was received twice: {token}")
        arguments[read.pages.argument] = token


def _next_token(page: Item, pages: Pages | None) -> str:
    if pages is None or (pages.more and read_text(page, pages.more) != "true"):
        return ""
    return next(reversed(read_texts(page, (pages.token,))), "")


def _is_kept(item: Item, read: Read) -> bool:
    return not any(read_text(item, skip.path) in skip.values for skip in read.skip)


def _add_detail(account: AccountSession, service: Service, region: str, detail: Detail, item: Item) -> None:
    client = account.client(service.client, region)
    name = xform_name(detail.operation)
    values = {parameter: read_text(item, path) for parameter, path in detail.arguments}
    if not all(values.values()):
        return
    takes = client.meta.service_model.operation_model(detail.operation).input_shape.members
    arguments = {key: [text] if takes[key].type_name == "list" else text for key, text in values.items()} | dict(detail.fixed)
    if client.can_paginate(name):
        item[detail.operation] = client.get_paginator(name).paginate(**arguments).build_full_result()
    else:
        item[detail.operation] = getattr(client, name)(**arguments)


def _try(ask: Callable[[], None], action: str, absent: frozenset[str] = frozenset()) -> Problem | None:
    try:
        ask()
    except SDK_ERRORS as error:
        if isinstance(error, ClientError) and error.response.get("Error", {}).get("Code", "") in absent:
            return None
        return problem_of(error, action)
    return None
