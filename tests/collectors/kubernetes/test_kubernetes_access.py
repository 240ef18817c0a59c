"""How a cluster is reached, and every way in which it is not: named, with a remedy, and never taken for an empty cluster."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import trustme
from herkomst.collectors.kubernetes.access import NoAccess, open_client, read_access
from herkomst.collectors.kubernetes.collector import KINDS
from herkomst.collectors.kubernetes.kinds.machines import MACHINES
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.kubernetes import KubeContexts
from herkomst.scanner.model.target import Target, TargetKind
from servers.kubernetes_api import KubernetesApi

from .conftest import Read, read_cluster, read_target

NOWHERE = "https://127.0.0.1:9"


def by_context(context: str) -> Read:
    return read_target(Target(TargetKind.KUBERNETES, context), MACHINES)


def by_server(server: str, **files: Path) -> Read:
    access = (("server", server), *((name, str(path)) for name, path in files.items()))
    return read_target(Target(TargetKind.KUBERNETES, "productie", access), MACHINES)


def only_failure(read: Read) -> tuple[FailureReason, str]:
    assert {failure.kind for failure in read.findings.failures} == KINDS
    assert read.findings.observations == ()
    (found,) = {(failure.reason, failure.detail) for failure in read.findings.failures}
    return found


def plugin(folder: Path, code: str) -> dict[str, object]:
    script = folder / "plugin.py"
    script.write_text(code)
    version = "client.authentication.k8s.io/v1"
    return {"exec": {"apiVersion": version, "command": sys.executable, "args": [str(script)], "interactiveMode": "Never"}}


def credential(token: str) -> str:
    document = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": token}}
    return f"print({json.dumps(json.dumps(document))})"


# -- ways that lead there -------------------------------------------------------------------------------------------


def test_a_context_of_the_kubeconfig_is_read(kubernetes_api: KubernetesApi, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kubernetes_api.kubeconfig({"productie": {"token": kubernetes_api.token_of("admin")}})
    monkeypatch.setenv("KUBECONFIG", str(path))
    assert by_context("productie").findings.failures == ()


def test_a_credential_plugin_gives_the_token(
    kubernetes_api: KubernetesApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = plugin(tmp_path, credential(kubernetes_api.token_of("admin")))
    monkeypatch.setenv("KUBECONFIG", str(kubernetes_api.kubeconfig({"productie": user})))
    assert by_context("productie").findings.failures == ()


def test_a_server_with_its_token_and_authority_is_read(kubernetes_api: KubernetesApi) -> None:
    assert read_cluster(kubernetes_api, kinds=MACHINES).findings.failures == ()


def test_all_contexts_lead_to_each_of_them(kubernetes_api: KubernetesApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubernetes_api.kubeconfig({"productie": {}, "acceptatie": {}})))
    findings = by_context("* namespace=zaken").findings
    assert [lead.value for lead in findings.leads] == ["acceptatie namespace=zaken", "productie namespace=zaken"]
    (observation,) = findings.observations
    assert observation.content == KubeContexts("* namespace=zaken", ("acceptatie", "productie"))


def test_all_contexts_of_no_kubeconfig_are_a_failure() -> None:
    assert "no contexts" in only_failure(by_context("*"))[1]


# -- ways that do not -----------------------------------------------------------------------------------------------


def test_a_token_that_is_not_accepted_is_denied(kubernetes_api: KubernetesApi, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("expired")
    reason, detail = only_failure(by_server(kubernetes_api.server, token_file=token, ca_file=kubernetes_api.ca_file))
    assert reason is FailureReason.DENIED
    assert "401" in detail
    assert "expired" in detail
    assert "sign in again" in detail


def test_a_wrong_authority_is_named_and_nothing_is_sent(kubernetes_api: KubernetesApi, tmp_path: Path) -> None:
    wrong = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(wrong))
    reason, detail = only_failure(by_server(kubernetes_api.server, token_file=kubernetes_api.token_file("admin"), ca_file=wrong))
    assert reason is FailureReason.REFUSED
    assert "certificate is not accepted" in detail
    assert "certificate authority" in detail


def test_a_server_that_does_not_answer_is_unreachable(tmp_path: Path) -> None:
    reason, detail = only_failure(by_server(NOWHERE))
    assert (reason, detail) == (FailureReason.UNREACHABLE, "no connection to the API server")


def test_a_kubeconfig_that_switches_the_check_off_is_refused(
    kubernetes_api: KubernetesApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = {"insecure-skip-tls-verify": True, "certificate-authority": None}
    path = kubernetes_api.kubeconfig({"productie": {"token": kubernetes_api.token_of("admin")}}, change)
    monkeypatch.setenv("KUBECONFIG", str(path))
    assert "switches the check" in only_failure(by_context("productie"))[1]


@pytest.mark.parametrize("server", ["http://192.0.2.10:8080", "ftp://127.0.0.1"])
def test_a_token_is_not_sent_in_the_clear(server: str) -> None:
    assert "not reached by HTTPS" in only_failure(by_server(server))[1]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import time; time.sleep(60)", "gave nothing within 1 s and was stopped"),
        ("import sys; print('log in first', file=sys.stderr); sys.exit(3)", "ended with code 3: log in first"),
        ("print('no credential')", "wrote no ExecCredential"),
        ("print('{\"status\": {}}')", "gave neither a token nor a certificate"),
        ("import sys\nwhile True: sys.stdout.write('x' * 65536)", "writes more than a credential can be"),
    ],
    ids=["hangs", "fails", "talks", "empty", "endless"],
)
def test_a_credential_plugin_that_gives_none_is_named(
    kubernetes_api: KubernetesApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubernetes_api.kubeconfig({"productie": plugin(tmp_path, code)})))
    with pytest.raises(NoAccess, match=said):
        open_client(read_access(Target(TargetKind.KUBERNETES, "productie")), plugin_s=1)


def test_a_credential_plugin_that_is_not_installed_is_named(
    kubernetes_api: KubernetesApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "no-such-plugin"}}
    monkeypatch.setenv("KUBECONFIG", str(kubernetes_api.kubeconfig({"productie": user})))
    reason, detail = only_failure(by_context("productie"))
    assert reason is FailureReason.DENIED
    assert "'no-such-plugin' cannot be run" in detail


def test_a_context_that_is_not_there_is_told_which_are(kubernetes_api: KubernetesApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubernetes_api.kubeconfig({"productie": {}, "acceptatie": {}})))
    assert "it has: acceptatie, productie" in only_failure(by_context("prod"))[1]


def test_no_kubeconfig_at_all_is_told_with_what_to_do() -> None:
    assert "set KUBECONFIG" in only_failure(by_context("productie"))[1]


@pytest.mark.parametrize(
    "text", ["]", "[]", "contexts: 3", "contexts: [{name: productie}]", "contexts: [{context: {}}]", "clusters: {a: b}"]
)
def test_a_kubeconfig_of_any_other_form_is_an_error_and_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    path = tmp_path / "config"
    path.write_text(text)
    monkeypatch.setenv("KUBECONFIG", str(path))
    reason, detail = only_failure(by_context("productie"))
    assert reason is FailureReason.DENIED
    assert detail


def test_no_token_is_in_any_observation_or_failure(kubernetes_api: KubernetesApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", str(kubernetes_api.kubeconfig({"productie": {"token": kubernetes_api.token_of("admin")}})))
    for read in (by_context("productie"), read_cluster(kubernetes_api, "nobody")):
        assert "token-of-" not in repr(read.findings)
