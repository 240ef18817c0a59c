"""Many addresses at once: with numpy, without it, and one by one, the answers are the same."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from socket import AF_INET6, inet_ntop

import pytest
from herkomst.config.tables.builder import build_tables
from herkomst.config.tables.bulk import find_values4, find_values4_one_by_one
from herkomst.config.tables.reader import PrefixTables
from herkomst.config.tables.rows import Dataset, OriginRow, TableKind, format_address, parse_prefix
from hypothesis import given
from hypothesis import strategies as st

PREFIXES = (
    "0.0.0.0/32",
    "192.0.2.0/25",
    "192.0.2.64/26",
    "198.51.100.0/24",
    "255.255.255.255/32",
    "2001:db8::/32",
    "2001:db8::8/125",
)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrefixTables]:
    folder = tmp_path_factory.mktemp("tables")
    rows = [OriginRow(*parse_prefix(prefix), 64496 + number, "name") for number, prefix in enumerate(PREFIXES)]
    build_tables(folder, asn=rows, datasets=[Dataset(TableKind.ORIGIN, "origins", "1", "2026-03-01", "none")])
    opened = PrefixTables.open(folder)
    opened.value_numbers(4, b"")  # loading numpy is not what is timed
    yield opened
    opened.close()


near = st.sampled_from([0, 1, 0xC0000200, 0xC0000240, 0xC000027F, 0xC0000280, 0xC6336400, 0xC6336500, 0xFFFFFFFF, 0xFFFFFFFE])


@given(st.lists(near | st.integers(0, 0xFFFFFFFF), max_size=30))
def test_a_batch_agrees_with_single_look_ups_and_with_the_way_without_numpy(tables: PrefixTables, numbers: list[int]) -> None:
    pytest.importorskip("numpy", reason="numpy is the extra `bulk`")
    packed = b"".join(number.to_bytes(4, "big") for number in numbers)
    found = tables.value_numbers(4, packed)
    assert found.tolist() == find_values4_one_by_one(packed, *tables.columns4).tolist()
    assert [tables.value(number) for number in found] == [tables.values(format_address(4, number)) for number in numbers]


@given(st.lists(st.integers((0x20010DB8 << 96) - 3, (0x20010DB8 << 96) + 20), max_size=20))
def test_a_batch_of_ipv6_agrees_with_single_look_ups(tables: PrefixTables, numbers: list[int]) -> None:
    addresses = [number.to_bytes(16, "big") for number in numbers]
    found = tables.value_numbers(6, b"".join(addresses))
    assert [tables.value(number) for number in found] == [tables.values(inet_ntop(AF_INET6, address)) for address in addresses]


def test_half_an_address_is_refused(tables: PrefixTables) -> None:
    with pytest.raises(ValueError, match="4 bytes"):
        find_values4(b"\x01\x02\x03", *tables.columns4)


def test_without_numpy_the_other_way_is_taken(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['numpy'] = None\n"
        "from herkomst.config.tables.reader import PrefixTables\n"
        "tables = PrefixTables.open()\n"
        "print(*(tables.value(number).asns for number in tables.value_numbers(4, bytes([8, 8, 8, 8]))))\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert ran.stdout.strip() == "(15169,)"


def test_tables_can_be_closed_after_a_batch(tmp_path: Path) -> None:
    build_tables(tmp_path)
    tables = PrefixTables.open(tmp_path)
    tables.value_numbers(4, bytes(4))
    tables.close()


def test_numpy_is_loaded_at_the_first_batch_and_not_before(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom herkomst.config.tables.reader import PrefixTables\n"
        "tables = PrefixTables.open(); tables.values('192.0.2.1'); assert 'numpy' not in sys.modules\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=tmp_path).returncode == 0
