"""The table of states is the one of the catalogue; no sequence of calls leaves it."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lims.catalogue.scope import BY_CODE, read_shipped, shipped_file, split_list
from lims.errors import RuleViolation
from lims.samples.lifecycle import states

SHIPPED = {row.code: row for row in read_shipped(BY_CODE["sample_statuses"], shipped_file(BY_CODE["sample_statuses"]).read_text("utf-8"))}


def test_the_table_is_the_one_of_the_catalogue():
    assert {code: split_list(row.columns["allowed_next"], ",") for code, row in SHIPPED.items()} == states.NEXT
    assert {code for code, row in SHIPPED.items() if row.columns["terminal"] == "Y"} == states.TERMINAL
    assert set(states.NAMES) == set(states.RINGS) == set(states.NEXT)


@pytest.mark.assurance("R6")
@pytest.mark.parametrize("status", states.STATES)
@pytest.mark.parametrize("to", states.STATES)
def test_a_move_that_is_not_listed_is_refused(status: str, to: str):
    if to in states.moves(status, has_been_reported=False):
        states.check_move("X", status, to, False)
    else:
        with pytest.raises(RuleViolation):
            states.check_move("X", status, to, False)


def test_a_sample_that_was_reported_ends_in_corrected_never_in_a_second_report():
    assert states.REPORTED in states.moves(states.REVIEWED, has_been_reported=False)
    assert states.CORRECTED not in states.moves(states.REVIEWED, has_been_reported=False)
    assert states.moves(states.REVIEWED, has_been_reported=True) == (states.CORRECTED, states.RETEST)


class SampleLife(RuleBasedStateMachine):
    """Random moves, allowed and refused, on one sample."""

    def __init__(self) -> None:
        super().__init__()
        self.status, self.reports, self.has_been_reported = states.REGISTERED, 0, False
        self.was_accepted = False

    @rule(to=st.sampled_from(states.STATES))
    def try_to_move(self, to: str) -> None:
        before = self.status
        try:
            states.check_move("X", self.status, to, self.has_been_reported)
        except RuleViolation:
            assert self.status == before
            return
        self._enter(to)

    @precondition(lambda self: bool(states.moves(self.status, self.has_been_reported)))
    @rule(data=st.data())
    def move_on(self, data: st.DataObject) -> None:
        self._enter(data.draw(st.sampled_from(states.moves(self.status, self.has_been_reported))))

    def _enter(self, to: str) -> None:
        assert self.status not in states.TERMINAL
        if to == states.UNDER_TEST:
            assert self.status in (states.ACCEPTED, states.ACCEPTED_DEVIATION)
        self.was_accepted |= to in (states.ACCEPTED, states.ACCEPTED_DEVIATION)
        self.reports += to == states.REPORTED
        self.has_been_reported |= to in (states.REPORTED, states.CORRECTED)
        self.status = to

    @invariant()
    def is_a_known_state_with_at_most_one_plain_report(self) -> None:
        assert self.status in states.NEXT
        assert self.reports <= 1

    @invariant()
    def nothing_is_tested_that_was_not_accepted(self) -> None:
        if self.status in (states.UNDER_TEST, states.RETEST, states.TESTED, states.REVIEWED, states.REPORTED):
            assert self.was_accepted


TestSampleLife = pytest.mark.assurance("R6")(SampleLife.TestCase)
TestSampleLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
