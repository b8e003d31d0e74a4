"""Chemistry files damaged on purpose: without its column of results a file is refused; a damaged file gives no text that is not in it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from instruments.contract import ParseError, RawFile
from instruments.registry import parse
from tests.instruments.families import NONE, REAL, name_of, raw_file, raw_text_stands_at_source
from tests.instruments.test_chemistry_files import FAMILIES
from tests.instruments.test_pcr_mutations import blank, damage, delimiter_of, rename, take_out

TEXT = [entry for entry in REAL if entry["path"].split("/")[1] in FAMILIES and not entry["path"].casefold().endswith((".xlsx", ".xls"))]
TEXT = [entry for entry in TEXT if not entry["expected"].get("refused")]
#: the heading of the results, where it stands in a delimited line
VALUE = re.compile(r"^(result|soln conc|conc\.|final conc\.|amount)$", re.IGNORECASE)
DELIMITED = [entry for entry in TEXT if not entry["path"].startswith(("real/sysmex", "real/openlab", "real/hach"))]
OWN = sorted(path for family in FAMILIES for path in (Path(__file__).parent / family).glob("*.*") if path.suffix in (".csv", ".txt"))


def changed(file: RawFile, change: Callable[[list[str], int], None]) -> RawFile:
    """The file with each heading of results changed, and with it the rows below when the column is taken out."""
    lines = file.content.decode("utf-8").replace("\r\n", "\n").split("\n")
    column, found = None, 0
    for number, line in enumerate(lines):
        delimiter = delimiter_of(line)
        cells = line.split(delimiter)
        places = [place for place, cell in enumerate(cells) if VALUE.match(cell.strip(' "'))]
        if len(cells) > 4 and len(places) == 1:
            column, found = places[0], found + 1
            change(cells, column)
            lines[number] = delimiter.join(cells)
        elif column is not None and change is take_out and len(cells) > column:
            take_out(cells, column)
            lines[number] = delimiter.join(cells)
    assert found, "no heading of results found"
    return RawFile(file.name, "\n".join(lines).encode())


@pytest.mark.parametrize("change", [rename, take_out, blank])
@pytest.mark.parametrize("entry", DELIMITED or NONE, ids=name_of)
def test_without_its_column_of_results_a_file_is_refused(entry: dict[str, Any], change: Callable[[list[str], int], None]):
    with pytest.raises(ParseError) as caught:
        parse(changed(raw_file(entry), change))
    assert caught.value.code != "parser_failed"


def test_a_hach_log_without_its_column_of_results_is_refused():
    path = Path(__file__).parent / "hach_dr3900" / "decimal_comma.csv"
    with pytest.raises(ParseError) as caught:
        parse(RawFile("x.csv", path.read_bytes().replace(b";Result;", b";Reading;")))
    assert caught.value.code == "no_value_column"


def test_a_blood_count_whose_heading_moved_is_refused():
    path = Path(__file__).parent / "sysmex_csv" / "english.csv"
    with pytest.raises(ParseError) as caught:
        parse(RawFile("x.csv", path.read_bytes().replace(b",HGB(g/L),", b",HCT(g/L),")))
    assert caught.value.code == "marks_without_value"


def damages(whole: RawFile, count: int) -> None:
    silent = {one.raw for one in parse(whole).file.readings if one.status == "not_detected"}
    chance = random.Random(20261124)
    for _ in range(count):
        file = RawFile(whole.name, damage(whole.content, chance))
        try:
            parsed = parse(file)
        except ParseError as refusal:
            assert refusal.code != "parser_failed", str(refusal)
            continue
        raw_text_stands_at_source(file, parsed)
        assert {one.raw for one in parsed.file.readings if one.status == "not_detected"} <= silent, file


@pytest.mark.parametrize("entry", TEXT or NONE, ids=name_of)
def test_a_damaged_file_is_refused_or_gives_only_what_stands_in_it(entry: dict[str, Any]):
    damages(raw_file(entry), 12)


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_an_own_file_damaged_is_refused_or_gives_only_what_stands_in_it(path: Path):
    damages(RawFile(path.name, path.read_bytes()), 25)
