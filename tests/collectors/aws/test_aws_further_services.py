"""Further services that compute or keep data, against moto over HTTP; what moto lacks is answered as the API describes it."""

from __future__ import annotations

from typing import Any

from herkomst.lab.aws_server import ACCOUNT, AwsServer
from herkomst.scanner.model.aws import AwsCoverage, AwsOutcome, AwsRelation
from herkomst.scanner.model.claim import Role
from servers.aws_estate import Client, Collect, answer, found_in, targets

COPY, REPLICA, SOURCE, DESTINATION, TRUST = (
    AwsRelation.COPY,
    AwsRelation.REPLICA,
    AwsRelation.SOURCE,
    AwsRelation.DESTINATION,
    AwsRelation.TRUST,
)
HERE = "eu-central-1"
FOREIGN = "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/draait"


def arn(service: str, rest: str, region: str = HERE) -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{rest}"


# -- what computes --------------------------------------------------------------------------------------------------


def test_a_build_project_shows_its_source_and_its_results_and_not_its_variables(client: Client, collect: Collect) -> None:
    client("codebuild").create_project(
        name="bouw",
        source={"type": "GITHUB", "location": "https://naam:geheim@code.voorbeeld.example/bouw.git"},
        artifacts={"type": "S3", "location": "resultaten"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [{"name": "WACHTWOORD", "value": "not-a-real-secret"}],
        },
        serviceRole=ROLE,
    )
    collected = collect(clients=["codebuild"])
    assert not collected.failures
    project = found_in(collected, "codebuild")["project", HERE]
    assert (project.id, project.role) == (arn("codebuild", "project/bouw"), Role.COMPUTE)
    assert targets(project, SOURCE) == ["code.voorbeeld.example"]
    assert targets(project, DESTINATION) == ["resultaten"]
    assert "geheim" not in repr(collected)
    assert "not-a-real-secret" not in repr(collected)


def test_a_cluster_stands_in_its_zone_and_an_ended_one_nowhere(client: Client, collect: Collect) -> None:
    def start(name: str) -> str:
        instances = {
            "MasterInstanceType": "m5.large",
            "SlaveInstanceType": "m5.large",
            "InstanceCount": 1,
            "KeepJobFlowAliveWhenNoSteps": True,
            "Placement": {"AvailabilityZone": "eu-central-1b"},
        }
        given: dict[str, Any] = {"JobFlowRole": "EMR_EC2_DefaultRole", "ServiceRole": "EMR_DefaultRole"}
        made = emr.run_job_flow(Name=name, LogUri="s3://logboek/emr/", ReleaseLabel="emr-7.1.0", Instances=instances, **given)
        return str(made["JobFlowId"])

    emr = client("emr")
    emr.terminate_job_flows(JobFlowIds=[start("oud")])
    running = start("rekent")
    collected = collect(clients=["emr"])
    assert not collected.failures
    cluster = found_in(collected, "emr")["cluster", HERE]
    assert (running in cluster.id, cluster.zone, cluster.role) == (True, "eu-central-1b", Role.COMPUTE)
    assert targets(cluster, DESTINATION) == ["logboek"]


def test_a_serverless_application_shows_where_its_figures_go(client: Client, collect: Collect, aws: AwsServer) -> None:
    made = client("emr-serverless").create_application(name="rekent", releaseLabel="emr-7.1.0", type="SPARK")
    monitoring = {
        "s3MonitoringConfiguration": {"logUri": "s3://logboek/spark"},
        "prometheusMonitoringConfiguration": {"remoteWriteUrl": "https://aps-workspaces.us-east-1.amazonaws.com/workspaces/w/"},
    }
    said = {"applicationId": made["applicationId"], "monitoringConfiguration": monitoring}
    aws.set_rules([answer("emr-serverless", "GetApplication", {"application": said})])
    collected = collect(clients=["emr-serverless"])
    assert not collected.failures
    application = found_in(collected, "emr-serverless")["application", HERE]
    assert (application.id, application.role) == (made["arn"], Role.COMPUTE)
    assert targets(application, DESTINATION) == ["aps-workspaces.us-east-1.amazonaws.com", "logboek"]


