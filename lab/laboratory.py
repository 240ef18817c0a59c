"""The laboratory: every server of the story on loopback, and the knowledge and settings that make a scan ask them.

The prefix tables are built the way real ones are, from feeds fetched over HTTP; the catalogue is compiled from the laboratory's own
files, with the real country sets. Nothing of it touches the network outside this machine.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import httpx
from herkomst.config.knowledge import compile_catalogue, load_catalogue, write_compiled
from herkomst.config.knowledge.compiled import stamp
from herkomst.config.settings import ResolverAddress, Settings
from herkomst.config.tables.builder import build_tables
from herkomst.config.tables.feeds import parse_aws, parse_azure, parse_country_csv, parse_origin_csv, parse_prefix_list
from herkomst.config.tables.rows import Dataset, RangeRow, TableKind
from herkomst.lab.dns_server import LOOPBACK, DnsServer
from herkomst.lab.feed_server import PUBLISHED_ON, FeedServer, feed_path
from herkomst.lab.loop_thread import LoopThread
from herkomst.lab.rdap_server import RdapServer
from herkomst.lab.story import CATALOGUE, STORY, Expectation, FeedShape, RangeFeed, Story, read_story
from herkomst.scanner.model.knowledge import AsnSpan, Catalogue
from herkomst.scanner.model.observation import RangeScope

VANTAGE = "laboratory"
DNS_TIMEOUT_S = 1.0
"""Servers on loopback answer in a millisecond; names that stay silent on purpose need not cost more than this."""
MAX_IN_FLIGHT = 64
"""Queries: the server takes a millisecond for each, so more of them at once would wait in line for a good part of the time-out."""
LICENCE = "invented"
AWS, AWS_ASN = "aws", 64511
"""The one real company: its accounts can be read from inside. The AS number is one for documentation (RFC 5398)."""


class _Server(Protocol):
    async def start(self) -> None: ...

    async def close(self) -> None: ...


class Laboratory:
    """A context manager: inside it all servers answer, and `settings()` describes a scan that asks them."""

    def __init__(self, folder: Path = STORY) -> None:
        self.story: Story = read_story(folder)
        self.dns = DnsServer(self.story.zones)
        self.rdap = RdapServer(self.story.networks)
        self.feeds = FeedServer(self.story)
        self._stack = ExitStack()
        self._tables = Path()
        self._catalogue = Path()

    @property
    def declaration(self) -> Path:
        """The declaration file of the story."""
        return self.story.declaration

    @property
    def expected(self) -> tuple[Expectation, ...]:
        """What the rules give for every claim of the declaration, written down beforehand."""
        return self.story.expected

    def settings(self) -> Settings:
        """Return the settings of a scan that asks the laboratory and nothing else; only valid inside the context."""
        return Settings(
            resolvers=(ResolverAddress(LOOPBACK, self.dns.port),),
            vantage=VANTAGE,
            tables=self._tables,
            catalogue=self._catalogue,
            rdap_bootstrap=self.rdap.bootstrap,
            treat_documentation_as_public=True,
            tls=False,  # nothing listens at the addresses of the story
            authority_port=self.dns.port,
            dns_timeout_s=DNS_TIMEOUT_S,
            queries_per_second_per_server=0,  # nobody else uses these servers
            max_in_flight=MAX_IN_FLIGHT,
        )

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="herkomst-laboratory-")))
            loop = stack.enter_context(LoopThread("laboratory"))
            for server in (self.dns, self.rdap, self.feeds):
                stack.enter_context(serving(loop, server))
            self.rdap.geofeeds_at = self.feeds.url
            self._tables = self._build_tables(folder / "tables")
            self._catalogue = folder / "catalogue.json"
            write_compiled(compile_laboratory_catalogue(), self._catalogue)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def _build_tables(self, out: Path) -> Path:
        """Fetch the feeds and pack them; return the folder."""
        with httpx.Client(base_url=self.feeds.url, trust_env=False) as client:

            def lines(table: str) -> list[str]:
                return [line for version in (4, 6) for line in _fetch(client, f"/tables/{table}-ipv{version}.csv").splitlines()]

            ranges = [row for feed in self.story.feeds for row in read_feed(feed, _fetch(client, feed_path(feed)))]
            build_tables(
                out,
                asn=parse_origin_csv(lines("asn")),
                registration=parse_country_csv(lines("registration")),
                location=parse_country_csv(lines("location")),
                ranges=ranges,
                datasets=[*_table_datasets(), *(_range_dataset(feed) for feed in self.story.feeds)],
            )
        return out


@contextmanager
def serving(loop: LoopThread, server: _Server) -> Iterator[None]:
    """Start a server on the loop, and close it again."""
    loop.run(server.start())
    try:
        yield
    finally:
        loop.run(server.close())


def compile_laboratory_catalogue() -> Catalogue:
    """Return the catalogue of the invented companies, with the country sets and location codes of the real one."""
    real = load_catalogue()
    invented = _with_aws(compile_catalogue(CATALOGUE), real)
    return stamp(replace(invented, country_sets=real.country_sets, site_codes=real.site_codes))


def _with_aws(invented: Catalogue, real: Catalogue) -> Catalogue:
    """Return the catalogue with AWS as the real one has it, but for its AS numbers: accounts are read with the SDK, which knows real Regions."""
    (aws,) = (provider for provider in real.providers if provider.id == AWS)
    known = {entity.id: entity for entity in real.entities}
    owners = [known[aws.entity or ""]]
    for entity in owners:
        owners.extend(known[link.parent] for link in entity.parents if known[link.parent] not in owners)
    return replace(
        invented,
        providers=(*invented.providers, replace(aws, asns=(AsnSpan(AWS_ASN),))),
        entities=(*invented.entities, *owners),
        regions=(*invented.regions, *(region for region in real.regions if region.provider == AWS)),
        cloud_services=tuple(service for service in real.cloud_services if service.platform == AWS),
        border_groups=(*invented.border_groups, *(group for group in real.border_groups if group.provider == AWS)),
    )


def read_feed(feed: RangeFeed, text: str) -> list[RangeRow]:
    """Return the rows of one published feed. The parsers name the publisher whose shape it is; here it is another's."""
    dataset = _range_dataset(feed).name
    match feed.shape:
        case FeedShape.IP_RANGES:
            rows = parse_aws(text, dataset)
        case FeedShape.SERVICE_TAGS:
            rows = parse_azure(text, dataset)
        case FeedShape.PREFIX_LIST:
            listed = parse_prefix_list(text.splitlines(), feed.provider, dataset)
            rows = (replace(row, scope=RangeScope.EDGE) for row in listed)
    return [replace(row, provider=feed.provider) for row in rows]


def _table_datasets() -> list[Dataset]:
    kinds = (TableKind.ORIGIN, TableKind.REGISTRATION, TableKind.LOCATION)
    return [Dataset(kind, f"laboratory-{kind}", PUBLISHED_ON, PUBLISHED_ON, LICENCE) for kind in kinds]


def _range_dataset(feed: RangeFeed) -> Dataset:
    return Dataset(TableKind.RANGES, f"{feed.provider}-ranges", PUBLISHED_ON, PUBLISHED_ON, LICENCE)


def _fetch(client: httpx.Client, path: str) -> str:
    return client.get(path).raise_for_status().text
