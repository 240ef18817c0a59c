"""AWS CodeCommit: Git repositories, and the key that each is encrypted with. No commit is read.

API reference: https://docs.aws.amazon.com/codecommit/latest/APIReference/.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Detail, Read, Service
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "codecommit",
    (
        Read(
            "ListRepositories",
            items="repositories[]",
            type="repository",
            role=Role.STORAGE,
            id="GetRepository.repositoryMetadata.Arn",
            key="GetRepository.repositoryMetadata.kmsKeyId",
            details=(Detail("GetRepository", (("repositoryName", "repositoryName"),)),),
        ),
    ),
)
