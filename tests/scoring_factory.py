"""Rounds in a few words: participants A1, A2 ... with one result per item, and the shipped reference cases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import lims.statistics
from lims.statistics.assessment.outcome import ItemScore, Overall, Reason
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ReportedInput, ScoringPlan
from lims.statistics.assessment.round_score import RoundScore
from lims.statistics.assessment.run import score

CASES = Path(str(lims.statistics.__file__)).parent / "cases"


def reference_case(file: str, case_id: str) -> dict[str, Any]:
    """One shipped reference case."""
    cases = json.loads((CASES / f"{file}.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = next(case for case in cases if case["id"] == case_id)
    return found


def codes(n: int) -> list[str]:
    """Participant codes in the order of their results."""
    return [f"A{index:02d}" for index in range(1, n + 1)]


def participants(n: int, **changes: Any) -> list[ParticipantInput]:
    """n participants, customs and CDC in turn, all submitted."""
    given = {"state": "submitted", **changes}
    return [ParticipantInput(code, "customs" if index % 2 else "cdc", **given) for index, code in enumerate(codes(n), start=1)]


def quantitative(**changes: Any) -> ScoringPlan:
    """A quantitative plan with external sigma_pt 0.25."""
    given: dict[str, Any] = {"kind": "quantitative", "measurand": "sars_cov_2", "unit": "1", "sigma_pt": Decimal("0.25"), **changes}
    return ScoringPlan(**given)


def qualitative(**changes: Any) -> ScoringPlan:
    """A qualitative plan with the percent rule, threshold 80."""
    given: dict[str, Any] = {"kind": "qualitative", "measurand": "sars_cov_2", "sigma_pt_route": "none", **changes}
    return ScoringPlan(**given)


def item(**changes: Any) -> ItemPlan:
    """Item 1 with x_pt 4.50 and no uncertainty."""
    given: dict[str, Any] = {"number": 1, "x_pt": Decimal("4.50"), **changes}
    return ItemPlan(**given)


def values(
    results: Sequence[object], u: Sequence[object] | None = None, k: Sequence[object] | None = None, unit: str | None = "1"
) -> list[ReportedInput]:
    """One number per participant for item 1; None: no result. A U stands with k = 2 unless ``k`` says otherwise, None in it: without."""
    factors = [2] * len(results) if k is None else k
    return [
        ReportedInput(
            code, 1, value=str(result), expanded_u=None if u is None or u[index] is None else str(u[index]),
            k=None if factors[index] is None else str(factors[index]), unit=unit,
        )
        for index, (code, result) in enumerate(zip(codes(len(results)), results, strict=True)) if result is not None
    ]


def run_values(plan: ScoringPlan, one: ItemPlan, results: Sequence[object], **reported: Any) -> RoundScore:
    """Score one item with one number per participant."""
    return score(plan, [one], participants(len(results)), values(results, **reported))


def panel(*expected: str, **changes: Any) -> list[ItemPlan]:
    """Items 1, 2 ... with these expected codes; POS is a strong positive."""
    return [
        ItemPlan(number, expected_code=code, is_strong=code == "POS", **changes) for number, code in enumerate(expected, start=1)
    ]


def answers(rows: Sequence[str]) -> list[ReportedInput]:
    """One row of codes per participant ("POS NEG - IND"); "-" is no result."""
    return [
        ReportedInput(code, number, result_code=result)
        for code, row in zip(codes(len(rows)), rows, strict=True)
        for number, result in enumerate(row.split(), start=1) if result != "-"
    ]


def run_panel(plan: ScoringPlan, items: Sequence[ItemPlan], rows: Sequence[str]) -> RoundScore:
    """Score a panel with one row of codes per participant."""
    return score(plan, items, participants(len(rows)), answers(rows))


def first(found: RoundScore) -> ItemScore:
    """The first participant's score on the first item."""
    return found.scores[0]


def overall_of(found: RoundScore, code: str = "A01") -> Overall:
    """One participant's verdict of the round."""
    return next(one for one in found.overall if one.participant_code == code)


def reason_codes(reasons: Sequence[Reason]) -> list[str]:
    """The codes alone."""
    return [reason.code for reason in reasons]
