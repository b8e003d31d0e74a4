"""A wrong form is refused: cell by cell, row by row, or whole; in both languages, at least fifteen kinds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lims.db.engine import Database
from lims.errors import Invalid
from lims.rounds.service import exchange
from tests.form_factory import LAB, SHEET, FilledForm, accepted, answered, judged, technician
from tests.round_factory import QUALITATIVE, QUANTITATIVE, START, World, at, new_world


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


@pytest.fixture
def panel(world: World) -> World:
    with at(START):
        world.to_testing(QUALITATIVE)
    return world


Change = Callable[[FilledForm, str, World], None]


def set_cell(heading: str, value: object) -> Change:
    return lambda form, code, _world: setattr(form.cell(code, heading), "value", value)


def set_field(label: str, value: object) -> Change:
    return lambda form, _code, _world: setattr(form.field(label), "value", value)


def other_code(form: FilledForm, code: str, _world: World) -> None:
    form.cell(code, "Sample").value = "ZZZZZZ"


def twice(form: FilledForm, code: str, _world: World) -> None:
    other = next(one for one in form.codes() if one != code)
    form.cell(other, "Sample").value = code


def without_row(form: FilledForm, code: str, _world: World) -> None:
    form.sheet.delete_rows(form.cell(code, "Sample").row)


def outside(form: FilledForm, code: str, _world: World) -> None:
    form.sheet.cell(form.cell(code, "Sample").row, 14).value = "see page 2"


def u_without_k(form: FilledForm, code: str, _world: World) -> None:
    form.cell(code, "Expanded uncertainty U").value = "0.3"


def negative_u(form: FilledForm, code: str, _world: World) -> None:
    form.cell(code, "Expanded uncertainty U").value, form.cell(code, "Coverage factor k").value = "-0.3", "2"


ROWS = [
    ("unknown_item", QUALITATIVE, other_code, "ZZZZZZ"), ("duplicate", QUALITATIVE, twice, "stands in the rows"),
    ("row_removed", QUALITATIVE, without_row, "its row is missing"),
    ("no_result", QUALITATIVE, set_cell("Result", None), "nothing was read"),
    ("result_code", QUALITATIVE, set_cell("Result", "PERHAPS"), "PERHAPS"), ("cycle", QUALITATIVE, set_cell("Ct", "thirty"), "thirty"),
    ("number", QUANTITATIVE, set_cell("Value", "about 4"), "about 4"), ("unit", QUANTITATIVE, set_cell("Unit", "furlong"), "furlong"),
    ("unit_missing", QUANTITATIVE, set_cell("Unit", None), "no unit was read"),
    ("not_positive", QUANTITATIVE, negative_u, "-0.3"), ("k_missing", QUANTITATIVE, u_without_k, "coverage factor"),
    ("u_missing", QUANTITATIVE, set_cell("Coverage factor k", "2"), "k = 2"),
    ("future", QUANTITATIVE, set_field("Test date", "2026-12-31"), "2026-12-31"),
    ("date", QUANTITATIVE, set_field("Test date", "last week"), "last week"),
    ("formula", QUANTITATIVE, set_cell("Value", "=1+3.5"), "=1+3.5"), ("error_value", QUANTITATIVE, set_cell("Value", "#N/A"), "#N/A"),
    ("outside", QUANTITATIVE, outside, "see page 2"), ("relation", QUANTITATIVE, set_cell("Relation", "~"), "~"),
    ("replicate", QUANTITATIVE, set_cell("Replicates", "4.5; x"), "x"), ("too_long", QUANTITATIVE, set_cell("Remark", "r" * 401), "401"),
    ("method", QUANTITATIVE, set_field("Method", "guessing"), "guessing"),
    ("statement", QUANTITATIVE, set_field("no result was exchanged", "sure"), "sure"),
]  # fmt: skip


@pytest.mark.parametrize("scoring", [QUALITATIVE, QUANTITATIVE], ids=["qualitative", "quantitative"])
def test_a_wrong_row_is_refused_with_its_cell_and_the_others_are_taken(world: World, scoring) -> None:
    with at(START):
        world.to_testing(scoring)
        content, codes = answered(world).bytes(), set(world.numbers(LAB))
        for kind, change, read in [(row[0], row[2], row[3]) for row in ROWS if row[1] is scoring]:
            form = FilledForm(content)
            change(form, form.codes()[0], world)
            told = judged(world, form)
            found = [*told.filled.strays, *(problem for row in told.filled.refused for problem in row.problems)]
            one = next((one for one in found if one.code == kind), None)
            assert one is not None, (kind, found)
            is_a_cell = re.fullmatch(r"[A-Z]\d+", one.cell) is not None and one.cell in one.say("en") and one.cell in one.say("zh_CN")
            assert (is_a_cell or kind == "row_removed") and read in one.say("en"), one.say("en")
            assert re.search(r"[\u4e00-\u9fff]{3}", one.say("zh_CN")), kind
            refused = {row.name for row in told.filled.refused}
            assert {one.code for one in told.entry.values} == codes - refused, kind
            assert refused or told.filled.strays


def tampered(form: FilledForm, _world: World) -> None:
    sheet = form.book["lims"]
    sheet["B2"].value = str(sheet["B2"].value).replace('"protocol_version":1', '"protocol_version":2')


def without_seal(form: FilledForm, _world: World) -> None:
    form.book["lims"]["B3"].value = None


def without_identity(form: FilledForm, _world: World) -> None:
    form.book.remove(form.book["lims"])


def without_sheet(form: FilledForm, _world: World) -> None:
    form.book.remove(form.book[SHEET])


def changed_heading(form: FilledForm, _world: World) -> None:
    form.sheet.cell(form.heads_row, 3).value = "something else"


def moved_rows(form: FilledForm, _world: World) -> None:
    form.sheet.insert_rows(3)


FILES = [
    ("rounds.form_changed", tampered), ("rounds.form_changed", without_seal), ("rounds.form_unknown", without_identity),
    ("rounds.form_sheet", without_sheet), ("rounds.form_cells", changed_heading), ("rounds.form_cells", moved_rows),
]  # fmt: skip


def test_a_form_with_a_changed_identity_or_layout_is_refused_whole(panel: World) -> None:
    with at(START):
        content = answered(panel).bytes()
        for code, change in FILES:
            form = FilledForm(content)
            change(form, panel)
            with pytest.raises(Invalid) as refusal:
                accepted(panel, form)
            assert refusal.value.code == code, change
    assert panel.version(LAB) == 0


def test_a_form_of_another_laboratory_is_refused_without_naming_it(panel: World) -> None:
    with at(START):
        form = answered(panel, "CUSA")
        with pytest.raises(Invalid) as refusal:
            accepted(panel, form)
    assert refusal.value.code == "rounds.form_other_participant"
    told = str(refusal.value)
    assert str(panel.part("CUSA").code) not in told and "CUSA" not in told and panel.version(LAB) == 0


def test_a_form_of_another_round_or_of_codes_that_became_void_is_refused(panel: World) -> None:
    with at(START):
        form = answered(panel)
        first = panel.round_id
        panel.withdraw_items()
        panel.send()
        for lab in panel.box_codes:
            panel.receive(lab)
        with pytest.raises(Invalid) as refusal:
            accepted(panel, form)
        assert refusal.value.code == "rounds.form_old"
        panel.to_testing(QUALITATIVE)
        assert panel.round_id != first
        with pytest.raises(Invalid) as refusal:
            accepted(panel, form)
        assert refusal.value.code == "rounds.form_other_round" and panel.version(LAB) == 0


def test_a_file_that_is_no_form_or_too_large_is_refused_with_a_sentence(panel: World) -> None:
    with at(START):
        for content in (b"", b"not a workbook \x00\x01", b"PK\x03\x04 broken", b"a,b\n1,2\n", b"x" * (exchange.MOST_BYTES + 1)):
            with pytest.raises(Invalid):
                exchange.judge_form(technician(panel), panel.round_id, "x.xlsx", content)
