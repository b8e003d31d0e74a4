"""What an analysis gives: each characteristic with estimate, interval, verdict, counts, method and clause; reasons as codes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from lims.rounds.report.restored import restored
from lims.validation.analysis.design import Family, Stratum

Verdict = Literal["met", "not_met", "not_shown"]
"""not_shown: the interval crosses the limit, or there is no estimate; the data prove neither."""
Variant = Literal["plan", "all_rows", "other_interval", "other_method", "indeterminate_positive", "indeterminate_negative", "resolved"]
"""plan: the analysis that the plan asks for; every other is a sensitivity analysis and decides nothing."""


@dataclass(frozen=True)
class Reason:
    """Why something is so, as a code with the parameters of its sentence."""

    code: str
    params: dict[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """One characteristic of one part of the data.

    stratum and value name the part ("" and "": all rows); level a concentration. x of n: what a share counts. left_out: rows of this
    part that could not count, by reason, in `reasons`. lower and upper are the interval at `confidence`; None with the reason.
    method names the estimator and the interval, clause where it is written.
    """

    characteristic: str
    method: str
    clause: str
    n: int
    left_out: int = 0
    x: int | None = None
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    confidence: float = 0.95
    stratum: Stratum = ""
    value: str = ""
    level: Decimal | None = None
    variant: Variant = "plan"
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Judgement:
    """A criterion, what it was asked of, and the verdict; `decides` is the result whose interval or estimate was compared."""

    criterion: str
    verdict: Verdict
    decides: Result
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Table:
    """A two-way table of counts; rows the method under validation, columns the comparator (or the second result)."""

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    stratum: Stratum = ""
    value: str = ""


@dataclass(frozen=True)
class Curve:
    """Points to draw with their interval: the curve of a detection limit, a regression line, a ROC curve."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    lower: tuple[float, ...] = ()
    upper: tuple[float, ...] = ()


@dataclass(frozen=True)
class Flow:
    """Where the rows went: all = counted + excluded + invalid + others left out; invalid results are a rate of their own."""

    rows: int
    excluded: int
    invalid: int
    indeterminate: int
    incomplete: int
    counted: int


@dataclass(frozen=True)
class StudyAnalysis:
    """The whole: one verdict for each criterion (its worst part), the results behind, sensitivity, tables and curves.

    overall: met only when every criterion is met; not_met when any is not met.
    """

    family: Family
    overall: Verdict
    flow: Flow
    judgements: tuple[Judgement, ...]
    results: tuple[Result, ...]
    sensitivity: tuple[Result, ...] = ()
    sensitivity_judgements: tuple[Judgement, ...] = ()
    tables: tuple[Table, ...] = ()
    curves: tuple[Curve, ...] = ()
    reasons: tuple[Reason, ...] = ()


def analysis_of(text: str) -> StudyAnalysis:
    """The analysis that its JSON states."""
    content: Any = json.loads(text)
    return restored(StudyAnalysis, content)
