"""A criterion against a result: met, not met, or not shown because the interval crosses the limit."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf

from lims.validation.analysis.design import Criterion
from lims.validation.analysis.outcome import Judgement, Reason, Result, Verdict

EPSILON = 1e-9  # of the limit's size: a share such as 19/20 against 0.95 must not fail by a binary digit


def judge(criterion: Criterion, result: Result) -> Judgement:
    """The verdict of one part of the data.

    bound: the whole interval within the limits is met, wholly outside not met, else not shown. not_refuted: not met only when wholly
    outside, met when the estimate is calculable and that is not so. estimate: the point estimate alone. What is not calculable is not
    shown, with the reason.
    """
    if result.estimate is None:
        return Judgement(criterion.code, "not_shown", result, result.reasons or (Reason("not_calculable"),))
    low, high = limits(criterion)
    if criterion.role == "estimate":
        inside = _at_least(result.estimate, low) and _at_least(high, result.estimate)
        return Judgement(criterion.code, "met" if inside else "not_met", result, (Reason("estimate_decides"),))
    if result.lower is None or result.upper is None:
        return Judgement(criterion.code, "not_shown", result, (*result.reasons, Reason("no_interval")))
    verdict = of_interval(result.lower, result.upper, low, high)
    if criterion.role == "not_refuted" and verdict == "not_shown":
        return Judgement(criterion.code, "met", result, (Reason("claim_not_refuted"),))
    return Judgement(criterion.code, verdict, result, (Reason("interval_crosses_limit"),) if verdict == "not_shown" else ())


def of_interval(lower: float, upper: float, low: float, high: float) -> Verdict:
    """met: [lower, upper] within [low, high]; not_met: apart from it; else not_shown."""
    if _at_least(lower, low) and _at_least(high, upper):
        return "met"
    return "not_met" if not _at_least(upper, low) or not _at_least(high, lower) else "not_shown"


def limits(criterion: Criterion) -> tuple[float, float]:
    """The allowed range of a criterion; infinite where it is open."""
    if criterion.comparator == "at_most":
        return -inf, float(criterion.limit)
    return float(criterion.limit), inf if criterion.upper is None else float(criterion.upper)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """not_met before not_shown before met; nothing at all shows nothing."""
    found = set(verdicts)
    return "not_met" if "not_met" in found else "not_shown" if "not_shown" in found or not found else "met"


def verdicts(judgements: Iterable[Judgement]) -> dict[str, Verdict]:
    """Criterion -> its verdict, the worst of its parts."""
    by_code: dict[str, list[Verdict]] = {}
    for one in judgements:
        by_code.setdefault(one.criterion, []).append(one.verdict)
    return {code: worst(found) for code, found in by_code.items()}


def _at_least(value: float, limit: float) -> bool:
    return value >= limit - EPSILON * (abs(limit) if abs(limit) != inf else 0.0)
