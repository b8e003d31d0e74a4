"""Participant states, the deadline to the second, and the late policies."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lims.rounds.lifecycle.participants import (
    FINAL_STATES,
    PARTICIPANT_MOVES,
    check_submission,
    may_become,
    state_after_reopening,
    state_after_withdrawal_of_items,
    state_at_lock,
)
from lims.rounds.lifecycle.states import PARTICIPANT_STATES, PARTICIPANT_WORDS, ROUND_STATES

DEADLINE = datetime(2026, 5, 20, 9, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_table_names_every_state_and_leads_to_known_states_only() -> None:
    assert set(PARTICIPANT_MOVES) == set(PARTICIPANT_STATES) == set(PARTICIPANT_WORDS)
    assert {target for targets in PARTICIPANT_MOVES.values() for target in targets} <= set(PARTICIPANT_STATES)


def test_five_final_states_stay_five_and_none_turns_into_another_at_the_lock() -> None:
    assert {"submitted", "late", "could_not_test", "no_response", "withdrawn"} == FINAL_STATES
    for state in FINAL_STATES:
        assert state_at_lock(state, None, DEADLINE) == state


@pytest.mark.parametrize(("state", "signed_at", "expected"), [
    ("invited", None, None), ("declined", None, None), ("enrolled", None, "no_response"), ("sent", None, "no_response"),
    ("replacement", None, "no_response"), ("received", None, "no_response"), ("draft", None, "no_response"),
    ("draft", DEADLINE - SECOND, "submitted"), ("draft", DEADLINE, "late"), ("submitted", DEADLINE - SECOND, "submitted"),
    ("submitted", DEADLINE, "late"), ("late", DEADLINE - SECOND, "submitted"), ("late", DEADLINE, "late"),
    ("withdrawn", DEADLINE - SECOND, "withdrawn"), ("could_not_test", DEADLINE - SECOND, "could_not_test"),
])
def test_the_lock_gives_everybody_who_takes_part_a_state(state: str, signed_at: datetime | None, expected: str | None) -> None:
    assert state_at_lock(state, signed_at, DEADLINE) == expected


@pytest.mark.parametrize(("state", "has_receipt", "has_version", "signed_at", "expected"), [
    ("no_response", True, False, None, "received"), ("no_response", True, True, None, "draft"), ("no_response", False, False, None, "sent"),
    ("submitted", True, True, DEADLINE - SECOND, "submitted"), ("late", True, True, DEADLINE - SECOND, "submitted"),
    ("late", True, True, DEADLINE, "late"), ("could_not_test", True, False, None, "could_not_test"),
])
def test_after_reopening_each_goes_on_where_the_new_deadline_leaves_it(
    state: str, has_receipt: bool, has_version: bool, signed_at: datetime | None, expected: str
) -> None:
    after = state_after_reopening(state, has_receipt=has_receipt, has_version=has_version, signed_at=signed_at, deadline=DEADLINE)
    assert after == expected


def test_a_withdrawn_batch_brings_everybody_back_to_enrolled_except_who_left() -> None:
    assert state_after_withdrawal_of_items("submitted") == "enrolled"
    assert state_after_withdrawal_of_items("withdrawn") == "withdrawn"
    assert state_after_withdrawal_of_items("declined") == "declined"


def test_a_withdrawn_participant_never_comes_back_and_an_invited_one_cannot_submit() -> None:
    assert not any(may_become("withdrawn", state) for state in PARTICIPANT_STATES)
    assert not may_become("invited", "submitted")
    assert may_become("draft", "submitted")


@pytest.mark.assurance("C2")
@pytest.mark.parametrize(("policy", "late"), [("refuse", "refused"), ("list", "late"), ("score_marked", "late")])
def test_the_deadline_divides_to_the_second(policy: str, late: str) -> None:
    assert check_submission("testing", policy, DEADLINE - SECOND, DEADLINE).acceptance == "on_time"
    assert check_submission("testing", policy, DEADLINE, DEADLINE).acceptance == late
    assert check_submission("locked", policy, DEADLINE + SECOND, DEADLINE).acceptance == late


@pytest.mark.assurance("C2")
@pytest.mark.parametrize("state", [state for state in ROUND_STATES if state not in ("testing", "locked")])
@pytest.mark.parametrize("policy", ["refuse", "list", "score_marked"])
def test_nothing_is_accepted_before_testing_or_after_unblinding(state: str, policy: str) -> None:
    for moment in (DEADLINE - SECOND, DEADLINE + SECOND):
        check = check_submission(state, policy, moment, DEADLINE)
        assert check.acceptance == "refused"
        assert check.sentence.endswith(".")


def test_a_round_locked_early_takes_nothing_more() -> None:
    assert check_submission("locked", "list", DEADLINE - SECOND, DEADLINE).code == "locked_early"
