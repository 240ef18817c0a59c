"""A real kube-apiserver with its etcd on free loopback ports: RBAC, paging, 401, 403 and 410 are the real ones.

The program comes from `../shared/bin` and is unpacked once a machine; etcd is a Debian package. Objects are written straight into etcd, which keeps the
status that only controllers may write, and makes thousands of them in a second; roles, bindings and new kinds go through the API.
"""

from __future__ import annotations

import base64
import json
import lzma
import os
import ssl
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from servers.real import free_port, require_program, stop

READY_S = 60.0
BATCH = 100
"""So many objects go into etcd in one transaction; it takes 128 at most."""
ADMIN = "admin"
USERS = {ADMIN: "token-of-admin", "reader": "token-of-reader", "nobody": "token-of-nobody", "limited": "token-of-limited"}
Object = dict[str, Any]
_PLACES = {
    "nodes": "minions",
    "services": "services/specs",
    "endpoints": "services/endpoints",
    "ingresses.networking.k8s.io": "ingress",
}
"""Where etcd keeps kinds that are not under their own name."""
_BUILT_IN = ("", "apps", "batch", "networking.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io")


@dataclass(frozen=True)
class KubernetesApi:
    """A running API server. `admin` may do everything; `token_of` has the token of a user without any right but those granted."""

    server: str
    ca_file: Path
    folder: Path
    etcd: httpx.Client
    admin: httpx.Client

    def token_of(self, user: str) -> str:
        return USERS[user]

    def token_file(self, user: str) -> Path:
        path = self.folder / f"{user}.token"
        path.write_text(USERS[user])
        return path

    def kubeconfig(self, contexts: Mapping[str, Object], cluster: Object | None = None) -> Path:
        """Write a kubeconfig with a context for each user's entry (`{"token": ...}`, `{"exec": ...}`); `cluster` changes the cluster's entry."""
        entry = {"server": self.server, "certificate-authority": str(self.ca_file), **(cluster or {})}
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "c", "cluster": {key: value for key, value in entry.items() if value is not None}}],
            "users": [{"name": name, "user": user} for name, user in contexts.items()],
            "contexts": [{"name": name, "context": {"cluster": "c", "user": name}} for name in contexts],
        }
        path = self.folder / "kubeconfig"
        path.write_text(json.dumps(document))
        return path

    def seed(self, objects: Iterable[tuple[str, Object]]) -> None:
        """Write (resource, object) pairs, such as `("deployments.apps", {...})`, each with its `apiVersion` and `kind`."""
        batch: list[Object] = []
        for resource, item in objects:
            key, value = _key_of(resource, item), json.dumps(item).encode()
            batch.append({"requestPut": {"key": _b64(key.encode()), "value": _b64(value)}})
            if len(batch) == BATCH:
                self._commit(batch)
                batch = []
        if batch:
            self._commit(batch)

    def _commit(self, batch: Sequence[Object]) -> None:
        self.etcd.post("/v3/kv/txn", json={"success": batch}).raise_for_status()

    def clear(self, resource: str) -> None:
        """Remove all objects of a kind."""
        prefix = _folder_of(resource) + "/"
        end = prefix[:-1] + chr(ord("/") + 1)
        self.etcd.post(
            "/v3/kv/deleterange", json={"key": _b64(prefix.encode()), "range_end": _b64(end.encode())}
        ).raise_for_status()

    def compact(self) -> None:
        """Compact etcd at its current revision, so that every continue token of before has expired (410)."""
        revision = self.etcd.post("/v3/kv/range", json={"key": _b64(b"nothing")}).json()["header"]["revision"]
        # a revision of its own, so that the one that the tokens hold lies before it
        self.etcd.post("/v3/kv/put", json={"key": _b64(b"moved"), "value": _b64(b"on")}).raise_for_status()
        body = {"revision": str(int(revision) + 1), "physical": True}
        self.etcd.post("/v3/kv/compaction", json=body).raise_for_status()

    def grant(self, user: str, rules: Sequence[Object], namespace: str = "") -> None:
        """Give a user exactly these rules, in the whole cluster or in one namespace."""
        if namespace:
            self.make_namespace(namespace)
        kind = "Role" if namespace else "ClusterRole"
        root = "/apis/rbac.authorization.k8s.io/v1" + (f"/namespaces/{namespace}" if namespace else "")
        role = {"metadata": {"name": f"{user}-role"}, "rules": list(rules)}
        binding = {
            "metadata": {"name": f"{user}-role"},
            "subjects": [{"kind": "User", "name": user, "apiGroup": "rbac.authorization.k8s.io"}],
            "roleRef": {"kind": kind, "name": f"{user}-role", "apiGroup": "rbac.authorization.k8s.io"},
        }
        self._replace(f"{root}/{kind.lower()}s", role)
        self._replace(f"{root}/{kind.lower()}bindings", binding)
        self._await_rules(user, rules, namespace or "default")

    def make_namespace(self, name: str) -> None:
        answer = self.admin.post("/api/v1/namespaces", json={"metadata": {"name": name}})
        assert answer.is_success or answer.status_code == 409, answer.text  # it may be there

    def _replace(self, path: str, body: Object) -> None:
        name = body["metadata"]["name"]
        answer = self.admin.put(f"{path}/{name}", json=body)
        if answer.status_code == 404:
            answer = self.admin.post(path, json=body)
        answer.raise_for_status()

    def _await_rules(self, user: str, rules: Sequence[Object], namespace: str) -> None:
        """Ask the server until its own review shows the rules: its caches follow etcd within some tens of milliseconds."""
        wanted = {(group, plural) for rule in rules for group in rule["apiGroups"] for plural in rule["resources"]}
        path, deadline = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", monotonic() + READY_S
        headers = {"Authorization": f"Bearer {USERS[user]}"}
        while monotonic() < deadline:
            found = self.admin.post(path, json={"spec": {"namespace": namespace}}, headers=headers).json()["status"][
                "resourceRules"
            ]
            listed = {
                (group, plural)
                for rule in found
                if "list" in rule["verbs"]
                for group in rule.get("apiGroups", [])
                for plural in rule.get("resources", [])
            }
            if listed - {("", "componentstatuses")} == wanted:
                return
        pytest.fail(f"the API server does not show the rules of {user}")

    def install_kind(self, group: str, version: str, kind: str, plural: str, *, is_namespaced: bool) -> None:
        """Make a custom kind with any fields, and wait until it is served."""
        schema = {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}
        body = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {
                "name": f"{plural}.{group}",
                "annotations": {"api-approved.kubernetes.io": "https://github.com/kubernetes/kubernetes/pull/1"},
            },
            "spec": {
                "group": group,
                "names": {"kind": kind, "plural": plural, "singular": kind.lower()},
                "scope": "Namespaced" if is_namespaced else "Cluster",
                "versions": [{"name": version, "served": True, "storage": True, "schema": schema}],
            },
        }
        self.admin.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", json=body).raise_for_status()
        deadline = monotonic() + READY_S
        while monotonic() < deadline:
            groups = self.admin.get("/apis").json()["groups"]
            if any(item["name"] == group for item in groups) and self.admin.get(f"/apis/{group}/{version}/{plural}").is_success:
                return
        pytest.fail(f"{plural}.{group} is not served")


