"""The manifests that run the scanner in a cluster: taken by a real API server, and of the published form."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from kubernetes.client import V1CronJob
from servers.kubernetes_api import KubernetesApi
from servers.real import require_program

FOLDER = Path(__file__).resolve().parents[3] / "deploy" / "kubernetes"
FILES = ("clusterrole.yaml", "herkomst.yaml")


def documents() -> list[dict[str, Any]]:
    return [document for name in FILES for document in yaml.safe_load_all((FOLDER / name).read_text("utf-8"))]


def of_kind(kind: str) -> dict[str, Any]:
    (found,) = [document for document in documents() if document["kind"] == kind]
    return found


def test_a_real_api_server_takes_every_manifest(kubernetes_api: KubernetesApi, tmp_path: Path) -> None:
    kubectl = require_program("kubectl", "kubernetes-client")
    kubernetes_api.make_namespace("herkomst")  # a dry run makes none, and the others lie in it
    found = documents()
    for document in found:
        if document["kind"] == "CronJob":  # this server is older than batch/v1 of it; the form is the same
            document["apiVersion"] = "batch/v1beta1"
    path = tmp_path / "all.yaml"
    path.write_text(yaml.safe_dump_all(found))
    config = kubernetes_api.kubeconfig({"productie": {"token": kubernetes_api.token_of("admin")}})
    command = [
        kubectl,
        "--kubeconfig",
        config,
        "--context",
        "productie",
        "apply",
        "--dry-run=server",
        "--validate=true",
        "-f",
        path,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("(server dry run)") == len(found)


def closed(schema: Any) -> Any:
    """Return a schema in which no object takes fields that it does not name."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(value) for key, value in schema.items()}
    if "properties" in found and found.get("type") == "object":
        found.setdefault("additionalProperties", False)
    return found


def test_the_cron_job_is_of_the_published_form_of_batch_v1() -> None:
    schema = closed(
        V1CronJob.model_json_schema(by_alias=True)
    )  # the client's models are made from the published OpenAPI document
    job = of_kind("CronJob")
    jsonschema.validate(job, schema)
    job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["readOnlyRoot"] = True
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(job, schema)


def test_the_scanner_runs_as_nobody_on_a_read_only_file_system() -> None:
    pod = of_kind("CronJob")["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    (container,) = pod["containers"]
    inside = container["securityContext"]
    assert (inside["readOnlyRootFilesystem"], inside["allowPrivilegeEscalation"]) == (True, False)
    assert inside["capabilities"] == {"drop": ["ALL"]}


def test_the_binding_joins_the_account_of_the_job_to_the_shipped_role() -> None:
    binding, job = of_kind("ClusterRoleBinding"), of_kind("CronJob")
    assert binding["roleRef"]["name"] == of_kind("ClusterRole")["metadata"]["name"]
    assert binding["subjects"][0]["name"] == job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["serviceAccountName"]


def test_the_declaration_in_the_manifest_is_valid(tmp_path: Path) -> None:
    from herkomst.scanner.cli.main import main

    path = tmp_path / "systems.yaml"
    path.write_text(of_kind("ConfigMap")["data"]["systems.yaml"])
    assert main(["validate", str(path)]) == 0
