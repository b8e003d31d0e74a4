"""Linearity of the measuring range, standard curves of PCR, and the validation of a chemical method (GB/T 27417, GB/T 27404)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from lims.statistics.intervals import Interval
from lims.statistics.least_squares import LackOfFit, Polynomial, polynomial
from lims.statistics.linearity import linearity_study
from lims.statistics.lines import t_interval
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.pcr_efficiency import pcr_efficiency
from lims.validation.analysis.outcome import Curve, Reason, Result
from lims.validation.analysis.parts import Found, Part, measured, number
from lims.validation.analysis.precision import centre_of, mean_of_values, percent_of, simple_spread, spreads_of

EP06, MIQE, GBT = "CLSI EP06", "MIQE 2009", "GB/T 27417-2017; GB/T 27404-2008"


def linearity(part: Part) -> Found:
    """R2, lack of fit, the deviation of the best curve (EP06-A), and each level's deviation from the line with interval."""
    x, y = points_of(part)
    found, n = linearity_study(x, y, float(part.options.linearity_alpha)), len(x)
    if isinstance(found, NotCalculable):
        return Found((part.figure("deviation_percent", found, None, "line", EP06, n),))
    lack = found.lack_of_fit
    percents = [one.deviation_percent for one in found.deviations]
    largest: Number = NotCalculable("location_zero")
    if sizes := [abs(one) for one in percents if not isinstance(one, NotCalculable)]:
        largest = max(sizes)
    results = [
        part.figure("r2", found.linear.r2, None, "least_squares", EP06, n),
        part.figure("slope", found.linear.coefficients[1], found.linear.estimate(1, part.confidence).interval, "least_squares", EP06, n),
        part.figure(
            "intercept", found.linear.coefficients[0], found.linear.estimate(0, part.confidence).interval, "least_squares", EP06, n
        ),
        part.figure("lack_of_fit_p", lack.p if isinstance(lack, LackOfFit) else lack, None, "lack_of_fit", EP06, n),
        part.figure("best_degree", float(found.best_degree), None, "polynomials", EP06, n),
        part.figure("largest_curve_deviation_percent", largest, None, "polynomials", EP06, n),
        *level_deviations(part, x, y, found.linear),
    ]
    return Found(tuple(results), (), _line_curves(x, y, found.linear))


def points_of(part: Part) -> tuple[list[float], list[float]]:
    """(level, result) of the rows where both have a number."""
    known = [(float(row.level), value) for row in part.rows if row.level is not None and (value := measured(row, part.options)) is not None]
    return [x for x, _ in known], [y for _, y in known]


def level_deviations(part: Part, x: Sequence[float], y: Sequence[float], line: Polynomial) -> list[Result]:
    """Mean of a level minus the line, percent of the line, with the t interval of the pure error.

    Var = s^2 (1 / r - 1 / N - (x - mean)^2 / S_xx), r results at the level, s^2 the mean square within the levels.
    """
    by_level: dict[float, list[float]] = {}
    for level, value in zip(x, y, strict=True):
        by_level.setdefault(level, []).append(value)
    n, df = len(x), len(x) - len(by_level)
    centre = math.fsum(x) / n
    s_xx = math.fsum((value - centre) ** 2 for value in x)
    means = {level: math.fsum(group) / len(group) for level, group in by_level.items()}
    pure = math.fsum((value - means[level]) ** 2 for level, group in by_level.items() for value in group)
    results = []
    for level in sorted(by_level):
        share = 1.0 / len(by_level[level]) - 1.0 / n - (level - centre) ** 2 / s_xx
        percent, ends = _percent(means[level] - line.at(level), share, pure, df, line.at(level), part.confidence)
        results.append(part.figure("deviation_percent", percent, ends, "level_mean_pure_error", EP06, len(by_level[level]), _exact(level)))
    return results


def _percent(
    deviation: float, share: float, pure: float, df: int, line: float, confidence: float
) -> tuple[Number, Interval | NotCalculable]:
    if line == 0.0:
        return NotCalculable("location_zero"), NotCalculable("location_zero")
    factor = 100.0 / abs(line)
    if df < 1 or pure <= 0.0:
        return deviation * factor, NotCalculable("no_replicates" if df < 1 else "residuals_zero")
    error = math.sqrt(max(0.0, share) * pure / df) * factor
    return deviation * factor, t_interval(deviation * factor, error, df, confidence)


def _exact(level: float) -> Decimal:
    return Decimal(repr(level)).normalize() if level != int(level) else Decimal(int(level))


def _line_curves(x: Sequence[float], y: Sequence[float], line: Polynomial) -> tuple[Curve, ...]:
    ends = (min(x), max(x))
    return (Curve("pairs", tuple(x), tuple(y)), Curve("regression", ends, tuple(line.at(end) for end in ends)))


