"""Amazon ECR: repositories of images, where the registry replicates them to, and from which registries it fetches on demand.

API reference: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/. No image and no token is asked for.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import PLAIN, Detail, Link, Read, Service
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role

_TO = "DescribeRegistry.replicationConfiguration.rules[].destinations[]."

SERVICE = Service(
    "ecr",
    (
        Read(
            "DescribeRepositories",
            items="repositories[]",
            type="repository",
            role=Role.IMAGES,
            id="repositoryArn",
            key="encryptionConfiguration.kmsKey",
        ),
        Read(
            "DescribeRegistry",
            items="registryId",
            type="registry",
            role=None,
            id=PLAIN,
            links=(Link(AwsRelation.REPLICA, _TO + "region"), Link(AwsRelation.REPLICA, _TO + "registryId")),
            details=(Detail("DescribeRegistry", ()),),
            shows=(Role.IMAGES,),
        ),
        Read(
            "DescribePullThroughCacheRules",
            items="pullThroughCacheRules[]",
            type="pull-through-cache-rule",
            role=None,
            id="ecrRepositoryPrefix",
            links=(Link(AwsRelation.SOURCE, "upstreamRegistryUrl", is_address=True),),
            shows=(Role.IMAGES,),
        ),
    ),
)
