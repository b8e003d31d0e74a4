"""Planning aids: how many samples, positives or pairs a round or a validation needs, and what a given number can prove.

Counts and shares between 0 and 1, without unit. How many laboratories, and the power to detect a bias: `power.py`. Intervals come from the
very functions that give the verdict later (`intervals.clopper_pearson`, `kappa.cohen_kappa`), so that plan and verdict cannot differ. Every
planned number is the smallest that reaches the aim: the one below does not. What no reasonable number reaches is `plan_not_reachable`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from lims.statistics.intervals import Interval, clopper_pearson, normal_quantile
from lims.statistics.kappa import Weights, cohen_kappa
from lims.statistics.outcome import NotCalculable, Number

MOST: Final = 100_000  # no plan looks further than this
_SCALE: Final = 10**12  # counts that carry shares to twelve decimals


@dataclass(frozen=True, slots=True)
class PlannedTrials:
    """n trials of which x are expected to succeed, and the interval that this outcome would give."""

    n: int
    x: int
    interval: Interval

    @property
    def width(self) -> float:
        return self.interval.upper - self.interval.lower


def interval_expected(share: float, n: int, confidence: float = 0.95) -> PlannedTrials | NotCalculable:
    """Clopper-Pearson interval of the outcome to be expected from n trials with success probability `share`.

    The expected count n * share is a whole number seldom; the neighbour towards n / 2 is taken, which has the wider interval.
    Example: share 0.95, n = 50: 47 of 50, 0.8345 to 0.9875.
    """
    _checked_share(share)
    misses = _misses(max(share, 1.0 - share), n)
    x = n - misses if share >= 0.5 else misses
    interval = clopper_pearson(x, n, confidence)
    return interval if isinstance(interval, NotCalculable) else PlannedTrials(n, x, interval)


def trials_for_width(share: float, width: float, confidence: float = 0.95) -> PlannedTrials | NotCalculable:
    """Smallest n from which on every n gives an expected Clopper-Pearson interval not wider than `width`.

    For sensitivity the trials are true positives, for specificity true negatives. The width does not fall evenly with n (each further miss
    that is expected widens it), so "the first n that happens to reach it" would fail when one sample more is tested; this n does not.
    Examples: share 1, width 0.10: 36 (all right); share 0.95, width 0.10: 104; share 0.5, width 0.2: 104.
    """
    _checked_share(share)
    if not 0.0 < width < 1.0:
        raise ValueError(f"a width between 0 and 1 is expected, not {width}")
    # Within a run of n with the same number of expected misses the width falls; where a run begins it is widest, less so from run to run.
    run = smallest(lambda misses: _is_narrow(share, _run_start(share, misses), width, confidence), 1)
    if run is None:
        return NotCalculable("plan_not_reachable", {"most": MOST})
    n = smallest(lambda n: _is_narrow(share, n, width, confidence), _run_start(share, run - 1))
    return NotCalculable("plan_not_reachable", {"most": MOST}) if n is None else interval_expected(share, n, confidence)


def lower_limit(n: int, misses: int = 0, confidence: float = 0.95, *, one_sided: bool = False) -> Number:
    """What n trials with this many misses prove: the lower Clopper-Pearson limit of the success probability; n = 0 is `no_trials`.

    Two-sided by default, as in the verdict. All right: ((1 - confidence) / 2)^(1/n). one_sided spends all of 1 - confidence below.
    Examples: 5 of 5: 0.478; 30 of 30: 0.884; 60 of 60: 0.940; one-sided 59 of 59: 0.9505, the "59 samples" rule for 95 % at 95 %.
    """
    interval = clopper_pearson(n - misses, n, 2.0 * confidence - 1.0 if one_sided else confidence)
    return interval if isinstance(interval, NotCalculable) else interval.lower


def trials_for_lower_limit(
    least: float, misses: int = 0, confidence: float = 0.95, *, one_sided: bool = False
) -> PlannedTrials | NotCalculable:
    """Smallest n whose lower Clopper-Pearson limit is at least `least` although `misses` of the n fail.

    Examples: 0.95 without a miss: 72 two-sided, 59 one-sided; with one miss: 110 two-sided.
    """
    _checked_share(least)
    level = 2.0 * confidence - 1.0 if one_sided else confidence
    n = smallest(lambda n: _at_least(lower_limit(n, misses, level), least), max(misses, 1))
    if n is None:
        return NotCalculable("plan_not_reachable", {"most": MOST})
    interval = clopper_pearson(n - misses, n, level)
    return interval if isinstance(interval, NotCalculable) else PlannedTrials(n, n - misses, interval)


def samples_for_positives(positives: int, share: float, assurance: float = 0.95) -> Number:
    """Smallest number of routine samples that holds at least this many positives with probability `assurance`, `share` of all positive.

    Example: 50 positives at 10 % prevalence: 500 samples hold them only every second time; 615 are needed for 95 %.
    """
    _checked_share(share)
    if not 0.0 < assurance < 1.0 or positives < 0:
        raise ValueError(f"0 < assurance < 1 and positives >= 0 are expected, not {assurance}, {positives}")
    n = smallest(lambda n: probability_of_positives(n, positives, share) >= assurance, max(positives, 0))
    return NotCalculable("plan_not_reachable", {"most": MOST}) if n is None else n


def probability_of_positives(n: int, positives: int, share: float) -> float:
    """P(at least `positives` positives among n), binomial. Example: n = 500, 50 positives, share 0.1: 0.5218."""
    if positives <= 0:
        return 1.0
    if n < positives or share == 0.0:
        return 0.0
    from scipy.special import betainc

    return float(betainc(positives, n - positives + 1, share))


def kappa_width(kappa: float, shares: Sequence[float], n: int, confidence: float = 0.95, weights: Weights = "unweighted") -> Number:
    """Width 2 z ASE of the interval of kappa to be expected from n pairs, without the cut to [-1, 1].

    shares: the share of each category, the same for both raters; the expected table has kappa x share on its diagonal besides chance,
    p_ij = kappa share_i [i = j] + (1 - kappa) share_i share_j. ASE as in `cohen_kappa`. Example: kappa 0.6, shares 1/2, n = 100: 0.3136.
    """
    unit = _unit_error(kappa, shares, weights)
    if isinstance(unit, NotCalculable) or n < 1:
        return NotCalculable("no_pairs") if not isinstance(unit, NotCalculable) else unit
    return 2.0 * normal_quantile(confidence) * unit / math.sqrt(n)


def pairs_for_kappa(
    kappa: float, shares: Sequence[float], width: float, confidence: float = 0.95, weights: Weights = "unweighted"
) -> Number:
    """Smallest number of pairs with an expected interval of kappa not wider than `width` (`kappa_width`).

    A rare category needs many more: the shares are part of the plan. Examples, kappa 0.8, width 0.2: shares 1/2: 139; 0.1 and 0.9: 401.
    """
    if not width > 0:
        raise ValueError(f"a width above 0 is expected, not {width}")
    unit = _unit_error(kappa, shares, weights)
    if isinstance(unit, NotCalculable):
        return unit
    double = 2.0 * normal_quantile(confidence) * unit
    n = smallest(lambda n: double / math.sqrt(n) <= width, 1)
    return NotCalculable("plan_not_reachable", {"most": MOST}) if n is None else n


def smallest(reaches: Callable[[int], bool], start: int) -> int | None:
    """Smallest whole number from start on that reaches the aim, for an aim that stays reached; None beyond MOST."""
    if reaches(start):
        return start
    low, high = start, start + 1
    while not reaches(high):
        low, high = high, 2 * high
        if low >= MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reaches(middle) else (middle, high)
    return high if high <= MOST else None


def _misses(share: float, n: int) -> int:
    """Failures to be expected at most, share >= 1/2."""
    return n - math.floor(n * share + 1e-9)


def _run_start(share: float, misses: int) -> int:
    """Smallest n with this many expected failures (of the rarer outcome); beyond every plan when there is none."""
    start = smallest(lambda n: _misses(max(share, 1.0 - share), n) >= misses, max(misses, 1)) if share not in (0.0, 1.0) else misses
    return MOST + 1 if start is None else max(start, 1)


def _is_narrow(share: float, n: int, width: float, confidence: float) -> bool:
    found = interval_expected(share, n, confidence)
    return not isinstance(found, NotCalculable) and found.width <= width


def _unit_error(kappa: float, shares: Sequence[float], weights: Weights) -> Number:
    """ASE of kappa times sqrt(n), from the table of expected shares."""
    if not (-1.0 < kappa < 1.0 and len(shares) > 1 and min(shares) >= 0 and abs(math.fsum(shares) - 1.0) < 1e-9):
        raise ValueError(f"-1 < kappa < 1 and shares that add up to 1 are expected, not {kappa}, {list(shares)}")
    cells = [
        [(1.0 - kappa) * row * column + (kappa * row if i == j else 0.0) for j, column in enumerate(shares)] for i, row in enumerate(shares)
    ]
    if min(min(row) for row in cells) < 0:
        raise ValueError(f"kappa = {kappa} is impossible with the shares {list(shares)}")
    counts = [[round(cell * _SCALE) for cell in row] for row in cells]
    found = cohen_kappa(counts, weights)
    if found.reason is not None:
        return found.reason
    return found.ase if isinstance(found.ase, NotCalculable) else found.ase * math.sqrt(found.n)


def _at_least(value: Number, least: float) -> bool:
    return not isinstance(value, NotCalculable) and value >= least


def _checked_share(share: float) -> None:
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"a share between 0 and 1 is expected, not {share}")
