from __future__ import annotations

from pathlib import Path

import pytest
from herkomst.config.tables.builder import build_tables
from herkomst.config.tables.layout import FILE_NAME, MappedFile, pack_sections
from herkomst.config.tables.reader import PrefixTables
from herkomst.config.tables.rows import CountryRow, Dataset, TableKind, parse_prefix
from herkomst.scanner.errors import KnowledgeError
from hypothesis import given
from hypothesis import strategies as st

DATASET = Dataset(TableKind.REGISTRATION, "registrations", "1", "2026-03-01", "none")


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = [CountryRow(*parse_prefix("198.51.100.0/24"), "NL")]
    return build_tables(tmp_path_factory.mktemp("packed"), registration=rows, datasets=[DATASET])


def refuse(path: Path, data: bytes) -> KnowledgeError:
    path.write_bytes(data)
    with pytest.raises(KnowledgeError) as caught:
        PrefixTables.open(path.parent)
    return caught.value


def test_a_missing_file_is_named_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError) as caught:
        PrefixTables.open(tmp_path)
    assert caught.value.place == str(tmp_path / FILE_NAME)
    assert "herkomst data update" in caught.value.advice


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(KnowledgeError):
        PrefixTables.open(tmp_path)


@given(share=st.floats(0, 1, exclude_max=True))
def test_a_truncated_file_is_refused(packed: Path, tmp_path_factory: pytest.TempPathFactory, share: float) -> None:
    whole = packed.read_bytes()
    error = refuse(tmp_path_factory.mktemp("cut") / FILE_NAME, whole[: int(len(whole) * share)])
    assert "herkomst data update" in str(error)


@given(place=st.integers(0, 2**32), flip=st.integers(1, 255))
def test_one_changed_byte_is_refused(packed: Path, tmp_path_factory: pytest.TempPathFactory, place: int, flip: int) -> None:
    data = bytearray(packed.read_bytes())
    data[place % len(data)] ^= flip
    refuse(tmp_path_factory.mktemp("changed") / FILE_NAME, bytes(data))


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    refuse(tmp_path_factory.mktemp("noise") / FILE_NAME, data)


def test_a_whole_file_that_lacks_a_section_is_refused(tmp_path: Path) -> None:
    error = refuse(tmp_path / FILE_NAME, pack_sections({"datasets": b"[]"}))
    assert "lacks its section" in str(error)


def test_another_format_version_is_named(packed: Path, tmp_path: Path) -> None:
    data = bytearray(packed.read_bytes())
    data[8] = 99
    assert "format 99" in str(refuse(tmp_path / FILE_NAME, bytes(data)))


def test_sections_come_back_as_they_were_packed(tmp_path: Path) -> None:
    sections = {"one": b"1", "two": b"", "three": b"3" * 13}
    (tmp_path / FILE_NAME).write_bytes(pack_sections(sections))
    file = MappedFile(tmp_path / FILE_NAME)
    found = {name: file.map[offset : offset + length] for name, (offset, length) in file.sections.items()}
    assert found == sections
    assert all(offset % 8 == 0 for offset, _ in file.sections.values())
    file.map.close()
