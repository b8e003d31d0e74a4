"""Yes/no methods: against a comparator, as a food kit, over sites, between specimen types and between two blinded readers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from lims.statistics.agreement import McNemar, mcnemar, pabak
from lims.statistics.intervals import Interval, clopper_pearson
from lims.statistics.kappa import CohenKappa, cohen_kappa
from lims.statistics.outcome import NotCalculable
from lims.statistics.paired_proportions import paired_difference_score
from lims.statistics.roc import roc
from lims.validation.analysis.design import Observation
from lims.validation.analysis.outcome import Curve, Reason, Result
from lims.validation.analysis.parts import Found, Pair, Part, cells, is_positive, pairs_of, table_of

EP12, KJ = "CLSI EP12-A2; WS/T 505", "KJ food rapid test evaluation; GB/T 27404"
COHEN, MCNEMAR = "Cohen 1960; Fleiss, Cohen, Everitt 1969", "McNemar 1947; Fagerland 2013"
FEW_PAIRS = 30


def agreement(part: Part) -> Found:
    """PPA, NPA, OPA, kappa, PABAK, McNemar, invalid rate; the weak positives apart; the ROC area where signals stand in the rows."""
    pairs = pairs_of(part.rows, part.options)
    results = [*shares(part, pairs), *chance_corrected(part, pairs), _weak(part), invalid_rate(part)]
    area, curve = _area(part)
    return Found((*results, *area), (table_of(part, "test_comparator", pairs),), curve)


def shares(part: Part, pairs: Sequence[Pair], names: tuple[str, str, str] = ("ppa", "npa", "opa"), clause: str = EP12) -> list[Result]:
    """a of a + c, d of b + d, a + d of all."""
    a, b, c, d = cells(pairs)
    return [
        part.share(names[0], a, a + c, clause, empty="no_reference_positives"),
        part.share(names[1], d, b + d, clause, empty="no_reference_negatives"),
        part.share(names[2], a + d, a + b + c + d, clause, empty="no_pairs"),
    ]


def chance_corrected(part: Part, pairs: Sequence[Pair], prefix: str = "") -> list[Result]:
    """Kappa with the limits that decide and with the asymptotic ones, PABAK, and McNemar's exact P.

    The asymptotic interval lies too high near 1 (its lower end passes a true kappa of 0.8 in 5 to 10 % of studies of 100 to 200 pairs), so
    a criterion is compared with (p - pe) / (1 - pe) for both Clopper-Pearson limits p of the observed agreement. That interval exists with
    perfect agreement too. See docs/validation/simulation.txt.
    """
    a, b, c, d = cells(pairs)
    table, n = [[a, b], [c, d]], len(pairs)
    kappa, test = cohen_kappa(table, confidence=part.confidence), mcnemar(table)
    value = kappa.kappa if kappa.reason is None else kappa.reason
    ends: Interval | NotCalculable | None = kappa.interval if kappa.is_interval_informative else None
    few = [Reason("few_pairs_for_kappa", {"n": n, "least": FEW_PAIRS})] if 0 < n < FEW_PAIRS else []
    flat = [Reason("interval_not_informative")] if kappa.reason is None and ends is None else []
    p = test.p_exact if isinstance(test, McNemar) else test
    limits = _kappa_limits(kappa, a + d, part.confidence)
    return [
        part.figure(f"{prefix}kappa", value, limits, "clopper_pearson_at_chance", COHEN, n, notes=few),
        part.figure(f"{prefix}kappa_asymptotic", value, ends, "fleiss_cohen_everitt", COHEN, n, notes=[*flat, *few]),
        part.figure(f"{prefix}pabak", pabak(table), None, "pabak", "Byrt, Bishop, Carlin 1993", n),
        part.figure(f"{prefix}mcnemar_p", p if n else NotCalculable("no_pairs"), None, "mcnemar_exact", MCNEMAR, n),
    ]


def _kappa_limits(kappa: CohenKappa, agreed: int, confidence: float) -> Interval | NotCalculable | None:
    if kappa.reason is not None or isinstance(kappa.pe, NotCalculable):
        return None
    ends = clopper_pearson(agreed, kappa.n, confidence)
    if isinstance(ends, NotCalculable):
        return ends
    low, high = ((end - kappa.pe) / (1.0 - kappa.pe) for end in (ends.lower, ends.upper))
    return Interval(max(-1.0, low), min(1.0, high), confidence)


def invalid_rate(part: Part) -> Result:
    """Invalid results of all tests made: a rate of its own, never part of the agreement."""
    made = [row for row in part.rows if row.test.text.strip()]
    return part.share("invalid_rate", sum(row.test.call == "invalid" for row in made), len(made), EP12)


def _weak(part: Part) -> Result:
    pairs = pairs_of([row for row in part.rows if row.role == "weak"], part.options)
    a, _, c, _ = cells(pairs)
    return part.share("ppa_weak", a, a + c, EP12, empty="no_reference_positives")


def _area(part: Part) -> tuple[tuple[Result, ...], tuple[Curve, ...]]:
    """The area under the ROC curve of the signals, and the curve itself from the highest cut-off to the lowest."""
    scored = [row for row in part.rows if row.score is not None and row.comparator and row.comparator.call in ("positive", "negative")]
    if not scored:
        return (), ()
    label = [int(row.comparator is not None and row.comparator.call == "positive") for row in scored]
    score = [float(row.score) for row in scored if row.score is not None]
    found = roc(label, score, part.confidence, part.options.higher_is_positive)
    clause = "DeLong, DeLong, Clarke-Pearson 1988"
    if isinstance(found, NotCalculable):
        return (part.figure("roc_area", found, None, "delong", clause, len(scored)),), ()
    ends = found.interval if found.is_interval_informative else None
    notes = () if ends is not None else (Reason("interval_not_informative"),)
    result = part.figure("roc_area", found.auc, ends, "delong", clause, len(scored), notes=notes)
    return (result,), (_roc_curve(label, score, part.options.higher_is_positive),)


def _roc_curve(label: Sequence[int], score: Sequence[float], higher: bool) -> Curve:
    positives, negatives = max(1, sum(label)), max(1, len(label) - sum(label))
    x, y = [0.0], [0.0]
    for cut in sorted(set(score), reverse=higher):
        chosen = [one for one, value in zip(label, score, strict=True) if (value >= cut if higher else value <= cut)]
        x.append((len(chosen) - sum(chosen)) / negatives)
        y.append(sum(chosen) / positives)
    return Curve("roc", tuple(x), tuple(y))


def food_kit(part: Part) -> Found:
    """Sensitivity, specificity, false negative and false positive rate, relative accuracy, and chi-square of the discordant results.

    chi2 = (|b - c| - 1)^2 / (b + c) with one degree of freedom (the correction clipped at 0); below 3.84 the methods do not differ.
    """
    pairs = pairs_of(part.rows, part.options)
    a, b, c, d = cells(pairs)
    test = mcnemar([[a, b], [c, d]])
    chi2 = test if isinstance(test, NotCalculable) else test.chi2_corrected if part.options.chi_square_correction else test.chi2
    is_zero = isinstance(chi2, NotCalculable) and chi2.code == "no_discordant_pairs" and bool(pairs)
    notes = (Reason("no_discordant_pairs"),) if is_zero else ()
    method = "mcnemar_corrected" if part.options.chi_square_correction else "mcnemar"
    rates = [
        part.share("false_negative_rate", c, a + c, KJ, empty="no_reference_positives"),
        part.share("false_positive_rate", b, b + d, KJ, empty="no_reference_negatives"),
        part.figure("chi_square", 0.0 if is_zero else chi2, None, method, KJ, len(pairs), notes=notes),
    ]
    named = shares(part, pairs, ("sensitivity", "specificity", "relative_accuracy"), KJ)
    return Found((*named, *rates, *chance_corrected(part, pairs), invalid_rate(part)), (table_of(part, "test_comparator", pairs),))


def paired_specimens(part: Part) -> Found:
    """Two specimen types of the same person: difference of the detection rates with the score interval for pairs, McNemar, agreement."""
    pairs = _with_second(part)
    a, b, c, d = cells(pairs)
    n = len(pairs)
    found = paired_difference_score(b, c, n, part.confidence)
    ends = None if isinstance(found, NotCalculable) else found.interval
    difference = found if isinstance(found, NotCalculable) else found.difference
    results = [
        part.figure("detection_difference", difference, ends, "score_paired", "Tango 1998", n),
        part.share("detection_first", a + b, n, MCNEMAR, empty="no_pairs"),
        part.share("detection_second", a + c, n, MCNEMAR, empty="no_pairs"),
        part.share("informative_pairs", a + b + c, n, MCNEMAR, empty="no_pairs"),
        *shares(part, pairs, ("positive_agreement", "negative_agreement", "opa"), EP12),
    ]
    return Found((*results, *chance_corrected(part, pairs), invalid_rate(part)), (table_of(part, "first_second", pairs),))


def two_readers(part: Part) -> Found:
    """Agreement of two blinded readers of the same strips, and the reading that the recorded rule makes of both against the comparator."""
    both = _with_second(part)
    a, b, c, d = cells(both)
    rule = {"first": lambda row: row, "both_positive": _both, "either_positive": _either}[part.options.readers_rule]
    pairs = pairs_of([rule(row) for row in part.rows], part.options)
    results = [
        part.share("reader_agreement", a + d, len(both), EP12, empty="no_pairs"),
        *chance_corrected(part, both, "reader_"),
        *shares(part, pairs),
        *chance_corrected(part, pairs),
        invalid_rate(part),
    ]
    return Found(tuple(results), (table_of(part, "readers", both), table_of(part, "test_comparator", pairs)))


def _both(row: Observation) -> Observation:
    """The first reader's result, unless the second one alone says negative."""
    second = row.second
    return _second_of(row) if second is not None and second.call == "negative" and row.test.call == "positive" else row