@contextmanager
def run_kubernetes_api(folder: Path, program: Path) -> Iterator[KubernetesApi]:
    """Start etcd and the API server in a folder of their own; both are stopped by their own process id."""
    folder.mkdir(parents=True, exist_ok=True)
    etcd_port, peer_port, port = free_port(), free_port(), free_port()
    etcd = [
        require_program("etcd", "etcd-server"),
        "--data-dir",
        folder / "etcd",
        "--listen-client-urls",
        f"http://127.0.0.1:{etcd_port}",
    ]
    etcd += ["--advertise-client-urls", f"http://127.0.0.1:{etcd_port}", "--listen-peer-urls", f"http://127.0.0.1:{peer_port}"]
    etcd += ["--unsafe-no-fsync", "--quota-backend-bytes", str(4 * 1024**3)]
    (folder / "tokens.csv").write_text(
        "".join(f'{token},{user},{user},"{"system:masters" if user == ADMIN else "users"}"\n' for user, token in USERS.items())
    )
    key = folder / "sa.key"
    key.write_bytes(_make_key())
    server = [program, f"--etcd-servers=http://127.0.0.1:{etcd_port}", "--bind-address=127.0.0.1", f"--secure-port={port}"]
    server += ["--advertise-address=127.0.0.1", f"--cert-dir={folder}", f"--token-auth-file={folder / 'tokens.csv'}"]
    server += ["--authorization-mode=RBAC", f"--service-account-key-file={key}", f"--service-account-signing-key-file={key}"]
    server += ["--service-account-issuer=https://kubernetes.default.svc", "--service-cluster-ip-range=10.96.0.0/16"]
    server += ["--anonymous-auth=false", "--disable-admission-plugins=ServiceAccount", "--max-requests-inflight=4000"]
    with (folder / "output").open("wb") as output, _started(etcd, output), _started(server, output) as process:
        ca_file = folder / "apiserver.crt"
        url = f"https://127.0.0.1:{port}"
        if not _is_ready(process, url, ca_file):
            pytest.fail(f"the API server did not start:\n{(folder / 'output').read_text('utf-8', 'replace')[-4000:]}")
        headers = {"Authorization": f"Bearer {USERS[ADMIN]}"}
        context = ssl.create_default_context(cafile=str(ca_file))
        with (
            httpx.Client(base_url=f"http://127.0.0.1:{etcd_port}", timeout=60, trust_env=False) as store,
            httpx.Client(base_url=url, verify=context, headers=headers, timeout=60, trust_env=False) as admin,
        ):
            yield KubernetesApi(url, ca_file, folder, store, admin)


