"""Whole rounds by the services, from the scheme to the released workbook."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import Conflict, Invalid
from lims.rounds import service
from lims.rounds.queries import records
from lims.rounds.queries.report import score_of
from tests.factories import PASSWORD
from tests.round_factory import DEADLINE, QUALITATIVE, QUANTITATIVE, RIGHT, SECOND, START, VALUES, World, at, new_world


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


def workbook_of(world: World) -> openpyxl.Workbook:
    with reading() as session:
        report = records.reports_of(session, world.row())[0]
    return openpyxl.load_workbook(io.BytesIO(world.blobs.get(report.blob_sha256)))


def test_a_qualitative_round_runs_from_the_plan_to_the_released_workbook(world: World) -> None:
    with at(START):
        world.to_testing(QUALITATIVE)
        for lab in ("CUSA", "CUSC", "CDCB"):
            world.submit(lab, RIGHT)
        world.submit("CDCD", {**RIGHT, 3: "NEG"})
    with at(DEADLINE + SECOND):
        world.unblind()
        world.evaluate()
        world.opine()
        world.release()
    assert world.state() == "published"
    with reading() as session:
        run = records.newest_evaluation(session, world.row())
    assert run is not None
    missed = world.part("CDCD").code
    by_code = {one.participant_code: one for one in score_of(run).overall}
    assert by_code[missed or ""].tally.false_negative == 1  # type: ignore[union-attr]
    assert sum(sheet.sheet_state == "visible" for sheet in workbook_of(world)) == 14


def test_a_quantitative_round_runs_from_the_plan_to_the_released_workbook(world: World) -> None:
    with at(START):
        world.to_testing(QUANTITATIVE)
        for lab, answers in VALUES.items():
            world.submit(lab, answers)
    with at(DEADLINE):
        world.unblind()
        world.evaluate()
        world.opine()
        world.release()
    assert world.state() == "published"
    with reading() as session:
        run = records.newest_evaluation(session, world.row())
    assert run is not None
    assert score_of(run).n_scored >= 3
    assert run.input_hash == score_of(run).input_hash
    assert sum(sheet.sheet_state == "visible" for sheet in workbook_of(world)) == 14


def test_no_opinion_is_added_once_a_party_has_released(world: World) -> None:
    with at(START):
        world.to_testing(QUALITATIVE)
        for lab in ("CUSA", "CUSC", "CDCB", "CDCD"):
            world.submit(lab, RIGHT)
    with at(DEADLINE + SECOND):
        world.unblind()
        world.evaluate()
        world.opine()
        service.release(world.qa("customs"), world.round_id, PASSWORD, world.blobs, seen=world.seen("release"))
        with pytest.raises(Conflict) as refusal:
            service.write_opinion(world.qa("cdc"), world.round_id, "An afterthought.", PASSWORD, seen=world.seen("score_run"))
    assert refusal.value.code == "rounds.released_opinions"


def test_leaving_a_round_needs_a_reason(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        world.enrol()
        with pytest.raises(Invalid):
            service.withdraw(world.labs["CDCD"]["authoriser"], world.round_id, "  ")
    assert world.part("CDCD").state == "enrolled"
