"""Conflicts of interest are refused by the server, whatever roles a person holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lims.accounts import service as accounts
from lims.db.engine import Database
from lims.db.session import SYSTEM, Actor
from lims.errors import Conflict, Forbidden, LimsError, NotFound, RuleViolation
from lims.rounds import service
from tests.factories import PASSWORD
from tests.round_factory import DEADLINE, QUALITATIVE, RIGHT, SECOND, START, World, at, new_world


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


def also(actor: Actor, *roles: str) -> Actor:
    """The same person with further roles, as a small laboratory would give them."""
    for role in roles:
        accounts.give_role(SYSTEM, actor.user_id, actor.laboratory_id, role)  # type: ignore[arg-type]
    return replace(actor, roles=actor.roles | set(roles))


@pytest.mark.assurance("A6")
def test_nobody_signs_results_that_the_person_entered(world: World) -> None:
    with at(START):
        world.to_testing()
        both = also(world.labs["CDCB"]["technician"], "authoriser")
        service.save_draft(both, world.round_id, world.entry("CDCB", RIGHT))
        service.hand_over(both, world.round_id)
        with pytest.raises(RuleViolation) as refusal:
            service.sign_submission(both, world.round_id, PASSWORD, version=world.version("CDCB"))
    assert refusal.value.code == "rounds.own_entry"


@pytest.mark.assurance("A6")
def test_who_knows_the_map_neither_enters_nor_signs_for_a_participant(world: World) -> None:
    with at(START):
        world.to_testing()
        coordinator = also(world.coordinator, "technician", "authoriser")
        second = also(world.qa("customs"), "technician")
        for person in (coordinator, second):
            with pytest.raises(RuleViolation) as refusal:
                service.save_draft(person, world.round_id, world.entry("CUSA", RIGHT))
            assert refusal.value.code == "rounds.knows_the_map"


@pytest.mark.assurance("A6")
def test_who_reported_neither_witnesses_nor_checks_nor_reviews_nor_releases(world: World) -> None:
    with at(START):
        signer = also(world.labs["CDCB"]["authoriser"], "qa_manager", "reviewer")
        world.to_testing()
        for lab in world.labs:
            world.submit(lab, RIGHT)
    with at(DEADLINE):
        with pytest.raises(RuleViolation):
            service.unblind(world.coordinator, world.round_id, signer.login, PASSWORD)
        world.unblind()
        service.evaluate_round(world.coordinator, world.round_id)
        with pytest.raises(RuleViolation):
            service.check_evaluation(signer, world.round_id, PASSWORD, seen=world.seen("score_run"))
        service.check_evaluation(world.reviewer("cdc"), world.round_id, PASSWORD, seen=world.seen("score_run"))
        service.start_review(world.coordinator, world.round_id)
        with pytest.raises(RuleViolation):
            service.write_opinion(signer, world.round_id, "all fine", PASSWORD, seen=world.seen("score_run"))
        world.opine()
        with pytest.raises(RuleViolation) as refusal:
            service.release(signer, world.round_id, PASSWORD, world.blobs, seen=world.seen("release"))
    assert refusal.value.code == "rounds.own_results"
    assert world.state() == "reviewing"


@pytest.mark.assurance("A6")
def test_who_ran_the_scoring_neither_checks_nor_reviews_it(world: World) -> None:
    with at(START):
        world.to_testing()
        for lab in world.labs:
            world.submit(lab, RIGHT)
    with at(DEADLINE):
        world.unblind()
        runner = also(world.coordinator, "reviewer")
        service.evaluate_round(runner, world.round_id)
        with pytest.raises(RuleViolation):
            service.check_evaluation(runner, world.round_id, PASSWORD, seen=world.seen("score_run"))
        service.check_evaluation(world.reviewer("cdc"), world.round_id, PASSWORD, seen=world.seen("score_run"))
        service.start_review(world.coordinator, world.round_id)
        with pytest.raises(RuleViolation) as refusal:
            service.write_opinion(runner, world.round_id, "my own work", PASSWORD, seen=world.seen("score_run"))
    assert refusal.value.code == "rounds.ran_the_round"


def test_the_witness_must_be_of_the_other_party_and_prove_the_password(world: World) -> None:
    with at(START):
        world.to_testing()
    with at(DEADLINE + SECOND):
        for login, password in ((world.qa("customs").login, PASSWORD), (world.qa("cdc").login, "a wrong password")):
            with pytest.raises((RuleViolation, Forbidden)):
                service.unblind(world.coordinator, world.round_id, login, password)
            assert world.state() == "locked"


def test_the_second_person_at_the_dispatch_is_another_one_of_the_organiser(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        world.enrol()
        world.prepare()
        own = world.labs["CUSA"]
        for second in (world.coordinator, world.labs["CDCB"]["qa_manager"], own["auditor"], own["administrator"]):
            with pytest.raises((RuleViolation, Forbidden)):
                service.dispatch_round(world.coordinator, world.round_id, second.login, PASSWORD, seen=world.seen("boxes"))
        with pytest.raises(Conflict):
            service.dispatch_round(world.coordinator, world.round_id, own["qa_manager"].login, PASSWORD, seen="0" * 64)
        assert world.state() == "preparing"


def test_the_protocol_needs_the_yes_of_both_parties_to_the_same_text(world: World) -> None:
    with at(START):
        world.plan()
        service.approve_protocol(world.qa("customs"), world.round_id, PASSWORD, seen=world.seen("protocol"))
        with pytest.raises(RuleViolation):
            service.approve_protocol(world.labs["CUSC"]["qa_manager"], world.round_id, PASSWORD, seen=world.seen("protocol"))
        from tests.round_factory import round_plan

        service.revise_plan(world.coordinator, world.round_id, round_plan(replace(QUALITATIVE, late_policy="refuse")))
        service.approve_protocol(world.qa("cdc"), world.round_id, PASSWORD, seen=world.seen("protocol"))
        assert world.state() == "planned"
        service.approve_protocol(world.qa("customs"), world.round_id, PASSWORD, seen=world.seen("protocol"))
    assert world.state() == "designed"


def test_the_other_party_s_coordinator_and_a_laboratory_without_part_find_no_round(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        for stranger in (world.labs["CDCB"]["coordinator"], world.labs["CDCD"]["technician"], world.labs["CDCD"]["administrator"]):
            with pytest.raises((NotFound, Forbidden)):
                service.open_enrolment(stranger, world.round_id)


def test_a_refused_verb_changes_nothing(world: World) -> None:
    with at(START):
        world.plan()
        before = world.row().row_version
        for attempt in (
            lambda: service.open_enrolment(world.coordinator, world.round_id),
            lambda: service.start_preparing(world.coordinator, world.round_id),
            lambda: service.approve_protocol(world.qa("cdc"), world.round_id, "a wrong password", seen=world.seen("protocol")),
            lambda: service.lock_round(world.coordinator, world.round_id),
        ):
            with pytest.raises(LimsError):
                attempt()
        assert (world.state(), world.row().row_version) == ("planned", before)


def test_a_round_is_cancelled_with_code_reason_and_the_other_party(world: World) -> None:
    with at(START):
        world.to_testing()
        code, other = world.row().code, world.qa("cdc").login
        for typed, reason, login in (("R-26-99", "spilled", other), (code, "", other), (code, "spilled", world.qa("customs").login)):
            with pytest.raises(RuleViolation):
                service.cancel_round(world.coordinator, world.round_id, typed, reason, login, PASSWORD, seen=world.seen("cancel"))
        service.cancel_round(world.coordinator, world.round_id, code, "spilled", other, PASSWORD, seen=world.seen("cancel"))
    assert world.state() == "cancelled"
