"""What moves messages and files in the office's account, and the platforms its programs run on, for the tests."""

from __future__ import annotations

import json

from herkomst.lab.aws_server import ACCOUNT
from servers.aws_estate import Client

ROLE = f"arn:aws:iam::{ACCOUNT}:role/dienst"
PASSWORD = "not-a-real-password-1"  # noqa: S105 - of servers that do not exist
FOREIGN = "arn:aws:sns:us-east-1:444455556666:meldingen"


def make_messages(client: Client) -> None:
    """Make a queue with a key, a topic with subscribers in and outside AWS, a stream and a broker."""
    client("sqs").create_queue(QueueName="post", Attributes={"KmsMasterKeyId": "alias/post"})
    sns = client("sns")
    topic = sns.create_topic(Name="meldingen")["TopicArn"]
    for protocol, endpoint in (
        ("https", "https://naam:geheim@meldpunt.example/inkomend?sleutel=geheim"),
        ("email", "j.jansen@voorbeeld.example"),
        ("sms", "+31600000000"),
    ):
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)
    client("kinesis").create_stream(StreamName="metingen", ShardCount=1)
    client("mq").create_broker(
        AutoMinorVersionUpgrade=False,
        BrokerName="makelaar",
        DeploymentMode="SINGLE_INSTANCE",
        EngineType="ACTIVEMQ",
        EngineVersion="5.18",
        HostInstanceType="mq.m5.large",
        PubliclyAccessible=True,
        Users=[{"Username": "beheer", "Password": PASSWORD}],
    )


def make_deliveries(client: Client) -> None:
    """Make two streams of delivery: one to a bucket, and one to an address outside AWS that holds a token."""
    firehose = client("firehose")
    bucket = {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::archief"}
    firehose.create_delivery_stream(DeliveryStreamName="naar-emmer", ExtendedS3DestinationConfiguration=bucket)
    firehose.create_delivery_stream(
        DeliveryStreamName="naar-buiten",
        HttpEndpointDestinationConfiguration={
            "EndpointConfiguration": {"Url": "https://inname.meetdienst.example/v1/geheim", "Name": "Meetdienst"},
            "S3Configuration": bucket,
        },
    )


def make_events(client: Client) -> None:
    """Make a bus of one's own with a rule that leads abroad to another account, an archive, and an address outside AWS."""
    events = client("events")
    bus = events.create_event_bus(Name="zaken")["EventBusArn"]
    events.put_rule(Name="alles", EventBusName="zaken", EventPattern=json.dumps({"source": ["zaken"]}))
    events.put_targets(Rule="alles", EventBusName="zaken", Targets=[{"Id": "buiten", "Arn": FOREIGN}])
    events.create_archive(ArchiveName="zaken", EventSourceArn=bus)
    connection = events.create_connection(
        Name="partner",
        AuthorizationType="BASIC",
        AuthParameters={"BasicAuthParameters": {"Username": "naam", "Password": PASSWORD}},
    )["ConnectionArn"]
    events.create_api_destination(
        Name="partner",
        ConnectionArn=connection,
        InvocationEndpoint="https://koppelvlak.partner.example/geheim",
        HttpMethod="POST",
    )


def make_movers(client: Client) -> None:
    """Make a copying task from a file server to a bucket, a server that takes files in, and a certificate."""
    datasync = client("datasync")
    source = datasync.create_location_smb(
        ServerHostname="bestanden.voorbeeld.example",
        Subdirectory="/prive/jansen",
        User="beheer",
        Password=PASSWORD,
        AgentArns=[f"arn:aws:datasync:eu-central-1:{ACCOUNT}:agent/agent-1"],
    )["LocationArn"]
    target = datasync.create_location_s3(S3BucketArn="arn:aws:s3:::archief", S3Config={"BucketAccessRoleArn": ROLE})
    datasync.create_task(SourceLocationArn=source, DestinationLocationArn=target["LocationArn"], Name="nachtelijk")
    client("transfer").create_server(Domain="S3", Protocols=["SFTP"])
    client("acm").request_certificate(DomainName="zaken.voorbeeld.example", SubjectAlternativeNames=["www.voorbeeld.example"])


def make_containers(client: Client) -> str:
    """Make a cluster with a service, a machine and a registry that replicates; return the ARN of the cluster."""
    ecs = client("ecs")
    cluster = str(ecs.create_cluster(clusterName="zaken")["cluster"]["clusterArn"])
    ecs.register_task_definition(family="web", containerDefinitions=[{"name": "web", "image": "web:1", "memory": 128}])
    ecs.create_service(cluster=cluster, serviceName="web", taskDefinition="web", desiredCount=1)
    ecr = client("ecr")
    ecr.create_repository(repositoryName="web")
    destination = {"region": "us-east-1", "registryId": ACCOUNT}
    ecr.put_replication_configuration(replicationConfiguration={"rules": [{"destinations": [destination]}]})
    return cluster


def make_entrances(client: Client) -> None:
    """Make interfaces of both kinds with names of their own, and a filter before them."""
    rest, http = client("apigateway"), client("apigatewayv2")
    rest.create_rest_api(name="oud", endpointConfiguration={"types": ["REGIONAL"]})
    rest.create_domain_name(domainName="api.voorbeeld.example", endpointConfiguration={"types": ["REGIONAL"]})
    http.create_api(Name="nieuw", ProtocolType="HTTP")
    http.create_domain_name(DomainName="koppel.voorbeeld.example")
    client("elasticbeanstalk").create_application(ApplicationName="balie")
    client("elasticbeanstalk").create_environment(
        ApplicationName="balie", EnvironmentName="productie", SolutionStackName="64bit Amazon Linux 2023"
    )
    for region, scope in (("eu-central-1", "REGIONAL"), ("us-east-1", "CLOUDFRONT")):
        client("wafv2", region).create_web_acl(
            Name="filter",
            Scope=scope,
            DefaultAction={"Allow": {}},
            VisibilityConfig={"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "m"},
        )


def make_records(client: Client) -> None:
    """Make a log group that is sent on to another account, a destination, and the record of every configuration with its bucket."""
    logs = client("logs")
    logs.create_log_group(logGroupName="/zaken/web")
    client("kinesis").create_stream(StreamName="logboek", ShardCount=1)
    stream = f"arn:aws:kinesis:eu-central-1:{ACCOUNT}:stream/logboek"
    logs.put_subscription_filter(
        logGroupName="/zaken/web", filterName="alles", filterPattern="", destinationArn=stream, roleArn=ROLE
    )
    logs.put_destination(destinationName="samen", targetArn=stream, roleArn=ROLE)
    config = client("config")
    config.put_configuration_recorder(ConfigurationRecorder={"name": "vastlegging", "roleARN": ROLE})
    config.put_delivery_channel(DeliveryChannel={"name": "levering", "s3BucketName": "archief"})
    config.put_aggregation_authorization(AuthorizedAccountId="444455556666", AuthorizedAwsRegion="us-east-1")


def make_models(client: Client) -> None:
    """Make a notebook, and let calls of models be logged to a bucket."""
    client("sagemaker").create_notebook_instance(
        NotebookInstanceName="onderzoek", InstanceType="ml.t3.medium", RoleArn=ROLE, KmsKeyId="sleutel"
    )
    client("bedrock").put_model_invocation_logging_configuration(
        loggingConfig={"s3Config": {"bucketName": "vragen"}, "textDataDeliveryEnabled": True}
    )
