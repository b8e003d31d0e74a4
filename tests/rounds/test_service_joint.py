"""A step of all parties: everybody signs one content that covers the reason and every term; another text is another proposal."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lims.db.engine import Database
from lims.db.session import Actor, reading
from lims.errors import Conflict
from lims.rounds import service
from lims.rounds.queries import joint, records, report
from lims.signatures.models import Signature
from tests.factories import PASSWORD, browser_of, csrf_of, seen_on
from tests.round_factory import DEADLINE, QUALITATIVE, QUANTITATIVE, RIGHT, START, VALUES, World, at, new_world


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


def sign(world: World, step: str, side: str, reason: str, seen: str | None = None) -> None:
    act = {"return": service.return_to_analysis, "amend": service.amend_protocol, "withdraw_items": service.withdraw_items}[step]
    act(world.qa(side), world.round_id, reason, PASSWORD, seen=world.seen(step) if seen is None else seen)


def to_published(world: World, *, is_all_right: bool = False) -> None:
    with at(START):
        world.to_testing(QUALITATIVE if is_all_right else QUANTITATIVE)
        for lab, answers in VALUES.items():
            world.submit(lab, RIGHT if is_all_right else answers)
    with at(DEADLINE):
        world.unblind()
        world.evaluate()
        world.opine()
        world.release()


def test_another_reason_is_another_proposal_and_both_sign_one_hash_in_the_end(world: World) -> None:
    with at(START):
        world.to_testing()
        sign(world, "withdraw_items", "customs", "item 3 leaks")
        sign(world, "withdraw_items", "cdc", "the panel was warm")
        assert world.state() == "testing"
        with reading() as session:
            standing = joint.standing(session, world.row(), "withdraw_items")
            assert standing is not None and standing.reason == "the panel was warm"
            assert joint.signed_by(session, world.row(), "withdraw_items") == {"CDC"}
        sign(world, "withdraw_items", "customs", " the panel was warm ")
        assert world.state() == "preparing"
        with reading() as session:
            given = records.approvals_of(session, world.row(), "withdraw_items")
            signatures = [session.get_one(Signature, one.signature_id).content_hash for one in given]
            move = records.moves_of(session, world.row())[-1]
            ended = records.ended_batches(session, world.row())[-1]
    assert [one.reason for one in given] == ["item 3 leaks", "the panel was warm", "the panel was warm"]
    assert signatures[1] == signatures[2] != signatures[0]
    assert move.reason == ended.reason == "the panel was warm"


def test_what_was_proposed_meanwhile_is_a_conflict_and_nothing_is_signed(world: World) -> None:
    with at(START):
        world.to_testing()
        later, before = DEADLINE + timedelta(days=2), world.seen("deadline")
        service.extend_deadline(world.qa("customs"), world.round_id, later, "flooded road", PASSWORD, seen=before)
        for seen in (before, "", "0" * 64):
            with pytest.raises(Conflict) as refused:
                service.extend_deadline(world.qa("cdc"), world.round_id, later, "flooded road", PASSWORD, seen=seen)
            assert refused.value.code == "rounds.changed_meanwhile"
        other = later + timedelta(hours=1)
        service.extend_deadline(world.qa("cdc"), world.round_id, other, "flooded road", PASSWORD, seen=world.seen("deadline"))
        assert world.row().deadline == DEADLINE
        service.extend_deadline(world.qa("customs"), world.round_id, other, "flooded road", PASSWORD, seen=world.seen("deadline"))
        assert world.row().deadline == other
        login = world.qa("cdc").login
        with pytest.raises(Conflict):
            service.cancel_round(world.coordinator, world.round_id, "R-26-01", "spilled", login, PASSWORD, seen="")
        with pytest.raises(Conflict):
            service.withdraw_items(world.qa("cdc"), world.round_id, "leaks", PASSWORD, seen="")
        assert world.state() == "testing"


def test_every_reason_of_going_back_is_kept_and_printed(world: World) -> None:
    to_published(world)
    with at(DEADLINE):
        for reason in ("a wrong factor", "a second look at item 2"):
            for side in ("customs", "cdc"):
                sign(world, "return", side, reason)
            world.evaluate()
        world.opine()
        world.release()
        with reading() as session:
            row = world.row()
            issue, run = records.reports_of(session, row)[0], records.newest_evaluation(session, row)
            assert run is not None
            changes = report.report_input(session, world.coordinator, row, run, issue).trace.changes
    assert [("a wrong factor" in one, "a second look at item 2" in one) for one in changes] == [(True, False), (False, True)]
    assert all("Person qa-manager.cusa, Person qa-manager.cdcb" in one for one in changes)


@pytest.mark.parametrize("length", [0, 370])
def test_the_page_of_the_reports_tells_every_return_since_the_issue_before(world: World, length: int) -> None:
    to_published(world)
    issues = (("a wrong factor", "a second look at item 2"), ("a slip in the appendix",))
    with at(DEADLINE):
        for reasons in issues:
            for reason in reasons:
                for side in ("customs", "cdc"):
                    sign(world, "return", side, f"{reason} {'x' * length}".strip())
                world.evaluate()
            world.opine()
            world.release()
        with reading() as session:
            third, second, first = records.reports_of(session, world.row())
    assert first.changes == ""
    assert second.changes.index("a wrong factor") < second.changes.index("a second look at item 2")
    assert "a slip in the appendix" not in second.changes and second.changes.count("Person qa-manager.cdcb") == 2
    assert "a slip in the appendix" in third.changes and "a wrong factor" not in third.changes


def test_the_closing_is_signed_on_what_the_page_showed(world: World) -> None:
    to_published(world, is_all_right=True)
    with at(DEADLINE):
        world.file_minutes()
        before = world.seen("close")
        service.close_round(world.qa("customs"), world.round_id, PASSWORD, seen=before)
        with pytest.raises(Conflict):
            service.close_round(world.qa("cdc"), world.round_id, PASSWORD, seen=before)
        service.close_round(world.qa("cdc"), world.round_id, PASSWORD, seen=world.seen("close"))
    assert world.state() == "closed"


def test_the_second_signer_reads_the_reason_and_signs_the_same(app: Flask, tmp_path: Path) -> None:
    with at(START):
        world = new_world(tmp_path)
        world.to_testing()
        world.draft("CDCB", RIGHT)
        sign(world, "withdraw_items", "customs", "item 3 leaks")
        browser, path = browser_of(app, world.qa("cdc")), "/rounds/R-26-01"
        page = browser.get(path).text
        dialog = page[page.index('id="withdraw_items"') :]
        assert "Proposed and signed already" in dialog and "Person qa-manager.cusa" in dialog and 'value="item 3 leaks"' in dialog
        form = {"csrf_token": csrf_of(browser), "reason": "item 3 leaks", "password": PASSWORD, "seen": "0" * 64}
        stale = browser.post(f"{path}/withdraw-items", data=form)
        assert stale.status_code == 409 and "changed since you opened the page" in stale.text
        form["seen"] = seen_on(stale.text, f"{path}/withdraw-items")
        assert browser.post(f"{path}/withdraw-items", data=form).status_code == 302
        assert world.state() == "preparing"


def actors(world: World) -> list[Actor]:
    return [world.qa("customs"), world.qa("cdc")]


def test_every_joint_signature_names_its_step_in_the_record(world: World) -> None:
    with at(START):
        world.to_testing()
        for side in ("customs", "cdc"):
            sign(world, "withdraw_items", side, "item 3 leaks")
        with reading() as session:
            meanings = {one.meaning for one in session.scalars(select(Signature)) if one.user_id in {who.user_id for who in actors(world)}}
    assert "agrees to withdraw the items" in meanings
