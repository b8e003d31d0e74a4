"""Detection limits: hit rates of a dilution series and the limit by regression; limit of blank and of detection; RLOD and POD."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from statistics import NormalDist
from typing import NamedTuple

from lims.statistics.binomial_glm import Link
from lims.statistics.detection_limit import limit_of_blank, limit_of_detection
from lims.statistics.intervals import Interval, normal_quantile
from lims.statistics.limit_intervals import detection_interval, quantile_interval
from lims.statistics.lod import DetectionLimit, detection_limit
from lims.statistics.outcome import NotCalculable
from lims.statistics.paired_proportions import paired_difference_score
from lims.statistics.pod import laboratory_pod, pod_difference, relative_detection
from lims.statistics.poisson_lod import poisson_limit
from lims.validation.analysis.design import AnalysisOptions, Observation
from lims.validation.analysis.outcome import Curve, Reason, Result
from lims.validation.analysis.parts import Found, Part, cells, is_positive, measured, pairs_of

EP17, AOAC, ISO16140 = "CLSI EP17-A2", "AOAC OMA Appendix J; Wehling 2011", "ISO 16140-2:2016"
POINTS = 41


class Level(NamedTuple):
    """Hits among trials at one dose."""

    dose: float
    x: int
    n: int


def hits(rows: Iterable[Observation], options: AnalysisOptions, *, of_comparator: bool = False) -> tuple[int, int]:
    """Positive results among those that count, of the method or of the comparator."""
    said = [is_positive(row.comparator if of_comparator else row.test, options) for row in rows]
    known = [one for one in said if one is not None]
    return sum(known), len(known)


def dilution_series(part: Part) -> Found:
    """The hit rate of each level with its interval, and the dose that is detected with the recorded probability."""
    by_level = [(level, rows, *hits(rows.rows, part.options)) for level, rows in part.levels()]
    rates = [rows.share("hit_rate", x, n, EP17, level=level) for level, rows, x, n in by_level]
    series = [Level(float(level), x, n) for level, _, x, n in by_level if level is not None]
    limit, curve = _limit(part, series)
    return Found((*rates, *limit), (), curve)


def _limit(part: Part, series: list[Level]) -> tuple[tuple[Result, ...], tuple[Curve, ...]]:
    options, p = part.options, float(part.options.lod_probability)
    doses, x, trials = [one.dose for one in series], [one.x for one in series], [one.n for one in series]
    n = sum(trials)
    if options.lod_link == "poisson":
        single = poisson_limit(doses, x, trials, p, confidence=part.confidence)
        if isinstance(single, NotCalculable):
            return (part.figure("lod", single, None, "poisson_single_hit", EP17, n),), ()
        return (part.figure("lod", single.lod, single.interval, "poisson_single_hit", EP17, n),), ()
    found = detection_limit(doses, x, trials, p, options.lod_link, part.confidence, options.lod_interval)
    method = f"{options.lod_link}_{options.lod_interval}"
    if isinstance(found, NotCalculable):
        return (part.figure("lod", found, None, method, EP17, n),), ()
    notes = [Reason("limit_extrapolated")] if found.is_extrapolated else []
    if not isinstance(found.fit.p_fit, NotCalculable) and found.fit.p_fit < 0.05:
        notes.append(Reason("poor_fit", {"p": round(found.fit.p_fit, 4)}))
    result = part.figure("lod", found.lod, found.interval, method, EP17, n, notes=notes)
    return (result,), (_curve(found, options.lod_link, series, part.confidence),)


def _curve(found: DetectionLimit, link: Link, series: list[Level], confidence: float) -> Curve:
    """P(detected) over the tested doses on a logarithmic grid, with the pointwise Wald band of the linear predictor."""
    doses = [one.dose for one in series if one.dose > 0]
    low, high = math.log10(min(doses)), math.log10(max(doses))
    fit, z = found.fit, normal_quantile(confidence)
    grid = [low + (high - low) * step / (POINTS - 1) for step in range(POINTS)]
    line = [fit.intercept + fit.slope_log10 * x for x in grid]
    errors = [math.sqrt(max(0.0, fit.se[0] ** 2 + 2 * x * fit.cov + (x * fit.se[1]) ** 2)) for x in grid]
    low_band, high_band = ([eta + sign * z * se for eta, se in zip(line, errors, strict=True)] for sign in (-1.0, 1.0))
    shares = [tuple(_share(eta, link) for eta in etas) for etas in (line, low_band, high_band)]
    return Curve("lod", tuple(10.0**x for x in grid), *shares)


def _share(eta: float, link: Link) -> float:
    """The probability behind the link."""
    if link == "probit":
        return NormalDist().cdf(eta)
    return 1.0 / (1.0 + math.exp(-eta)) if link == "logit" else -math.expm1(-math.exp(min(eta, 700.0)))


def blank_and_detection(part: Part) -> Found:
    """Limit of blank of the blanks, limit of detection of the low samples, each with an interval; shares beyond a claimed limit."""
    options = part.options
    blanks, low = _by_item(part, ("blank",)), _by_item(part, ("weak", "spiked"))
    alpha, rule = float(options.lob_alpha), options.lob_rule
    n_blank, n_low = sum(map(len, blanks)), sum(map(len, low))
    blank = limit_of_blank(blanks, rule, alpha)
    if isinstance(blank, NotCalculable):
        results = [part.figure(name, blank, None, rule, EP17, n) for name, n in (("lob", n_blank), ("lod", n_low))]
        return Found((*results, *_claimed(part, blanks, low)))
    values = [value for group in blanks for value in group]
    ends = quantile_interval(values, 1.0 - alpha, rule, part.confidence)
    limit = detection_of(part, low, blank.value, values)
    return Found((part.figure("lob", blank.value, ends, rule, EP17, n_blank), limit, *_claimed(part, blanks, low)))


def detection_of(part: Part, low: list[list[float]], blank_limit: float, blanks: list[float]) -> Result:
    """The limit of detection; both of its parts take half of the error each, so that the interval holds whatever they do together."""
    options, n = part.options, sum(map(len, low))
    found = limit_of_detection(low, blank_limit, float(options.lod_beta))
    if isinstance(found, NotCalculable):
        return part.figure("lod", found, None, options.lob_rule, EP17, n)
    half = (1.0 + part.confidence) / 2.0
    of_blank = quantile_interval(blanks, 1.0 - float(options.lob_alpha), options.lob_rule, half)
    ends = of_blank if isinstance(of_blank, NotCalculable) else detection_interval(of_blank, found.sd, found.df, found.beta, half)
    if isinstance(ends, Interval):
        ends = Interval(ends.lower, ends.upper, part.confidence)
    notes = [Reason("low_results_below_lob", {"below": found.below, "n": found.n})]
    return part.figure("lod", found.value, ends, f"{options.lob_rule}_classical", EP17, n, notes=notes)


def _claimed(part: Part, blanks: list[list[float]], low: list[list[float]]) -> list[Result]:
    """Verification of a claim: blanks at or below the claimed limit of blank, low samples above it."""
    claim = part.options.claimed_lob
    if claim is None:
        return []
    empty, weak = [value for group in blanks for value in group], [value for group in low for value in group]
    return [
        part.share("blanks_below_claim", sum(value <= float(claim) for value in empty), len(empty), EP17),
        part.share("low_above_claim", sum(value > float(claim) for value in weak), len(weak), EP17),
    ]


def _by_item(part: Part, roles: tuple[str, ...]) -> list[list[float]]:
    groups: dict[str, list[float]] = {}
    for row in part.rows:
        value = measured(row, part.options)
        if row.role in roles and value is not None:
            groups.setdefault(row.item, []).append(value)
    return list(groups.values())


def detection_probability(part: Part) -> Found:
    """POD of both methods at each level and their difference; over all levels together when none is stated; LPOD over the sites."""
    results: list[Result] = []
    for level, rows in part.levels():
        (x1, n1), (x2, n2) = hits(rows.rows, part.options), hits(rows.rows, part.options, of_comparator=True)
        results += [rows.share("pod", x1, n1, AOAC, level=level), rows.share("pod_reference", x2, n2, AOAC, level=level)]
        results.append(_difference(rows, (x1, n1, x2, n2), level))
        results += _over_sites(rows, level)
    return Found(tuple(results))


def _difference(rows: Part, counts: tuple[int, int, int, int], level: Decimal | None) -> Result:
    if not rows.options.paired_data:
        apart = pod_difference(*counts, rows.confidence)
        return rows.figure("dpod", apart.difference, apart.interval, "newcombe_hybrid", AOAC, counts[1], level)
    a, b, c, d = cells(pairs_of(rows.rows, rows.options))
    paired = paired_difference_score(b, c, a + b + c + d, rows.confidence)
    value, ends = (paired, paired) if isinstance(paired, NotCalculable) else (paired.difference, paired.interval)
    return rows.figure("dpod", value, ends, "score_paired", "Tango 1998", a + b + c + d, level)


def _over_sites(rows: Part, level: Decimal | None) -> list[Result]:
    sites = sorted({row.strata.site for row in rows.rows if row.strata.site})
    if len(sites) < 2:
        return []
    counts = [hits([row for row in rows.rows if row.strata.site == site], rows.options) for site in sites]
    found = laboratory_pod([x for x, _ in counts], [n for _, n in counts], rows.confidence)
    n = sum(trials for _, trials in counts)
    if isinstance(found, NotCalculable):
        return [rows.figure("lpod", found, None, "lpod", AOAC, n, level)]
    return [rows.figure("lpod", found.lpod, found.interval, "lpod", AOAC, n, level)]


def relative_level(part: Part) -> Found:
    """RLOD of the method against the reference over the levels, and the hit rates of both."""
    levels = [(level, rows) for level, rows in part.levels() if level is not None]
    alternative = [hits(rows.rows, part.options) for _, rows in levels]
    reference = [hits(rows.rows, part.options, of_comparator=True) for _, rows in levels]
    n = sum(trials for _, trials in (*alternative, *reference))
    columns = ([x for x, _ in reference], [m for _, m in reference], [x for x, _ in alternative], [m for _, m in alternative])
    found = relative_detection(*columns, part.confidence)
    value, ends = (found, None) if isinstance(found, NotCalculable) else (found.rlod, found.interval)
    rates = [
        result
        for (level, rows), one, other in zip(levels, alternative, reference, strict=True)
        for result in (rows.share("pod", *one, ISO16140, level=level), rows.share("pod_reference", *other, ISO16140, level=level))
    ]
    return Found((part.figure("rlod", value, ends, "cloglog_glm", ISO16140, n), *rates))
