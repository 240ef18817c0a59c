"""What the supplier of the story has on AWS: two accounts of one organisation, three Regions, and more than forty services in use.

Each step is one short function, so that many run side by side. Names are invented, passwords are those of servers that do not exist. The addresses are
documentation ones that the story's DNS names lead to. Most lies in Frankfurt; what the verdicts turn on is said beside it.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any, TypeAlias

Client: TypeAlias = "Callable[..., Any]"
"""Make a client of a service; in Frankfurt unless told otherwise."""
FRANKFURT, DUBLIN, VIRGINIA = "eu-central-1", "eu-west-1", "us-east-1"
WEBSITE, MAPS, FORGOTTEN = "198.51.100.66", "203.0.113.66", "198.51.100.67"
"""The addresses of the desk and of the maps, as DNS has them too, and one that no name leads to."""
PASSWORD = "not-a-real-password-1"  # noqa: S105 - of servers that do not exist


def make_organisation(client: Client) -> None:
    """Make the organisation that the account manages."""
    client("organizations").create_organization(FeatureSet="ALL")


def make_website(client: Client) -> None:
    """Make the machine of the desk in Frankfurt, behind the address that its name leads to: the outside view, confirmed."""
    _make_machine(client, FRANKFURT, WEBSITE)


def make_maps(client: Client) -> None:
    """Make the machine of the maps in Dublin, behind an address that a table places in the Netherlands: the outside view, refuted."""
    _make_machine(client, DUBLIN, MAPS)


def make_forgotten(client: Client) -> None:
    """Make what nobody mentions: a machine of an old trial, open to the world."""
    _make_machine(client, FRANKFURT, FORGOTTEN)


def _make_machine(client: Client, region: str, address: str) -> None:
    ec2 = client("ec2", region)
    image = ec2.register_image(Name=f"image-{address}")["ImageId"]
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": False})
    machine = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, InstanceType="t3.small", SubnetId=subnet)
    identity = machine["Instances"][0]["InstanceId"]
    allocated = ec2.allocate_address(Domain="vpc", Address=address)["AllocationId"]
    ec2.associate_address(AllocationId=allocated, InstanceId=identity)


def make_disks(client: Client) -> None:
    """Make a disk, a snapshot of it, and a group of machines that has none yet."""
    ec2 = client("ec2")
    volume = ec2.create_volume(AvailabilityZone=f"{FRANKFURT}a", Size=8)["VolumeId"]
    ec2.create_snapshot(VolumeId=volume)
    scaling, image = client("autoscaling"), ec2.register_image(Name="groep")["ImageId"]
    scaling.create_launch_configuration(LaunchConfigurationName="klein", ImageId=image, InstanceType="t3.small")
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="balie", LaunchConfigurationName="klein", MinSize=0, MaxSize=2, AvailabilityZones=[f"{FRANKFURT}a"]
    )


def make_buckets(client: Client) -> None:
    """Make the archive, and its replica in Dublin."""
    rule: dict[str, Any] = {"ID": "alles", "Priority": 1, "Filter": {}, "DeleteMarkerReplication": {"Status": "Disabled"}}
    for name, region in (("omgeving-archief", FRANKFURT), ("omgeving-archief-kopie", DUBLIN)):
        s3 = client("s3", region)
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    destination = {"Bucket": "arn:aws:s3:::omgeving-archief-kopie"}
    client("s3").put_bucket_replication(
        Bucket="omgeving-archief",
        ReplicationConfiguration={
            "Role": "arn:aws:iam::111122223333:role/kopieer",
            "Rules": [{**rule, "Status": "Enabled", "Destination": destination}],
        },
    )


def make_database(client: Client) -> None:
    """Make the database in Frankfurt, and a copy of its snapshot in Virginia: the claim on backups, contradicted."""
    for region, name in ((FRANKFURT, "zaken"), (VIRGINIA, "zaken-herstel")):
        rds = client("rds", region)
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            Engine="postgres",
            DBInstanceClass="db.t3.small",
            AllocatedStorage=20,
            MasterUsername="beheer",
            MasterUserPassword=PASSWORD,
            PubliclyAccessible=False,
        )
        rds.create_db_snapshot(DBInstanceIdentifier=name, DBSnapshotIdentifier=f"{name}-nacht")
        if region == VIRGINIA:  # the copy stays, the machine that it was restored on does not
            rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)


def make_tables(client: Client) -> None:
    """Make a table, a database of time series and a search domain."""
    client("dynamodb").create_table(
        TableName="sessies",
        AttributeDefinitions=[{"AttributeName": "nummer", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "nummer", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client("timestream-write").create_database(DatabaseName="metingen")
    subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    client("opensearch").create_domain(DomainName="zoeken", VPCOptions={"SubnetIds": [subnet]})


def make_caches(client: Client) -> None:
    """Make a cache and a cluster of the durable kind."""
    client("elasticache").create_cache_cluster(
        CacheClusterId="sessies", Engine="redis", NumCacheNodes=1, CacheNodeType="cache.t3.small"
    )
    client("memorydb").create_cluster(ClusterName="wachtrij", NodeType="db.t4g.small", ACLName="open-access")


def make_warehouse(client: Client) -> None:
    """Make a data warehouse."""
    client("redshift").create_cluster(
        ClusterIdentifier="rapportage",
        NodeType="ra3.large",
        MasterUsername="beheer",
        MasterUserPassword=PASSWORD,
        AvailabilityZone=f"{FRANKFURT}a",
        PubliclyAccessible=False,
    )


def make_files(client: Client) -> None:
    """Make two file systems."""
    client("efs").create_file_system(CreationToken="omgeving", Encrypted=True)
    subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    client("fsx").create_file_system(FileSystemType="WINDOWS", StorageCapacity=300, StorageType="SSD", SubnetIds=[subnet])


def make_keys(client: Client) -> None:
    """Make a key, a secret, a certificate and a cluster of security modules."""
    client("kms").create_key(Description="omgeving")
    client("secretsmanager").create_secret(Name="koppeling", SecretString="not-a-real-secret")
    client("acm").request_certificate(DomainName="omgeving.mijnvoorbeeld.example")
    subnet = client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    client("cloudhsmv2").create_cluster(HsmType="hsm2m.medium", SubnetIds=[subnet], Mode="FIPS")


def make_backups(client: Client) -> None:
    """Make a vault with a plan."""
    backup = client("backup")
    backup.create_backup_vault(BackupVaultName="kluis")
    rule = {"RuleName": "dagelijks", "TargetBackupVaultName": "kluis"}
    backup.create_backup_plan(BackupPlan={"BackupPlanName": "alles", "Rules": [rule]})


def make_code(client: Client) -> None:
    """Make a role, a function that runs in it, a cluster of Kubernetes and one of containers, and a registry of images."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = client("iam").create_role(RoleName="toets", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("toets.py", "")
    client("lambda").create_function(
        FunctionName="toets", Runtime="python3.12", Role=role, Handler="toets.f", Code={"ZipFile": code.getvalue()}
    )
    closed = {"endpointPublicAccess": False, "endpointPrivateAccess": True}
    client("eks").create_cluster(name="omgeving", roleArn=role, resourcesVpcConfig=closed)
    client("ecs").create_cluster(clusterName="omgeving")
    client("ecr").create_repository(repositoryName="omgeving")


