"""Who sees what of a round, and when: before unblinding, unblinded, published."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, select

from lims.audit.models import AuditEvent
from lims.db.engine import Database
from lims.db.session import Actor, reading
from lims.errors import NotFound
from lims.rounds import queries, service
from lims.rounds.models import ItemCode
from tests.factories import PASSWORD
from tests.round_factory import DEADLINE, QUANTITATIVE, START, VALUES, World, at, new_world


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


def everybody(world: World) -> list[Actor]:
    return [actor for lab in world.labs.values() for actor in lab.people.values()]


def sees_scores(world: World, actor: Actor) -> bool:
    with reading() as session:
        try:
            queries.score_shown(session, actor, queries.round_by_id(session, actor, world.round_id))
        except NotFound:
            return False
    return True


def sees_values(world: World, actor: Actor) -> bool:
    with reading() as session:
        try:
            queries.values_shown(session, actor, queries.round_by_id(session, actor, world.round_id))
        except NotFound:
            return False
    return True


def view(world: World, actor: Actor) -> queries.RoundView:
    with reading() as session:
        return queries.show_round(session, actor, world.round_id)


def submitted_by_all(world: World, *, consent: bool = False) -> None:
    with at(START):
        world.to_testing(QUANTITATIVE, consent=consent)
        for lab, answers in VALUES.items():
            world.submit(lab, answers)


@pytest.mark.assurance("C2")
def test_before_unblinding_nobody_sees_values_and_a_participant_sees_only_itself(world: World) -> None:
    submitted_by_all(world)
    with at(START):
        assert not [actor.login for actor in everybody(world) if sees_values(world, actor) or sees_scores(world, actor)]
        own = view(world, world.labs["CDCB"]["technician"])
        assert [line.is_own for line in own.lines] == [True]
        assert (own.items, own.moves, own.state_counts) == ([], [], {})
        partner = view(world, world.qa("cdc"))
        assert {line.laboratory.code for line in partner.lines if line.laboratory} == {"CDCB", "CDCD"}
        assert (partner.items, partner.state_counts) == ([], {})
        coordinator = view(world, world.coordinator)
        assert [line.has_submitted for line in coordinator.lines] == [True] * 4


@pytest.mark.assurance("C5")
def test_a_score_run_stays_hidden_from_the_laboratories_until_both_parties_released_it(world: World) -> None:
    submitted_by_all(world)
    judges = {f"{role}.{lab.lower()}" for role in ("qa-manager", "reviewer") for lab in world.labs}
    judges |= {"coordinator.cusa", "coordinator.cusc"}
    with at(DEADLINE):
        world.unblind()
        world.evaluate()
        assert {actor.login for actor in everybody(world) if sees_scores(world, actor)} == judges
        world.opine()
        service.release(world.qa("customs"), world.round_id, PASSWORD, world.blobs, seen=world.seen("release"))
        assert {actor.login for actor in everybody(world) if sees_scores(world, actor)} == judges
        service.release(world.qa("cdc"), world.round_id, PASSWORD, world.blobs, seen=world.seen("release"))
    seeing = {actor.login for actor in everybody(world) if sees_scores(world, actor)}
    assert {f"{role}.{lab.lower()}" for role in ("technician", "authoriser", "auditor") for lab in world.labs} <= seeing
    assert not [login for login in seeing if login.startswith("administrator")]


@pytest.mark.assurance("C5")
def test_a_new_score_run_after_publication_is_a_draft_again_and_the_report_stays(world: World) -> None:
    submitted_by_all(world)
    technician = world.labs["CDCB"]["technician"]
    with at(DEADLINE):
        world.unblind()
        world.evaluate()
        world.opine()
        world.release()
        for side in ("customs", "cdc"):
            service.return_to_analysis(world.qa(side), world.round_id, "wrong unit", PASSWORD, seen=world.seen("return"))
        world.evaluate()
        assert [run.version for run in view(world, technician).evaluations] == [1]
        with reading() as session:
            assert queries.score_shown(session, technician, world.row())[0].version == 1
            assert queries.report_shown(session, technician, world.round_id).version == 1
        world.opine()
        world.release()
        with reading() as session:
            assert queries.report_shown(session, technician, world.round_id).version == 2
            assert queries.report_shown(session, technician, world.round_id, version=1).version == 1
    assert [run.version for run in view(world, world.coordinator).evaluations] == [2, 1]


@pytest.mark.assurance("C1")
@pytest.mark.parametrize("consent", [False, True])
def test_identity_after_publication_only_between_laboratories_that_consented(world: World, consent: bool) -> None:
    submitted_by_all(world, consent=consent)
    with at(DEADLINE):
        world.unblind()
        world.evaluate()
        world.opine()
        world.release()
    named = [line.laboratory is not None for line in view(world, world.labs["CDCB"]["technician"]).lines]
    assert sum(named) == (4 if consent else 1)


@pytest.mark.assurance("A2")
def test_a_laboratory_without_part_finds_neither_round_nor_bench_nor_code(world: World) -> None:
    with at(START):
        world.to_testing(QUANTITATIVE, "CUSA", "CUSC", "CDCB")
    stranger = world.labs["CDCD"]["technician"]
    code = next(iter(world.numbers("CDCB")))
    with reading() as session:
        assert [row.code for row in queries.list_rounds(session, world.labs["CDCB"]["technician"]).rows] == ["R-26-01"]
        for attempt in (
            lambda: queries.own_bench(session, world.coordinator, world.round_id),
            lambda: queries.distribution(session, world.labs["CDCB"]["technician"], world.round_id),
            lambda: queries.round_of_item_code(session, stranger, code),
            lambda: queries.round_of_item_code(session, world.labs["CUSC"]["technician"], code),
        ):
            with pytest.raises(NotFound):
                attempt()
        assert queries.search(session, stranger, code) == []
        assert [hit.number for hit in queries.search(session, world.labs["CDCB"]["technician"], code)] == ["R-26-01"]


def test_the_audit_trail_tells_neither_truth_nor_map_nor_scores(world: World) -> None:
    submitted_by_all(world)
    with at(DEADLINE):
        world.unblind()
        world.evaluate()
    with reading() as session:
        events = list(session.scalars(select(AuditEvent).where(AuditEvent.subject.in_(("pt_item", "item_code", "evaluation")))))
        items = {str(code.item_id) for code in session.scalars(select(ItemCode))}
    text = json.dumps([event.after for event in events if event.subject != "pt_item"])
    assert events and not [item for item in items if item in text]
    assert '"4.50"' not in json.dumps([event.after for event in events])
    assert all(event.after["outcome"] == "(kept secret)" for event in events if event.subject == "evaluation" and event.after)


def test_what_waits_follows_the_round_and_the_role(world: World) -> None:
    def waits(actor: Actor) -> list[str]:
        with reading() as session:
            return [one.title % one.values for one in queries.waiting_for(session, actor)]

    with at(START):
        world.plan(QUANTITATIVE)
        assert waits(world.qa("cdc")) == ["Round R-26-01: approve the protocol"]
        world.agree()
        assert waits(world.qa("cdc")) == []
        world.enrol()
        world.prepare()
        world.send()
        assert waits(world.labs["CDCB"]["technician"]) == ["Round R-26-01: confirm the receipt of the box"]
        world.receive("CDCB")
        world.draft("CDCB", VALUES["CDCB"])
        assert waits(world.labs["CDCB"]["authoriser"]) == []
        world.hand_over("CDCB")
        assert waits(world.labs["CDCB"]["authoriser"]) == ["Round R-26-01: sign the results"]


def queries_of(world: World, actor: Actor) -> int:
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with reading() as session:
            queries.list_rounds(session, actor)
            queries.waiting_for(session, actor)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(statements)


@pytest.mark.assurance("D10")
def test_list_and_home_ask_the_same_number_of_questions_for_one_round_and_for_many(world: World) -> None:
    people = (world.coordinator, world.qa("cdc"), world.reviewer("cdc"), world.labs["CDCB"]["technician"])
    with at(START):
        world.to_testing(QUANTITATIVE)
        world.plan(QUANTITATIVE)
        few = [queries_of(world, person) for person in people]
        for _ in range(6):
            world.plan(QUANTITATIVE)
        world.to_testing(QUANTITATIVE)
        assert [queries_of(world, person) for person in people] == few


def test_pages_of_the_list_follow_each_other_both_ways(world: World) -> None:
    with at(START):
        for _ in range(5):
            world.plan(QUANTITATIVE)
    with reading() as session:
        first = queries.list_rounds(session, world.coordinator, limit=2)
        second = queries.list_rounds(session, world.coordinator, limit=2, after=first.later or "")
        back = queries.list_rounds(session, world.coordinator, limit=2, before=second.earlier or "")
    assert [row.code for row in first.rows + second.rows] == ["R-26-05", "R-26-04", "R-26-03", "R-26-02"]
    assert [row.code for row in back.rows] == ["R-26-05", "R-26-04"]
    assert (first.earlier, back.earlier) == (None, None)
