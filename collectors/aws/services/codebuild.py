"""AWS CodeBuild: build projects with where their source comes from and where their results go, and fleets of machines that are kept for them.

API reference: https://docs.aws.amazon.com/codebuild/latest/APIReference/. The SDK gets several projects at once (BatchGetProjects) and has no operation
for one. A project's environment variables come with it and are not kept. Builds and their logs are not read.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import PLAIN, Detail, Link, Pages, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_PROJECT = "BatchGetProjects.projects[]."

SERVICE = Service(
    "codebuild",
    (
        Read(
            "ListProjects",
            items="projects[]",
            type="project",
            role=Role.COMPUTE,
            id=_PROJECT + "arn|" + PLAIN,
            key=_PROJECT + "encryptionKey",
            links=(
                Link(AwsRelation.SOURCE, _PROJECT + "source.location", is_address=True),
                Link(AwsRelation.SOURCE, _PROJECT + "secondarySources[].location", is_address=True),
                Link(AwsRelation.DESTINATION, _PROJECT + "artifacts.location"),
                Link(AwsRelation.DESTINATION, _PROJECT + "secondaryArtifacts[].location"),
            ),
            named=(("runs_on", _PROJECT + "environment.type"), ("image", _PROJECT + "environment.image")),
            details=(Detail("BatchGetProjects", (("names", PLAIN),)),),
        ),
        Read(
            "ListFleets",
            items="fleets[]",
            type="fleet",
            role=Role.COMPUTE,
            id=PLAIN,
            pages=Pages("nextToken", "nextToken"),
        ),
    ),
)
