"""No sequence of calls reaches a forbidden state, and a refused call changes nothing: any person, any verb, any moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from lims.db.engine import Database
from lims.db.session import Actor, reading
from lims.errors import LimsError
from lims.rounds import service
from lims.rounds.lifecycle.moves import find_move
from lims.rounds.queries import records
from tests.factories import PASSWORD
from tests.round_factory import DEADLINE, RIGHT, START, World, at, new_world

LABS = ("CUSA", "CUSC", "CDCB", "CDCD")
ROLES = ("technician", "authoriser", "qa_manager", "coordinator", "reviewer", "auditor", "administrator")
Verb = Callable[[World, Actor], object]

VERBS: dict[str, Verb] = {
    "approve_protocol": lambda w, a: service.approve_protocol(a, w.round_id, PASSWORD, seen=w.seen("protocol")),
    "invite": lambda w, a: service.invite(a, w.round_id, [lab.id for lab in w.labs.values()]),
    "open_enrolment": lambda w, a: service.open_enrolment(a, w.round_id),
    "enrol": lambda w, a: service.enrol(a, w.round_id, has_consented=True),
    "withdraw": lambda w, a: service.withdraw(a, w.round_id, "no staff"),
    "start_preparing": lambda w, a: service.start_preparing(a, w.round_id),
    "seal_truth": lambda w, a: service.seal_truth(a, w.round_id),
    "dispatch_round": lambda w, a: service.dispatch_round(a, w.round_id, "qa-manager.cusa", PASSWORD, seen=w.seen("boxes")),
    "hand_over": lambda w, a: service.hand_over(a, w.round_id),
    "sign": lambda w, a: service.sign_submission(a, w.round_id, PASSWORD, version=w.version("CDCB")),
    "could_not_test": lambda w, a: service.declare_could_not_test(a, w.round_id, "freezer broke"),
    "lock": lambda w, a: service.lock_round(a, w.round_id),
    "unblind": lambda w, a: service.unblind(a, w.round_id, "qa-manager.cdcb", PASSWORD),
    "evaluate": lambda w, a: service.evaluate_round(a, w.round_id),
    "check": lambda w, a: service.check_evaluation(a, w.round_id, PASSWORD, seen=w.seen("score_run")),
    "start_review": lambda w, a: service.start_review(a, w.round_id),
    "opinion": lambda w, a: service.write_opinion(a, w.round_id, "in order", PASSWORD, seen=w.seen("score_run")),
    "release": lambda w, a: service.release(a, w.round_id, PASSWORD, w.blobs, seen=w.seen("release")),
    "return": lambda w, a: service.return_to_analysis(a, w.round_id, "an error", PASSWORD, seen=w.seen("return")),
    "follow_up": lambda w, a: service.start_follow_up(a, w.round_id),
    "close": lambda w, a: service.close_round(a, w.round_id, PASSWORD, seen=w.seen("close")),
    "amend": lambda w, a: service.amend_protocol(a, w.round_id, "another limit", PASSWORD, seen=w.seen("amend")),
    "withdraw_items": lambda w, a: service.withdraw_items(a, w.round_id, "item 3 leaks", PASSWORD, seen=w.seen("withdraw_items")),
    "extend": lambda w, a: service.extend_deadline(
        a, w.round_id, DEADLINE + timedelta(days=9), "flooded road", PASSWORD, seen=w.seen("deadline")
    ),
    "cancel": lambda w, a: service.cancel_round(a, w.round_id, "R-26-01", "an error", "qa-manager.cdcb", PASSWORD, seen=w.seen("cancel")),
}


def report_or_lock(world: World) -> None:
    """One laboratory's results, then the deadline's lock."""
    if service.close_if_due(world.round_id):
        return
    if world.part("CDCB").state == "sent":
        world.receive("CDCB")
    world.submit("CDCB", RIGHT)


def next_step(world: World) -> Callable[[], object]:
    """What the right persons would do next in the round's state."""
    steps: dict[str, Callable[[], object]] = {
        "planned": world.agree, "designed": world.enrol, "preparing": world.send, "locked": world.unblind, "analysing": world.evaluate,
        "reviewing": lambda: (world.opine(), world.release()), "dispatched": lambda: world.receive("CUSC"),
        "testing": lambda: report_or_lock(world), "enrolling": world.prepare,
    }  # fmt: skip
    return steps.get(world.state(), lambda: None)


