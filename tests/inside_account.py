"""An AWS account as the collector describes it, built without one: observations for the judging tests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache

from herkomst.config.settings import Settings
from herkomst.scanner.attribution.addresses import Outlook
from herkomst.scanner.attribution.evidence import Evidence
from herkomst.scanner.attribution.picture import attribute
from herkomst.scanner.claims.outcome import Context
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.aws import (
    GLOBAL_REGION,
    AwsAccount,
    AwsCoverage,
    AwsLink,
    AwsOutcome,
    AwsQuestion,
    AwsRelation,
    AwsResource,
    AwsUnread,
)
from herkomst.scanner.model.claim import Asset, AssetKind, Claim, Operator, Organisation, Role, SaidBy, System
from herkomst.scanner.model.failure import Failure, FailureReason
from herkomst.scanner.model.observation import Content, Observation
from herkomst.scanner.model.placement import Picture
from herkomst.scanner.model.verdict import Verdict
from herkomst.scanner.service import load_knowledge
from herkomst.scanner.verdicts.judge import judge_claim

NUMBER = "111122223333"
OTHER = "444455556666"
AT = datetime(2026, 11, 23, 10, tzinfo=UTC)
QUESTIONS = (
    AwsQuestion("ec2:DescribeInstances", "ec2", (Role.COMPUTE,), is_global=False),
    AwsQuestion("ec2:DescribeVolumes", "ec2", (Role.STORAGE,), is_global=False),
    AwsQuestion("ec2:DescribeVpcs", "ec2", (), is_global=False),
    AwsQuestion("kms:ListKeys", "kms", (Role.KEYS,), is_global=False),
    AwsQuestion("rds:DescribeDBInstances", "rds", (Role.BACKUP, Role.DATABASE), is_global=False),
    AwsQuestion("s3:ListBuckets", "s3", (Role.STORAGE,), is_global=True),
)
ENTRANCES = (
    AwsQuestion("backup:ListBackupPlans", "backup", (Role.BACKUP,), is_global=False),
    AwsQuestion("cloudfront:ListDistributions", "cloudfront", (Role.TELEMETRY, Role.WEB), is_global=True),
    AwsQuestion("cloudtrail:DescribeTrails", "cloudtrail", (Role.TELEMETRY,), is_global=False),
    AwsQuestion("ecr:DescribeRepositories", "ecr", (Role.IMAGES,), is_global=False),
    AwsQuestion("eks:ListClusters", "eks", (Role.CONTROL_PLANE,), is_global=False),
    AwsQuestion("elbv2:DescribeLoadBalancers", "elbv2", (Role.COMPUTE,), is_global=False),
    AwsQuestion("iam:ListRoles", "iam", (Role.IDENTITY,), is_global=True),
    AwsQuestion("route53:ListResourceRecordSets", "route53", (), is_global=True),
)
"""Further questions, for what stands at the entrance of an account and where its logs and copies go."""
REACHABLE = (
    AwsQuestion("apigateway:GetDomainNames", "apigateway", (), is_global=False, shows_endpoints=True),
    AwsQuestion("apigateway:GetRestApis", "apigateway", (), is_global=False, shows_endpoints=True),
    AwsQuestion("cloudfront:ListDistributions", "cloudfront", (Role.TELEMETRY, Role.WEB), is_global=True, shows_endpoints=True),
    AwsQuestion("ec2:DescribeAddresses", "ec2", (), is_global=False, shows_endpoints=True),
    AwsQuestion("ec2:DescribeInstances", "ec2", (Role.COMPUTE,), is_global=False, shows_endpoints=True),
    AwsQuestion("ec2:DescribeVolumes", "ec2", (Role.STORAGE,), is_global=False),
    AwsQuestion("elbv2:DescribeLoadBalancers", "elbv2", (Role.COMPUTE,), is_global=False, shows_endpoints=True),
    AwsQuestion("rds:DescribeDBInstances", "rds", (Role.BACKUP, Role.DATABASE), is_global=False, shows_endpoints=True),
    AwsQuestion("s3:ListBuckets", "s3", (Role.STORAGE,), is_global=True, shows_endpoints=True),
)
"""Questions whose answers hold addresses and names that the world can see."""
KINDS = (AwsAccount.kind, AwsCoverage.kind, AwsResource.kind)


@cache
def embedded_knowledge() -> Knowledge:
    """Return the catalogue that the program comes with."""
    return load_knowledge(Settings())


@dataclass
class Account:
    """One account; every question is answered in every Region unless `lose` says otherwise."""

    regions: tuple[str, ...] = ("eu-central-1",)
    partition: str = "aws"
    unread: tuple[AwsUnread, ...] = ()
    resources: list[AwsResource] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    lost: set[tuple[str, str]] = field(default_factory=set)
    questions: tuple[AwsQuestion, ...] = QUESTIONS

    def volume(self, zone: str = "eu-central-1a", region: str = "", outpost: str = "") -> Account:
        number = len(self.resources)
        return self._add(
            "ec2", "volume", f"vol-{number}", Role.STORAGE, region or zone[:-1], zone=zone, is_zonal=True, outpost=outpost
        )

    def instance(self, zone: str = "eu-central-1a", region: str = "") -> Account:
        number = len(self.resources)
        return self._add("ec2", "instance", f"i-{number}", Role.COMPUTE, region or zone[:-1], zone=zone, is_zonal=True)

    def bucket(self, name: str, region: str = "eu-central-1", replicates_to: str = "") -> Account:
        links = (AwsLink(AwsRelation.REPLICA, f"arn:aws:s3:::{replicates_to}"),) if replicates_to else ()
        return self._add("s3", "bucket", name, Role.STORAGE, region, links=links)

    def database(self, name: str, region: str = "eu-central-1", copied_to: str = "") -> Account:
        links = (AwsLink(AwsRelation.COPY, copied_to),) if copied_to else ()
        return self._add("rds", "db", f"arn:aws:rds:{region}:{NUMBER}:db:{name}", Role.DATABASE, region, links=links)

    def snapshot(self, name: str, region: str = "eu-central-1") -> Account:
        return self._add("rds", "snapshot", f"arn:aws:rds:{region}:{NUMBER}:snapshot:{name}", Role.BACKUP, region)

    def distribution(self, origin: str, *names: str) -> Account:
        links = (AwsLink(AwsRelation.ORIGIN, origin),)
        arn = f"arn:aws:cloudfront::{NUMBER}:distribution/E{len(self.resources)}"
        return self._add("cloudfront", "distribution", arn, Role.WEB, GLOBAL_REGION, links=links, names=names)

    def load_balancer(self, name: str, region: str = "eu-central-1", zone: str = "") -> Account:
        arn = f"arn:aws:elasticloadbalancing:{region}:{NUMBER}:loadbalancer/{name}"
        return self._add("elbv2", "loadbalancer", arn, Role.COMPUTE, region, names=(name,), zone=zone, is_zonal=bool(zone))

    def address(self, address: str, group: str = "eu-central-1") -> Account:
        return self._add(
            "ec2", "elastic-ip", f"eip-{address}", None, group or self.regions[0], zone=group, is_zonal=True, addresses=(address,)
        )

    def open_instance(self, address: str, zone: str = "eu-central-1a", outpost: str = "") -> Account:
        return self._add(
            "ec2",
            "instance",
            f"i-{address}",
            Role.COMPUTE,
            zone[:-1],
            zone=zone,
            is_zonal=True,
            outpost=outpost,
            addresses=(address,),
        )

    def nat_gateway(self, address: str, region: str = "eu-central-1") -> Account:
        return self._add("ec2", "natgateway", f"nat-{address}", None, region, addresses=(address,))

    def interface(self, address: str, requester: str = "amazon-elb") -> Account:
        said = (("requester", requester),)
        return self._add(
            "ec2", "network-interface", f"eni-{address}", None, self.regions[0], addresses=(address,), attributes=said
        )

    def public_database(self, name: str, public: bool = True) -> Account:
        said = (("public", str(public).lower()),)
        arn = f"arn:aws:rds:{self.regions[0]}:{NUMBER}:db:{name}"
        return self._add("rds", "db", arn, Role.DATABASE, self.regions[0], names=(name,), attributes=said)

    def api(self, identity: str) -> Account:
        return self._add("apigateway", "restapi", identity, None, self.regions[0])

    def api_domain(self, *names: str) -> Account:
        return self._add("apigateway", "domain-name", names[0], None, self.regions[0], names=names)

    def record(self, name: str, *targets: str, private: str = "false") -> Account:
        said = (("name", f"{name}."), ("private", private))
        links = tuple(AwsLink(AwsRelation.POINTS_TO, target) for target in targets)
        return self._add("route53", "record-set", f"/hostedzone/Z {name}", None, GLOBAL_REGION, links=links, attributes=said)

    def trail(self, destination: str) -> Account:
        links = (AwsLink(AwsRelation.DESTINATION, destination),)
        return self._add("cloudtrail", "trail", f"arn:trail/{len(self.resources)}", None, self.regions[0], links=links)

    def plan(self, copied_to: str) -> Account:
        links = (AwsLink(AwsRelation.COPY, copied_to),)
        return self._add("backup", "backup-plan", f"arn:plan/{len(self.resources)}", None, self.regions[0], links=links)

    def cluster(self, issuer: str) -> Account:
        said = (("issuer", issuer),)
        return self._add(
            "eks", "cluster", f"arn:cluster/{len(self.resources)}", Role.CONTROL_PLANE, self.regions[0], attributes=said
        )

    def trusting(self, *targets: str) -> Account:
        links = tuple(AwsLink(AwsRelation.TRUST, target) for target in targets)
        arn = f"arn:aws:iam::{NUMBER}:role/open-{len(self.resources)}"
        return self._add("iam", "role", arn, None, GLOBAL_REGION, links=links)

    def key(self, name: str, manager: str = "CUSTOMER", origin: str = "AWS_KMS", region: str = "eu-central-1") -> Account:
        said = (("manager", manager), ("origin", origin))
        return self._add(
            "kms", "key", key_arn(name, region), Role.KEYS, region, attributes=tuple(item for item in said if item[1])
        )

    def encrypted(self, key: str, role: Role = Role.STORAGE) -> Account:
        service, type_ = {Role.STORAGE: ("s3", "bucket"), Role.DATABASE: ("rds", "db"), Role.BACKUP: ("rds", "snapshot")}[role]
        return self._add(service, type_, f"{type_}-{len(self.resources)}", role, self.regions[0], key=key)

    def listed(self, service: str, type_: str, role: Role | None, *attributes: tuple[str, str]) -> Account:
        """List a resource of any kind."""
        once = any(question.is_global for question in self.questions if question.service == service)
        region = GLOBAL_REGION if once else self.regions[0]
        return self._add(service, type_, f"{type_}-{len(self.resources)}", role, region, attributes=attributes)

    def _add(self, service: str, type_: str, id_: str, role: Role | None, region: str, **more: object) -> Account:
        self.resources.append(AwsResource(NUMBER, service, type_, id_, region, role, **more))  # type: ignore[arg-type]  # fields of it
        return self

    def lose(self, region: str, scope: str, reason: FailureReason = FailureReason.DENIED) -> Account:
        """Let one question fail in a Region."""
        self.lost.add((region, scope))
        subject = NUMBER if region == GLOBAL_REGION else f"{NUMBER}/{region}"
        self.failures.append(Failure("aws", subject, AwsResource.kind, reason, retryable=False, scope=scope))
        return self

    def contents(self) -> Iterable[tuple[str, Content]]:
        """Yield what is observed, each with the target that it is observed at."""
        account = AwsAccount(NUMBER, self.partition, self.regions, (), self.questions, self.unread)
        yield NUMBER, account
        once = {question.service for question in self.questions if question.is_global}
        for service in dict.fromkeys(question.service for question in self.questions):
            for region in (GLOBAL_REGION,) if service in once else self.regions:
                unread = tuple(
                    sorted(scope for place, scope in self.lost if (place, scope.partition(":")[0]) == (region, service))
                )
                outcome = AwsOutcome.DENIED if unread else AwsOutcome.COMPLETE
                subject = NUMBER if service in once else f"{NUMBER}/{region}"
                yield subject, AwsCoverage(NUMBER, region, service, outcome, 1, unread)
        for resource in self.resources:
            yield NUMBER if resource.service in once else f"{NUMBER}/{resource.region}", resource

    def observations(self) -> list[Observation]:
        return [Observation(subject, "aws", "test", AT, content) for subject, content in self.contents()]

    def picture(self, evidence: Evidence | None = None) -> Picture:
        found = evidence or Evidence(self.observations(), self.failures)
        return attribute(asset(), found, Outlook(embedded_knowledge(), Organisation("Gemeente Voorbeeld"), AT.date()))

    def judge(
        self,
        key: str,
        *values: str,
        absent: Iterable[Role] = (),
        operator: Operator = Operator.IS,
        evidence: Evidence | None = None,
    ) -> Verdict:
        claim = Claim(key, operator, values, SaidBy.SUPPLIER)
        system = System("zaken", Organisation("Gemeente Voorbeeld"), None, (asset(),), frozenset(absent), (claim,))
        context = Context(embedded_knowledge(), system, date(2026, 11, 23))
        return judge_claim(system, claim, [self.picture(evidence)], context)


def key_arn(name: str, region: str = "eu-central-1", account: str = NUMBER) -> str:
    return f"arn:aws:kms:{region}:{account}:key/{name}"


def asset() -> Asset:
    return Asset(AssetKind.AWS, NUMBER)


def without(account: Account, lost: Observation, outside: Iterable[Observation] = ()) -> Evidence:
    """Return what is known when one observation is replaced by its failure; `outside` is known besides."""
    kept = [item for item in account.observations() if item.id != lost.id]
    failure = Failure("aws", lost.subject, lost.kind, FailureReason.TIMEOUT, retryable=True)
    return Evidence([*kept, *outside], [*account.failures, failure])


def without_target(account: Account, subject: str, outside: Iterable[Observation] = ()) -> Evidence:
    """Return what is known when a whole target (the account, or one Region) could not be asked."""
    kept = [item for item in account.observations() if item.subject != subject]
    failures = [Failure("aws", subject, kind, FailureReason.TIMEOUT, retryable=True) for kind in KINDS]
    return Evidence([*kept, *outside], [*account.failures, *failures])


def with_unread(account: Account, service: str, *roles: Role) -> Account:
    """Return the account as a version sees it that does not read a service."""
    return replace(account, unread=(*account.unread, AwsUnread(service, roles)))
