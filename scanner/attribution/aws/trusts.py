"""Who may act in an account beside its own people: foreign accounts and identity providers, as parties with access.

A trust says that somebody may come in, not that they do nor what they may do then (IAM user guide, "Roles terms and concepts"). Accounts are named by
their last four digits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.aws.references import Listed, account_in
from herkomst.scanner.attribution.endpoints import match_names
from herkomst.scanner.model.aws import AwsRelation
from herkomst.scanner.model.claim import Role
from herkomst.scanner.model.knowledge import SignatureRecord
from herkomst.scanner.model.placement import NamedParty, Party, Sign, SignKind
from herkomst.scanner.names import registrable_domain

ANYBODY = "*"
_SCHEME = "https://"


def trusted_parties(subject: str, listed: Iterable[Listed], numbers: Collection[str], outlook: Outlook) -> tuple[NamedParty, ...]:
    """Return every foreign party that a resource trusts, once for each resource; `numbers` are the accounts that were looked at."""
    return tuple(dict.fromkeys(_parties(subject, listed, numbers, outlook)))


def _parties(subject: str, listed: Iterable[Listed], numbers: Collection[str], outlook: Outlook) -> Iterator[NamedParty]:
    listed = tuple(listed)
    own = {dict(resource.attributes).get("issuer", "").removeprefix(_SCHEME) for resource, _ in listed}  # of its own clusters
    for resource, oid in listed:
        for link in resource.links:
            if link.relation is AwsRelation.TRUST and account_in(link.target) not in numbers and link.target not in own:
                name = f"{resource.service}:{resource.type} {resource.id.rpartition('/')[2] or resource.id}"
                yield NamedParty(subject, Role.IDENTITY, name, _sign(link.target, oid, outlook))


def _sign(target: str, oid: str, outlook: Outlook) -> Sign:
    number = account_in(target)
    if number:
        return Sign(SignKind.TRUST, Party(f"AWS account {'*' * 8}{number[-4:]}"), oid, target)
    if target == ANYBODY:
        return Sign(SignKind.TRUST, Party("anybody"), oid, target)
    host = target.partition("/")[0]
    matches = match_names(((host, oid),), SignatureRecord.CNAME, SignKind.TRUST, outlook)
    return matches[0][0] if matches else Sign(SignKind.TRUST, Party(registrable_domain(host) or host), oid, target)
