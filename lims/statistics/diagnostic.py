"""A test against a reference: sensitivity, specificity and everything derived from the 2 x 2 table, with intervals.

tp, fp, fn, tn are counts of specimens: test and reference positive, test positive only, reference positive only, both negative.
"Sensitivity" needs a reference that is taken for the truth; between two routine methods the same figures are PPA and NPA (`agreement`).
CLSI EP12-A2; Altman and Bland, BMJ 308 (1994) 1552 and 309 (1994) 102.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from lims.statistics.intervals import Interval, Method, Proportion, normal_quantile, proportion
from lims.statistics.kappa import CohenKappa, cohen_kappa
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.pod import pod_difference


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio with its interval on the logarithm; a zero cell leaves no interval, and no ratio where it would be infinite."""

    value: Number
    interval: Interval | NotCalculable


@dataclass(frozen=True, slots=True)
class Panel:
    """All measures of one table. Predictive values hold at the prevalence of the table only; see `predictive_values` for another."""

    tp: int
    fp: int
    fn: int
    tn: int
    sensitivity: Proportion
    specificity: Proportion
    ppv: Proportion
    npv: Proportion
    accuracy: Proportion
    prevalence: Proportion
    lr_positive: Ratio
    lr_negative: Ratio
    odds_ratio: Ratio
    youden: Number
    youden_interval: Interval | NotCalculable
    kappa: CohenKappa


@dataclass(frozen=True, slots=True)
class PredictiveValues:
    """Predictive values at a stated prevalence, with intervals on the logit."""

    prevalence: float
    ppv: Ratio
    npv: Ratio


def diagnostic_panel(tp: int, fp: int, fn: int, tn: int, confidence: float = 0.95, method: Method = "wilson") -> Panel:
    """Sensitivity tp / (tp + fn), specificity tn / (tn + fp), PPV tp / (tp + fp), NPV tn / (tn + fn), accuracy (tp + tn) / n.

    LR+ = se / (1 - sp), ln LR+ -+ z sqrt(1/tp - 1/(tp + fn) + 1/fp - 1/(fp + tn)); LR- = (1 - se) / sp likewise from fn and tn (Simel,
    Samsa and Matchar, J. Clin. Epidemiol. 44 (1991) 763). Odds ratio tp tn / (fp fn), SE of ln: sqrt(1/tp + 1/fp + 1/fn + 1/tn). No 1/2 is
    added to cells. Youden's index se + sp - 1 with Newcombe's interval of se - (1 - sp). Empty margins: `no_reference_positives` and so on.
    method: interval of the proportions; Wilson on screens, Clopper-Pearson in validation plans and verdicts.
    Example: 670, 202, 74, 640 (Scott et al. 2008): sensitivity 0.9005, specificity 0.7601, LR+ 3.75 (3.32 to 4.24), LR- 0.13 (0.11 to
    0.16).
    """
    z = normal_quantile(confidence)
    diseased, healthy = tp + fn, fp + tn
    se = proportion(tp, diseased, confidence, method, NotCalculable("no_reference_positives"))
    sp = proportion(tn, healthy, confidence, method, NotCalculable("no_reference_negatives"))
    youden, interval = _youden(tp, diseased, tn, healthy, confidence)
    return Panel(
        tp, fp, fn, tn, se, sp,
        ppv=proportion(tp, tp + fp, confidence, method, NotCalculable("no_test_positives")),
        npv=proportion(tn, tn + fn, confidence, method, NotCalculable("no_test_negatives")),
        accuracy=proportion(tp + tn, diseased + healthy, confidence, method),
        prevalence=proportion(diseased, diseased + healthy, confidence, method),
        lr_positive=_likelihood_ratio(tp, diseased, fp, healthy, z, confidence),
        lr_negative=_likelihood_ratio(fn, diseased, tn, healthy, z, confidence),
        odds_ratio=_odds_ratio(tp, fp, fn, tn, z, confidence),
        youden=youden, youden_interval=interval, kappa=cohen_kappa([[tp, fp], [fn, tn]], confidence=confidence),
    )  # fmt: skip


