"""Assets: pasted forms, duplicates and overlap."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from herkomst.config.declarations import Checked, Severity
from herkomst.scanner.model.claim import Asset, AssetKind
from herkomst.scanner.model.kubernetes import read_scope

Check = Callable[[str | bytes], Checked]


@pytest.mark.parametrize(
    ("written", "understood", "note"),
    [
        ("Zaken.Voorbeeld.EXAMPLE.", "zaken.voorbeeld.example", ""),
        ("https://zaken.voorbeeld.example:8443/inloggen?x=1", "zaken.voorbeeld.example", "web address"),
        ("zaken.voorbeeld.example/inloggen", "zaken.voorbeeld.example", "web address"),
        ("beheer@voorbeeld.example", "voorbeeld.example", "e-mail address"),
        ("zaken.bücher.example", "zaken.xn--bcher-kva.example", ""),
    ],
)
def test_a_pasted_name_is_understood_and_said_to_be(written: str, understood: str, note: str, check: Check) -> None:
    checked = check(_systems({"zaaksysteem": f'domains: ["{written}"]'}))

    assert checked.declaration is not None
    assert checked.declaration.systems[0].assets == (Asset(AssetKind.DOMAIN, understood),)
    assert [(problem.severity, note in str(problem)) for problem in checked.problems] == (
        [(Severity.WARNING, True)] if note else []
    )


def test_addresses_and_networks_become_canonical(check: Check) -> None:
    checked = check(_systems({"zaaksysteem": 'addresses: ["2001:DB8:0::1"], networks: ["2001:db8:1:0::/64"]'}))

    assert checked.declaration is not None
    assert [asset.value for asset in checked.declaration.systems[0].assets] == ["2001:db8::1", "2001:db8:1::/64"]


def test_one_name_in_two_systems_is_a_warning(check: Check) -> None:
    assert _warnings(check, {"een": "domains: [a.example]", "twee": "domains: [A.example]"}) == [
        "7:24: warning: This asset is also in the system 'een' (line 5). Found: 'a.example'."
    ]


def test_one_account_in_two_systems_is_a_warning_whatever_the_role(check: Check) -> None:
    role = '"arn:aws:iam::111122223333:role/read"'
    warnings = _warnings(
        check, {"een": 'aws: [{account: "111122223333"}]', "twee": f'aws: [{{account: "111122223333", role_arn: {role}}}]'}
    )

    assert ["also in the system 'een'" in warning for warning in warnings] == [True]


def test_how_an_account_is_reached_is_read_and_a_wrong_external_id_is_not_repeated(check: Check) -> None:
    access = 'role_arn: "arn:aws:iam::111122223333:role/read", external_id: "tekst/1", member_role: lezers/read'
    checked = check(_systems({"een": f'aws: [{{account: "111122223333", {access}}}]'}))
    assert checked.declaration is not None
    (asset,) = checked.declaration.systems[0].assets
    assert asset.access == (
        ("role_arn", "arn:aws:iam::111122223333:role/read"),
        ("external_id", "tekst/1"),
        ("member_role", "lezers/read"),
    )
    refused = check(_systems({"een": 'aws: [{account: "111122223333", member_role: read, external_id: "twee woorden"}]'}))
    assert ["external id" in str(problem) and "woorden" not in str(problem) for problem in refused.problems] == [True]


def test_a_name_under_a_name_of_another_system_is_a_warning(check: Check) -> None:
    warnings = _warnings(
        check, {"een": "domains: [voorbeeld.example]", "twee": "domains: [a.b.voorbeeld.example, xvoorbeeld.example]"}
    )

    assert warnings == [
        "7:24: warning: This name lies under voorbeeld.example of the system 'een' (line 5). Found: 'a.b.voorbeeld.example'."
    ]


def test_a_name_under_a_name_of_its_own_system_is_common(check: Check) -> None:
    assert _warnings(check, {"een": "domains: [voorbeeld.example, www.voorbeeld.example]"}) == []


def test_a_network_or_address_in_a_declared_network_is_a_warning(check: Check) -> None:
    warnings = _warnings(
        check,
        {
            "een": 'networks: [192.0.2.0/24, "2001:db8::/32"]',
            "twee": "networks: [192.0.2.64/26, 198.51.100.0/24], addresses: [192.0.2.65, 203.0.113.9]",
        },
    )

    assert warnings == [
        "7:25: warning: This lies in 192.0.2.0/24 of the system 'een' (line 5). Found: '192.0.2.64/26'.",
        "7:70: warning: This lies in 192.0.2.64/26 of the system 'twee' (line 7). Found: '192.0.2.65'.",
    ]


def _systems(assets: dict[str, str]) -> str:
    lines = ["herkomst: 1", "organisation: {name: Gemeente Voorbeeld}", "systems:"]
    for name, listed in assets.items():
        lines += [f"  - name: {name}", f"    assets: {{{listed}}}"]
    return "\n".join(lines) + "\n"


def _warnings(check: Check, assets: dict[str, str]) -> list[str]:
    checked = check(_systems(assets))
    assert checked.declaration is not None
    return [str(problem).split("declaration.yaml:", 1)[1] for problem in checked.problems]


def test_a_part_of_a_cluster_is_an_asset_of_its_own_and_how_it_is_reached_is_not_part_of_it(check: Check) -> None:
    reached = 'server: "https://192.0.2.10:6443", token_file: token, ca_file: ca.crt'
    checked = check(
        _systems(
            {"zaaksysteem": f'kubernetes: [{{context: productie, namespace: zaken, selector: "app in (web,api)", {reached}}}]'}
        )
    )

    assert checked.declaration is not None
    (asset,) = checked.declaration.systems[0].assets
    assert asset == Asset(AssetKind.KUBERNETES, "productie namespace=zaken selector=app in (web,api)")
    access = dict(asset.access)
    assert access["server"] == "https://192.0.2.10:6443"
    assert access["token_file"].endswith("/token")  # from the folder of the declaration
    assert set(access) == {"server", "token_file", "ca_file"}


def test_a_context_with_many_signs_in_its_name_keeps_them(check: Check) -> None:
    context = "arn:aws:eks:eu-central-1:111122223333:cluster/productie"
    checked = check(_systems({"zaaksysteem": f'kubernetes: [{{context: "{context}", namespace: zaken}}]'}))

    assert checked.declaration is not None
    scope = read_scope(checked.declaration.systems[0].assets[0].value)
    assert (scope.cluster, scope.namespace, scope.selector) == (context, "zaken", "")
