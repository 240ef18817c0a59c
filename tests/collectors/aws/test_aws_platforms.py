"""The platforms that programs run on, what stands before them and what records them, against moto over HTTP."""

from __future__ import annotations

from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT, AwsServer
from herkomst.scanner.model.aws import AwsOutcome, AwsRelation
from herkomst.scanner.model.claim import Role
from servers.aws_estate import Client, Collect, answer, found_in, targets
from servers.aws_platform_estate import make_containers, make_entrances, make_models, make_records

DESTINATION, REPLICA, SOURCE = (
    AwsRelation.DESTINATION,
    AwsRelation.REPLICA,
    AwsRelation.SOURCE,
)
HERE, ONCE = "eu-central-1", "aws-global"


def test_a_cluster_shows_its_services_and_a_registry_where_images_are_replicated_to(client: Client, collect: Collect) -> None:
    cluster = make_containers(client)
    collected = collect(clients=["ecs", "ecr"])
    assert not collected.failures
    found = found_in(collected, "ecs")
    assert (found["cluster", HERE].id, found["cluster", HERE].role) == (cluster, Role.CONTROL_PLANE)
    assert found["service", HERE].role is Role.COMPUTE
    images = found_in(collected, "ecr")
    assert images["repository", HERE].role is Role.IMAGES
    assert targets(images["registry", HERE], REPLICA) == [ACCOUNT, "us-east-1"]


def test_the_tasks_of_a_cluster_are_one_resource_and_a_machine_of_other_premises_is_in_no_region(
    collect: Collect, aws: AwsServer
) -> None:
    machine = {"containerInstances": [{"ec2InstanceId": "mi-1"}]}
    aws.set_rules(
        [
            answer("ecs", "ListClusters", {"clusterArns": ["arn:cluster"]}),
            answer("ecs", "DescribeClusters", {"clusters": [{"clusterArn": "arn:cluster"}]}),
            answer("ecs", "ListServices", {"serviceArns": []}),
            answer("ecs", "ListTasks", {"taskArns": ["arn:a", "arn:b"]}),
            answer("ecs", "ListContainerInstances", {"containerInstanceArns": ["arn:machine"]}),
            answer("ecs", "DescribeContainerInstances", machine),
        ]
    )
    collected = collect(clients=["ecs"])
    assert not collected.failures
    found = found_in(collected, "ecs")
    assert (found["tasks", HERE].id, found["tasks", HERE].role) == ("arn:cluster", Role.COMPUTE)
    assert found["container-instance", HERE].outpost == "mi-1"


def test_images_that_are_fetched_on_demand_name_the_registry_they_come_from(collect: Collect, aws: AwsServer) -> None:
    rule = {"ecrRepositoryPrefix": "docker", "upstreamRegistryUrl": "registry-1.docker.io"}
    aws.set_rules([answer("ecr", "DescribePullThroughCacheRules", {"pullThroughCacheRules": [rule]})])
    found = found_in(collect(clients=["ecr"]), "ecr")
    assert targets(found["pull-through-cache-rule", HERE], SOURCE) == ["registry-1.docker.io"]


def test_interfaces_show_their_public_names_and_a_filter_of_cloudfront_is_listed_once(client: Client, collect: Collect) -> None:
    make_entrances(client)
    collected = collect(clients=["apigateway", "apigatewayv2", "elasticbeanstalk", "wafv2"])
    assert not collected.failures
    assert "api.voorbeeld.example" in found_in(collected, "apigateway")["domain-name", HERE].names
    newer = found_in(collected, "apigatewayv2")
    assert any(name.endswith(f".execute-api.{HERE}.amazonaws.com") for name in newer["api", HERE].names)
    assert "koppel.voorbeeld.example" in newer["domain-name", HERE].names
    assert found_in(collected, "elasticbeanstalk")["environment", HERE].role is Role.COMPUTE
    filters = found_in(collected, "wafv2")
    assert {key for key in filters if key[0].startswith("webacl")} == {("webacl", HERE), ("webacl-cloudfront", "us-east-1")}


