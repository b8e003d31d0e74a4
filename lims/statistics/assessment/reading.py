"""Reported text turned into numbers for one item, without guessing: what cannot be read is a reason."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lims.statistics.assessment.outcome import Figure, Mark, Reason
from lims.statistics.assessment.plan import ParticipantInput, Relation, ReportedInput, ScoringPlan
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.scores import standard_uncertainty

_NO_NUMBER = {
    "ND": "not_detected_without_limit", "LOQLT": "censored_without_limit", "GTMAX": "censored_without_limit", "INV": "result_invalid",
    "NT": "result_not_tested",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """One participant's numbers for one item; `problem` says why the result is not scored."""

    relation: Relation = "="
    value: float | None = None
    text: str | None = None
    expanded_u: float | None = None
    k: float | None = None
    u: float | None = None
    result_code: str | None = None
    is_reported: bool = False
    problem: Reason | None = None
    u_problem: Reason | None = None
    marks: tuple[Mark, ...] = ()

    @property
    def is_valid(self) -> bool:
        """A scored, uncensored number."""
        return self.problem is None and self.relation == "=" and self.value is not None

    @property
    def is_censored(self) -> bool:
        return self.problem is None and self.relation != "="


def figure(number: Number, is_informative: bool = True) -> Figure:
    """A statistic's number, or its reason, as a figure."""
    if isinstance(number, NotCalculable):
        return Figure(None, Reason(number.code, dict(number.params)))
    return Figure(number, None, is_informative)


def refused(code: str, **params: str | int | float) -> Figure:
    """A figure that is not given, with the reason."""
    return Figure(None, Reason(code, params))


def state_problem(plan: ScoringPlan, participant: ParticipantInput) -> Reason | None:
    """Why nothing of this participant is scored, by its state; five states, five different reasons."""
    if participant.state == "late":
        return {"refuse": Reason("late_refused"), "list": Reason("late_not_scored"), "score_marked": None}[plan.late_policy]
    return None if participant.state == "submitted" else Reason(participant.state)


def participant_marks(participant: ParticipantInput) -> tuple[Mark, ...]:
    """Marks that every score of the participant carries."""
    marks: list[Mark] = ["organiser"] if participant.is_organiser else []
    return (*marks, "late") if participant.state == "late" else tuple(marks)


#: a value beside one of these codes is a limit, never a measured number
_CODE_RELATION = {"ND": "<", "LOQLT": "<", "GTMAX": ">"}


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text is not None and text.strip() else None
    except ValueError:
        return None
    return value if value is None or math.isfinite(value) else None


def _result_problem(plan: ScoringPlan, reported: ReportedInput, value: float | None) -> Reason | None:
    if reported.exclusion:
        return Reason(reported.exclusion)
    if reported.result_code in ("INV", "NT"):
        return Reason(_NO_NUMBER[reported.result_code])
    if reported.value is None or not reported.value.strip():
        return Reason(_NO_NUMBER.get(reported.result_code or "", "result_missing"))
    if value is None:
        return Reason("value_unreadable", {"text": reported.value})
    relation = _CODE_RELATION.get(reported.result_code or "", reported.relation)
    if reported.relation != relation:
        return Reason("value_contradicts_code", {"code": reported.result_code or "", "relation": reported.relation, "expected": relation})
    unit = (reported.unit or "").strip()
    if not unit:
        return Reason("unit_missing", {"expected": plan.unit})
    return None if unit == plan.unit else Reason("unit_differs", {"unit": unit, "expected": plan.unit})


def _uncertainty(reported: ReportedInput) -> tuple[float | None, float | None, float | None, Reason | None]:
    """U, its k, u and the reason why a reported U cannot be used. A k that was not reported is never supposed."""
    if reported.expanded_u is None or not reported.expanded_u.strip():
        return None, None, None, None
    expanded = _number(reported.expanded_u)
    if expanded is not None and not (reported.k or "").strip():
        return expanded, None, None, Reason("coverage_factor_not_reported", {"text": reported.expanded_u})
    k = _number(reported.k)
    if expanded is None or k is None:
        text = reported.expanded_u if expanded is None else str(reported.k)
        return None, None, None, Reason("uncertainty_unreadable", {"text": text})
    u = standard_uncertainty(expanded, k)
    if isinstance(u, NotCalculable):
        return expanded, k, None, Reason(u.code, dict(u.params))
    return expanded, k, u, None


def read(plan: ScoringPlan, participant: ParticipantInput, reported: ReportedInput | None) -> Reading:
    """Read one participant's report of one item.

    A state without result, a decision of the blunder desk, a foreign unit, an unreadable number or a result without number
    each give their own `problem`; a censored value has none and is judged by its limit. U that is unreadable or
    stands without its k is left out with a reason.
    """
    problem = state_problem(plan, participant)
    marks = participant_marks(participant)
    if reported is None:
        return Reading(problem=problem or Reason("result_missing"), marks=marks)
    value = _number(reported.value)
    expanded, k, u, u_problem = _uncertainty(reported)
    problem = problem or _result_problem(plan, reported, value)
    if reported.exclusion:
        marks = (*marks, "excluded")
    if reported.relation != "=":
        marks = (*marks, "censored")
    return Reading(
        reported.relation, value, reported.value, expanded, k, u, reported.result_code,
        reported.value is not None or reported.result_code is not None, problem, u_problem, marks,
    )
