"""Which cap a resolver has when nobody sets one."""

from __future__ import annotations

import pytest
from herkomst.collectors.dns.client.pacing import PER_SECOND, cap_of


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.53", "::1"])
def test_a_resolver_of_this_machine_has_no_cap_unless_one_is_set(address: str) -> None:
    assert cap_of(address, None) == 0
    assert cap_of(address, 200) == 200


@pytest.mark.parametrize("address", ["192.0.2.53", "2001:db8::53", "fe80::1%eth0"])
def test_any_other_resolver_has_the_usual_cap_unless_another_is_set(address: str) -> None:
    assert cap_of(address, None) == PER_SECOND
    assert cap_of(address, 0) == 0
