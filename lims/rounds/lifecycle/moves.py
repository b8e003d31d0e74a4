"""The table of round moves: from, to, who, which gates, what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lims.rounds.lifecycle.states import RoundState

Who = Literal["coordinator", "qa_managers", "automatic"]
Second = Literal["none", "second_person", "witness_of_other_party", "qa_manager_of_other_party"]
Direction = Literal["forward", "backward", "cancel"]
Effect = Literal[
    "inform_participants", "new_protocol_version", "withdraw_items", "new_codes", "reopen_submissions", "new_score_run",
    "new_report_version", "give_participant_states",
]


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move. `who` starts it; with `is_joint` every party's QA manager must have approved it."""

    source: RoundState | None  # None: the round is being created
    target: RoundState
    who: Who
    gates: tuple[str, ...]
    second: Second = "none"
    is_joint: bool = False
    direction: Direction = "forward"
    effects: tuple[Effect, ...] = ()
    also_by: tuple[str, ...] = ()  # roles that may start an automatic move by hand

    @property
    def roles(self) -> tuple[str, ...]:
        """Roles that take part in the move, the starting one first; empty for an automatic move without a person."""
        first = {"coordinator": ("coordinator",), "qa_managers": ("qa_manager",), "automatic": ()}[self.who]
        joined = ("qa_manager",) if self.is_joint or self.second == "qa_manager_of_other_party" else ()
        return tuple(dict.fromkeys((*first, *self.also_by, *joined)))


_CLOSING = ("capa_closed", "appeals_closed", "stability_to_deadline", "items_disposed", "minutes_filed", "approved_by_all")


def _forward() -> tuple[Move, ...]:
    return (
        Move(None, "planned", "coordinator", ("plan_complete",)),
        Move(
            "planned", "designed", "qa_managers", ("plan_complete", "protocol_complete", "no_results_yet", "approved_by_all"),
            is_joint=True,
        ),
        Move("designed", "enrolling", "coordinator", ("two_invited", "conduct_rules_shown")),
        Move("enrolling", "preparing", "coordinator", ("two_organisations_enrolled", "codes_drawn")),
        Move(
            "preparing", "dispatched", "coordinator",
            ("homogeneity_passed", "transport_stability", "transport_gate", "truth_sealed", "stock_covers", "distribution_complete",
             "deadline_ahead", "second_person"),
            second="second_person",
        ),
        Move("dispatched", "testing", "automatic", ("receipt_confirmed",)),
        Move(
            "dispatched", "locked", "automatic", ("deadline_or_all_submitted", "participant_states_complete"),
            effects=("give_participant_states",),
        ),
        Move(
            "testing", "locked", "automatic", ("deadline_or_all_submitted", "participant_states_complete"),
            also_by=("coordinator",), effects=("give_participant_states",),
        ),
        Move("locked", "analysing", "coordinator", ("blunders_closed", "witness_of_other_party"), second="witness_of_other_party"),
        Move(
            "analysing", "reviewing", "coordinator", ("score_run_frozen", "score_run_fresh", "score_run_checked"), second="second_person",
        ),
        Move(
            "reviewing", "published", "qa_managers",
            ("opinion_of_each_party", "critical_errors_decided", "score_run_fresh", "approved_by_all"),
            is_joint=True,
            effects=("inform_participants",),
        ),
        Move("published", "follow_up", "automatic", ("action_needed", "capa_opened")),
        Move(
            "published", "closed", "qa_managers", ("no_action_needed", *_CLOSING), is_joint=True,
        ),
        Move(
            "follow_up", "closed", "qa_managers", _CLOSING, is_joint=True,
        ),
    )


def _back(source: RoundState, target: RoundState, gates: tuple[str, ...], effects: tuple[Effect, ...]) -> Move:
    return Move(
        source, target, "coordinator", ("reason_given", *gates, "approved_by_all"), is_joint=True, direction="backward",
        effects=(*effects, "inform_participants"),
    )


def _backward() -> tuple[Move, ...]:
    return (
        _back("preparing", "designed", ("no_results_yet",), ("new_protocol_version",)),
        _back("dispatched", "preparing", (), ("withdraw_items", "new_codes")),
        _back("testing", "preparing", (), ("withdraw_items", "new_codes")),
        _back("locked", "testing", ("not_unblinded", "deadline_ahead"), ("reopen_submissions",)),
        _back("reviewing", "analysing", (), ("new_score_run",)),
        _back("published", "analysing", (), ("new_score_run", "new_report_version")),
        _back("follow_up", "analysing", (), ("new_score_run", "new_report_version")),
    )


_CANCELLABLE: tuple[RoundState, ...] = (
    "planned", "designed", "enrolling", "preparing", "dispatched", "testing", "locked", "analysing", "reviewing",
)


def _cancellations() -> tuple[Move, ...]:
    return tuple(
        Move(
            state, "cancelled", "coordinator", ("reason_given", "code_typed", "qa_manager_of_other_party"),
            second="qa_manager_of_other_party", direction="cancel", effects=("inform_participants",),
        )
        for state in _CANCELLABLE
    )


MOVES: tuple[Move, ...] = (*_forward(), *_backward(), *_cancellations())
_BY_PAIR: dict[tuple[RoundState | None, RoundState], Move] = {(move.source, move.target): move for move in MOVES}


def allowed_moves(state: RoundState | None) -> tuple[Move, ...]:
    """The moves that start in `state` (None: creation), forward ones first; none for closed and cancelled."""
    return tuple(move for move in MOVES if move.source == state)


def find_move(source: RoundState | None, target: RoundState) -> Move | None:
    """The move of this pair, or None when the table has none."""
    return _BY_PAIR.get((source, target))
