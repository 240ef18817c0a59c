"""The entrances of an office's AWS account, what stands behind them, who may come in, and where its logs and copies go."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from herkomst.lab.aws_gate import Rule
from herkomst.lab.aws_server import ACCOUNT
from servers.aws_estate import Client

FOREIGN = "999900001111"
"""An account that nobody declared."""
_ASSUME_BY_LAMBDA = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
SAML_METADATA = (
    '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://sts.example.com/tenant">'
    '<IDPSSODescriptor><SingleSignOnService Binding="urn:b" Location="https://login.example.org/saml2"/></IDPSSODescriptor>'
    "</EntityDescriptor>" + " " * 1000  # IAM takes no metadata of less than 1,000 characters
)


def make_role(client: Client, name: str, *statements: dict[str, Any]) -> str:
    """Make a role with a trust policy, and return its ARN."""
    policy = {"Version": "2012-10-17", "Statement": list(statements) or [_ASSUME_BY_LAMBDA]}
    return str(client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(policy))["Role"]["Arn"])


def may_assume(principal: object, effect: str = "Allow") -> dict[str, Any]:
    """Return a statement of a trust policy."""
    return {"Effect": effect, "Principal": principal, "Action": "sts:AssumeRole"}


def make_providers(client: Client) -> None:
    """Make a provider of OpenID Connect and one of SAML."""
    iam = client("iam")
    iam.create_open_id_connect_provider(Url="https://token.example.net/issuer", ThumbprintList=["a" * 40])
    iam.create_saml_provider(SAMLMetadataDocument=SAML_METADATA, Name="inlog")


def make_load_balancers(client: Client) -> None:
    """Make one of each generation and kind: classic in two zones, application and gateway, and a group of targets outside AWS."""
    listener = {"Protocol": "http", "LoadBalancerPort": 80, "InstancePort": 80}
    zones = ["eu-central-1a", "eu-central-1b"]
    client("elb").create_load_balancer(LoadBalancerName="oud", Listeners=[listener], AvailabilityZones=zones)
    balancing, subnets = client("elbv2"), [subnet_in(client, zone) for zone in zones]
    balancing.create_load_balancer(Name="balie", Subnets=subnets, Scheme="internet-facing", Type="application")
    balancing.create_load_balancer(Name="binnen", Subnets=subnets, Scheme="internal", Type="network")
    balancing.create_load_balancer(Name="filter", Subnets=subnets[:1], Type="gateway")
    vpc = client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    balancing.create_target_group(Name="kelder", TargetType="ip", Protocol="HTTP", Port=80, VpcId=vpc)


def subnet_in(client: Client, zone: str) -> str:
    """Return the default subnet of a zone."""
    return str(
        client("ec2", zone[:-1]).describe_subnets(Filters=[{"Name": "availability-zone", "Values": [zone]}])["Subnets"][0][
            "SubnetId"
        ]
    )


def make_networks(client: Client) -> dict[str, str]:
    """Join the default network to one in Dublin, one of a foreign account and the world outside; return ids by what they are."""
    ec2, dublin = client("ec2"), client("ec2", "eu-west-1")
    vpc, other = (each.describe_vpcs()["Vpcs"][0]["VpcId"] for each in (ec2, dublin))
    peering = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other, PeerRegion="eu-west-1")["VpcPeeringConnection"]
    address = ec2.allocate_address(Domain="vpc")
    nat = ec2.create_nat_gateway(SubnetId=subnet_in(client, "eu-central-1a"), AllocationId=address["AllocationId"])["NatGateway"]
    endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.eu-central-1.s3")["VpcEndpoint"]
    gateway = ec2.create_transit_gateway(Description="kern")["TransitGateway"]["TransitGatewayId"]
    attachment = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet_in(client, "eu-central-1a")]
    )["TransitGatewayVpcAttachment"]
    far = ec2.create_transit_gateway_peering_attachment(
        TransitGatewayId=gateway, PeerTransitGatewayId="tgw-0a1b2c3d", PeerAccountId=FOREIGN, PeerRegion="us-east-1"
    )["TransitGatewayPeeringAttachment"]
    return {
        "peering": peering["VpcPeeringConnectionId"],
        "nat": nat["NatGatewayId"],
        "nat address": address["PublicIp"],
        "endpoint": endpoint["VpcEndpointId"],
        "gateway": gateway,
        "attachment": attachment["TransitGatewayAttachmentId"],
        "far": far["TransitGatewayAttachmentId"],
    }


def make_groups(client: Client, count: int) -> None:
    """Make groups of machines that have none yet."""
    scaling = client("autoscaling")
    image = client("ec2").register_image(Name="groep")["ImageId"]
    scaling.create_launch_configuration(LaunchConfigurationName="klein", ImageId=image, InstanceType="t3.small")
    for number in range(count):
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=f"groep-{number}",
            LaunchConfigurationName="klein",
            MinSize=0,
            MaxSize=4,
            AvailabilityZones=["eu-central-1a"],
        )


def make_plan(client: Client, *destinations: str) -> None:
    """Make a vault and a plan whose backups are copied to other vaults."""
    backup = client("backup")
    backup.create_backup_vault(BackupVaultName="kluis")
    actions = [{"DestinationBackupVaultArn": arn} for arn in destinations]
    rule = {"RuleName": "dagelijks", "TargetBackupVaultName": "kluis", "CopyActions": actions}
    backup.create_backup_plan(BackupPlan={"BackupPlanName": "alles", "Rules": [rule]})


def make_zone(client: Client, name: str, *records: dict[str, Any]) -> str:
    """Make a hosted zone with records, and return its id."""
    dns = client("route53")
    zone = str(dns.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"])
    changes = [{"Action": "CREATE", "ResourceRecordSet": record} for record in records]
    if changes:
        dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    return zone


def record(name: str, kind: str, *values: str) -> dict[str, Any]:
    """Return a record set."""
    return {"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value} for value in values]}


def alias(name: str, target: str) -> dict[str, Any]:
    """Return a record set that follows a load balancer."""
    follows = {"HostedZoneId": "Z215JYRZR1TBD5", "DNSName": target, "EvaluateTargetHealth": False}
    return {"Name": name, "Type": "A", "AliasTarget": follows}


def make_distribution(client: Client, origin: str, logs_to: str) -> dict[str, Any]:
    """Make a distribution with a secret header and a log; return what CloudFront says of it."""
    configuration = {
        "CallerReference": origin,
        "Comment": "balie",
        "Enabled": True,
        "PriceClass": "PriceClass_100",
        "Aliases": {"Quantity": 1, "Items": ["www.kantoor.example"]},
        "Logging": {"Enabled": True, "IncludeCookies": False, "Bucket": logs_to, "Prefix": ""},
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": "balie",
                    "DomainName": origin,
                    "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "x-key", "HeaderValue": "not-a-real-secret"}]},
                    "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"},
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": "balie",
            "ViewerProtocolPolicy": "redirect-to-https",
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
            "MinTTL": 0,
        },
    }
    made: dict[str, Any] = client("cloudfront").create_distribution(DistributionConfig=configuration)["Distribution"]
    return made


def make_function(client: Client, name: str, acts_as: str) -> str:
    """Make a function whose environment holds a secret, and return its ARN."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("handler.py", "def handle(event, context): ...")
    made = client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.12",
        Role=acts_as,
        Handler="handler.handle",
        Code={"ZipFile": content.getvalue()},
        Environment={"Variables": {"TOKEN": "not-a-real-secret"}},
    )
    return str(made["FunctionArn"])


