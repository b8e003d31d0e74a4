"""Repeatability and intermediate precision of each level: CLSI EP05 (20 x 2 x 2, 3 x 5 x 5), EP15 with the claim, categories and Ct."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import NamedTuple

from lims.statistics.intervals import Interval
from lims.statistics.lines import t_interval
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.values import mean_of, resolved, sd_of
from lims.statistics.variance_components import VarianceComponents, nested_anova, one_way
from lims.validation.analysis.outcome import Result
from lims.validation.analysis.parts import Found, Part, measured, number, pairs_of

EP05, EP15 = "CLSI EP05-A3", "CLSI EP15-A3"


class Spread(NamedTuple):
    """A standard deviation with its interval."""

    sd: Number
    interval: Interval | NotCalculable


def precision(part: Part) -> Found:
    """For each level: agreement with the expected category, and SD and CV of repeatability and within the laboratory."""
    return Found(tuple(result for level, rows in part.levels() for result in _level(rows, level, EP05)))


def verification(part: Part) -> Found:
    """As precision, and the bias against the assigned value of the level with the interval of the mean over the runs."""
    results: list[Result] = []
    for level, rows in part.levels():
        results += [*_level(rows, level, EP15), *_bias(rows, level)]
    return Found(tuple(results))


def _level(rows: Part, level: Decimal | None, clause: str) -> list[Result]:
    pairs = pairs_of(rows.rows, rows.options)
    results = []
    if pairs:
        results.append(rows.share("category_agreement", sum(one == other for one, other in pairs), len(pairs), clause, level=level))
    values = [value for row in rows.rows if (value := measured(row, rows.options)) is not None]
    if values or not pairs:
        results += _spreads(rows, values, level, clause)
    return results


def _spreads(rows: Part, values: list[float], level: Decimal | None, clause: str) -> list[Result]:
    (repeatability, within, reproducibility), method = spreads_of(rows)
    mean: Number = mean_of_values(values)
    named = {"repeatability": repeatability, "within_laboratory": within}
    if reproducibility is not None:
        named["reproducibility"] = reproducibility
    n, results = len(values), [rows.figure("mean", mean, None, "mean", clause, len(values), level)]
    for name, spread in named.items():
        results.append(rows.figure(f"sd_{name}", spread.sd, spread.interval, method, clause, n, level))
        cv, ends = percent_of(spread, mean)
        results.append(rows.figure(f"cv_{name}_percent", cv, ends, method, clause, n, level))
    return results


def spreads_of(rows: Part) -> tuple[tuple[Spread, Spread, Spread | None], str]:
    """Repeatability, within-laboratory and (with several sites) reproducibility SD, and the name of the design that gave them.

    day and run: nested; day alone or run alone: one way; neither: one series, whose SD is all there is. Several sites: site / day.
    """
    used = [(value, row) for row in rows.rows if (value := measured(row, rows.options)) is not None]
    y = [value for value, _ in used]
    day, run, site = [row.day for _, row in used], [row.run for _, row in used], [row.strata.site for _, row in used]
    inner = day if any(day) else run
    if len(set(site)) > 1:
        found = nested_anova(y, site, inner, ("site", "day"), rows.confidence) if any(inner) else _by(y, site, rows.confidence)
        return _of_sites(found), "nested_anova_sites"
    if any(day) and any(run):
        found = nested_anova(y, day, run, ("day", "run"), rows.confidence)
        if not (isinstance(found, NotCalculable) and found.code == "no_replicates"):
            return (*_of_one(found), None), "nested_anova"
    if any(inner):
        return (*_of_one(_by(y, inner, rows.confidence)), None), "one_way_anova"
    single = simple_spread(y, rows.confidence)
    return (single, single, None), "sample_sd"


def _by(y: list[float], groups: list[str], confidence: float) -> VarianceComponents | NotCalculable:
    by_group: dict[str, list[float]] = {}
    for value, group in zip(y, groups, strict=True):
        by_group.setdefault(group, []).append(value)
    return one_way(list(by_group.values()), "run", confidence)


def _of_one(found: VarianceComponents | NotCalculable) -> tuple[Spread, Spread]:
    if isinstance(found, NotCalculable):
        return Spread(found, found), Spread(found, found)
    return Spread(found.error.sd, root(found.error.interval)), Spread(found.total.sd, found.total.sd_interval)


def _of_sites(found: VarianceComponents | NotCalculable) -> tuple[Spread, Spread, Spread]:
    if isinstance(found, NotCalculable):
        lack = Spread(found, found)
        return lack, lack, lack
    within = Spread(found.within_outer.sd, found.within_outer.sd_interval)
    return Spread(found.error.sd, root(found.error.interval)), within, Spread(found.total.sd, found.total.sd_interval)


def simple_spread(y: list[float], confidence: float) -> Spread:
    """The SD of one series with its chi-squared interval."""
    if len(y) < 2:
        few = NotCalculable("too_few_values", {"n": len(y), "least": 2})
        return Spread(few, few)
    import numpy as np
    from scipy.special import chdtri

    array, df = np.asarray(y), len(y) - 1
    sd, tail = resolved(sd_of(array), array), (1.0 - confidence) / 2.0
    if sd == 0.0:
        return Spread(0.0, NotCalculable("results_all_equal"))
    low, high = (sd * math.sqrt(df / float(chdtri(df, share))) for share in (tail, 1.0 - tail))
    return Spread(sd, Interval(low, high, confidence))


def root(variance: Interval | NotCalculable) -> Interval | NotCalculable:
    """The interval of a variance as that of the SD."""
    if isinstance(variance, NotCalculable):
        return variance
    return Interval(math.sqrt(max(0.0, variance.lower)), math.sqrt(max(0.0, variance.upper)), variance.confidence)


def percent_of(spread: Spread, mean: Number) -> tuple[Number, Interval | NotCalculable]:
    """The SD as percent of the mean, whose own uncertainty is left out of the interval."""
    if isinstance(mean, NotCalculable) or mean == 0.0:
        lack = mean if isinstance(mean, NotCalculable) else NotCalculable("location_zero")
        return lack, lack
    factor = 100.0 / abs(mean)
    value = spread.sd if isinstance(spread.sd, NotCalculable) else spread.sd * factor
    ends = spread.interval
    return value, ends if isinstance(ends, NotCalculable) else Interval(ends.lower * factor, ends.upper * factor, ends.confidence)


def mean_of_values(values: list[float]) -> Number:
    """The mean, or the reason why there is none."""
    if not values:
        return NotCalculable("too_few_values", {"n": 0, "least": 1})
    import numpy as np

    return mean_of(np.asarray(values))


def _bias(rows: Part, level: Decimal | None) -> list[Result]:
    """Mean minus assigned value; its interval from the means of the days or runs, which are what was repeated independently."""
    groups: dict[str, list[float]] = {}
    for row in rows.rows:
        test, assigned = number(row.test, rows.options), number(row.comparator, rows.options)
        if test is not None and assigned is not None:
            groups.setdefault(row.day or row.run or str(row.number), []).append(test - assigned)
    n, means = sum(map(len, groups.values())), [math.fsum(group) / len(group) for group in groups.values()]
    bias, ends = centre_of(means, rows.confidence)
    assigned_values = {number(row.comparator, rows.options) for row in rows.rows} - {None}
    results = [rows.figure("bias", bias, ends, "t_of_run_means", EP15, n, level)]
    value = next(iter(assigned_values)) if len(assigned_values) == 1 else None
    if value:
        scaled = bias if isinstance(bias, NotCalculable) else 100.0 * bias / value
        if isinstance(ends, Interval):
            low, high = sorted((100.0 * ends.lower / value, 100.0 * ends.upper / value))
            ends = Interval(low, high, ends.confidence)
        results.append(rows.figure("bias_percent", scaled, ends, "t_of_run_means", EP15, n, level))
    return results


def centre_of(values: list[float], confidence: float) -> tuple[Number, Interval | NotCalculable]:
    """The mean with its t interval."""
    mean = mean_of_values(values)
    if isinstance(mean, NotCalculable) or len(values) < 2:
        return mean, NotCalculable("too_few_values", {"n": len(values), "least": 2})
    import numpy as np

    array = np.asarray(values)
    sd = resolved(sd_of(array), array)
    if sd == 0.0:
        return mean, NotCalculable("results_all_equal")
    return mean, t_interval(mean, sd / math.sqrt(len(values)), len(values) - 1, confidence)
