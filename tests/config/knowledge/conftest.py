"""A small catalogue, written to a folder, that the tests of this folder spoil one thing at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

FILES = {
    "providers/hoster.yaml": """\
id: hoster
name: Hoster
kinds: [hosting, dns]
entity: hoster-bv
asns:
  - {asn: 64500, from: 2020-01-01, until: 2024}
  - {asn: 64501}
holder_names: [Hoster B.V.]
sites:
  countries: [NL]
  source: {url: "https://hoster.example/sites", as_of: 2026-01, title: "Hoster: its sites"}
signatures:
  - {record: ns, match: suffix, value: ns.hoster.example, role: dns}
  - {record: mx, match: regex, value: hoster.example, regex: 'mx\\d+', role: mailbox}
  - {record: txt, match: prefix, value: "hoster=", role: verification}
sources:
  - {url: "https://hoster.example/about", as_of: 2025, title: "Hoster: about"}
""",
    "entities/hoster-bv.yaml": """\
id: hoster-bv
name: Hoster B.V.
country: NL
kvk: "00000000"
names: [Oude Hoster B.V.]
seat: {url: "https://hoster.example/terms", as_of: 2026-02-03, title: "Hoster: terms"}
parents:
  - {entity: group-inc, status: announced, from: 2026-01-15}
  - entity: group-inc
    status: closed
    from: 2026-05
    source: {url: "https://news.example/deal", as_of: 2026-05-20, title: "News: the deal is done"}
investors:
  - {name: A Fund, country: "NO", share: 10 percent}
""",
    "entities/group-inc.yaml": """\
id: group-inc
name: Group, Inc.
country: US
top: {url: "https://group.example/10-k", as_of: 2025-12-31, title: "Group: listed, no controlling holder"}
""",
    "regions.yaml": """\
regions:
  - {provider: hoster, code: eu-1, city: Amsterdam, countries: [NL, "NO"], partition: main, aliases: [eu]}
""",
    "border_groups.yaml": "border_groups:\n  - {provider: hoster, code: eu-1-osl-1, country: NO, city: Oslo}\n",
    "cloud_services.yaml": """\
cloud_services:
  - {platform: hoster, id: queue, name: Queue, class: proprietary, resources: ["queue:queue"], because: its own, source: &read {url: "https://hoster.example/api", as_of: 2026-02, title: "Hoster: API"}}
  - {platform: hoster, id: sql, name: SQL, class: portable, resources: ["sql:db"], because: PostgreSQL, source: *read}
""",
    "country_sets.yaml": "country_sets:\n  - {name: NORDIC, countries: [DK, FI, IS, NO, SE]}\n",
    "site_codes.yaml": "site_codes:\n  - {code: ams, country: NL, city: Amsterdam}\n",
    "anycast.yaml": 'anycast:\n  - {prefix: "192.0.2.0/24", provider: hoster}\n  - {prefix: "2001:db8::/32"}\n',
}


@pytest.fixture
def catalogue_folder(tmp_path: Path) -> Path:
    """A folder with every kind of file, all right."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path
