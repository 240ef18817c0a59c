"""The laboratory's AWS: moto (Apache-2.0) behind a gate, in a process of its own on a free port of loopback. Needs the extra `demo`.

`python -m herkomst.lab.aws_server` serves until its standard input closes, and prints its port first: so it ends with whoever started it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable
from dataclasses import asdict
from fnmatch import fnmatchcase
from types import TracebackType
from typing import Any

import httpx
from herkomst.lab.aws_gate import CALLS_PATH, RULES_PATH, Call, Rule

ACCOUNT = "111122223333"
"""The account of keys that name no other: AWS's own example."""
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "laboratory",
    "AWS_SECRET_ACCESS_KEY": "laboratory",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",  # an address has no names below it, such as the `api.` of MWAA
}


ENABLED = ("eu-central-1", "eu-west-1", "us-east-1")
NOT_ENABLED = ("eu-central-2", "me-south-1")


def regions_rule(enabled: Iterable[str] = ENABLED, others: Iterable[str] = NOT_ENABLED) -> Rule:
    """Return the rule that answers DescribeRegions: moto lists Regions of every partition, and AWS only those of the account's own."""
    listed = [(region, "opt-in-not-required") for region in enabled] + [(region, "not-opted-in") for region in others]
    items = "".join(
        f"<item><regionName>{region}</regionName><regionEndpoint>ec2.{region}.amazonaws.com</regionEndpoint>"
        f"<optInStatus>{status}</optInStatus></item>"
        for region, status in listed
    )
    namespace = "http://ec2.amazonaws.com/doc/2016-11-15/"
    body = f'<DescribeRegionsResponse xmlns="{namespace}"><regionInfo>{items}</regionInfo></DescribeRegionsResponse>'
    return Rule(service="ec2", action="DescribeRegions", body=body)


LACKING = {
    "airflow": ("*",),
    "aoss": ("BatchGetCollection",),
    "apprunner": ("*",),
    "appstream": ("*",),
    "aps": ("ListScrapers",),
    "batch": ("DescribeServiceEnvironments",),
    "bedrock": ("ListInferenceProfiles", "ListImportedModels", "ListProvisionedModelThroughputs"),
    "cassandra": ("*",),
    "cloudtrail": ("ListEventDataStores",),
    "codebuild": ("ListFleets",),
    "codecommit": ("ListRepositories",),
    "cognito-idp": ("GetLogDeliveryConfiguration",),
    "docdb-elastic": ("*",),
    "drs": ("*",),
    "ds": ("DescribeSharedDirectories", "DescribeSnapshots"),
    "dynamodb": ("ListExports", "DescribeExport", "DescribeKinesisStreamingDestination"),
    "ecr": ("DescribePullThroughCacheRules",),
    "eks": ("ListAccessEntries", "ListAddons"),
    "elasticache": ("DescribeGlobalReplicationGroups", "DescribeServerlessCaches", "DescribeServerlessCacheSnapshots"),
    "elasticfilesystem": ("DescribeReplicationConfigurations",),
    "elasticmapreduce": ("ListStudios", "DescribeStudio"),
    "es": ("DescribeOutboundConnections", "DescribeInboundConnections"),
    "events": ("ListEndpoints", "ListEventSources"),
    "fsx": ("DescribeFileCaches", "DescribeDataRepositoryAssociations"),
    "globalaccelerator": ("*",),
    "glue": ("GetCatalogs", "DescribeIntegrations"),
    "grafana": ("*",),
    "healthlake": ("*",),
    "kafka": ("ListReplicators",),
    "lambda": ("ListFunctionUrlConfigs",),
    "lightsail": ("*",),
    "memorydb": ("DescribeMultiRegionClusters",),
    "neptune-graph": ("*",),
    "oam": ("*",),
    "outposts": ("*",),
    "payment-cryptography": ("*",),
    "redshift-serverless": ("*",),
    "s3tables": ("GetTableBucketEncryption", "GetTableBucketReplication", "GetTableReplication"),
    "sagemaker": ("ListFeatureGroups",),
    "securitylake": ("*",),
    "ssm": ("ListResourceDataSync",),
    "sso": ("DescribeInstance",),
    "storagegateway": ("*",),
    "timestream-influxdb": ("ListDbBackups",),
    "workspaces": ("DescribeWorkspacesPools",),
}
"""What moto does not know, by the name in the signature: the laboratory answers that there is nothing. A test sets its own answer first."""
_IN_XML = frozenset({"elasticache"})


