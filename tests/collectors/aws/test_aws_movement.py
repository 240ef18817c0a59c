"""The services that carry messages and files, against moto over HTTP: what is found, and where it goes."""

from __future__ import annotations

import json

from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, AwsServer
from herkomst.scanner.model.aws import AwsRelation, AwsResource
from herkomst.scanner.model.claim import Role
from servers.aws_estate import Client, Collect, answer, found_in, targets
from servers.aws_platform_estate import FOREIGN, make_deliveries, make_events, make_messages, make_movers

DESTINATION, REPLICA, SOURCE = AwsRelation.DESTINATION, AwsRelation.REPLICA, AwsRelation.SOURCE
HERE = "eu-central-1"


def test_queues_streams_and_brokers_are_found_with_their_keys(client: Client, collect: Collect) -> None:
    make_messages(client)
    collected = collect(clients=["sqs", "kinesis", "mq"])
    assert not collected.failures
    queue = found_in(collected, "sqs")["queue", HERE]
    assert (queue.role, queue.key) == (Role.STORAGE, "alias/post")
    assert queue.id.endswith("/post")
    assert found_in(collected, "kinesis")["stream", HERE].id == "metingen"
    broker = found_in(collected, "mq")["broker", HERE]
    assert dict(broker.attributes) == {"engine": "ACTIVEMQ", "public": "true"}


def test_of_a_subscriber_outside_only_the_host_is_kept_and_no_password_address_or_number(
    client: Client, collect: Collect
) -> None:
    make_messages(client)
    collected = collect(clients=["sns"])
    assert not collected.failures
    contents = (item.content for item in collected.observations)
    found = [item for item in contents if isinstance(item, AwsResource) and item.type == "subscription"]
    assert {target for item in found for target in targets(item, DESTINATION)} == {"meldpunt.example", "voorbeeld.example"}
    assert {dict(item.attributes)["protocol"] for item in found} == {"https", "email", "sms"}
    for part in ("geheim", "jansen", "31600000000"):
        assert part not in repr(collected)


def test_a_delivery_names_its_bucket_or_the_host_outside(client: Client, collect: Collect) -> None:
    make_deliveries(client)
    collected = collect(clients=["firehose"])
    assert not collected.failures
    contents = (item.content for item in collected.observations)
    found = {item.id: targets(item, DESTINATION) for item in contents if isinstance(item, AwsResource)}
    assert found["naar-emmer"] == ["arn:aws:s3:::archief"]
    assert "inname.meetdienst.example" in found["naar-buiten"]
    assert "geheim" not in repr(collected)


def test_deliveries_are_listed_from_the_last_name_on(collect: Collect, aws: AwsServer) -> None:
    def page(name: str, *, more: bool) -> str:
        return json.dumps({"DeliveryStreamNames": [name], "HasMoreDeliveryStreams": more})

    first = Rule(service="firehose", region=HERE, action="ListDeliveryStreams", body=page("eerste", more=True))
    last = Rule(service="firehose", region=HERE, action="ListDeliveryStreams", asking="eerste", body=page("tweede", more=False))
    detail = answer("firehose", "DescribeDeliveryStream", {"DeliveryStreamDescription": {}})
    aws.set_rules([last, first, detail])
    collected = collect(clients=["firehose"])
    assert not collected.failures
    ids = {item.content.id for item in collected.observations if isinstance(item.content, AwsResource)}
    assert ids == {"eerste", "tweede"}


def test_a_rule_of_any_bus_names_the_account_and_region_it_leads_to(client: Client, collect: Collect) -> None:
    make_events(client)
    collected = collect(clients=["events"])
    assert not collected.failures
    found = found_in(collected, "events")
    contents = (item.content for item in collected.observations)
    rules = [item for item in contents if isinstance(item, AwsResource) and item.type == "rule"]
    assert FOREIGN in {target for item in rules for target in targets(item, DESTINATION)}
    assert targets(found["api-destination", HERE], DESTINATION) == ["koppelvlak.partner.example"]
    assert found["archive", HERE].role is Role.STORAGE
    assert "geheim" not in repr(collected)


def test_partners_and_endpoints_of_two_regions_are_read_as_the_api_describes_them(collect: Collect, aws: AwsServer) -> None:
    bus = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/zaken"
    endpoint = {"Arn": "arn:endpoint", "EventBuses": [{"EventBusArn": bus}], "EndpointUrl": "https://e.voorbeeld.example"}
    partner = {"Arn": "arn:source", "CreatedBy": "partner.example"}
    aws.set_rules(
        [
            answer("events", "ListEndpoints", {"Endpoints": [endpoint]}),
            answer("events", "ListEventSources", {"EventSources": [partner]}),
        ]
    )
    found = found_in(collect(clients=["events"]), "events")
    assert targets(found["endpoint", HERE], REPLICA) == [bus]
    assert found["endpoint", HERE].names == ("e.voorbeeld.example",)
    assert targets(found["event-source", HERE], SOURCE) == ["partner.example"]


def test_a_copying_task_names_both_ends_and_no_path(client: Client, collect: Collect) -> None:
    make_movers(client)
    collected = collect(clients=["datasync", "transfer", "acm"])
    assert not collected.failures
    contents = [item.content for item in collected.observations if isinstance(item.content, AwsResource)]
    places = {item.id: dict(item.attributes)["place"] for item in contents if item.type == "location"}
    task = found_in(collected, "datasync")["task", HERE]
    (source,), (destination,) = targets(task, SOURCE), targets(task, DESTINATION)
    assert places[source] == "smb://bestanden.voorbeeld.example"
    assert places[destination].startswith("s3://")
    assert "jansen" not in repr(collected)
    assert dict(found_in(collected, "transfer")["server", HERE].attributes)["stores_in"] == "S3"
    certificate = found_in(collected, "acm")["certificate", HERE]
    assert dict(certificate.attributes)["domain_name"] == "zaken.voorbeeld.example"
    assert not certificate.names  # where a name is served is not where its certificate is kept


def test_a_cluster_of_brokers_and_its_replicator_are_read_as_the_api_describes_them(collect: Collect, aws: AwsServer) -> None:
    encryption = {"encryptionAtRest": {"dataVolumeKMSKeyId": "sleutel"}}
    cluster = {"clusterArn": "arn:cluster", "provisioned": {"encryptionInfo": encryption}}
    ends = [
        {"amazonMskCluster": {"mskClusterArn": "arn:cluster"}},
        {"apacheKafkaCluster": {"bootstrapBrokerString": "b1.elders.example:9092,b2.elders.example:9092"}},
    ]
    aws.set_rules(
        [
            answer("kafka", "ListClustersV2", {"clusterInfoList": [cluster]}),
            answer("kafka", "ListReplicators", {"replicators": [{"replicatorArn": "arn:r", "kafkaClustersSummary": ends}]}),
        ]
    )
    collected = collect(clients=["kafka"])
    assert not collected.failures
    found = found_in(collected, "kafka")
    assert found["cluster", HERE].key == "sleutel"
    assert targets(found["replicator", HERE], REPLICA) == ["arn:cluster", "b1.elders.example"]
