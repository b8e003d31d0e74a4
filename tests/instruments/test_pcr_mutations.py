"""Real PCR files damaged on purpose: without its Ct column a file is refused, a damaged file gives no text that is not in it."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from instruments.contract import ParseError, RawFile
from instruments.registry import parse
from tests.instruments.families import NONE, REAL, name_of, parser_of, raw_file, raw_text_stands_at_source

PCR = [entry for entry in REAL if entry["kind"] == "qpcr" and parser_of(entry) is not None]
TEXT = [entry for entry in PCR if not entry["path"].endswith((".xlsx", ".rdml"))]
BOOKS = [entry for entry in PCR if entry["path"].endswith(".xlsx")]
PACKED = [entry for entry in PCR if entry["path"].endswith(".rdml")]
VALUE = re.compile(r"^(c[tтpqr]t?|crossingpoint|cq|threshold ?cycle.*|concentration \(copies/.*|reportedresult)$", re.IGNORECASE)


def decoded(file: RawFile) -> tuple[str, str]:
    encoding = "utf-16" if file.content[:2] == b"\xff\xfe" else "utf-8"
    return file.content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n"), encoding


def delimiter_of(line: str) -> str:
    return max("\t;,", key=line.count)


def value_columns(lines: list[str]) -> list[tuple[int, str, int]]:
    """Where a heading of results stands: line, delimiter, column. The m2000 has three, all others one."""
    found = []
    for number, line in enumerate(lines):
        delimiter = delimiter_of(line)
        cells = [cell.strip(' "') for cell in line.split(delimiter)]
        columns = [column for column, cell in enumerate(cells) if VALUE.match(cell)]
        if len(cells) > 4 and len(columns) == 1:
            found.append((number, delimiter, columns[0]))
    return found


def changed(file: RawFile, change: Callable[[list[str], int], None]) -> RawFile:
    """The file with each heading of results changed, and with it the rows below when the column is taken out."""
    text, encoding = decoded(file)
    lines = text.split("\n")
    places = value_columns(lines)
    assert places, "no heading of results found"
    for (start, delimiter, column), end in zip(places, [*(one[0] for one in places[1:]), len(lines)], strict=True):
        for number in range(start, end):
            cells = lines[number].split(delimiter)
            if len(cells) > column and (number == start or change is take_out):
                change(cells, column)
                lines[number] = delimiter.join(cells)
    return RawFile(file.name, "\n".join(lines).encode(encoding))


def rename(cells: list[str], column: int) -> None:
    cells[column] = "Cyclus"


def take_out(cells: list[str], column: int) -> None:
    del cells[column]


def blank(cells: list[str], column: int) -> None:
    cells[column] = ""


@pytest.mark.parametrize("change", [rename, take_out, blank])
@pytest.mark.parametrize("entry", TEXT or NONE, ids=name_of)
def test_without_its_ct_column_a_text_file_is_refused(entry: dict[str, Any], change: Callable[[list[str], int], None]):
    file = changed(raw_file(entry), change)
    with pytest.raises(ParseError) as caught:
        parse(file)
    assert caught.value.code != "parser_failed"


@pytest.mark.parametrize("entry", BOOKS or NONE, ids=name_of)
def test_without_its_ct_column_a_workbook_is_refused(entry: dict[str, Any]):
    book = openpyxl.load_workbook(io.BytesIO(raw_file(entry).content))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and VALUE.match(cell.value.strip()):
                    cell.value = "Cyclus"
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(ParseError) as caught:
        parse(RawFile("x.xlsx", stream.getvalue()))
    assert caught.value.code != "parser_failed"


@pytest.mark.parametrize("entry", PACKED or NONE, ids=name_of)
def test_without_its_cq_an_rdml_is_refused(entry: dict[str, Any]):
    content = zipfile.ZipFile(io.BytesIO(raw_file(entry).content)).read("rdml_data.xml")
    with pytest.raises(ParseError) as caught:
        parse(RawFile("x.rdml", content.replace(b"<cq>", b"<cycle>").replace(b"</cq>", b"</cycle>")))
    assert caught.value.code == "no_cq"


def damage(content: bytes, chance: random.Random) -> bytes:
    """One of: cut off, a line twice, a line gone, a few bytes turned, a piece moved."""
    lines = content.split(b"\n" if b"\n" in content else b"\r")
    sign = b"\n" if b"\n" in content else b"\r"
    kind = chance.randrange(5)
    place = chance.randrange(len(content) or 1)
    if kind == 0:
        return content[: max(1, place)]
    if kind == 1:
        number = chance.randrange(len(lines))
        return sign.join([*lines[:number], lines[number], *lines[number:]])
    if kind == 2:
        number = chance.randrange(len(lines))
        return sign.join([*lines[:number], *lines[number + 1 :]])
    if kind == 3:
        turned = bytearray(content)
        for _ in range(chance.randrange(1, 6)):
            turned[chance.randrange(len(turned))] = chance.randrange(256)
        return bytes(turned)
    end = min(len(content), place + chance.randrange(1, 200))
    return content[:place] + content[end:] + content[place:end]


@pytest.mark.parametrize("entry", [*TEXT, *PACKED] or NONE, ids=name_of)
def test_a_damaged_file_is_refused_or_gives_only_what_stands_in_it(entry: dict[str, Any]):
    whole = raw_file(entry)
    silent = {(one.sample, one.target, one.raw) for one in parse(whole).file.readings if one.status == "not_detected"}
    chance = random.Random(20261124)
    for _ in range(3 if entry in PACKED else 12):
        file = RawFile(whole.name, damage(whole.content, chance))
        try:
            parsed = parse(file)
        except ParseError as refusal:
            assert refusal.code != "parser_failed", str(refusal)
            continue
        raw_text_stands_at_source(file, parsed)
        new = {one.raw for one in parsed.file.readings if one.status == "not_detected"} - {raw for _, _, raw in silent}
        assert new == set(), file


def test_a_quotation_mark_that_swallows_a_line_is_no_row():
    file = RawFile(
        "x.txt",
        b'"Experiment Name"\t"Analysis Name"\tIncluded\tPosition\t"SampleName"\tCrossingPoint\tCall\n'
        b'"E"\t"A\t1\tA1\tS1\t14.2\tpdcPositive\n'
        b'"E"\t"A"\t1\tA2\t"S2"\t30.1\tpdcPositive\n'
        b'"E"\t"A"\t1\tA3\t"S3"\t31.1\tpdcPositive\n',
    )
    parsed = parse(file).file
    assert [one.sample for one in parsed.readings] == ["S3"] and len(parsed.skipped) == 1


def test_a_row_that_lost_a_cell_is_set_aside():
    file = RawFile(
        "x.csv",
        b",Well,Fluor,Target,Content,Sample,Cq,SQ\n,A01,FAM,N,Unkn,S1,24.1,NaN\n,A02,FAM,N,Unkn,24.2,NaN\n,A03,FAM,N,Unkn,S3,NaN,1\n",
    )
    parsed = parse(file).file
    assert [(one.position, one.status) for one in parsed.readings] == [("A01", "value"), ("A03", "not_detected")]
    assert [one.reason.code for one in parsed.skipped] == ["wrong_field_count"]


def test_a_quantstudio_row_that_lost_a_cell_before_its_ct_is_set_aside():
    rows = [f"{number}\tA{number}\tS{number}\tN\tUNKNOWN\tFAM\tNFQ\t2{number}.5\t30.{number}\t0.1" for number in range(1, 10)]
    rows[4] = rows[4].replace("\tNFQ", "")
    heading = "Well\tWell Position\tSample Name\tTarget Name\tTask\tReporter\tQuencher\tCT\tCt Mean\tCt SD"
    file = RawFile(
        "x.txt", "\n".join(("* Block Type = 96", "* Instrument Type = QuantStudio 5", "", "[Results]", heading, *rows, "")).encode()
    )
    parsed = parse(file).file
    assert {one.raw for one in parsed.readings} == {f"2{number}.5" for number in range(1, 10) if number != 5}
    assert [one.reason.code for one in parsed.skipped] == ["wrong_field_count"]