def make_clusters(client: Client, *names: str) -> None:
    """Make clusters; the first gets a node group and a Fargate profile."""
    eks, role = client("eks"), f"arn:aws:iam::{ACCOUNT}:role/cluster"
    for name in names:
        eks.create_cluster(name=name, roleArn=role, resourcesVpcConfig={"subnetIds": [], "endpointPublicAccess": True})
    eks.create_nodegroup(clusterName=names[0], nodegroupName="werkers", subnets=["subnet-1"], nodeRole=role)
    eks.create_fargate_profile(
        clusterName=names[0], fargateProfileName="zonder-machines", podExecutionRoleArn=role, selectors=[{"namespace": "taken"}]
    )


def make_trail(client: Client, name: str, bucket: str, region: str = "eu-central-1") -> str:
    """Make a trail of all Regions that sends to a bucket, and return its ARN."""
    made = client("cloudtrail", region).create_trail(Name=name, S3BucketName=bucket, IsMultiRegionTrail=True)
    return str(made["TrailARN"])


def answer(service: str, operation: str, said: dict[str, Any], *, region: str = "eu-central-1", asking: str = "") -> Rule:
    """Return the rule that answers an operation which moto lacks."""
    return Rule(service=service, action=operation, region=region, body=json.dumps(said), asking=asking)
