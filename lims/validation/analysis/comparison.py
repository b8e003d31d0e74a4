"""Method comparison (CLSI EP09): regression by the recorded method, bias with Bland-Altman's limits, bias at the decision levels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

import numpy as np

from lims.statistics.bland_altman import bland_altman
from lims.statistics.deming import Deming, deming, weighted_deming
from lims.statistics.intervals import Interval
from lims.statistics.lines import Estimate
from lims.statistics.outcome import NotCalculable
from lims.statistics.passing_bablok import PassingBablok, passing_bablok
from lims.statistics.robust import Values
from lims.statistics.two_groups import paired_difference
from lims.validation.analysis.design import AnalysisOptions, Observation
from lims.validation.analysis.outcome import Curve, Reason, Result
from lims.validation.analysis.parts import Found, Part, number

EP09, BLAND = "CLSI EP09-A3", "Bland, Altman 1999"
Fit = Callable[[Values, Values], Deming | PassingBablok | NotCalculable]
LEAST_KEPT = 0.9  # share of bootstrap draws that must have a line
Line = tuple[Estimate, Estimate]


def comparison(part: Part) -> Found:
    """Slope, intercept, bias and its limits, bias at each decision level, share of pairs within the allowed difference."""
    x, y = pairs_of_numbers(part.rows, part.options)
    line, notes = _line(x, y, part.options, part.confidence)
    n, method = len(x), part.options.regression
    results: list[Result] = []
    for place, name in enumerate(("intercept", "slope")):
        if isinstance(line, NotCalculable):
            results.append(part.figure(name, line, None, method, EP09, n))
        else:
            results.append(part.figure(name, line[place].value, line[place].interval, method, EP09, n, notes=notes))
    results += [*_differences(part, x, y), *(_at_level(part, x, y, level) for level in part.options.decision_levels)]
    return Found((*results, *_within(part, x, y)), (), _curves(x, y, line))


def pairs_of_numbers(rows: Sequence[Observation], options: AnalysisOptions) -> tuple[list[float], list[float]]:
    """(comparator, test) of the rows where both have a number."""
    both = [(number(row.comparator, options), number(row.test, options)) for row in rows]
    known = [(x, y) for x, y in both if x is not None and y is not None]
    return [x for x, _ in known], [y for _, y in known]


def _line(x: Sequence[float], y: Sequence[float], options: AnalysisOptions, confidence: float) -> tuple[Line | NotCalculable, list[Reason]]:
    if options.regression == "passing_bablok":
        found = passing_bablok(x, y, confidence)
        if isinstance(found, NotCalculable):
            return found, []
        lack = NotCalculable("standard_error_zero")
        bent = not isinstance(found.linearity, NotCalculable) and found.linearity.p < 0.05
        notes = [Reason("not_linear")] if bent else []
        return (Estimate(found.intercept, lack, found.intercept_interval), Estimate(found.slope, lack, found.slope_interval)), notes
    ratio = float(options.deming_ratio)
    weighted = options.regression == "weighted_deming"
    fit = weighted_deming(x, y, ratio, confidence) if weighted else deming(x, y, ratio, options.deming_errors, confidence)
    return (fit if isinstance(fit, NotCalculable) else (fit.intercept, fit.slope)), []


def _differences(part: Part, x: Sequence[float], y: Sequence[float]) -> list[Result]:
    options, n = part.options, len(x)
    multiplier = float(options.bland_altman_multiplier)
    found = bland_altman(y, x, multiplier, options.bland_altman_variance, part.confidence)
    form = f"bland_altman_{options.bland_altman_variance}"
    if isinstance(found, NotCalculable):
        return [part.figure(name, found, None, form, BLAND, n) for name in ("bias", "loa_lower", "loa_upper")]
    results = [
        part.figure("bias", found.bias, _told(found.bias_interval), form, BLAND, n),
        part.figure("loa_lower", found.lower, _told(found.lower_interval), form, BLAND, n),
        part.figure("loa_upper", found.upper, _told(found.upper_interval), form, BLAND, n),
        part.figure("sd_differences", found.sd, None, form, BLAND, n),
    ]
    percent = [200.0 * (b - a) / (a + b) for a, b in zip(x, y, strict=True) if a + b != 0.0]
    relative = paired_difference(percent, [0.0] * len(percent), part.confidence)
    value, ends = (relative, relative) if isinstance(relative, NotCalculable) else (relative.difference, relative.interval)
    return [*results, part.figure("bias_percent", value, ends, "paired_t", BLAND, len(percent))]


def _told(interval: Interval | NotCalculable) -> Interval | NotCalculable:
    """An interval without width tells nothing."""
    if isinstance(interval, Interval) and interval.lower == interval.upper:
        return NotCalculable("differences_zero")
    return interval


def _at_level(part: Part, x: Sequence[float], y: Sequence[float], level: Decimal) -> Result:
    """Predicted bias at a decision level: the intercept of the line through the pairs moved so that the level is 0.

    Deming's lines give its interval directly. The interval of Passing and Bablok's intercept leaves the scatter at the level out, so
    there the pairs are drawn again (percentile bootstrap with the recorded number of draws and seed).
    """
    options, at = part.options, float(level)
    if options.regression == "weighted_deming":
        return _resampled(part, x, y, level, lambda a, b: weighted_deming(a, b, float(options.deming_ratio)))
    moved = ([value - at for value in x], [value - at for value in y])
    if options.regression == "deming":
        line, _ = _line(*moved, options, part.confidence)
        value, ends = (line, None) if isinstance(line, NotCalculable) else (line[0].value, line[0].interval)
        return part.figure("bias_at_level", value, ends, "deming", EP09, len(x), level)
    return _resampled(part, x, y, level, lambda a, b: passing_bablok(a, b))


def _resampled(part: Part, x: Sequence[float], y: Sequence[float], level: Decimal, fit: Fit) -> Result:
    at, options = float(level), part.options
    method, full = f"{options.regression}_bootstrap", _predicted(fit(x, y), at)
    if isinstance(full, NotCalculable):
        return part.figure("bias_at_level", full, None, method, EP09, len(x), level)
    draws, first, second = np.random.default_rng(options.bootstrap_seed), np.asarray(x), np.asarray(y)
    found = []
    for chosen in draws.integers(0, len(x), size=(options.bootstrap_draws, len(x))):
        value = _predicted(fit(first[chosen], second[chosen]), at)
        if not isinstance(value, NotCalculable):
            found.append(value)
    notes = (Reason("bootstrap", {"draws": options.bootstrap_draws, "kept": len(found), "seed": options.bootstrap_seed}),)
    if len(found) < LEAST_KEPT * options.bootstrap_draws:
        lack = NotCalculable("too_few_replicates", {"n": len(found), "replicates": options.bootstrap_draws})
        return part.figure("bias_at_level", full, lack, method, EP09, len(x), level, notes)
    tail = (1.0 - part.confidence) / 2.0
    low, high = (float(end) for end in np.quantile(found, [tail, 1.0 - tail], method="weibull"))
    return part.figure("bias_at_level", full, Interval(low, high, part.confidence), method, EP09, len(x), level, notes)


def _predicted(line: Deming | PassingBablok | NotCalculable, at: float) -> float | NotCalculable:
    if isinstance(line, NotCalculable):
        return line
    intercept, slope = (one.value if isinstance(one, Estimate) else one for one in (line.intercept, line.slope))
    if isinstance(intercept, NotCalculable) or isinstance(slope, NotCalculable):
        return NotCalculable("slope_undefined")
    value = float(intercept + (slope - 1.0) * at)
    return value if math.isfinite(value) else NotCalculable("slope_undefined")


def _within(part: Part, x: Sequence[float], y: Sequence[float]) -> list[Result]:
    allowed = part.options.allowed_difference_percent
    if allowed is None:
        return []
    inside = sum(abs(b - a) <= float(allowed) / 100.0 * abs(a) for a, b in zip(x, y, strict=True))
    return [part.share("within_allowed", inside, len(x), EP09, empty="no_pairs")]


def _curves(x: Sequence[float], y: Sequence[float], line: Line | NotCalculable) -> tuple[Curve, ...]:
    points = (
        Curve("pairs", tuple(x), tuple(y)),
        Curve("differences", tuple((a + b) / 2 for a, b in zip(x, y, strict=True)), tuple(b - a for a, b in zip(x, y, strict=True))),
    )
    if isinstance(line, NotCalculable) or isinstance(line[0].value, NotCalculable) or isinstance(line[1].value, NotCalculable):
        return points if x else ()
    ends = (min(x), max(x))
    intercept, slope = line[0].value, line[1].value
    return (*points, Curve("regression", ends, tuple(intercept + slope * end for end in ends)))
