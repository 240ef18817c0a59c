"""A small catalogue made by hand, and a way to check a text as if it were a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from herkomst.config.declarations import Checked, check_declaration
from herkomst.config.knowledge import load_catalogue
from herkomst.scanner.knowledge import Knowledge
from herkomst.scanner.model.knowledge import Catalogue, CountrySet, Entity, Provider, ProviderKind, Region

EU = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
TODAY = date(2026, 11, 23)
SAMPLE = """\
herkomst: 1
organisation: {name: Gemeente Voorbeeld}
systems:
  - name: zaaksysteem
    supplier: {name: Voorbeeld Software B.V., kvk: "00000000"}
    assets:
      domains: [zaken.voorbeeld.example]
      networks: [192.0.2.0/24]
      aws: [{account: "111122223333", role_arn: "arn:aws:iam::111122223333:role/herkomst-read"}]
      kubernetes: [{context: productie}]
    absent_roles: [database]          # the organisation says there is none
    claims:
      - {claim: hosting.country, is: [NL], said_by: supplier, source: "offerte 2026-03 p. 12", as_of: 2026-03-01}
      - {claim: hosting.jurisdiction, is: [EU], said_by: policy}
      - {claim: web.jurisdiction, not: [US], said_by: policy}
      - {claim: mail.inbound.provider, is: [soverin], said_by: supplier, source: "offerte 2026-03 p. 14"}
      - {claim: subprocessors, is: [transip, bit], said_by: supplier, source: "verwerkersovereenkomst bijlage 2"}
      - {claim: development.country, is: [NL], said_by: supplier, document: verklaring.pdf, valid_until: 2027-03-01}
"""


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    names = {"aws": "Amazon Web Services", "bit": "BIT", "cloudflare": "Cloudflare", "github": "GitHub"}
    names |= {"microsoft-365": "Microsoft 365", "soverin": "Soverin", "transip": "TransIP"}
    providers = tuple(Provider(id_, name, frozenset({ProviderKind.HOSTING}), None) for id_, name in names.items())
    return Knowledge(
        Catalogue(
            version="test",
            as_of="2026-11",
            providers=providers,
            cloud_services=load_catalogue().cloud_services,
            entities=(Entity("voorbeeld-groep", "Voorbeeld Groep N.V.", "NL"),),
            regions=(Region("aws", "eu-central-1", "Frankfurt", ("DE",)),),
            country_sets=(
                CountrySet("EU", EU, None),
                CountrySet("EEA", EU | {"IS", "LI", "NO"}, None),
                CountrySet("adequate", frozenset({"CH", "GB", "JP"}), None),
            ),
        )
    )


@pytest.fixture
def check(knowledge: Knowledge, tmp_path: Path) -> Callable[[str | bytes], Checked]:
    """Check a text as the file declaration.yaml, on 23 November 2026."""

    def check_text(text: str | bytes) -> Checked:
        path = tmp_path / "declaration.yaml"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return check_declaration(path, knowledge, TODAY)

    return check_text


@pytest.fixture(scope="session")
def sample() -> str:
    """A declaration with every kind of asset and claim, and no mistake."""
    return SAMPLE


@pytest.fixture(scope="session")
def today() -> date:
    return TODAY