def make_balancers(client: Client) -> None:
    """Make load balancers of both generations, for the inside only, and a filter for what comes in."""
    listener = {"Protocol": "http", "LoadBalancerPort": 80, "InstancePort": 80}
    client("elb").create_load_balancer(
        LoadBalancerName="oud", Listeners=[listener], AvailabilityZones=[f"{FRANKFURT}a"], Scheme="internal"
    )
    subnets = [item["SubnetId"] for item in client("ec2").describe_subnets()["Subnets"][:2]]
    client("elbv2").create_load_balancer(Name="binnen", Subnets=subnets, Scheme="internal", Type="network")
    client("wafv2").create_web_acl(
        Name="filter",
        Scope="REGIONAL",
        DefaultAction={"Allow": {}},
        VisibilityConfig={"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"},
    )


def make_names(client: Client) -> None:
    """Make the zone of the desk's name, and interfaces under names of the desk."""
    dns, name = client("route53"), "omgeving.mijnvoorbeeld.example"
    zone = dns.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
    record = {"Name": name, "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": WEBSITE}]}
    change = {"Action": "CREATE", "ResourceRecordSet": record}
    dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [change]})
    client("apigateway").create_rest_api(name="inzage", endpointConfiguration={"types": ["PRIVATE"]})
    client("apigatewayv2").create_domain_name(DomainName=name)
    client("elasticbeanstalk").create_application(ApplicationName="balie")


def make_messages(client: Client) -> None:
    """Make a queue, a topic, a stream, a broker for the inside only, a delivery to the archive and a bus of events."""
    client("sqs").create_queue(QueueName="post")
    client("sns").create_topic(Name="meldingen")
    client("kinesis").create_stream(StreamName="metingen", ShardCount=1)
    client("mq").create_broker(
        AutoMinorVersionUpgrade=False,
        BrokerName="makelaar",
        DeploymentMode="SINGLE_INSTANCE",
        EngineType="ACTIVEMQ",
        EngineVersion="5.18",
        HostInstanceType="mq.m5.large",
        PubliclyAccessible=False,
        Users=[{"Username": "beheer", "Password": PASSWORD}],
    )
    bucket = {"RoleARN": "arn:aws:iam::111122223333:role/lever", "BucketARN": "arn:aws:s3:::omgeving-archief"}
    client("firehose").create_delivery_stream(DeliveryStreamName="logboek", ExtendedS3DestinationConfiguration=bucket)
    client("events").create_event_bus(Name="omgeving")


def make_records(client: Client) -> None:
    """Make a trail, a group of logs and the record of every configuration, all of them kept in Frankfurt."""
    client("logs").create_log_group(logGroupName="/omgeving/web")
    client("config").put_configuration_recorder(
        ConfigurationRecorder={"name": "vastlegging", "roleARN": "arn:aws:iam::111122223333:role/leg-vast"}
    )
    client("transfer").create_server(Domain="S3", Protocols=["SFTP"])
    client("sagemaker").create_notebook_instance(
        NotebookInstanceName="onderzoek", InstanceType="ml.t3.medium", RoleArn="arn:aws:iam::111122223333:role/onderzoek"
    )
    client("bedrock").put_model_invocation_logging_configuration(
        loggingConfig={"s3Config": {"bucketName": "omgeving-archief"}, "textDataDeliveryEnabled": True}
    )


MANAGEMENT: tuple[Callable[[Client], None], ...] = (
    make_organisation,
    make_website,
    make_maps,
    make_disks,
    make_buckets,
    make_database,
    make_tables,
    make_caches,
    make_warehouse,
    make_files,
    make_keys,
    make_backups,
    make_code,
    make_balancers,
    make_names,
    make_messages,
    make_records,
)
"""What is in the first account, which manages the organisation."""
MEMBER: tuple[Callable[[Client], None], ...] = (make_forgotten,)
"""What is in the second."""
