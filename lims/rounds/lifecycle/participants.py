"""Moves of one participant through a round, and what a submission is at a given instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lims.marks import N_
from lims.rounds.lifecycle.states import ParticipantState, RoundState

LatePolicy = Literal["refuse", "list", "score_marked"]
Acceptance = Literal["on_time", "late", "refused"]

PARTICIPANT_MOVES: dict[ParticipantState, tuple[ParticipantState, ...]] = {
    "invited": ("enrolled", "declined"),
    "declined": ("invited",),
    "enrolled": ("sent", "withdrawn"),
    "withdrawn": (),
    "sent": ("received", "replacement", "withdrawn", "no_response"),
    "replacement": ("sent", "withdrawn", "could_not_test", "no_response"),
    "received": ("draft", "submitted", "replacement", "could_not_test", "withdrawn", "no_response"),
    "draft": ("submitted", "late", "could_not_test", "replacement", "withdrawn", "no_response"),
    "submitted": ("submitted", "withdrawn"),
    "could_not_test": ("draft", "withdrawn"),
    "no_response": ("late", "sent", "received", "draft", "could_not_test"),
    "late": ("submitted",),  # by a later deadline; what was signed after the lock is not replaced
}
FINAL_STATES: frozenset[ParticipantState] = frozenset({"submitted", "late", "could_not_test", "no_response", "withdrawn"})
_TAKING_PART: frozenset[ParticipantState] = frozenset(
    {"sent", "replacement", "received", "draft", "submitted", "could_not_test", "no_response", "late"}
)


def may_become(state: ParticipantState, target: ParticipantState) -> bool:
    """Whether a participant in `state` may become `target`."""
    return target in PARTICIPANT_MOVES[state]


def state_at_lock(state: ParticipantState, signed_at: datetime | None, deadline: datetime) -> ParticipantState | None:
    """The state that the lock gives: a signed version counts even with a newer draft; None where the participant never took part.

    Parameters
    ----------
    signed_at:
        When the last signed version was signed; before the deadline that holds now it is on time, from it on late.
    """
    if state in ("submitted", "late") and signed_at is not None:
        return "submitted" if signed_at < deadline else "late"
    if state in FINAL_STATES:
        return state
    if state not in _TAKING_PART and state != "enrolled":
        return None
    if signed_at is None:
        return "no_response"
    return "submitted" if signed_at < deadline else "late"


def state_after_withdrawal_of_items(state: ParticipantState) -> ParticipantState:
    """Items withdrawn, a new batch follows: everybody who took part is enrolled again."""
    return "enrolled" if state in _TAKING_PART else state


def state_after_reopening(
    state: ParticipantState, *, has_receipt: bool, has_version: bool, signed_at: datetime | None, deadline: datetime
) -> ParticipantState:
    """Submissions reopened before unblinding: who had not answered may answer again, who signed late is judged by the new deadline."""
    if state == "late":
        return "submitted" if signed_at is not None and signed_at < deadline else "late"
    if state != "no_response":
        return state
    return "sent" if not has_receipt else "draft" if has_version else "received"


@dataclass(frozen=True, slots=True)
class SubmissionCheck:
    """Whether a signed submission is taken now; `sentence` says why not, or how it will be treated."""

    acceptance: Acceptance
    code: str
    sentence: str


def check_submission(round_state: RoundState, late_policy: LatePolicy, now: datetime, deadline: datetime) -> SubmissionCheck:
    """The server clock decides: before the deadline instant on time, from it on late; nothing after unblinding.

    Parameters
    ----------
    now, deadline:
        Aware instants; the deadline instant itself is late already, because the round locks at it.
    """
    if round_state not in ("testing", "locked"):
        if round_state in ("planned", "designed", "enrolling", "preparing", "dispatched"):
            sentence = N_("The round does not take submissions yet: confirm the receipt of the items first.")
            return SubmissionCheck("refused", "not_open_yet", sentence)
        return SubmissionCheck("refused", "closed", N_("The round has been unblinded or ended; nothing is accepted any more."))
    if round_state == "testing" and now < deadline:
        return SubmissionCheck("on_time", "on_time", N_("The submission is on time."))
    if round_state == "locked" and now < deadline:
        return SubmissionCheck("refused", "locked_early", N_("The round was locked early because everybody had submitted."))
    if late_policy == "refuse":
        return SubmissionCheck("refused", "deadline_passed", N_("The deadline has passed and the protocol refuses late results."))
    if late_policy == "list":
        return SubmissionCheck("late", "late_listed", N_("The deadline has passed: the result is accepted, listed and not scored."))
    return SubmissionCheck("late", "late_scored", N_("The deadline has passed: the result is accepted, scored and marked as late."))