def test_an_accelerator_leads_to_the_regions_of_its_groups_and_is_asked_in_its_home(collect: Collect, aws: AwsServer) -> None:
    accelerator = {"AcceleratorArn": "arn:a", "DnsName": "a.awsglobalaccelerator.com", "IpSets": [{"IpAddresses": ["192.0.2.7"]}]}
    group = {"EndpointGroupRegion": "us-east-1", "EndpointDescriptions": [{"EndpointId": "eipalloc-1"}]}
    home = {"region": "us-west-2"}
    aws.set_rules(
        [
            answer("globalaccelerator", "ListAccelerators", {"Accelerators": [accelerator]}, **home),
            answer("globalaccelerator", "ListListeners", {"Listeners": [{"ListenerArn": "arn:l"}]}, **home),
            answer("globalaccelerator", "ListEndpointGroups", {"EndpointGroups": [group]}, **home),
        ]
    )
    collected = collect(clients=["globalaccelerator"])
    assert not collected.failures
    found = found_in(collected, "globalaccelerator")
    assert found["accelerator", ONCE].addresses == ("192.0.2.7",)
    assert targets(found["listener", ONCE], DESTINATION) == ["eipalloc-1", "us-east-1"]
    assert {call.region for call in aws.calls() if call.service == "globalaccelerator"} == {"us-west-2"}


def test_an_account_without_shield_has_no_protections_and_one_that_may_not_ask_does_not_know(
    collect: Collect, aws: AwsServer
) -> None:
    def outcome(code: str) -> AwsOutcome:
        aws.set_rules([Rule(service="shield", action="ListProtections", code=code, status=400)])
        collected = collect(clients=["shield"])
        contents = (item.content for item in collected.observations)
        (row,) = (item for item in contents if item.kind == "aws.coverage" and item.service == "shield")
        return row.outcome

    assert outcome("ResourceNotFoundException") is AwsOutcome.EMPTY
    assert outcome("AccessDeniedException") is AwsOutcome.DENIED


def test_what_records_an_account_names_where_it_goes_and_who_may_gather_it(client: Client, collect: Collect) -> None:
    make_records(client)
    collected = collect(clients=["logs", "config"])
    assert not collected.failures
    stream = f"arn:aws:kinesis:{HERE}:{ACCOUNT}:stream/logboek"
    logs = found_in(collected, "logs")
    assert logs["log-group", HERE].role is Role.TELEMETRY
    assert targets(logs["log-group", HERE], DESTINATION) == [stream]
    assert targets(logs["destination", HERE], DESTINATION) == [stream]
    config = found_in(collected, "config")
    assert targets(config["delivery-channel", HERE], DESTINATION) == ["archief"]
    assert targets(config["aggregation-authorization", HERE], DESTINATION) == ["444455556666", "us-east-1"]


def test_an_account_that_is_watched_names_the_sink_of_the_one_that_watches(collect: Collect, aws: AwsServer) -> None:
    sink = "arn:aws:oam:eu-central-1:444455556666:sink/1"
    came_in = "arn:aws:oam:eu-central-1:777788889999:link/2"
    aws.set_rules(
        [
            answer("oam", "ListLinks", {"Items": [{"Arn": "arn:link", "SinkArn": sink}]}),
            answer("oam", "ListSinks", {"Items": [{"Arn": "arn:sink"}]}),
            answer("oam", "ListAttachedLinks", {"Items": [{"LinkArn": came_in}]}),
        ]
    )
    collected = collect(clients=["oam"])
    assert not collected.failures
    found = found_in(collected, "oam")
    assert targets(found["link", HERE], DESTINATION) == [sink]
    assert targets(found["attached-link", HERE], SOURCE) == [came_in]


