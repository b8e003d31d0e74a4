"""The result form without a network: what it holds, what comes back from it, and what is refused, cell by cell."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from lims.rounds import queries
from lims.rounds.exchange import layout
from lims.rounds.models import FormUpload
from lims.rounds.service import exchange, save_draft, sign_submission
from tests import office
from tests.factories import PASSWORD
from tests.form_factory import LAB, FilledForm, accepted, answered, form_of, judged, technician
from tests.round_factory import DEADLINE, QUALITATIVE, QUANTITATIVE, RIGHT, SECOND, START, World, at, new_world


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


@pytest.fixture
def panel(world: World) -> World:
    with at(START):
        world.to_testing(QUALITATIVE)
    return world


@pytest.fixture
def measured(world: World) -> World:
    with at(START):
        world.to_testing(QUANTITATIVE)
    return world


def values_of(world: World, lab: str = LAB) -> dict[int, object]:
    with reading() as session:
        bench = queries.own_bench(session, technician(world, lab), world.round_id)
    return {number: bench.values.get(code) for code, number in world.numbers(lab).items()}


def all_texts(content: bytes) -> str:
    with zipfile.ZipFile(BytesIO(content)) as container:
        return "\n".join(container.read(name).decode("utf-8", "replace") for name in container.namelist())


def test_the_form_is_locked_but_for_the_cells_to_fill(panel: World) -> None:
    with at(START):
        form = form_of(panel)
    codes = form.codes()
    assert form.sheet.protection.sheet and form.book.security.lockStructure
    assert sorted(codes) == sorted(panel.numbers(LAB))
    assert form.sheet.cell(form.heads_row + 1, 1).protection.locked and form.sheet.cell(form.heads_row + 1, 1).data_type == "s"
    assert not form.cell(codes[0], "Result").protection.locked and form.cell(codes[0], "Result").number_format == "@"
    assert not form.field("Test date").protection.locked and form.book["lims"].sheet_state == "veryHidden"
    lists = {rule.formula1 for rule in form.sheet.data_validations.dataValidation}
    assert '"POS,WPOS,IND,NEG,INV,DET,ND,NT"' in lists and "'代码 Codes'!$D$2:$D$" in " ".join(map(str, lists))
    shown = [str(cell.value) for row in form.sheet.iter_rows(max_row=8, max_col=2) for cell in row if cell.value]
    assert "2026-05-20 17:00 Asia/Shanghai (UTC+08:00)" in shown and "截止时间 Deadline" in shown


def test_the_form_tells_nothing_of_the_truth_or_of_others(panel: World) -> None:
    with at(START):
        name, content = exchange.offline_form(technician(panel), panel.round_id)
    texts = all_texts(content)
    others = [panel.part(lab).code for lab in panel.labs if lab != LAB]
    foreign = [code for lab in panel.labs if lab != LAB for code in panel.numbers(lab)]
    keys = [str(panel.part(lab).id) for lab in panel.labs if lab != LAB]
    names = [f"Laboratory {lab}" for lab in panel.labs] + ["Person "]
    assert [one for one in [*others, *foreign, *keys, *names] if one and one in texts] == []
    assert name == f"{panel.row().code}-{panel.part(LAB).code}.xlsx"
    own = [code for code in re.findall(r">([A-Z0-9]{6})<", texts) if code in panel.numbers(LAB)]
    with reading() as session:
        order = [one.code for one in queries.own_bench(session, technician(panel), panel.round_id).codes]
    assert own == order


def test_only_the_bench_of_a_participant_gets_it_and_only_while_results_are_taken(panel: World) -> None:
    with at(START):
        for actor in (panel.coordinator, panel.qa("cdc"), panel.labs[LAB]["auditor"]):
            with pytest.raises(Forbidden):
                exchange.offline_form(actor, panel.round_id)
        for lab in ("CUSA", "CDCD"):
            panel.submit(lab, RIGHT)
    with at(DEADLINE + SECOND):
        panel.unblind()
        with pytest.raises(RuleViolation):
            exchange.offline_form(technician(panel), panel.round_id)


def test_a_laboratory_without_a_part_finds_no_round(world: World) -> None:
    with at(START):
        world.to_testing(QUALITATIVE, "CUSA", "CDCB")
        with pytest.raises((NotFound, RuleViolation)):
            exchange.offline_form(technician(world, "CDCD"), world.round_id)


def test_a_filled_form_becomes_one_version_and_the_same_form_again_changes_nothing(panel: World) -> None:
    with at(START):
        form = answered(panel).bytes()
        shown = judged(panel, form)
        assert shown.differences and not shown.filled.refused and panel.version(LAB) == 0
        _told, saved = accepted(panel, form)
        assert saved is not None and saved.version == 1
        again = judged(panel, form)
        assert again.is_same and again.known_version == 1
        assert accepted(panel, form)[1] is None and panel.version(LAB) == 1
        assert {number: value.result_code for number, value in values_of(panel).items()} == RIGHT
        panel.hand_over(LAB)
        panel.sign(LAB)
    with reading() as session:
        kept = session.query(FormUpload).one()
    assert (kept.file_name, kept.refused_rows, len(kept.file_sha256)) == ("form.xlsx", 0, 64)


def test_what_was_typed_comes_back_unchanged(measured: World) -> None:
    with at(START):
        form, codes = answered(measured), form_of(measured).codes()
        form.head(Extraction_kit_lot="00240511", Amplification_kit="盒 A", Tested_by="Technician 1", Limit_of_detection="2.70 log10")
        form.cell(codes[0], "Value").value = "<2.70"
        form.cell(codes[1], "Value").value = "４．５００"
        form.cell(codes[1], "Replicates").value = "4.50; 4.5000"
        form.cell(codes[1], "Expanded uncertainty U").value = "0.300"
        form.cell(codes[1], "Coverage factor k").value = "2.00"
        form.cell(codes[1], "Remark").value = "  = as it is, 007 "
        told, saved = accepted(measured, form)
        with reading() as session:
            head, values = queries.own_version(session, technician(measured), measured.round_id, 1)
    by_code = {one.code: one for one in values}
    first, second = by_code[codes[0]], by_code[codes[1]]
    assert (head.head["extraction_lot"], head.head["amplification_kit"], head.head["tested_by"]) == ("00240511", "盒 A", "Technician 1")
    assert (first.relation, first.value_text) == ("<", "2.70")
    assert (second.value_text, second.replicates, second.expanded_u_text, second.k_text) == ("4.500", ["4.50", "4.5000"], "0.300", "2.00")
    assert second.remark == "= as it is, 007"
    notes = [note.say("en") for note in told.filled.notes]
    assert any("read ４．５００, kept as 4.500 (full-width" in note for note in notes)
    assert any("read <2.70, kept as the relation < and the value 2.70" in note for note in notes)
    assert saved is not None and form.cell(codes[1], "Value").coordinate in " ".join(notes)


def test_the_error_workbook_holds_the_refused_rows_and_is_taken_when_corrected(measured: World) -> None:
    with at(START):
        form = answered(measured)
        first, second = form.codes()
        form.cell(first, "Value").value = "about 4"
        form.field("Test date").value = "tomorrow"
        accepted(measured, form)
        errors = FilledForm(exchange.error_form(technician(measured), measured.round_id, "form.xlsx", form.bytes()))
        assert errors.codes() == [first] and errors.cell(first, "Value").value == "about 4"
        assert "read about 4" in errors.cell(first, "Reason").value and errors.field("Test date").value == "tomorrow"
        same = exchange.judge_form(technician(measured), measured.round_id, "e.xlsx", errors.bytes())
        assert [row.name for row in same.filled.refused] == ["tested_on", first] and same.is_same
        errors.cell(first, "Value").value, errors.field("Test date").value = "4.10", "2026/5/4"
        told, saved = accepted(measured, errors)
        with reading() as session:
            kept = queries.own_bench(session, technician(measured), measured.round_id)
    assert saved is not None and saved.version == 2 and not told.filled.refused
    assert {code: value.value_text for code, value in kept.values.items()}[first] == "4.10" and second in kept.values
    assert kept.newest is not None and kept.newest.head["tested_on"] == "2026-05-04"


def test_who_accepts_over_a_newer_version_is_told_and_nothing_is_lost(panel: World) -> None:
    with at(START):
        form = answered(panel)
        save_draft(panel.labs[LAB]["technician2"], panel.round_id, panel.entry(LAB, {**RIGHT, 1: "NEG"}))
        with pytest.raises(Conflict):
            accepted(panel, form, base=0)
        assert panel.version(LAB) == 1
        assert accepted(panel, form, base=1)[1] is not None


def test_the_form_carries_the_newest_version_and_an_emptied_cell_is_a_difference(panel: World) -> None:
    with at(START):
        panel.draft(LAB, RIGHT)
        form = form_of(panel)
        by_number = {number: code for code, number in panel.numbers(LAB).items()}
        assert form.cell(by_number[1], "Result").value == "POS" and form.field("Method").value == "RT-PCR"
        assert judged(panel, form).is_same
        form.head(Amplification_kit=None)
        told = judged(panel, form)
    assert [(one.name, one.before, one.after) for one in told.differences] == [("amplification_kit", "Kit CDCB", "")]


def test_the_signature_stays_with_another_person(panel: World) -> None:
    with at(START):
        exchange.accept_form(panel.labs[LAB]["authoriser"], panel.round_id, "form.xlsx", answered(panel).bytes(), 0)
        panel.hand_over(LAB)
        with pytest.raises(RuleViolation):
            sign_submission(panel.labs[LAB]["authoriser"], panel.round_id, PASSWORD, version=panel.version(LAB))


def test_a_form_saved_by_another_spreadsheet_program_is_read_as_well(panel: World, tmp_path: Path) -> None:
    with at(START):
        saved = office.converted(answered(panel).bytes(), tmp_path).read_bytes()
        told = judged(panel, saved)
        assert told.filled.refused == () and told.filled.strays == () and accepted(panel, saved)[1] is not None


def test_a_later_wording_of_the_program_makes_no_filled_form_strange(panel: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with at(START):
        content = answered(panel).bytes()
        monkeypatch.setitem(layout.FIELD_WORDS, "instrument", "Apparatus")
        assert judged(panel, content).filled.refused == ()
        form = FilledForm(content)
        form.sheet.cell(form.heads_row, 3).value = "something else"
        with pytest.raises(Invalid):
            judged(panel, form)