def _either(row: Observation) -> Observation:
    second = row.second
    return _second_of(row) if second is not None and second.call == "positive" and row.test.call == "negative" else row


def _second_of(row: Observation) -> Observation:
    return row if row.second is None else replace(row, test=row.second)


def _with_second(part: Part) -> list[Pair]:
    found = []
    for row in part.rows:
        first, second = is_positive(row.test, part.options, row.second), is_positive(row.second, part.options, row.test)
        if first is not None and second is not None:
            found.append((first, second))
    return found


def multi_site(part: Part) -> Found:
    """The agreement of all sites together, and whether PPA and NPA are alike at the sites (Pearson's chi-squared over 2 x sites)."""
    whole = agreement(part)
    sites = sorted({row.strata.site for row in part.rows})
    by_site = [cells(pairs_of([row for row in part.rows if row.strata.site == site], part.options)) for site in sites]
    positive = _homogeneity(part, "ppa_homogeneity_p", [(a, a + c) for a, _, c, _ in by_site])
    negative = _homogeneity(part, "npa_homogeneity_p", [(d, b + d) for _, b, _, d in by_site])
    return Found((*whole.results, positive, negative), whole.tables, whole.curves)


def _homogeneity(part: Part, name: str, counts: Sequence[tuple[int, int]]) -> Result:
    used = [(x, n) for x, n in counts if n]
    x, n = sum(one for one, _ in used), sum(one for _, one in used)
    method, clause = "chi_squared_homogeneity", "Pearson 1900"
    if len(used) < 2:
        return part.figure(name, NotCalculable("too_few_levels", {"n": len(used), "least": 2}), None, method, clause, n)
    if x in (0, n):
        return part.figure(name, 1.0, None, method, clause, n, notes=(Reason("no_variation"),))
    from scipy.special import chdtrc

    share = x / n
    chi2 = math.fsum((hits - trials * share) ** 2 / (trials * share * (1.0 - share)) for hits, trials in used)
    least = min(trials * min(share, 1.0 - share) for _, trials in used)
    notes = (Reason("expected_count_small", {"least": round(least, 2)}),) if least < 5 else ()
    return part.figure(name, float(chdtrc(len(used) - 1, chi2)), None, method, clause, n, notes=notes)
