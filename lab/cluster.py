"""The cluster of the story: a Kubernetes API on loopback, and the declaration and expectations that go with it. Needs the extra `kubernetes`.

Inside the context the client library finds this cluster's kubeconfig and no other, so that no cluster of whoever starts it is met.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

import yaml
from herkomst.lab.kubernetes_server import KubernetesServer
from herkomst.lab.story import STORY, Expectation, Tale, read_expected, read_tales

FOLDER = STORY.parent / "cluster"
CONTEXT = "polder"
TOKEN = "of-the-laboratory"  # noqa: S105 - a word that only the laboratory's own server asks for
_VARIABLE = "KUBECONFIG"


def is_available() -> bool:
    """Say whether what the cluster needs is installed."""
    return find_spec("kubernetes") is not None


class ClusterLaboratory:
    """A context manager: inside it the cluster of the story answers under its context."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.declaration = folder / "formulieren.yaml"
        self.expected: tuple[Expectation, ...] = read_expected(folder / "expected.yaml")
        self.tales: tuple[Tale, ...] = read_tales(folder / "tales.yaml")
        self.server = KubernetesServer(yaml.safe_load_all((folder / "objects.yaml").read_text(encoding="utf-8")), TOKEN)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(self.server)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="herkomst-cluster-")))
            path = folder / "kubeconfig"
            path.write_text(json.dumps(kubeconfig(self.server.url)), encoding="utf-8")
            stack.callback(_restore, os.environ.get(_VARIABLE))
            os.environ[_VARIABLE] = str(path)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()


def kubeconfig(server: str) -> dict[str, object]:
    """Return a kubeconfig with the one context of the story."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CONTEXT, "cluster": {"server": server}}],
        "users": [{"name": CONTEXT, "user": {"token": TOKEN}}],
        "contexts": [{"name": CONTEXT, "context": {"cluster": CONTEXT, "user": CONTEXT}}],
    }


def _restore(before: str | None) -> None:
    if before is None:
        os.environ.pop(_VARIABLE, None)
    else:
        os.environ[_VARIABLE] = before
