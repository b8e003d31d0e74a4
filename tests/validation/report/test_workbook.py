"""The validation report: its contents, its numbers recomputed by another program, its seal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from lims.rounds.report.checking import check
from lims.rounds.report.sealed import for_cells
from lims.rounds.report.workbook import pairs
from lims.seals import Sealer, open_sealer
from lims.validation.report.desk import CONTENTS, SHEETS
from lims.validation.report.workbook import build, data_of, drawn, report_of
from tests.office import converted
from tests.tampering import edited, packed, parts_of, replaced
from tests.validation_report_factory import REPORTS

NAMES = list(REPORTS)
FEWEST_FORMULAS = {"qualitative": 150, "comparison": 100, "measured": 60}


@pytest.fixture(scope="module")
def sealer(tmp_path_factory: pytest.TempPathFactory) -> Sealer:
    return open_sealer(tmp_path_factory.mktemp("key"))


@pytest.fixture(scope="module")
def content(sealer: Sealer) -> bytes:
    return build(REPORTS["small"](), sealer)


@pytest.mark.parametrize("name", NAMES)
def test_every_required_item_stands_on_a_sheet_in_a_range_that_is_not_empty(name: str) -> None:
    desk = drawn(REPORTS[name]())
    book = load_workbook(BytesIO(desk.book.to_bytes()))
    assert list(CONTENTS) and len(book.sheetnames) == len(SHEETS)
    for item in CONTENTS:
        places = desk.places.get(item, [])
        assert places, f"{item} stands nowhere"
        for place in places:
            cells = [cell for row in book[place.sheet].iter_rows(place.first, place.last) for cell in row if cell.value is not None]
            assert cells, f"{item}: {place} is empty"


def test_the_same_report_gives_the_same_bytes(sealer: Sealer) -> None:
    assert build(REPORTS["comparison"](), sealer) == build(REPORTS["comparison"](), sealer)


@pytest.mark.parametrize("name", NAMES)
def test_the_sealed_data_give_the_report_again(name: str) -> None:
    report = REPORTS[name]()
    assert report_of(data_of(report)) == report and for_cells(data_of(report)) == data_of(report)


@pytest.mark.parametrize("name", NAMES)
def test_every_formula_stands_at_the_right_of_its_number(name: str) -> None:
    book = load_workbook(BytesIO(build(REPORTS[name]())))
    assert len(list(pairs(book))) >= FEWEST_FORMULAS.get(name, 1)


@pytest.mark.office
@pytest.mark.parametrize("name", ["qualitative", "comparison", "measured"])
def test_another_program_recalculates_every_number_alike(name: str, tmp_path: Path) -> None:
    content = build(REPORTS[name]())
    again = load_workbook(converted(content, tmp_path), data_only=True)
    for sheet, value_cell, formula_cell in pairs(load_workbook(BytesIO(content))):
        value, recalculated = again[sheet][value_cell].value, again[sheet][formula_cell].value
        assert isinstance(recalculated, int | float), f"{sheet}!{formula_cell}: {recalculated!r}"
        assert recalculated == pytest.approx(value, rel=1e-9, abs=1e-9), f"{sheet}!{formula_cell}"


@pytest.mark.parametrize("name", ["small", "comparison", "measured", "english"])
def test_an_untouched_report_holds(name: str, sealer: Sealer) -> None:
    found = check(build(REPORTS[name](), sealer), sealer.public_key)
    assert (found["state"], found["origin"], found["differences"]) == ("holds", "proven", [])
    assert (found["number"], found["round_code"]) == ("VR-26-01", "V-26-01")


@pytest.mark.office
def test_a_report_saved_again_by_another_program_holds_with_a_note(content: bytes, sealer: Sealer, tmp_path: Path) -> None:
    found = check(converted(content, tmp_path).read_bytes(), sealer.public_key)
    assert (found["state"], found["is_saved_again"], found["differences"]) == ("holds", True, [])


def sheet_of(key: str) -> str:
    return f"xl/worksheets/sheet{list(SHEETS).index(key) + 1}.xml"


def number_in(key: str, change: str = "0.999") -> Callable[[bytes], bytes]:
    """The first fractional number of a sheet replaced."""
    return lambda content: replaced(content, sheet_of(key), r"<v>0\.\d+</v>", f"<v>{change}</v>")


def word_in(key: str, word: str, by: str) -> Callable[[bytes], bytes]:
    return lambda content: edited(content, sheet_of(key), lambda xml: xml.replace(word, by, 1))


def without_sheet(content: bytes) -> bytes:
    parts = parts_of(content)
    book = parts["xl/workbook.xml"].decode()
    parts["xl/workbook.xml"] = re.sub(r"<sheet [^>]*sheetId=\"10\"[^>]*/>", "", book).encode()
    return packed(parts)


TAMPERINGS: dict[str, Callable[[bytes], bytes]] = {
    "an estimate": number_in("results"),
    "a number of the criteria": number_in("criteria"),
    "a number of the sensitivity": number_in("sensitivity"),
    "a point of a chart": number_in("charts"),
    "a verdict on the summary": word_in("summary", "not shown", "met"),
    "a verdict of a criterion": word_in("criteria", "not shown", "met"),
    "a limit of the plan": word_in("plan", "0.90", "0.70"),
    "the decision": word_in("conclusion", "approved with limits", "approved"),
    "the scope": word_in("conclusion", "CDC Laboratory B", "CDC Laboratory C"),
    "a row of the data": word_in("data", "negative", "positive"),
    "the reason of an exclusion": word_in("data", "haemolysed", "lost"),
    "a discordant result": word_in("discordants", "positive", "negative"),
    "a hash of the raw data": word_in("trace", "1212", "1313"),
    "a formula": lambda content: replaced(content, sheet_of("results"), r"<f>[^<]*</f>", "<f>1</f>"),
    "the public key": lambda content: edited(
        content, f"xl/worksheets/sheet{len(SHEETS) + 1}.xml", lambda xml: xml.replace("=</t>", "A=</t>", 1)
    ),
    "a sealed row": lambda content: edited(
        content, f"xl/worksheets/sheet{len(SHEETS) + 1}.xml", lambda xml: xml.replace("haemolysed", "haemolyzed", 1)
    ),
    "a sheet taken out": without_sheet,
    "a hidden column": lambda content: edited(content, sheet_of("results"), lambda xml: xml.replace("<col ", '<col hidden="1" ', 1)),
    "the series of a chart": lambda content: replaced(content, "xl/charts/chart1.xml", r"\$B\$(\d+):", r"$C$\1:"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_changed_report_is_rejected(name: str, content: bytes, sealer: Sealer) -> None:
    found = check(TAMPERINGS[name](content), sealer.public_key)
    assert found["state"] == "changed" and found["differences"], name


def test_data_sealed_with_another_key_are_not_those_of_the_named_key(content: bytes, tmp_path: Path) -> None:
    other = open_sealer(tmp_path)
    found = check(build(REPORTS["small"](), other), check_key(content), True)
    assert found["state"] == "changed"


def check_key(content: bytes) -> str:
    from lims.rounds.report.sealed import read_seal
    from lims.sheets.shown import shown

    seal = read_seal(shown(content))
    assert seal is not None
    return seal.public_key


def charts_of(content: bytes) -> Iterator[str]:
    return (part.decode() for name, part in parts_of(content).items() if name.startswith("xl/charts/chart"))


@pytest.mark.parametrize(("name", "kinds"), [("qualitative", ("barChart", "scatterChart")), ("comparison", ("scatterChart",))])
def test_the_charts_are_native(name: str, kinds: tuple[str, ...]) -> None:
    found = "".join(charts_of(build(REPORTS[name]())))
    assert all(kind in found for kind in kinds)


def test_text_that_looks_like_a_formula_stays_text() -> None:
    book = load_workbook(BytesIO(build(REPORTS["qualitative"]())))
    found: list[Any] = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value == "=12"]
    assert found and all(cell.data_type == "s" or cell.data_type == "inlineStr" for cell in found)


def test_a_study_without_data_gives_a_report_that_says_so(sealer: Sealer) -> None:
    report = REPORTS["small"]()
    empty = replace(report, parts=tuple(replace(one, study=replace(one.study, observations=(), exclusions=())) for one in report.parts))
    assert check(build(empty, sealer), sealer.public_key)["state"] == "holds"
