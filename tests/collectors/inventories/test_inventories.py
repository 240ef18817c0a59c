"""Exported inventories: what is read of each format, what is never taken, and what is said of files that cannot be read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from herkomst.collectors.inventories import reading
from herkomst.collectors.inventories.reading import Inventory, Unreadable, read_inventory
from herkomst.collectors.inventories.registry import FORMATS
from herkomst.scanner.cli.main import main
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.failure import FailureReason
from herkomst.scanner.model.observation import decode_content, encode_content

SECRET = "geheim-Wachtwoord-7"  # noqa: S105 - must never be seen again
BUCKET_ARN = "arn:aws:s3:::voorbeeld-archief"
STATE = {
    "version": 4,
    "terraform_version": "1.9.8",
    "serial": 12,
    "lineage": "0f0e0d0c-0000-4000-8000-000000000001",
    "outputs": {"password": {"value": SECRET, "type": "string", "sensitive": True}},
    "resources": [
        {
            "mode": "managed", "type": "aws_db_instance", "name": "zaken",
            "instances": [{"attributes": {"arn": "arn:aws:rds:eu-central-1:111122223333:db:zaken", "availability_zone": "eu-central-1a", "password": SECRET}}],
        },
        {"mode": "managed", "type": "aws_s3_bucket", "name": "archief", "instances": [{"attributes": {"arn": BUCKET_ARN, "id": "voorbeeld-archief", "region": "us-east-1"}}]},
        {"mode": "managed", "type": "random_password", "name": "db", "instances": [{"attributes": {"id": "none", "result": SECRET}}]},
        {"mode": "managed", "type": "tls_private_key", "name": SECRET, "instances": [{"attributes": {"id": SECRET, "private_key_pem": SECRET}}]},
        {"mode": "data", "type": "aws_instance", "name": "elders", "instances": [{"attributes": {"id": "i-0", "availability_zone": "us-east-1a"}}]},
    ],
}  # fmt: skip
AZURE_ROW = "/subscriptions/00000000-0000-4000-8000-000000000002/resourceGroups/zaken/providers/Microsoft.Compute/"
AZURE = {
    "count": 3,
    "data": [
        {"id": AZURE_ROW + "virtualMachines/vm1", "type": "microsoft.compute/virtualmachines", "location": "westeurope", "properties": {"adminPassword": SECRET}},
        {"id": AZURE_ROW + "disks/d1", "type": "microsoft.compute/disks", "location": "West Europe"},
        {"id": AZURE_ROW + "galleries/g1", "type": "microsoft.compute/galleries", "location": "westeurope"},
    ],
    "skip_token": None,
    "total_records": 3,
}  # fmt: skip
GCP = [
    {"name": "//compute.googleapis.com/projects/voorbeeld/zones/europe-west4-a/instances/web", "asset_type": "compute.googleapis.com/Instance", "resource": {"location": "europe-west4-a", "data": {"metadata": SECRET}}},
    {"name": "//storage.googleapis.com/voorbeeld", "asset_type": "storage.googleapis.com/Bucket", "resource": {"location": "EU", "data": {}}},
]  # fmt: skip
OPENSTACK = [
    {"ID": "a1", "Name": "zaken", "Status": "ACTIVE", "Networks": {"lan": ["192.0.2.7"]}, "Image": "x", "Flavor": "m1", "Availability Zone": "nova"},
]  # fmt: skip


def _write(folder: Path, value: object, encoding: str = "utf-8") -> str:
    path = folder / "export.json"
    path.write_text(json.dumps(value), encoding)
    return str(path)


def _places(inventory: Inventory) -> list[tuple[str, str, str]]:
    return sorted((item.role, item.region, item.zone) for item in inventory.resources)


def test_a_terraform_state_gives_what_it_holds_and_names_what_is_not_read(tmp_path: Path) -> None:
    inventory = read_inventory(_write(tmp_path, STATE), "2026-11-01")
    assert _places(inventory) == [(Role.DATABASE, "eu-central-1", "eu-central-1a"), (Role.STORAGE, "us-east-1", "")]
    assert inventory.file.unread == (("random_password", 1), ("tls_private_key", 1))
    assert (inventory.file.format, inventory.file.as_of, inventory.file.resources) == ("terraform", "2026-11-01", 2)


def test_an_azure_answer_gives_roles_and_regions_however_these_are_written(tmp_path: Path) -> None:
    inventory = read_inventory(_write(tmp_path, AZURE))
    assert _places(inventory) == [(Role.COMPUTE, "westeurope", ""), (Role.STORAGE, "westeurope", "")]
    assert not inventory.cut_off


def test_a_page_of_a_longer_azure_answer_is_named_as_a_part(tmp_path: Path) -> None:
    assert "longer answer" in read_inventory(_write(tmp_path, {**AZURE, "total_records": 5000})).cut_off
    assert "longer answer" in read_inventory(_write(tmp_path, {**AZURE, "skip_token": "ew0K"})).cut_off


def test_a_gcp_export_is_read_as_a_list_and_by_line_alike(tmp_path: Path) -> None:
    source = _write(tmp_path, GCP)
    listed = read_inventory(source)
    Path(source).write_text("\n".join(json.dumps(row) for row in GCP) + "\n")
    assert read_inventory(source) == listed
    assert _places(listed) == [(Role.COMPUTE, "europe-west4", "europe-west4-a"), (Role.STORAGE, "eu", "")]


def test_assets_without_their_resource_are_named_as_a_part(tmp_path: Path) -> None:
    bare = [{key: value for key, value in row.items() if key != "resource"} for row in GCP]
    assert "content type RESOURCE" in read_inventory(_write(tmp_path, bare)).cut_off


def test_an_openstack_list_names_no_provider_and_no_region(tmp_path: Path) -> None:
    (server,) = read_inventory(_write(tmp_path, OPENSTACK)).resources
    assert (server.role, server.provider, server.region, server.zone) == (Role.COMPUTE, "", "", "nova")


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({key: value for key, value in STATE.items() if key != "resources"}, "list of resources is missing"),
        ({**STATE, "resources": {"0": STATE["resources"][0]}}, "list of resources is missing"),
        ({**STATE, "resources": [*STATE["resources"], None]}, "1 of the entries"),
        ({**STATE, "resources": [{**STATE["resources"][0], "instances": ["weg"]}]}, "1 of the entries"),
        ({**AZURE, "data": [*AZURE["data"], "weg", 7]}, "2 of the entries"),
        ([*GCP, ["weg"]], "1 of the entries"),
        ([*OPENSTACK, "weg"], "1 of the entries"),
    ],
    ids=["no list", "no list but a mapping", "terraform", "instances", "azure", "gcp", "openstack"],
)
def test_an_entry_that_cannot_be_read_makes_the_file_a_part(document: object, said: str, tmp_path: Path) -> None:
    assert said in read_inventory(_write(tmp_path, document)).cut_off


def test_a_folder_or_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pijp"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path):
        with pytest.raises(Unreadable, match="no file"):
            read_inventory(str(path))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_export_is_read_in_the_encodings_that_shells_write(encoding: str, tmp_path: Path) -> None:
    assert len(read_inventory(_write(tmp_path, AZURE, encoding)).resources) == 2


def test_what_stands_twice_counts_once(tmp_path: Path) -> None:
    assert read_inventory(_write(tmp_path, {**AZURE, "data": AZURE["data"] * 2, "total_records": 6})).file.resources == 2


@pytest.mark.parametrize("document", [STATE, AZURE, GCP, OPENSTACK], ids=[item.name for item in FORMATS])
def test_no_secret_of_an_export_is_taken(document: object, tmp_path: Path) -> None:
    inventory = read_inventory(_write(tmp_path, document))
    assert SECRET in json.dumps(STATE)
    assert SECRET not in repr(inventory)
    for content in (inventory.file, *inventory.resources):
        assert decode_content(content.kind, json.loads(json.dumps(encode_content(content)))) == content


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (json.dumps(STATE).encode()[:-40], "line 1"),
        (b'{"a": 1}\n{"a": "' + SECRET.encode(), "line 2"),
        (b'{"some": "thing"}', "known are: terraform"),
        (b'"text"', "known are"),
        (b"[]", "known are"),
        (b"\xff\xff\xff", "UTF-8"),
        (b"[" * 100_000, "nested"),
        (b'{"serial": ' + b"1" * 5_000 + b"}", "digits"),
        (b'{"a": 1}\n{"serial": ' + b"1" * 5_000 + b"}", "line 2"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_without_quoting_it(body: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(body)
    with pytest.raises(Unreadable, match=said) as caught:
        read_inventory(str(path))
    assert SECRET not in str(caught.value)
    assert caught.value.reason is FailureReason.MALFORMED


def test_a_file_beyond_the_limit_is_named_with_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 2**20)
    path = tmp_path / "export.json"
    path.write_bytes(b" " * (2**20 + 1))
    with pytest.raises(Unreadable, match="limit of 1 MiB") as caught:
        read_inventory(str(path))
    assert caught.value.reason is FailureReason.TOO_LARGE


def test_import_shows_what_is_read_and_what_is_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", _write(tmp_path, STATE)]) == 0
    shown = capsys.readouterr().out
    assert "storage: 1 × aws_s3_bucket, us-east-1" in shown
    assert "not read: 1 × random_password" in shown
    assert SECRET not in shown
    assert main(["import", _write(tmp_path, {**AZURE, "skip_token": "ew0K"})]) == 3
    assert main(["import", str(tmp_path / "missing.json")]) == 2
    assert "missing.json" in capsys.readouterr().err


def test_a_scan_judges_a_declared_export_and_keeps_no_secret_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write(tmp_path, STATE)
    declaration = tmp_path / "declaration.yaml"
    declaration.write_text(
        "herkomst: 1\norganisation: {name: Gemeente Voorbeeld}\nsystems:\n  - name: zaaksysteem\n"
        "    assets:\n      inventories: [{file: export.json, as_of: 2026-11-01}]\n"
        "    claims:\n"
        "      - {claim: database.country, is: [DE], said_by: supplier}\n"
        "      - {claim: storage.country, is: [DE], said_by: supplier}\n"
    )
    store = tmp_path / "herkomst.db"
    assert main(["scan", str(declaration), "--offline", "--store", str(store), "--format", "json", "--quiet"]) == 1
    shown = capsys.readouterr().out
    verdicts = {item["claim"]: item for item in json.loads(shown)["verdicts"]}
    assert verdicts["database.country"]["status"] == "consistent"
    assert (verdicts["storage.country"]["status"], verdicts["storage.country"]["observed"]) == ("contradicted", ["US"])
    for path in (store, *tmp_path.glob("herkomst.db-*")):
        assert SECRET.encode() not in path.read_bytes()
    assert main(["scan", str(declaration), "--offline", "--store", "none", "--format", "html"]) == 1
    page = capsys.readouterr().out
    assert "of 2026-11-01, lists 2 resources; types that are not read: random_password (1)" in page
    assert SECRET not in shown + page
    assert "arn:aws:rds:eu-central-1:********3333:db:zaken" in page  # masked, as an account's own records are
