"""A placement under a platform that the resource itself names: the party, who owns it, and the states that can compel it."""

from __future__ import annotations

from dataclasses import replace

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.ownership import describe_owner, find_jurisdictions
from herkomst.scanner.model.placement import Placement, Sign, Via


def under_platform(placement: Placement, sign: Sign, outlook: Outlook) -> Placement:
    """Return a placement on the platform of a sign, which names who offers the service and who holds what is under it."""
    return replace(_of_party(placement, sign, Via.PLATFORM, outlook), address_signs=(sign,))


def operated_by(placement: Placement, sign: Sign, outlook: Outlook) -> Placement:
    """Return a placement of a service of which only the operator is known, and not what it stands on."""
    return _of_party(placement, sign, Via.OPERATOR, outlook)


def _of_party(placement: Placement, sign: Sign, via: Via, outlook: Outlook) -> Placement:
    party = sign.party
    ownership = find_jurisdictions(((via, party),), outlook.knowledge, outlook.on)
    owner, parent = describe_owner(party, outlook.knowledge, outlook.on)
    return replace(
        placement,
        service_signs=(sign,),
        provider=party,
        owner=owner,
        ultimate_parent=parent,
        jurisdictions=ownership.jurisdictions,
        tops_known=ownership.tops_known,
    )
