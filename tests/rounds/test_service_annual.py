"""The annual plan: the rule of turns, both parties' signatures, and the round that is opened from a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from lims.db.engine import Database
from lims.db.session import Actor, reading
from lims.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from lims.rounds import queries, service
from lims.rounds.models import PlanLine
from lims.rounds.queries import annual
from lims.rounds.service import LineDraft
from tests.factories import PASSWORD, new_laboratory
from tests.round_factory import QUALITATIVE, START, World, at, new_world, round_plan


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


def propose(world: World, month: str, actor: Actor | None = None, **changes: object) -> PlanLine:
    with at(START):
        return service.propose_line(actor or world.coordinator, LineDraft(world.scheme_id, month, "NAT5", **changes))  # type: ignore[arg-type]


def sign(world: World, line: PlanLine, side: str) -> PlanLine:
    with at(START):
        return service.agree_line(world.qa(side), line.id, PASSWORD, seen=annual.basis_of(line))


def organisation(world: World, lab: str) -> object:
    return world.labs[lab].row.organisation_id


def test_the_parties_organise_in_turn_from_month_to_month(world: World) -> None:
    cdc, customs = organisation(world, "CDCB"), organisation(world, "CUSA")
    lines = [propose(world, month) for month in ("2027-03", "2027-06", "2027-09")]
    assert [line.organisation_id for line in lines] == [cdc, customs, cdc]
    assert [line.measurand_code for line in lines] == ["SARS-CoV-2"] * 3


def test_out_of_turn_needs_a_reason_and_a_party_of_the_scheme(world: World) -> None:
    customs = organisation(world, "CUSA")
    with pytest.raises(Invalid) as refusal:
        propose(world, "2027-03", organisation_id=customs)
    assert refusal.value.code == "plan.out_of_turn"
    assert propose(world, "2027-03", organisation_id=customs, reason="The other side moves house").turn_id != customs
    stranger = new_laboratory("FAR1", "cdc", "FAR").row.organisation_id
    with pytest.raises(Invalid):
        propose(world, "2027-04", organisation_id=stranger, reason="x")


def test_a_round_that_was_held_moves_the_turn_on(world: World) -> None:
    with at(START):
        service.create_round(world.labs["CDCB"]["coordinator"], world.scheme_id, round_plan(QUALITATIVE))
    assert propose(world, "2027-03").organisation_id == organisation(world, "CUSA")


@pytest.mark.parametrize("month", ["2027-13", "03/2027", "", "2027-3"])
def test_a_month_that_is_none_is_refused(world: World, month: str) -> None:
    with pytest.raises(Invalid):
        propose(world, month)


def test_a_scheme_stands_once_in_a_month_until_its_line_is_withdrawn(world: World) -> None:
    line = propose(world, "2027-03")
    with pytest.raises(Conflict):
        propose(world, "2027-03")
    with pytest.raises(Invalid):
        service.withdraw_line(world.coordinator, line.id, " ")
    with pytest.raises(Forbidden):
        service.withdraw_line(world.labs["CDCB"]["coordinator"], line.id, "not ours")
    assert service.withdraw_line(world.coordinator, line.id, "moved to April").state == "withdrawn"
    assert propose(world, "2027-03").state == "proposed"
    with pytest.raises(RuleViolation):
        sign(world, line, "cdc")


def test_a_line_is_agreed_when_every_party_signed_what_it_saw(world: World) -> None:
    line = propose(world, "2027-03")
    with pytest.raises(Conflict):
        service.agree_line(world.qa("customs"), line.id, PASSWORD, seen="0" * 64)
    with pytest.raises(Forbidden):
        service.agree_line(world.qa("customs"), line.id, "wrong", seen=annual.basis_of(line))
    assert sign(world, line, "customs").state == "proposed"
    with pytest.raises(RuleViolation):
        sign(world, line, "customs")
    assert sign(world, line, "cdc").state == "agreed"


def test_the_organiser_of_an_agreed_line_opens_its_round_once(world: World) -> None:
    line, plan = propose(world, "2027-03"), round_plan(QUALITATIVE)
    organiser, other = world.labs["CDCB"]["coordinator"], world.coordinator
    with at(START):
        with pytest.raises(RuleViolation):
            service.open_from_line(organiser, line.id, plan)
        for side in ("customs", "cdc"):
            sign(world, line, side)
        with pytest.raises(Forbidden):
            service.open_from_line(other, line.id, plan)
        row = service.open_from_line(organiser, line.id, plan)
        with pytest.raises(RuleViolation):
            service.open_from_line(organiser, line.id, plan)
    with reading() as session:
        kept = annual.line_by_id(session, organiser, line.id)
        assert (kept.state, kept.round_id) == ("opened", row.id)
        assert queries.round_by_id(session, organiser, row.id).organisation_id == organiser.organisation_id


def test_a_stranger_sees_no_line_and_both_sides_see_all(world: World) -> None:
    line = propose(world, "2027-03")
    stranger = new_laboratory("FAR1", "cdc", "FAR")["coordinator"]
    with reading() as session:
        for lab in ("CUSA", "CDCB"):
            page = annual.list_lines(session, world.labs[lab]["technician"], annual.LineFilter(year="2027"))
            assert [one.id for one in page.rows] == [line.id]
        assert annual.list_lines(session, stranger, annual.LineFilter()).rows == []
        with pytest.raises(NotFound):
            annual.line_by_id(session, stranger, line.id)


def test_the_list_pages_by_month_in_both_directions(world: World) -> None:
    months = [f"2027-{number:02d}" for number in range(1, 8)]
    for month in months:
        propose(world, month)
    with reading() as session:
        first = annual.list_lines(session, world.coordinator, annual.LineFilter(), size=4)
        second = annual.list_lines(session, world.coordinator, annual.LineFilter(), first.later, size=4)
        newest = annual.list_lines(session, world.coordinator, annual.LineFilter(state="proposed"), size=2, is_descending=True)
    assert [one.month for one in (*first.rows, *second.rows)] == months and second.later is None
    assert [one.month for one in newest.rows] == months[:-3:-1]


def test_the_home_page_asks_for_the_signature_and_later_for_the_round(world: World) -> None:
    line = propose(world, "2026-06")

    def titles(actor: Actor) -> list[str]:
        with at(START), reading() as session:
            return [one.title for one in annual.waiting_for(session, actor)]

    assert len(titles(world.qa("cdc"))) == 1 and titles(world.labs["CDCB"]["coordinator"]) == []
    for side in ("customs", "cdc"):
        sign(world, line, side)
    assert titles(world.qa("cdc")) == [] and len(titles(world.labs["CDCB"]["coordinator"])) == 1 and titles(world.coordinator) == []