def is_lacking(client: str, operation: str) -> bool:
    """Say whether moto lacks an operation of the SDK's client, so that no test has tried it against a server that keeps state."""
    import botocore.session

    model = botocore.session.get_session().get_service_model(client)
    return any(fnmatchcase(operation, glob) for glob in LACKING.get(model.signing_name, ()))


def standard_rules(url: str) -> tuple[Rule, ...]:
    """Return the rules for what moto does not answer as AWS does; `url` is where the server listens."""
    endpoints = {"Endpoints": [{"Address": url, "CachePeriodInMinutes": 1440}]}
    return (
        regions_rule(),
        Rule(service="kms", action="DescribeCustomKeyStores", body='{"CustomKeyStores": []}'),
        Rule(service="timestream", action="DescribeEndpoints", body=json.dumps(endpoints)),
        *(
            Rule(
                service=service,
                action=action,
                body=f"<{action}Response><{action}Result/></{action}Response>" if service in _IN_XML else "{}",
            )
            for service, actions in LACKING.items()
            for action in actions
        ),
    )


class AwsServer:
    """The server from the side of whoever uses it. A context manager."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> AwsServer:
        command = [sys.executable, "-W", "ignore", "-m", "herkomst.lab.aws_server"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
        port = self._process.stdout.readline().strip() if self._process.stdout else ""
        if not port:
            raise RuntimeError("the laboratory's AWS did not start; is the extra installed? pip install 'herkomst[demo]'")
        self.url = f"http://127.0.0.1:{port}"
        self.set_rules(())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process is not None:
            for stream in (self._process.stdin, self._process.stdout):
                if stream is not None:
                    stream.close()
            self._process.terminate()
            self._process.wait()

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which any SDK speaks to this server."""
        return {**ENVIRONMENT, "AWS_ENDPOINT_URL": self.url}

    def set_rules(self, rules: Iterable[Rule]) -> None:
        """Let calls pass but for those that a rule meets, and the standard ones; the list of calls begins anew."""
        httpx.post(self.url + RULES_PATH, json=[asdict(rule) for rule in (*rules, *standard_rules(self.url))]).raise_for_status()

    def calls(self) -> tuple[Call, ...]:
        """Return the calls since the rules were set."""
        listed: list[list[str]] = httpx.get(self.url + CALLS_PATH).raise_for_status().json()
        return tuple(Call(*fields) for fields in listed)

    def empty(self) -> None:
        """Forget every resource of every account, and every rule."""
        httpx.post(f"{self.url}/moto-api/reset").raise_for_status()
        self.set_rules(())


def main() -> None:
    """Serve on a free port until standard input closes."""
    import os

    # without moto's own images, which come with 1,286 snapshots in each Region; with Regions and services that its own tables lack
    os.environ.update(ENVIRONMENT, MOTO_EC2_LOAD_DEFAULT_AMIS="false", MOTO_ALLOW_NONEXISTENT_REGION="true")
    from herkomst.lab.aws_gate import Gate
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"  # connections stay open, as AWS's own do

        def log(self, *_: Any) -> None:
            """Say nothing of each request."""

    gate = Gate(DomainDispatcherApplication(create_backend_app), ACCOUNT)
    server = make_server("127.0.0.1", 0, gate, threaded=True, request_handler=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps(server.server_port) + "\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.shutdown()


if __name__ == "__main__":
    main()
