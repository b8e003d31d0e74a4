"""Random histories of samples in two laboratories: custody has no gap, and whatever has not ended shows in the open loop."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lims import clock
from lims.custody import queries, service
from lims.custody.lifecycle import boxes
from lims.custody.lifecycle.boxes import Arrival
from lims.custody.lifecycle.chain import Step, gaps
from lims.db.session import Actor, reading
from lims.errors import LimsError
from lims.samples import queries as samples
from lims.samples import service as desk
from lims.samples.lifecycle import open_loop, states
from lims.samples.models import Sample
from lims.samples.service import Decision, Receipt
from tests.custody_factory import dispatched
from tests.factories import PASSWORD, TwoLaboratories
from tests.sample_factory import registered

ACTS = (
    "register", "send", "receive", "accept", "reject", "cancel", "result", "review", "report", "retest", "refer", "transfer", "return",
    "box_arrives", "settle",
)  # fmt: skip
HISTORY = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 20), st.integers(0, 2)), min_size=6, max_size=30)
PURPOSES = {"refer": boxes.REFERRAL, "transfer": boxes.TRANSFER, "return": boxes.RETURN}


class Play:
    """One random history: the persons, the samples and the boxes on their way."""

    def __init__(self, laboratories: TwoLaboratories) -> None:
        self.home, self.other = laboratories.a, laboratories.b
        self.numbers: list[str] = []
        self.on_the_way: list[object] = []
        self.came: list[object] = []

    def act(self, verb: str, place: int, outcome: int) -> None:
        """Do one thing; what a rule refuses changes nothing."""
        try:
            if verb == "register" or not self.numbers:
                self.numbers.append(registered(self.home["technician"]).number)
            elif verb in PURPOSES:
                self._send(self.numbers[place % len(self.numbers)], PURPOSES[verb])
            elif verb in ("box_arrives", "settle"):
                self._arrive(outcome) if verb == "box_arrives" else self._settle(outcome)
            else:
                self._move(verb, self._row(self.numbers[place % len(self.numbers)]))
        except LimsError:
            return

    def _row(self, number: str) -> Sample:
        with reading() as session:
            return samples.by_number(session, self.home["technician"], number)

    def _move(self, verb: str, row: Sample) -> None:
        technician, authoriser = self.home["technician"], self.home["authoriser"]
        if verb == "send":
            desk.send_sample(technician, row.id)
        elif verb == "receive":
            desk.receive_sample(technician, row.id, Receipt())
        elif verb == "accept":
            desk.decide(technician, row.id, Decision(states.ACCEPTED))
        elif verb == "reject":
            proposed = desk.decide(technician, row.id, Decision(states.REJECTED, "TEMP", "too warm"))
            desk.approve_decision(authoriser, row.id, PASSWORD, seen=desk.decision_hash(proposed))
        elif verb == "cancel":
            desk.cancel_sample(technician, row.id, "not needed")
        else:
            verbs = {"result": desk.take_results, "review": desk.mark_reviewed, "report": desk.mark_reported, "retest": desk.request_retest}
            verbs[verb](authoriser, [row.id])

    def _send(self, number: str, purpose: str) -> None:
        self.on_the_way.append(dispatched(self.home["technician"], [number], self.other.row.code, purpose))

    def _arrive(self, outcome: int) -> None:
        if self.on_the_way:
            box = self.on_the_way.pop()
            state = (boxes.ARRIVED, boxes.DAMAGED, boxes.MISSING)[outcome]
            arrival = Arrival("0" if state == boxes.MISSING else "1", found={1: (state, "")})
            service.receive_box(self.other["technician"], box.id, arrival, PASSWORD)
            self.came.append(box)

    def _settle(self, outcome: int) -> None:
        if self.came:
            how = boxes.LOST if outcome else boxes.STAYED
            service.settle_absent(self.home["technician"], self.came.pop().id, 1, how, "looked for")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8, deadline=None)
@given(history=HISTORY)
def test_custody_has_no_gap_and_what_has_not_ended_is_in_the_open_loop(two_laboratories: TwoLaboratories, history):
    play = Play(two_laboratories)
    for verb, place, outcome in history:
        play.act(verb, place, outcome)
    for laboratory in (two_laboratories.a, two_laboratories.b):
        _no_gap(laboratory["technician"])
    late = _open_loop(two_laboratories)
    with reading() as session:
        for row in session.scalars(select(Sample)):
            assert (row.id in late) is (row.status not in states.TERMINAL), (row.number, row.status)


def _no_gap(actor: Actor) -> None:
    with reading() as session:
        for row in session.scalars(select(Sample).where(Sample.laboratory_id == actor.laboratory_id)):
            way = queries.way_of(session, actor, row)
            steps = [Step(one.verb, one.status_before, one.status_after, one.recorded_at, one.actor_name) for one in way]
            assert gaps(steps, row.status) == [], (row.number, [(one.before, one.after) for one in steps])


def _open_loop(laboratories: TwoLaboratories) -> set[object]:
    """Everything that is late once a year has gone by."""
    hours = open_loop.hours_of("")
    with clock.frozen(clock.now() + timedelta(days=365)), reading() as session:
        before = open_loop.bounds(hours, clock.now())
        return {
            row.id
            for laboratory in (laboratories.a, laboratories.b)
            for step in open_loop.STEPS
            for row in samples.late(session, laboratory["technician"], step, before[step], limit=5000).rows
        }
