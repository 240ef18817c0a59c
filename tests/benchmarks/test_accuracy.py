"""The scores of the accuracy benchmark: what counts as agreement, as wrong, as unknown, and what the records themselves show."""

from __future__ import annotations

from typing import Any

import pytest
from accuracy.scores import Compared, Share, classify, compare, ratios, reasons, table
from accuracy.signs import read_signs

MICROSOFT = {"id": "microsoft-365", "name": "Microsoft 365"}


def recorded(label: str = "microsoft", **records: Any) -> dict[str, Any]:
    lines = {"mx": ["mx.voorbeeld.example"], "mx_asns": [64496], **records}
    return {"cc": "SE", "domain": "voorbeeld.example", "records": lines, "truth": {"provider": label, "reason": "a rule"}}


def inspected(*providers: dict[str, str] | None, asn: int = 64496) -> dict[str, Any]:
    inbound = {"role": "mail.inbound", "provider": None, "network": {"asn": asn}}
    mailboxes = [{"role": "mail.mailbox", "provider": provider, "network": None} for provider in providers]
    return {"subject": "voorbeeld.example", "placements": [inbound, *mailboxes]}


def outcome(compared: Compared) -> tuple[bool, bool, bool]:
    return compared.agrees, compared.wrong_definite, compared.unknown


@pytest.mark.parametrize(
    ("label", "providers", "expected"),
    [
        ("microsoft", [MICROSOFT], (True, False, False)),
        ("microsoft", [None], (False, False, True)),
        ("google", [MICROSOFT], (False, True, False)),
        ("local-isp", [MICROSOFT], (False, True, False)),
        ("local-isp", [None], (True, False, True)),
        ("independent", [], (True, False, True)),
        ("zoho", [{"id": "zoho-mail", "name": "Zoho Mail"}], (True, False, False)),
        ("microsoft", [MICROSOFT, {"id": "zoho-mail", "name": "Zoho Mail"}], (False, True, False)),
        ("microsoft", [MICROSOFT, None], (True, False, False)),
    ],
)
def test_a_domain_agrees_is_wrong_or_is_unknown(label: str, providers: list[Any], expected: tuple[bool, bool, bool]) -> None:
    assert outcome(compare(inspected(*providers), recorded(label))) == expected


def test_the_class_is_read_from_the_id_or_the_name_as_an_outside_scorer_would() -> None:
    found = [
        classify({"id": key, "name": name}) for key, name in (("aws", "AWS"), ("workmail", "Amazon WorkMail"), ("gcp", "Google"))
    ]
    assert found == ["amazon", "amazon", "google"]
    assert classify({"id": "laws-online", "name": "Laws Online"}) == "other"
    assert classify(None) == "none"


def test_the_network_leaves_the_score_where_nobody_knows_which_host_was_in_which_as() -> None:
    assert compare(inspected(None), recorded()).network_agrees is True
    assert compare(inspected(None, asn=64511), recorded()).network_agrees is False
    two = recorded(mx=["mx1.voorbeeld.example", "mx2.voorbeeld.example"], mx_asns=[64496, 64497])
    assert compare(inspected(None), two).network_agrees is None


def test_a_platform_is_clear_by_two_kinds_of_sign_and_a_token_is_none_alone() -> None:
    token = {"txt_verifications": {"microsoft": "ms1"}}
    spf = {"spf": "v=spf1 include:spf.protection.outlook.com -all"}
    two_selectors = {"dkim": {"selector1": "a.onmicrosoft.com", "selector2": "b.onmicrosoft.com"}}
    assert not read_signs(token).is_clear("microsoft")
    assert not read_signs(spf).is_clear("microsoft")
    assert not read_signs(two_selectors).is_clear("microsoft")
    assert read_signs(spf | token).is_clear("microsoft")
    assert read_signs(spf | two_selectors).clear == {"microsoft"}
    assert read_signs(token).clear == {"other"}
    assert read_signs(spf).clear == frozenset()


def test_names_count_at_label_boundaries_and_an_include_of_somebody_elses_policy_does_not_count() -> None:
    assert read_signs({"mx": ["mx.notgoogle.com"]}).kinds == {}
    nested = {
        "spf": "v=spf1 include:a.example -all",
        "spf_resolved": "v=spf1 include:a.example -all v=spf1 include:_spf.google.com ~all",
    }
    assert read_signs(nested).kinds == {}


def test_a_disagreement_says_which_side_rests_on_what() -> None:
    spf = "v=spf1 include:spf.protection.outlook.com -all"
    behind = recorded("local-isp", spf=spf, autodiscover={"autodiscover_cname": "autodiscover.outlook.com."})
    assert "the label is wrong" in compare(inspected(MICROSOFT), behind).reason
    token = recorded("microsoft", txt_verifications={"microsoft": "ms1"})
    assert "token" in compare(inspected(None), token).reason
    assert "no record" in compare(inspected(None), recorded("microsoft")).reason
    assert "point to more" in compare(inspected(MICROSOFT), recorded("google", spf=spf)).reason


def test_reasons_are_totals_that_name_no_domain() -> None:
    compared = [compare(inspected(None), recorded("microsoft")), compare(inspected(MICROSOFT), recorded("microsoft"))]
    assert reasons(compared) == ["    1  no record names what the label says"]


def test_wilsons_interval_holds_the_share_and_is_wide_where_little_was_counted() -> None:
    low, high = Share(97, 100).interval
    assert (round(low, 4), round(high, 4)) == (0.9155, 0.9897)
    assert Share(0, 0).interval == (0.0, 1.0)
    assert Share(3, 3).interval[0] == pytest.approx(0.4385, abs=1e-4)


def test_an_unknown_lowers_recall_and_never_precision() -> None:
    compared = [compare(inspected(provider), recorded("microsoft")) for provider in (MICROSOFT, None)]
    assert (ratios(compared)["agreement"].value, ratios(compared)["wrong_definite"].value) == (0.5, 0.0)
    row = table(compared)[1].split()
    assert (row[0], row[2], row[4], row[8]) == ("microsoft", "1.000", "0.500", "0.500")
