"""Amazon Athena: where work groups put the answers of queries, and the functions and accounts that further catalogues lead to.

API reference: https://docs.aws.amazon.com/athena/latest/APIReference/. Athena reads from and writes to other stores, and every Region of every account has
a work group of its own accord, so that a work group is no database. One with managed results keeps answers itself for a day: `keeps_results` says so.
"""

from __future__ import annotations

from herkomst.collectors.aws.paths import read_text
from herkomst.collectors.aws.service import Detail, Item, Link, Pages, Read, Service, Skip
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_CONFIGURATION = "GetWorkGroup.WorkGroup.Configuration."
_PARAMETERS = "GetDataCatalog.DataCatalog.Parameters."


def _comes_by_itself(item: Item) -> str:
    """Mark the work group that every Region of an account has, unless it was told where to send answers."""
    location = read_text(item, _CONFIGURATION + "ResultConfiguration.OutputLocation")
    return "true" if item.get("Name") == "primary" and not location else ""


SERVICE = Service(
    "athena",
    (
        Read(
            "ListWorkGroups",
            items="WorkGroups[]",
            type="workgroup",
            role=None,
            id="Name",
            key=_CONFIGURATION
            + "ManagedQueryResultsConfiguration.EncryptionConfiguration.KmsKey|"
            + _CONFIGURATION
            + "ResultConfiguration.EncryptionConfiguration.KmsKey",
            links=(
                Link(AwsRelation.DESTINATION, _CONFIGURATION + "ResultConfiguration.OutputLocation", is_address=True),
                Link(AwsRelation.DESTINATION, _CONFIGURATION + "ResultConfiguration.ExpectedBucketOwner"),
                Link(
                    AwsRelation.DESTINATION,
                    _CONFIGURATION + "MonitoringConfiguration.S3LoggingConfiguration.LogLocation",
                    is_address=True,
                ),
            ),
            named=(
                ("comes_by_itself", _comes_by_itself),
                ("keeps_results", _CONFIGURATION + "ManagedQueryResultsConfiguration.Enabled"),
            ),
            pages=Pages("NextToken", "NextToken"),
            details=(Detail("GetWorkGroup", (("WorkGroup", "Name"),)),),
            shows=(Role.DATABASE,),
        ),
        Read(
            "ListDataCatalogs",
            items="DataCatalogsSummary[]",
            type="datacatalog",
            role=None,
            id="CatalogName",
            links=tuple(
                Link(AwsRelation.SOURCE, _PARAMETERS + name)
                for name in ("catalog-id", "function", "metadata-function", "record-function")
            ),
            named=(("catalog_type", "Type"), ("connection_type", "ConnectionType")),
            skip=(Skip("CatalogName", frozenset({"AwsDataCatalog"})),),
            details=(Detail("GetDataCatalog", (("Name", "CatalogName"),)),),
            shows=(Role.DATABASE,),
        ),
    ),
)
"""The catalogue that every account has is Glue's own, and read there."""
