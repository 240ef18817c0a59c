from __future__ import annotations

from dataclasses import replace

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
            remembered_one = memory.find(version, number)
            found = remembered_one.network if remembered_one else None
            if not holding:
                assert found is None
                continue
            assert found in holding
            assert found is not None
            assert found.last - found.first == min(item.last - item.first for item in holding)


def test_an_allocation_answers_only_for_the_origins_it_was_returned_for() -> None:
    memory = NetworkMemory()
    allocation = replace(network(0, 255), type="ALLOCATED PA")
    memory.add(allocation, "64500")
    assert memory.find(4, 7, "64500") is not None
    assert memory.find(4, 7, "64501") is None
    memory.add(allocation, "64501")
    assert memory.find(4, 7, "64500") is not None
    assert memory.find(4, 7, "64501") is not None
    memory.add(replace(network(16, 15), type="ASSIGNED PA"), "64502")
    assert memory.find(4, 20, "64599") is not None
