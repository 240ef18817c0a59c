"""Which services of AWS an account uses, and which it may use: what its lists show, held against the catalogue's services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from herkomst.scanner.attribution.aws.missing import COLLECTOR, Missing
from herkomst.scanner.attribution.aws.references import Listed
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.aws import AwsAccount, AwsResource
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.knowledge import CloudService, ServiceClass
from herkomst.scanner.model.service_use import OpenService, ServiceUse

PLATFORM = "aws"
"""The services are the same in every partition, whoever runs it."""
MAX_EVIDENCE = 20
"""Resources named as evidence of one service; all of them are counted."""


def find_service_uses(subject: str, listed: Iterable[Listed], knowledge: Knowledge) -> tuple[ServiceUse, ...]:
    """Return each service that something is listed of, with the number of resources; what the catalogue leaves out of count is left out."""
    groups: dict[tuple[str, str, ServiceClass | None], list[tuple[str, str]]] = defaultdict(list)
    for resource, oid in listed:
        what = f"{resource.service}:{resource.type}"
        service = knowledge.service_of_resource(PLATFORM, what)
        if service is None:
            groups[what, what, None].append((resource.id, oid))
        elif service.service_class is not ServiceClass.UNCOUNTED and _counts(resource, service):
            groups[service.id, service.name, service.service_class].append((resource.id, oid))
    return tuple(
        ServiceUse(subject, key, name, kind, len(found), tuple(sorted(oid for _, oid in sorted(found)[:MAX_EVIDENCE])))
        for (key, name, kind), found in sorted(groups.items(), key=lambda group: group[0][0])
    )


def _counts(resource: AwsResource, service: CloudService) -> bool:
    said = dict(resource.attributes)
    return all(said.get(name, "") == value for name, _, value in (wanted.partition("=") for wanted in service.only))


def find_open_services(
    subject: str,
    missing: Sequence[Missing],
    accounts: Iterable[AwsAccount],
    uses: Iterable[ServiceUse],
    knowledge: Knowledge,
) -> tuple[OpenService, ...]:
    """Return each service that is not seen, and that a question that failed or was never to be asked could have shown."""
    seen = {use.service for use in uses}
    failures: dict[str, dict[Failure, None]] = defaultdict(dict)
    classes: dict[str, ServiceClass | None] = {}
    for service, failure in (*((item.service, item.failure) for item in missing), *_never_asked(accounts, knowledge)):
        for key, kind in _behind(service, knowledge):
            if key not in seen:
                failures[key][failure] = None
                classes[key] = kind
    return tuple(OpenService(subject, key, classes[key], tuple(found)) for key, found in sorted(failures.items()))


def list_unlisted(knowledge: Knowledge) -> tuple[str, ...]:
    """Return the services of AWS that nothing is read of, whatever the account."""
    return tuple(item.id for item in knowledge.cloud_services(PLATFORM) if not item.resources)


def _behind(service: str, knowledge: Knowledge) -> Iterator[tuple[str, ServiceClass | None]]:
    """Yield what the lists of one service of the API could show, and what any list could where it is not known which one failed."""
    listings = knowledge.listings(PLATFORM)
    shown = listings.get(service, ()) if service else {item: None for items in listings.values() for item in items}
    for item in shown:
        if item.service_class is not ServiceClass.UNCOUNTED:
            yield item.id, item.service_class
    if not shown:
        yield service or PLATFORM, None


def _never_asked(accounts: Iterable[AwsAccount], knowledge: Knowledge) -> Iterator[tuple[str, Failure]]:
    for account in accounts:
        for service in sorted(knowledge.listings(PLATFORM).keys() - {question.service for question in account.questions}):
            yield (
                service,
                Failure(
                    COLLECTOR, account.account, AwsResource.kind, FailureReason.NOT_COLLECTED, retryable=False, scope=service
                ),
            )