@contextmanager
def _started(command: Sequence[object], output: Any) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([str(word) for word in command], stdout=output, stderr=output) as process:
        try:
            yield process
        finally:
            stop(process)


def _is_ready(process: subprocess.Popen[bytes], url: str, ca_file: Path) -> bool:
    deadline = monotonic() + READY_S
    while monotonic() < deadline:
        if ca_file.exists():
            try:
                answer = httpx.get(
                    f"{url}/readyz",
                    verify=ssl.create_default_context(cafile=str(ca_file)),
                    headers={"Authorization": f"Bearer {USERS[ADMIN]}"},
                    trust_env=False,
                )
                if answer.status_code == 200:
                    return True
            except (httpx.HTTPError, OSError):
                pass  # it does not listen yet, or its certificate is half written
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    return False


def unpack_program(packed: Path) -> Path:
    """Unpack the API server once a machine, under a name that changes with the file."""
    size = packed.stat().st_size
    path = Path(tempfile.gettempdir()) / f"herkomst-kube-apiserver-{size}"
    if not path.exists():
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as target, lzma.open(packed) as source:
            while block := source.read(1024 * 1024):
                target.write(block)
        Path(target.name).chmod(0o755)
        os.replace(target.name, path)  # noqa: PTH105 - at once, since another process may do the same
    return path


def _make_key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def _folder_of(resource: str) -> str:
    plural, _, group = resource.partition(".")
    place = _PLACES.get(resource) or (plural if group in _BUILT_IN else f"{group}/{plural}")
    return f"/registry/{place}"


def _key_of(resource: str, item: Object) -> str:
    namespace = item["metadata"].get("namespace", "")
    return "/".join(filter(None, (_folder_of(resource), namespace, item["metadata"]["name"])))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
