"""Credential plug-ins of a kubeconfig (`exec`, client.authentication.k8s.io), run with a limit of time and size.

The client library runs them too, but waits without end and loses what went wrong. What a plug-in writes is a secret: it goes to the client and
nowhere else, and only what it says on standard error is ever shown.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MAX_OUTPUT_BYTES = 1024 * 1024
_SHOWN = 300
"""So many characters of what a plug-in says of its own failure are passed on."""


class PluginFailed(Exception):
    """A plug-in gave no credential; the text says why."""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a plug-in gave: a bearer token, or a client certificate with its key (PEM)."""

    token: str = ""
    certificate: str = ""
    key: str = ""


def run_plugin(config: dict[str, Any], cluster: dict[str, Any], folder: Path, seconds: float) -> Credential:
    """Run the plug-in of a user of a kubeconfig that lies in `folder`; raises PluginFailed."""
    command, version = (
        [str(config.get("command") or ""), *map(str, config.get("args") or [])],
        str(config.get("apiVersion") or ""),
    )
    if not command[0] or not version:
        raise PluginFailed("the credential plug-in of the kubeconfig has no command or no apiVersion")
    output = _run(command, _environment(config, cluster, version), folder, seconds)
    try:
        status = json.loads(output)["status"]
        found = Credential(
            str(status.get("token") or ""),
            str(status.get("clientCertificateData") or ""),
            str(status.get("clientKeyData") or ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PluginFailed(f"the credential plug-in {command[0]!r} wrote no ExecCredential") from error
    if not found.token and not (found.certificate and found.key):
        raise PluginFailed(f"the credential plug-in {command[0]!r} gave neither a token nor a certificate with its key")
    return found


def _environment(config: dict[str, Any], cluster: dict[str, Any], version: str) -> dict[str, str]:
    spec: dict[str, Any] = {"interactive": False}
    if config.get("provideClusterInfo"):
        spec["cluster"] = {key: value for key, value in cluster.items() if key != "extensions"}
        named = {item.get("name"): item.get("extension") for item in cluster.get("extensions") or []}
        if "client.authentication.k8s.io/exec" in named:
            spec["cluster"]["config"] = named["client.authentication.k8s.io/exec"]
    asked = {"apiVersion": version, "kind": "ExecCredential", "spec": spec}
    own = {str(item["name"]): str(item["value"]) for item in config.get("env") or []}
    return {**os.environ, **own, "KUBERNETES_EXEC_INFO": json.dumps(asked)}


def _run(command: list[str], environment: dict[str, str], folder: Path, seconds: float) -> bytes:
    name = command[0]
    try:
        process = subprocess.Popen(  # noqa: S603 - the command of the user's own kubeconfig, as every client of the cluster runs it
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
    except OSError as error:
        raise PluginFailed(
            f"the credential plug-in {name!r} cannot be run ({error.strerror}); install it, or put it on the PATH"
        ) from error
    assert process.stdout is not None  # noqa: S101 - pipes were asked for
    assert process.stderr is not None  # noqa: S101 - the other pipe
    is_late, said = threading.Event(), bytearray()
    timer = threading.Timer(seconds, _stop, (process, is_late))
    listener = threading.Thread(target=_listen, args=(process.stderr, said), daemon=True)
    timer.start()
    listener.start()
    try:
        output = process.stdout.read(MAX_OUTPUT_BYTES + 1)
        if len(output) > MAX_OUTPUT_BYTES:
            _stop(process)
        code = process.wait()
    finally:
        timer.cancel()
        process.stdout.close()
    listener.join(timeout=1)
    if is_late.is_set():
        raise PluginFailed(f"the credential plug-in {name!r} gave nothing within {seconds:g} s and was stopped")
    if len(output) > MAX_OUTPUT_BYTES:
        raise PluginFailed(f"the credential plug-in {name!r} writes more than a credential can be")
    if code != 0:
        shown = " ".join(said.decode("utf-8", "replace").split())[:_SHOWN]
        raise PluginFailed(f"the credential plug-in {name!r} ended with code {code}{f': {shown}' if shown else ''}")
    return output


def _listen(stream: Any, said: bytearray) -> None:
    """Read all that a plug-in says, so that it never waits for us, and keep the beginning."""
    with stream:
        while chunk := stream.read(4096):
            if len(said) < _SHOWN * 4:
                said.extend(chunk)


def _stop(process: subprocess.Popen[bytes], is_late: threading.Event | None = None) -> None:
    """Stop a plug-in with all that it started: a child that holds its output open would hold us up as well."""
    if is_late is not None:
        is_late.set()
    os.killpg(process.pid, signal.SIGKILL)
