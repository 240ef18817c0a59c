"""Terraform and OpenTofu state, version 4: `resources[].instances[].attributes`.

The state holds every attribute in clear, passwords and private keys included; only the id and the fields of the place are looked at. What is of
mode `data` was looked up and is not held, so it is left out. A state lists what was made with it and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence

from herkomst.collectors.inventories.format import Format, Item, Json, Listing, damage_in, records_of, text_of
from herkomst.scanner.model.claim import Role

VERSION = 4
PROVIDERS = {"aws": "aws", "azurerm": "azure", "google": "gcp", "openstack": ""}
"""The catalogue's id of what the prefix of a resource type stands for."""
ROLES: dict[Role, tuple[str, ...]] = {
    Role.COMPUTE: (
        "aws_instance", "aws_lambda_function", "azurerm_linux_virtual_machine", "azurerm_windows_virtual_machine",
        "azurerm_linux_web_app", "azurerm_windows_web_app", "google_compute_instance", "openstack_compute_instance_v2",
    ),
    Role.STORAGE: (
        "aws_ebs_volume", "aws_s3_bucket", "aws_efs_file_system", "azurerm_storage_account", "azurerm_managed_disk",
        "google_storage_bucket", "google_compute_disk", "openstack_blockstorage_volume_v3", "openstack_objectstorage_container_v1",
    ),
    Role.DATABASE: (
        "aws_db_instance", "aws_rds_cluster", "aws_dynamodb_table", "azurerm_mssql_server", "azurerm_postgresql_flexible_server",
        "azurerm_mysql_flexible_server", "azurerm_cosmosdb_account", "google_sql_database_instance", "google_bigquery_dataset",
    ),
    Role.BACKUP: ("aws_backup_vault", "aws_ebs_snapshot", "aws_db_snapshot", "azurerm_recovery_services_vault", "azurerm_data_protection_backup_vault"),
    Role.KEYS: ("aws_kms_key", "azurerm_key_vault", "google_kms_key_ring"),
    Role.CONTROL_PLANE: ("aws_eks_cluster", "azurerm_kubernetes_cluster", "google_container_cluster"),
    Role.IMAGES: ("aws_ecr_repository", "azurerm_container_registry", "google_artifact_registry_repository"),
    Role.TELEMETRY: ("aws_cloudwatch_log_group", "azurerm_log_analytics_workspace"),
}  # fmt: skip
_ROLE_OF = {name: role for role, names in ROLES.items() for name in names}


def _recognises(documents: Sequence[Json]) -> bool:
    first = documents[0]
    return len(documents) == 1 and isinstance(first, dict) and "terraform_version" in first and first.get("version") == VERSION


def _read(documents: Sequence[Json]) -> Listing:
    items: list[Item] = []
    listed = documents[0].get("resources")
    held = [resource for resource in records_of(listed) if resource.get("mode") != "data"]
    for resource in held:
        kind = text_of(resource, "type")
        for number, instance in enumerate(records_of(resource.get("instances"))):
            attributes = instance.get("attributes")
            items.append(
                _item(kind, f"{text_of(resource, 'name')}[{number}]", attributes if isinstance(attributes, dict) else {})
            )
    return Listing(tuple(items), damage_in(listed, *(resource.get("instances") for resource in held)))


def _item(kind: str, name: str, attributes: dict[str, Json]) -> Item:
    role, provider = _ROLE_OF.get(kind), PROVIDERS.get(kind.partition("_")[0], "")
    zone = text_of(attributes, "availability_zone", "zone")
    region = text_of(attributes, "region", "location") or _region_in(text_of(attributes, "arn"))
    return Item(kind, role, provider, text_of(attributes, "arn", "id") or name, region, zone)


def _region_in(arn: str) -> str:
    return (arn.split(":", 5) + [""] * 6)[3]


FORMAT = Format("terraform", _recognises, _read)