def efficiency(part: Part) -> Found:
    """Slope, efficiency and R2 of Ct against log10 copies."""
    x, y = points_of(part)
    logs = x if part.options.level_scale == "log10" else [math.log10(value) for value in x if value > 0]
    ct = y if part.options.level_scale == "log10" else [value for level, value in zip(x, y, strict=True) if level > 0]
    found, n = pcr_efficiency(logs, ct, part.confidence), len(logs)
    if isinstance(found, NotCalculable):
        return Found(tuple(part.figure(name, found, None, "least_squares", MIQE, n) for name in ("efficiency", "slope", "r2")))
    results = (
        part.figure("efficiency", found.efficiency, found.interval, "least_squares", MIQE, n),
        part.figure("slope", found.slope.value, found.slope.interval, "least_squares", MIQE, n),
        part.figure("intercept", found.intercept.value, found.intercept.interval, "least_squares", MIQE, n),
        part.figure("r2", found.r2, None, "least_squares", MIQE, n),
    )
    line = polynomial(logs, ct, 1)
    return Found(results, (), () if isinstance(line, NotCalculable) else _line_curves(logs, ct, line))


def chemistry(part: Part) -> Found:
    """Calibration, recovery and precision at each spiked level, bias against a certified value, limits from the blanks."""
    calibration = part.where(lambda row: row.role == "calibration")
    spiked = part.where(lambda row: row.role == "spiked")
    results = [*_calibration(calibration), *_blank_limits(part)]
    for level, rows in spiked.levels():
        results += [*_recovery(rows, level), *_precision(rows, level)]
    certified = part.where(lambda row: row.role == "sample" and row.comparator is not None)
    if certified.rows:
        results.append(_certified(certified))
    x, y = points_of(calibration)
    line = polynomial(x, y, 1)
    return Found(tuple(results), (), () if isinstance(line, NotCalculable) else _line_curves(x, y, line))


def _calibration(part: Part) -> list[Result]:
    x, y = points_of(part)
    line = polynomial(x, y, 1)
    r2 = line if isinstance(line, NotCalculable) else line.r2
    levels = part.figure("calibration_levels", float(len(set(x))), None, "count", GBT, len(x))
    return [levels, part.figure("r2", r2, None, "least_squares", GBT, len(x))]


def _recovery(rows: Part, level: Decimal | None) -> list[Result]:
    """100 (found - found without the addition) / added; without a level there is none."""
    if level is None or level == 0:
        return []
    percent = []
    for row in rows.rows:
        found = measured(row, rows.options)
        base = 0.0 if row.second is None else number(row.second, rows.options)
        if found is not None and base is not None:
            percent.append(100.0 * (found - base) / float(level))
    mean, ends = centre_of(percent, rows.confidence)
    return [rows.figure("recovery_percent", mean, ends, "mean_t", GBT, len(percent), level)]


def _precision(rows: Part, level: Decimal | None) -> list[Result]:
    values = [value for row in rows.rows if (value := measured(row, rows.options)) is not None]
    (repeatability, within, reproducibility), method = spreads_of(rows)
    named = {"rsd_repeatability_percent": repeatability, "rsd_within_laboratory_percent": within}
    if reproducibility is not None:
        named["rsd_reproducibility_percent"] = reproducibility
    mean = mean_of_values(values)
    return [rows.figure(name, *percent_of(spread, mean), method, GBT, len(values), level) for name, spread in named.items()]


def _certified(part: Part) -> Result:
    percent = []
    for row in part.rows:
        found, value = measured(row, part.options), number(row.comparator, part.options)
        if found is not None and value:
            percent.append(100.0 * (found - value) / value)
    mean, ends = centre_of(percent, part.confidence)
    return part.figure("bias_percent", mean, ends, "mean_t", GBT, len(percent))


def _blank_limits(part: Part) -> list[Result]:
    """Mean + 3 SD and mean + 10 SD of the blanks; the documents give no interval, so only the estimate can decide."""
    values = [value for row in part.rows if row.role == "blank" and (value := measured(row, part.options)) is not None]
    if not values:
        return []
    spread, mean = simple_spread(values, part.confidence), mean_of_values(values)
    results = []
    for name, factor in (("lod", 3.0), ("loq", 10.0)):
        limit: Number = NotCalculable("too_few_values", {"n": len(values), "least": 2})
        if not isinstance(spread.sd, NotCalculable) and not isinstance(mean, NotCalculable):
            limit = mean + factor * spread.sd
        notes = (Reason("blank_factor", {"factor": factor}),)
        results.append(part.figure(name, limit, None, "blank_mean_sd", GBT, len(values), notes=notes))
    return results
