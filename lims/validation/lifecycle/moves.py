"""The table of a study's moves: from, to, who, which gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lims.validation.lifecycle.facts import StudyFacts
from lims.validation.lifecycle.gates import Gate, judge
from lims.validation.lifecycle.states import StudyState

Who = Literal["coordinator", "qa_managers"]


@dataclass(frozen=True, slots=True)
class Move:
    """One allowed move; ``qa_managers`` moves follow from the signature of the last party."""

    source: StudyState | None  # None: the study is being registered
    target: StudyState
    who: Who
    gates: tuple[str, ...]


def _ends() -> tuple[Move, ...]:
    early: tuple[StudyState, ...] = ("registered", "planned", "plan_approved", "data_collection")
    return (
        *(Move(state, "withdrawn", "coordinator", ("reason_given",)) for state in early),
        Move("decision", "withdrawn", "coordinator", ("decision_rejected", "reason_given")),
        Move("authorised", "withdrawn", "qa_managers", ("reason_given",)),
        Move("surveillance", "withdrawn", "qa_managers", ("reason_given",)),
    )


MOVES: tuple[Move, ...] = (
    Move(None, "registered", "coordinator", ("two_parties",)),
    Move("registered", "planned", "coordinator", ("plan_complete",)),
    Move("planned", "plan_approved", "qa_managers", ("plan_complete", "plan_approved_by_all")),
    Move("plan_approved", "data_collection", "coordinator", ("plan_approved_by_all",)),
    Move(
        "data_collection", "data_locked", "coordinator", ("data_present", "readings_complete", "discordants_closed", "no_open_amendment"),
    ),
    Move("data_locked", "analysis", "coordinator", ("analysis_frozen",)),
    Move("analysis", "review", "coordinator", ("analysis_frozen",)),
    Move("review", "decision", "qa_managers", ("analysis_frozen", "opinion_of_each_party", "decision_signed_by_all")),
    Move("decision", "authorised", "qa_managers", ("decision_favourable", "scope_signed_by_all")),
    Move("decision", "data_collection", "coordinator", ("decision_more_data", "reason_given")),
    Move("authorised", "surveillance", "coordinator", ("surveillance_recorded",)),
    Move("authorised", "planned", "coordinator", ("reason_given",)),  # re-validation
    Move("surveillance", "planned", "coordinator", ("reason_given",)),
    *_ends(),
)  # fmt: skip
_BY_PAIR = {(move.source, move.target): move for move in MOVES}


def find_move(source: str | None, target: str) -> Move | None:
    """The move of this pair, or None when the table has none."""
    return _BY_PAIR.get((source, target))  # type: ignore[arg-type]


def allowed_moves(state: str | None) -> tuple[Move, ...]:
    """The moves that start in ``state``."""
    return tuple(move for move in MOVES if move.source == state)


def check_move(source: str | None, target: str, facts: StudyFacts) -> list[Gate]:
    """The gates of a move as they stand. Raises ValueError when the table has no such move."""
    found = find_move(source, target)
    if found is None:
        raise ValueError(f"no move from {source} to {target}")
    return [judge(code, facts) for code in found.gates]
