"""Lists of analysers are kept without the patients they name, and read the same afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from instruments.contract import RawFile
from instruments.registry import parse
from instruments.table_persons import without_persons
from tests.instruments.families import NONE, REAL, name_of, raw_file

OWN = Path(__file__).parent
ACCESS = (OWN / "immuno_beckman_access" / "calls.csv").read_bytes()
SYSMEX = (OWN / "sysmex_csv" / "english.csv").read_bytes()


@pytest.mark.parametrize(("content", "names", "count"), [(ACCESS, b"P-0001", 2), (SYSMEX, b"Person", 3)], ids=["access", "sysmex"])
def test_patients_are_blanked_and_counted(content: bytes, names: bytes, count: int):
    done = without_persons(content)
    assert names in content and names not in done.content and b"1981/01/01" not in done.content
    assert done.records == count
    assert len(done.content.splitlines()) == len(content.splitlines())


def test_a_line_whose_cells_moved_keeps_no_person():
    lines = SYSMEX.splitlines()
    lines[1] = lines[1].replace(b",000451", b"").replace(b"Person A", b"Moved Person")
    assert b"Moved" not in without_persons(b"\n".join(lines)).content
    assert b"Open" not in without_persons(SYSMEX.replace(b"Person A", b'"Open Person')).content


def test_the_readings_are_the_same_without_patients():
    for content in (ACCESS, SYSMEX):
        before, after = (parse(RawFile("x.csv", one)).file for one in (content, without_persons(content).content))
        assert before.readings == after.readings and [one.where for one in before.skipped] == [one.where for one in after.skipped]


def test_a_list_in_utf_16_is_blanked_too():
    packed = ACCESS.decode().encode("utf-16")
    assert "P-0001" not in without_persons(packed).content.decode("utf-16")


def test_a_quoted_name_with_a_comma_is_one_field():
    content = SYSMEX.replace(b"Person A", b'"Person, A"')
    assert b"Person" not in without_persons(content).content


@pytest.mark.parametrize("entry", REAL or NONE, ids=name_of)
def test_no_other_file_is_touched(entry):
    if entry["path"].startswith(("real/immuno", "real/sysmex_csv", "real/astm", "real/hl7")):
        pytest.skip("it may name persons")
    content = raw_file(entry).content
    assert without_persons(content).content == content
