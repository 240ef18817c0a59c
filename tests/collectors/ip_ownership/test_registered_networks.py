from __future__ import annotations

from herkomst.collectors.ip_ownership.registered import NetworkMemory, RegisteredNetwork
from hypothesis import given
from hypothesis import strategies as st


def network(first: int, size: int, version: int = 4) -> RegisteredNetwork:
    return RegisteredNetwork(version, first, first + size, ("x",), f"{first}+{size}", "", None, None, None, "r", None, b"")


networks = st.builds(network, st.integers(0, 50), st.integers(0, 20), st.sampled_from((4, 6)))


@given(st.lists(networks, max_size=15))
def test_the_smallest_remembered_network_counts_as_in_a_search_through_all(remembered: list[RegisteredNetwork]) -> None:
    memory = NetworkMemory()
    for item in remembered:
        memory.add(item)
    for version in (4, 6):
        for number in range(80):
            holding = [item for item in remembered if item.version == version and item.first <= number <= item.last]
            found = memory.find(version, number)
            if not holding:
                assert found is None
                continue
            assert found in holding
            assert found is not None
            assert found.last - found.first == min(item.last - item.first for item in holding)
