"""Amazon Managed Service for Prometheus: work spaces, their keys and logs, and the collectors that feed them.

API reference: https://docs.aws.amazon.com/prometheus/latest/APIReference/. The host of a work space is that of all in its Region. No figure is read.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_NONE = frozenset({"ResourceNotFoundException"})
"""The answer where no log was ever set up."""

SERVICE = Service(
    "amp",
    (
        Read(
            "ListWorkspaces",
            items="workspaces[]",
            type="workspace",
            role=Role.TELEMETRY,
            id="arn",
            key="kmsKeyArn",
            links=(Link(AwsRelation.DESTINATION, "DescribeLoggingConfiguration.loggingConfiguration.logGroupArn"),),
            details=(Detail("DescribeLoggingConfiguration", (("workspaceId", "workspaceId"),), absent=_NONE),),
        ),
        Read(
            "ListScrapers",
            items="scrapers[]",
            type="scraper",
            role=None,
            id="arn",
            links=(
                Link(AwsRelation.SOURCE, "source.eksConfiguration.clusterArn"),
                Link(AwsRelation.DESTINATION, "destination.ampConfiguration.workspaceArn"),
            ),
            shows=(Role.TELEMETRY,),
        ),
    ),
    prefix="aps",
)
