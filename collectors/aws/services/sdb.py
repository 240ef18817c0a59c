"""Amazon SimpleDB: domains. No item is read; the service has no keys and no copies of its own.

API reference: https://docs.aws.amazon.com/AmazonSimpleDB/latest/DeveloperGuide/SDB_API.html.
"""

from __future__ import annotations

from herkomst.collectors.aws.service import PLAIN, Read, Service
from herkomst.scanner.model.claim import Role

SERVICE = Service("sdb", (Read("ListDomains", items="DomainNames[]", type="domain", role=Role.DATABASE, id=PLAIN),))
