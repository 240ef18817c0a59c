"""What a published range of AWS says of whose an address is: one customer's own, or a service's that many customers share.

`ip-ranges.json` (VPC user guide, "AWS IP address ranges") lists a prefix once for each service: AMAZON is all of AWS, EC2 what machines, load
balancers and elastic addresses have, GLOBALACCELERATOR the fixed addresses of one accelerator. Under any other service (S3, API_GATEWAY, CLOUDFRONT)
the names of many customers lead to one address, which no account lists. EC2 also holds some addresses of AWS's own services.
"""

from __future__ import annotations

from herkomst.scanner.attribution.aws.places import PLATFORMS
from herkomst.scanner.model.observation import IpRange

_OF_ONE_CUSTOMER = frozenset({"EC2", "GLOBALACCELERATOR"})
_ALL_OF_AWS = "AMAZON"


def is_shared_range(entry: IpRange) -> bool:
    """Say whether an entry gives its addresses to a service that many customers share; one without services says nothing."""
    if entry.provider not in PLATFORMS or not entry.services:
        return False
    own = set(entry.services) - {_ALL_OF_AWS}
    return not own or not own <= _OF_ONE_CUSTOMER
