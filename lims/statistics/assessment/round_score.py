"""The whole assessment of a round: everything a report says, with what other choices would change and the questions to the laboratories."""

from __future__ import annotations

from dataclasses import dataclass

from lims.statistics.assessment.outcome import (
    AgreementTable,
    Band,
    GroupComparison,
    ItemScore,
    ItemStatistics,
    LimitsOfAgreement,
    Overall,
    PairScore,
    Reason,
    Verdict,
)
from lims.statistics.assessment.plan import Kind, ParticipantState


@dataclass(frozen=True, slots=True)
class VerdictChange:
    """A verdict that another choice would change; item_number None: the verdict of the round."""

    participant_code: str
    item_number: int | None
    verdict: Verdict
    alternative: Verdict


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another choice that the standards allow too, and which verdicts it would change; the verdicts of the protocol stand."""

    option: str  # name of the choice as in `options`
    value: str  # its other value
    changes: tuple[VerdictChange, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """A possible blunder: a question to the laboratory with the numbers that speak for it, never a change."""

    code: str
    participant_codes: tuple[str, ...]
    item_numbers: tuple[int, ...]
    evidence: dict[str, float]


@dataclass(frozen=True, slots=True)
class StateCount:
    """Participants per state; the counts add up to all participants."""

    state: ParticipantState
    count: int


@dataclass(frozen=True, slots=True)
class Option:
    """A recorded choice of the protocol, printed in the report."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class RoundScore:
    """The whole score run; stored once, never changed."""

    kind: Kind
    input_hash: str
    n_participants: int
    n_scored: int  # laboratories with valid, scored results: the n of the decision table
    band: Band
    state_counts: tuple[StateCount, ...]
    items: tuple[ItemStatistics, ...]
    scores: tuple[ItemScore, ...]  # participants by code, items by number
    overall: tuple[Overall, ...]
    agreement: tuple[AgreementTable, ...]
    pairs: tuple[PairScore, ...]
    limits_of_agreement: LimitsOfAgreement | None  # two laboratories with enough split samples
    groups: tuple[GroupComparison, ...]
    sensitivity: tuple[Alternative, ...]
    flags: tuple[Flag, ...]
    conclusions: tuple[Reason, ...]
    not_concluded: tuple[Reason, ...]
    options: tuple[Option, ...]