def predictive_values(tp: int, fp: int, fn: int, tn: int, prevalence: float, confidence: float = 0.95) -> PredictiveValues | NotCalculable:
    """PPV = se pi / (se pi + (1 - sp)(1 - pi)), NPV = sp (1 - pi) / (sp (1 - pi) + (1 - se) pi) at the prevalence pi, 0 < pi < 1.

    Interval on the logit: Var(logit PPV) = (1 - se) / (se n1) + sp / ((1 - sp) n0), Var(logit NPV) = se / ((1 - se) n1) + (1 - sp) / (sp
    n0) with n1 diseased and n0 healthy specimens (Mercaldo, Lau and Zhou, Stat. Med. 26 (2007) 2170, standard logit). se or sp at 0 or 1:
    no interval (`zero_cell`). Example: 670, 202, 74, 640 at 2 %: PPV 0.0712, NPV 0.9973.
    """
    if not 0.0 < prevalence < 1.0:
        raise ValueError(f"a prevalence between 0 and 1 is expected, not {prevalence}")
    z, diseased, healthy = normal_quantile(confidence), tp + fn, fp + tn
    if diseased == 0 or healthy == 0:
        return NotCalculable("no_reference_positives" if diseased == 0 else "no_reference_negatives")
    se, sp, odds = tp / diseased, tn / healthy, prevalence / (1.0 - prevalence)
    ppv = _share(se * odds, 1.0 - sp, _logit_variance(fn, tp, diseased, tn, fp, healthy), z, confidence)
    npv = _share(sp, (1.0 - se) * odds, _logit_variance(tp, fn, diseased, fp, tn, healthy), z, confidence)
    return PredictiveValues(prevalence, ppv, npv)


def _share(favourable: float, other: float, variance: float | None, z: float, confidence: float) -> Ratio:
    """favourable / (favourable + other), its interval from the variance of the logit."""
    if favourable + other == 0.0:
        lack = NotCalculable("zero_cell")
        return Ratio(lack, lack)
    value = favourable / (favourable + other)
    if variance is None:
        return Ratio(value, NotCalculable("zero_cell"))
    logit, half = math.log(favourable / other), z * math.sqrt(variance)
    ends = [1.0 / (1.0 + math.exp(-limit)) for limit in (logit - half, logit + half)]
    return Ratio(value, Interval(ends[0], ends[1], confidence))


def _logit_variance(a: int, b: int, n1: int, c: int, d: int, n0: int) -> float | None:
    """a / (b n1) + c / (d n0); None when a cell is empty."""
    return a / (b * n1) + c / (d * n0) if min(a, b, c, d) > 0 else None


def _likelihood_ratio(x1: int, n1: int, x0: int, n0: int, z: float, confidence: float) -> Ratio:
    """(x1 / n1) / (x0 / n0)."""
    if n1 == 0 or n0 == 0:
        lack = NotCalculable("no_reference_positives" if n1 == 0 else "no_reference_negatives")
        return Ratio(lack, lack)
    if x0 == 0:
        return Ratio(NotCalculable("zero_cell"), NotCalculable("zero_cell"))
    value = (x1 / n1) / (x0 / n0)
    if x1 == 0:
        return Ratio(0.0, NotCalculable("zero_cell"))
    factor = math.exp(z * math.sqrt(1 / x1 - 1 / n1 + 1 / x0 - 1 / n0))
    return Ratio(value, Interval(value / factor, value * factor, confidence))


def _odds_ratio(tp: int, fp: int, fn: int, tn: int, z: float, confidence: float) -> Ratio:
    if fp * fn == 0:
        return Ratio(NotCalculable("zero_cell"), NotCalculable("zero_cell"))
    value = tp * tn / (fp * fn)
    if value == 0.0:
        return Ratio(0.0, NotCalculable("zero_cell"))
    factor = math.exp(z * math.sqrt(1 / tp + 1 / fp + 1 / fn + 1 / tn))
    return Ratio(value, Interval(value / factor, value * factor, confidence))


def _youden(tp: int, diseased: int, tn: int, healthy: int, confidence: float) -> tuple[Number, Interval | NotCalculable]:
    if diseased == 0 or healthy == 0:
        lack = NotCalculable("no_reference_positives" if diseased == 0 else "no_reference_negatives")
        return lack, lack
    found = pod_difference(tp, diseased, healthy - tn, healthy, confidence)
    return found.difference, found.interval
