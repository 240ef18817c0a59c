"""Amazon S3 Glacier as a service of its own: archive vaults. What S3 buckets move to the Glacier storage classes stays in the bucket.

API reference: https://docs.aws.amazon.com/amazonglacier/latest/dev/amazon-glacier-api.html. A hyphen for the account id is the caller's own account.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import Read, Service
from herkomst.scanner.model.claim import Role

SERVICE = Service(
    "glacier",
    (Read("ListVaults", items="VaultList[]", type="vault", role=Role.STORAGE, id="VaultARN", arguments=(("accountId", "-"),)),),
)
