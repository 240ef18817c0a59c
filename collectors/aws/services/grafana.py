"""Amazon Managed Grafana: work spaces, their keys and addresses. What a work space shows is read from other stores when it is shown.

API reference: https://docs.aws.amazon.com/grafana/latest/APIReference/. Data sources are given by kind, and not by place.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Read, Service
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "grafana",
    (
        Read(
            "ListWorkspaces",
            items="workspaces[]",
            type="workspace",
            role=Role.TELEMETRY,
            id="id",
            key="DescribeWorkspace.workspace.kmsKeyId",
            names=("endpoint",),
            named=(
                ("signs_in_by", "authentication.providers[]"),
                ("data_sources", "DescribeWorkspace.workspace.dataSources[]"),
            ),
            details=(Detail("DescribeWorkspace", (("workspaceId", "id"),)),),
        ),
    ),
)