class RoundMachine(RuleBasedStateMachine):
    """Right steps and wild calls in any order, by a clock that only goes on."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.now, self.seen = world, START, ""

    @initialize(steps=st.integers(0, 9))
    def begin_somewhere(self, steps: int) -> None:
        with at(START):
            self.world.box_codes = {}
            self.world.plan()
        self.seen = "planned"
        for _ in range(steps):
            self.go_on()

    @rule()
    def go_on(self) -> None:
        if self.world.state() == "testing" and self.world.part("CDCB").state in ("submitted", "withdrawn", "could_not_test"):
            self.now = max(self.now, DEADLINE)
        self._call(next_step(self.world))

    @rule(hours=st.sampled_from((1, 12, 96)))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(verb=st.sampled_from(sorted(VERBS)), lab=st.sampled_from(LABS), role=st.sampled_from(ROLES))
    def somebody_calls(self, verb: str, lab: str, role: str) -> None:
        before = self._snapshot()
        try:
            with at(self.now):
                VERBS[verb](self.world, self.world.labs[lab][role])
        except LimsError:
            assert self._snapshot() == before or self._was_locked_by_the_clock(before)

    @rule(lab=st.sampled_from(LABS))
    def a_box_arrives_and_results_are_saved(self, lab: str) -> None:
        if lab in self.world.box_codes:
            self._call(lambda: self.world.receive(lab))
            self._call(lambda: self.world.draft(lab, RIGHT))

    @invariant()
    def every_move_stands_in_the_table(self) -> None:
        if not self.seen:
            return
        with reading() as session:
            moves = records.moves_of(session, self.world.row())
            signed = records.last_signed(session, self.world.row())
            parts = {part.id: part for part in records.participants_of(session, self.world.row())}
        pairs = [(move.source, move.target) for move in moves]
        assert all(find_move(source, target) for source, target in pairs)  # type: ignore[arg-type]
        assert [target for _, target in pairs][-1] == self.world.state()
        assert [source for source, _ in pairs] == [None, *[target for _, target in pairs][:-1]]
        assert all(one.analyst_id != one.authoriser_id for one in signed.values())
        assert all(parts[key].received_at for key in signed)

    def _call(self, act: Callable[[], object]) -> None:
        try:
            with at(self.now):
                act()
        except LimsError:
            pass

    def _snapshot(self) -> tuple[object, ...]:
        with reading() as session:
            row = self.world.row()
            parts = records.participants_of(session, row)
            return (
                row.state, row.row_version, len(records.moves_of(session, row)), len(records.approvals_of(session, row)),
                tuple((part.state, part.row_version) for part in parts), len(records.evaluations_of(session, row)),
                sum(len(records.versions_of(session, part)) for part in parts), len(records.reports_of(session, row)),
            )  # fmt: skip

    def _was_locked_by_the_clock(self, before: tuple[object, ...]) -> bool:
        return before[0] in ("dispatched", "testing") and self.now >= DEADLINE and self.world.state() == "locked"


@pytest.mark.assurance("R6")
def test_no_sequence_of_calls_reaches_a_forbidden_state(sqlite_database: Database, tmp_path: Path) -> None:
    with at(START):
        world = new_world(tmp_path)
    run_state_machine_as_test(
        lambda: RoundMachine(world),
        settings=settings(max_examples=8, stateful_step_count=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)),
    )
