"""AWS Glue: what runs (jobs, crawlers, sessions), the catalogue's databases with where their tables lie, and data that flow from store to store.

API reference: https://docs.aws.amazon.com/glue/latest/webapi/. A database of the catalogue describes data that lie elsewhere, so it is no store itself. Further
catalogues count as stores: they can lie in Redshift's own storage. Connections are not read, since their list can give passwords.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Link, Pages, Read, Service, Skip
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "glue",
    (
        Read(
            "GetJobs",
            items="Jobs[]",
            type="job",
            role=Role.COMPUTE,
            id="Name",
            links=(
                Link(AwsRelation.SOURCE, "Command.ScriptLocation", is_address=True),
                Link(AwsRelation.DESTINATION, "DefaultArguments.--TempDir", is_address=True),
                Link(AwsRelation.DESTINATION, "DefaultArguments.--spark-event-logs-path", is_address=True),
            ),
        ),
        Read(
            "GetCrawlers",
            items="Crawlers[]",
            type="crawler",
            role=Role.COMPUTE,
            id="Name",
            links=(
                Link(AwsRelation.SOURCE, "Targets.S3Targets[].Path", is_address=True),
                Link(AwsRelation.SOURCE, "LakeFormationConfiguration.AccountId"),
            ),
        ),
        Read(
            "ListSessions",
            items="Sessions[]",
            type="session",
            role=Role.COMPUTE,
            id="Id",
            pages=Pages("NextToken", "NextToken"),
            skip=(Skip("Status", frozenset({"STOPPED", "FAILED", "TIMEOUT"})),),
        ),
        Read(
            "GetDevEndpoints",
            items="DevEndpoints[]",
            type="dev-endpoint",
            role=Role.COMPUTE,
            id="EndpointName",
            local_zone="AvailabilityZone",
            names=("PublicAddress",),
        ),
        Read(
            "GetDatabases",
            items="DatabaseList[]",
            type="database",
            role=None,
            id="Name",
            links=(
                Link(AwsRelation.DESTINATION, "LocationUri", is_address=True),
                Link(AwsRelation.SOURCE, "TargetDatabase.Region"),
                Link(AwsRelation.SOURCE, "TargetDatabase.CatalogId"),
                Link(AwsRelation.SOURCE, "FederatedDatabase.Identifier"),
            ),
            shows=(Role.DATABASE,),
        ),
        Read(
            "GetCatalogs",
            items="CatalogList[]",
            type="catalog",
            role=Role.DATABASE,
            id="ResourceArn|CatalogId",
            key="CatalogProperties.DataLakeAccessProperties.KmsKey",
            links=(
                Link(AwsRelation.SOURCE, "TargetRedshiftCatalog.CatalogArn"),
                Link(AwsRelation.SOURCE, "FederatedCatalog.Identifier"),
            ),
            named=(("federated", "FederatedCatalog.ConnectionType"),),
            pages=Pages("NextToken", "NextToken"),
        ),
        Read(
            "DescribeIntegrations",
            items="Integrations[]",
            type="integration",
            role=None,
            id="IntegrationArn",
            key="KmsKeyId",
            links=(Link(AwsRelation.SOURCE, "SourceArn"), Link(AwsRelation.DESTINATION, "TargetArn")),
            pages=Pages("Marker", "Marker"),
            shows=(Role.DATABASE,),
        ),
    ),
)
