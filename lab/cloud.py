"""The cloud part of the story: an AWS on loopback with two accounts, and the declaration and expectations that go with it. Needs the extra `demo`.

Inside the context the SDK speaks to this server and to nothing else: every `AWS_*` variable is put aside, so that no account of whoever starts it is met.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from herkomst.lab.aws_server import NOT_ENABLED, AwsServer, regions_rule
from herkomst.lab.story import STORY, Expectation, Tale, read_expected, read_tales

MEMBER_ROLE = "arn:aws:iam::444455556666:role/herkomst-lezen"
SEEDERS = 4
"""Steps of the estate that are made at once: making a client of the SDK costs more than the call."""
MEMBER_REGIONS = replace(regions_rule(("eu-central-1",), NOT_ENABLED), key="ASIA*")
"""The second account, which is reached with the keys of a role, uses one Region: each costs a second to read."""
FOLDER = STORY.parent / "cloud"
_MAKING = threading.Lock()


def is_available() -> bool:
    """Say whether what the cloud part needs is installed."""
    return all(find_spec(name) is not None for name in ("boto3", "moto", "werkzeug", "flask"))


class CloudLaboratory:
    """A context manager: inside it the accounts of the story answer."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.declaration = folder / "omgeving.yaml"
        self.expected: tuple[Expectation, ...] = read_expected(folder / "expected.yaml")
        self.tales: tuple[Tale, ...] = read_tales(folder / "tales.yaml")
        self.aws = AwsServer()
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.aws)
            stack.enter_context(_only(self.aws.environment))
            seed()
            self.aws.set_rules((MEMBER_REGIONS,))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()


def seed() -> None:
    """Make the estate of both accounts, several steps at once."""
    import boto3
    from herkomst.lab import cloud_estate

    session = boto3.Session()
    given = session.client("sts").assume_role(RoleArn=MEMBER_ROLE, RoleSessionName="laboratory")["Credentials"]
    member = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    steps = [(step, _clients(session)) for step in cloud_estate.MANAGEMENT]
    steps += [(step, _clients(session, **member)) for step in cloud_estate.MEMBER]
    with ThreadPoolExecutor(SEEDERS) as pool:
        for done in [pool.submit(step, client) for step, client in steps]:
            done.result()


def _clients(session: Any, **credentials: str) -> Callable[..., Any]:
    """Return a maker of clients; the session makes one at a time, since it is not safe for threads."""

    def make(service: str, region: str = "eu-central-1") -> Any:
        with _MAKING:
            return session.client(service, region_name=region, **credentials)

    return make


@contextmanager
def _only(environment: Mapping[str, str]) -> Iterator[None]:
    """Let the SDK see these variables and none of its own kind besides, nor any configuration file or proxy."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    files = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    os.environ.update({**environment, **files, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