def test_models_show_their_keys_and_where_questions_are_logged_and_an_account_without_logging_shows_nothing(
    client: Client, collect: Collect
) -> None:
    assert not found_in(collect(clients=["bedrock"]), "bedrock")
    make_models(client)
    collected = collect(clients=["bedrock", "sagemaker"])
    assert not collected.failures
    notebook = found_in(collected, "sagemaker")["notebook-instance", HERE]
    assert (notebook.role, notebook.key) == (Role.COMPUTE, "sleutel")
    assert targets(found_in(collected, "bedrock")["model-invocation-logging", HERE], DESTINATION) == ["vragen"]


def test_a_profile_of_inference_names_the_regions_that_questions_go_to(collect: Collect, aws: AwsServer) -> None:
    models = [{"modelArn": f"arn:aws:bedrock:{region}::foundation-model/m"} for region in (HERE, "us-east-1")]
    profile = {"inferenceProfileArn": "arn:p", "models": models}
    aws.set_rules([answer("bedrock", "ListInferenceProfiles", {"inferenceProfileSummaries": [profile]})])
    found = found_in(collect(clients=["bedrock"]), "bedrock")
    assert targets(found["application-inference-profile", HERE], DESTINATION) == [model["modelArn"] for model in models]


def test_small_machines_services_and_their_snapshots_are_read_as_the_api_describes_them(collect: Collect, aws: AwsServer) -> None:
    place = {"availabilityZone": "eu-central-1a", "regionName": HERE}
    machine = {"arn": "arn:machine", "location": place, "publicIpAddress": "192.0.2.8"}
    copy = {"arn": "arn:snapshot", "fromInstanceArn": "arn:aws:lightsail:us-east-1:1:Instance/x", "location": place}
    service = {"ServiceArn": "arn:s", "ServiceUrl": "a.eu-west-1.awsapprunner.com"}
    west = {"region": "eu-west-1"}
    aws.set_rules(
        [
            answer("lightsail", "GetInstances", {"instances": [machine]}),
            answer("lightsail", "GetInstanceSnapshots", {"instanceSnapshots": [copy]}),
            answer("apprunner", "ListServices", {"ServiceSummaryList": [service]}, **west),
            answer("apprunner", "DescribeService", {"Service": {"EncryptionConfiguration": {"KmsKey": "sleutel"}}}, **west),
            answer("apprunner", "DescribeCustomDomains", {"CustomDomains": [{"DomainName": "a.voorbeeld.example"}]}, **west),
        ]
    )
    collected = collect(clients=["lightsail", "apprunner"])
    assert not collected.failures
    small = found_in(collected, "lightsail")
    assert (small["instance", HERE].zone, small["instance", HERE].addresses) == ("eu-central-1a", ("192.0.2.8",))
    assert (small["instance-snapshot", HERE].zone, small["instance-snapshot", HERE].role) == ("", Role.BACKUP)
    running = found_in(collected, "apprunner")
    assert (running["service", "eu-west-1"].names, running["service", "eu-west-1"].key) == (
        ("a.eu-west-1.awsapprunner.com",),
        "sleutel",
    )
    assert running["custom-domain", "eu-west-1"].names == ("a.voorbeeld.example",)


def test_where_people_are_known_names_the_regions_of_its_copies(collect: Collect, aws: AwsServer) -> None:
    regions = [{"RegionName": HERE, "IsPrimaryRegion": True}, {"RegionName": "us-east-1"}]
    instance = {"InstanceArn": "arn:aws:sso:::instance/ssoins-1", "PrimaryRegion": HERE, "Regions": regions}
    aws.set_rules(
        [
            answer("sso", "ListInstances", {"Instances": [instance]}),
            answer("sso", "DescribeInstance", {"EncryptionConfigurationDetails": {"KmsKeyArn": "sleutel"}}),
        ]
    )
    collected = collect(clients=["sso-admin"])
    assert {failure.subject for failure in collected.failures} == set()
    found = found_in(collected, "sso-admin")
    assert found["instance", HERE].role is Role.IDENTITY
    assert found["instance", HERE].key == "sleutel"
    assert targets(found["instance", HERE], REPLICA) == [HERE, "us-east-1"]