def test_jobs_and_crawlers_run_here_and_a_database_of_the_catalogue_leads_to_where_its_tables_lie(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    glue = client("glue")
    script = {"Name": "glueetl", "ScriptLocation": "s3://programma/taak.py"}
    glue.create_job(Name="taak", Role=ROLE, Command=script, DefaultArguments={"--TempDir": "s3://tijdelijk/werk"})
    glue.create_crawler(Name="zoekt", Role=ROLE, DatabaseName="cijfers", Targets={"S3Targets": [{"Path": "s3://bron/ruw"}]})
    glue.create_database(DatabaseInput={"Name": "cijfers", "LocationUri": "s3://meer/cijfers"})
    flow = {"IntegrationArn": arn("glue", "integration:i"), "SourceArn": "arn:van", "TargetArn": "arn:naar"}
    store = {"CatalogId": f"{ACCOUNT}:opslag", "CatalogProperties": {"DataLakeAccessProperties": {"KmsKey": "sleutel"}}}
    aws.set_rules(
        [
            answer("glue", "DescribeIntegrations", {"Integrations": [flow]}),
            answer("glue", "GetCatalogs", {"CatalogList": [store]}),
        ]
    )
    collected = collect(clients=["glue"])
    assert not collected.failures
    found = found_in(collected, "glue")
    assert {kind: item.role for (kind, _), item in found.items()} == {
        "job": Role.COMPUTE,
        "crawler": Role.COMPUTE,
        "database": None,
        "catalog": Role.DATABASE,
        "integration": None,
    }
    assert (targets(found["job", HERE], SOURCE), targets(found["job", HERE], DESTINATION)) == (["programma"], ["tijdelijk"])
    assert targets(found["crawler", HERE], SOURCE) == ["bron"]
    assert targets(found["database", HERE], DESTINATION) == ["meer"]
    assert targets(found["integration", HERE], DESTINATION) == ["arn:naar"]
    assert found["catalog", HERE].key == "sleutel"
    assert "GetConnections" not in {call.action for call in aws.calls()}


def test_work_groups_of_every_account_are_no_databases_and_lead_to_the_buckets_of_their_answers(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    athena = client("athena")
    athena.create_work_group(
        Name="vragen",
        Configuration={"ResultConfiguration": {"OutputLocation": "s3://antwoorden/hier/", "ExpectedBucketOwner": FOREIGN}},
    )
    function = arn("lambda", "function:leest", "us-east-1")
    athena.create_data_catalog(Name="elders", Type="LAMBDA", Parameters={"function": function})
    collected = collect(clients=["athena"])
    assert not collected.failures
    found = [item.content for item in collected.observations if item.content.kind == "aws.resource"]
    assert {item.role for item in found} == {None}
    assert {item.id for item in found if dict(item.attributes).get("comes_by_itself")} == {"primary"}
    assert {item.id for item in found if item.region == "us-east-1"} == {"primary"}
    group = next(item for item in found if item.id == "vragen")
    assert targets(group, DESTINATION) == [FOREIGN, "antwoorden"]
    assert targets(found_in(collected, "athena")["datacatalog", HERE], SOURCE) == [function]


def test_desktops_show_the_key_of_their_disks_and_the_region_of_their_standby(collect: Collect, aws: AwsServer) -> None:
    desktop = {
        "WorkspaceId": "ws-1",
        "UserName": "j.jansen",
        "VolumeEncryptionKey": "arn:sleutel",
        "RelatedWorkspaces": [{"WorkspaceId": "ws-2", "Region": "us-east-1", "Type": "STANDBY"}],
    }
    aws.set_rules([answer("workspaces", "DescribeWorkspaces", {"Workspaces": [desktop]})])
    collected = collect(clients=["workspaces"])
    assert not collected.failures
    found = found_in(collected, "workspaces")["workspace", HERE]
    assert (found.role, found.key, targets(found, REPLICA)) == (Role.COMPUTE, "arn:sleutel", ["us-east-1"])
    assert "jansen" not in repr(collected)


def test_environments_fleets_and_workflows_run_in_their_region(collect: Collect, aws: AwsServer) -> None:
    drive = {"ConnectorType": "GOOGLE_DRIVE", "Domains": ["voorbeeld.example"]}
    workflow = {
        "Arn": arn("airflow", "environment/w"),
        "SourceBucketArn": "arn:aws:s3:::stappen",
        "WebserverUrl": "w.voorbeeld.example",
        "WebserverAccessMode": "PRIVATE_ONLY",
    }
    aws.set_rules(
        [
            answer("batch", "DescribeServiceEnvironments", {"serviceEnvironments": [{"serviceEnvironmentArn": "arn:leert"}]}),
            answer("appstream", "DescribeFleets", {"Fleets": [{"Arn": "arn:vloot", "FleetType": "ON_DEMAND"}]}),
            answer("appstream", "DescribeStacks", {"Stacks": [{"Arn": "arn:stapel", "StorageConnectors": [drive]}]}),
            answer("airflow", "ListEnvironments", {"Environments": ["w"]}),
            answer("airflow", "GetEnvironment", {"Environment": workflow}),
        ]
    )
    collected = collect(clients=["batch", "appstream", "mwaa"])
    assert not collected.failures
    assert found_in(collected, "batch")["service-environment", HERE].role is Role.COMPUTE
    streamed = found_in(collected, "appstream")
    assert streamed["fleet", HERE].role is Role.COMPUTE
    assert targets(streamed["stack", HERE], DESTINATION) == ["voorbeeld.example"]
    airflow = found_in(collected, "mwaa")["environment", HERE]
    assert dict(airflow.attributes)["public"] == "false"
    assert (airflow.id, airflow.names, targets(airflow, SOURCE)) == (
        workflow["Arn"],
        ("w.voorbeeld.example",),
        ["arn:aws:s3:::stappen"],
    )


# -- databases ------------------------------------------------------------------------------------------------------


def test_distributed_databases_show_their_clusters_elsewhere_and_their_witness(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    made = client("dsql").create_cluster()
    elsewhere = {"clusters": [arn("dsql", "cluster/b", "us-east-1")], "witnessRegion": "us-west-2"}
    said = {**{name: made[name] for name in ("identifier", "arn")}, "status": "ACTIVE", "multiRegionProperties": elsewhere}
    stream = {"clusterIdentifier": made["identifier"], "streamIdentifier": "s", "arn": "arn:stroom"}
    target = {**stream, "targetDefinition": {"kinesis": {"streamArn": "arn:naar"}}}
    aws.set_rules(
        [
            answer("dsql", "GetCluster", said),
            answer("dsql", "ListStreams", {"streams": [stream]}),
            answer("dsql", "GetStream", target),
        ]
    )
    collected = collect(clients=["dsql"])
    assert not collected.failures
    found = found_in(collected, "dsql")
    assert (found["cluster", HERE].id, found["cluster", HERE].role) == (made["arn"], Role.DATABASE)
    assert targets(found["cluster", HERE], REPLICA) == [arn("dsql", "cluster/b", "us-east-1"), "us-west-2"]
    assert targets(found["stream", HERE], DESTINATION) == ["arn:naar"]


def test_caches_collections_and_time_series_are_databases_of_their_region(
    client: Client, collect: Collect, aws: AwsServer
) -> None:
    client("dax").create_cluster(ClusterName="snel", NodeType="dax.t3.small", ReplicationFactor=1, IamRoleArn=ROLE)
    policy = (
        '{"Rules":[{"ResourceType":"collection","Resource":["collection/zoekt"]}],"AWSOwnedKey":false,"KmsARN":"arn:sleutel"}'
    )
    search = client("opensearchserverless")
    search.create_security_policy(name="zoekt", type="encryption", policy=policy)
    made = search.create_collection(name="zoekt", type="SEARCH")["createCollectionDetail"]
    detail = {"id": made["id"], "arn": made["arn"], "collectionEndpoint": "https://1.eu-central-1.aoss.amazonaws.com"}
    instance: dict[str, Any] = {
        "dbInstanceType": "db.influx.medium",
        "vpcSubnetIds": ["subnet-1"],
        "vpcSecurityGroupIds": ["sg-1"],
    }
    instance["password"] = "not-a-real-one"  # noqa: S105 - of the laboratory
    client("timestream-influxdb").create_db_instance(name="meters", allocatedStorage=20, **instance)
    aws.set_rules([answer("aoss", "BatchGetCollection", {"collectionDetails": [detail]})])
    collected = collect(clients=["dax", "opensearchserverless", "timestream-influxdb"])
    assert not collected.failures
    assert found_in(collected, "dax")["cache", HERE].role is Role.DATABASE
    collection = found_in(collected, "opensearchserverless")["collection", HERE]
    assert (collection.role, collection.names) == (Role.DATABASE, ("1.eu-central-1.aoss.amazonaws.com",))
    assert found_in(collected, "timestream-influxdb")["db-instance", HERE].role is Role.DATABASE


def test_graphs_and_health_records_show_their_keys_snapshots_and_exports(collect: Collect, aws: AwsServer) -> None:
    records = {
        "DatastoreId": "d",
        "DatastoreArn": "arn:d",
        "DatastoreName": "dossiers",
    }
    records["SseConfiguration"] = {"KmsEncryptionConfig": {"KmsKeyId": "sleutel"}}  # type: ignore[assignment]  # a structure among texts
    export = {"JobId": "j", "DatastoreId": "d", "OutputDataConfig": {"S3Configuration": {"S3Uri": "s3://uit/fhir"}}}
    aws.set_rules(
        [
            answer("neptune-graph", "ListGraphs", {"graphs": [{"id": "g", "arn": "arn:g", "kmsKeyIdentifier": "sleutel"}]}),
            answer("neptune-graph", "ListGraphSnapshots", {"graphSnapshots": [{"arn": "arn:s", "sourceGraphId": "g"}]}),
            answer("neptune-graph", "ListExportTasks", {"tasks": [{"taskId": "t", "graphId": "g", "destination": "s3://uit/"}]}),
            answer("healthlake", "ListFHIRDatastores", {"DatastorePropertiesList": [records]}, "eu-west-1"),
            answer("healthlake", "ListFHIRExportJobs", {"ExportJobPropertiesList": [export]}, "eu-west-1"),
        ]
    )
    collected = collect(clients=["neptune-graph", "healthlake"])
    assert not collected.failures
    graphs = found_in(collected, "neptune-graph")
    assert (graphs["graph", HERE].role, graphs["graph", HERE].key) == (Role.DATABASE, "sleutel")
    assert (graphs["graph-snapshot", HERE].role, targets(graphs["export-task", HERE], DESTINATION)) == (Role.BACKUP, ["uit"])
    health = found_in(collected, "healthlake")
    assert (health["datastore", "eu-west-1"].role, health["datastore", "eu-west-1"].key) == (Role.DATABASE, "sleutel")
    assert targets(health["export-job", "eu-west-1"], DESTINATION) == ["uit"]


def test_a_simple_database_is_found_where_the_service_exists(client: Client, collect: Collect) -> None:
    client("sdb", "eu-west-1").create_domain(DomainName="zaken")
    collected = collect(clients=["sdb"])
    assert not collected.failures
    assert found_in(collected, "sdb")["domain", "eu-west-1"].role is Role.DATABASE
    rows = {row.region: row.outcome for item in collected.observations if isinstance(row := item.content, AwsCoverage)}
    assert rows[HERE] is AwsOutcome.UNSUPPORTED
