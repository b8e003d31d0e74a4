"""Do the intervals hold the truth as often as they say? Exactly for counts; by simulation, with fixed seeds, under `make prove`.

The nominal level is 95 % throughout. Each share is judged twice: by the floor that the documentation promises (the assertion in the test),
and by `coverage_held.HELD`, the share found by a run with another seed: farther away than four standard errors of both fails. A broken
interval is noticed by the second even where the floor is low because the method itself holds less than it says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import numpy as np
import pytest
from scipy.stats import binom

from lims.statistics.binomial_glm import quantile
from lims.statistics.bootstrap import kappa_bootstrap
from lims.statistics.group_kappa import group_kappa
from lims.statistics.intervals import Interval, clopper_pearson, wilson
from lims.statistics.kappa import cohen_kappa
from lims.statistics.lod import DetectionLimit, detection_limit
from lims.statistics.outcome import NotCalculable
from lims.statistics.pod import RelativeDetection, pod_difference, relative_detection
from lims.statistics.poisson_lod import PoissonLimit, poisson_limit
from lims.statistics.raters import rater_agreement
from lims.statistics.two_groups import paired_difference, welch_difference
from tests.statistics.coverage_held import HELD

SEED = 20261124
Record = Callable[[str, object], None]
Shares = Callable[[str, Iterable[Interval | NotCalculable], float], float]


@pytest.fixture
def shares(record_property: Record) -> Shares:
    """Share of intervals that hold the truth, kept for the record and compared with the run of another seed."""

    def share(what: str, intervals: Iterable[Interval | NotCalculable], truth: float) -> float:
        found = list(intervals)
        given = [one for one in found if isinstance(one, Interval)]
        held = sum(one.lower <= truth <= one.upper for one in given) / len(given)
        without = f", {len(found) - len(given)} without" if len(given) < len(found) else ""
        record_property("coverage", f"{what}: {held:.4f} of {len(given)}{without}")
        assert is_near(held, len(given), *HELD[what]), (what, held, HELD[what])
        return held

    return share


def is_near(share: float, n: int, other: float, m: int) -> bool:
    """Within four standard errors of the difference of two shares that are one in truth."""
    pooled = (share * n + other * m) / (n + m)
    return abs(share - other) <= 4.0 * math.sqrt(max(pooled * (1.0 - pooled), 1.0 / m) * (1.0 / n + 1.0 / m))


def exact(method: Callable[[int, int], Interval | NotCalculable], n: int) -> np.ndarray:
    """Coverage at p = 0.005, 0.015 ... 0.995."""
    p, limits = np.arange(0.005, 1.0, 0.01), [method(x, n) for x in range(n + 1)]
    holds = np.array([[one.lower <= share <= one.upper for one in limits] for share in p])
    return (holds * binom.pmf(np.arange(n + 1)[None, :], n, p[:, None])).sum(axis=1)


@pytest.mark.parametrize("n", [2, 5, 10, 30, 100])
def test_clopper_pearson_never_holds_less_than_it_says(n: int, record_property: Record) -> None:
    found = exact(clopper_pearson, n)
    record_property("coverage", f"Clopper-Pearson, n {n}, exactly: least {found.min():.4f}, mean {found.mean():.4f}")
    assert found.min() >= 0.95
    assert found.mean() < {2: 0.998, 5: 0.991, 10: 0.985, 30: 0.975, 100: 0.965}[n]  # and does not become wider than it must be


@pytest.mark.parametrize(("n", "mean", "least"), [(5, 0.9525, 0.895), (10, 0.9518, 0.92), (30, 0.9513, 0.924), (100, 0.95, 0.932)])
def test_wilson_holds_what_it_says_on_average(n: int, mean: float, least: float, record_property: Record) -> None:
    found = exact(wilson, n)
    record_property("coverage", f"Wilson, n {n}, exactly: least {found[10:-10].min():.4f} for p 0.1 to 0.9, mean {found.mean():.4f}")
    assert found.mean() == pytest.approx(mean, abs=0.0005)
    assert found[10:-10].min() > least


@pytest.mark.parametrize(("method", "wrong"), [(wilson, 0.90), (clopper_pearson, 0.90), (wilson, 0.98)])
def test_a_wrong_level_would_be_noticed(method: Callable[..., Interval | NotCalculable], wrong: float) -> None:
    """What judges the intervals can fail: another level, taken for 95 %, is found out."""
    held, other = exact(method, 30).mean(), exact(lambda x, n: method(x, n, wrong), 30).mean()
    assert not is_near(float(other), 2000, float(held), 2000)


@pytest.mark.parametrize(("n1", "n2"), [(10, 10), (20, 10)])
def test_newcombes_difference_holds_what_it_says_on_average(n1: int, n2: int, record_property: Record) -> None:
    limits = [[pod_difference(x1, n1, x2, n2).interval for x2 in range(n2 + 1)] for x1 in range(n1 + 1)]
    lower, upper = (np.array([[getattr(one, end) for one in row] for row in limits]) for end in ("lower", "upper"))
    grid, found = np.arange(0.05, 1.0, 0.1), []
    for p1 in grid:
        for p2 in grid:
            weight = np.outer(binom.pmf(np.arange(n1 + 1), n1, p1), binom.pmf(np.arange(n2 + 1), n2, p2))
            found.append(float((weight * ((lower <= p1 - p2) & (p1 - p2 <= upper))).sum()))
    record_property("coverage", f"dPOD, {n1} and {n2}, exactly: least {min(found):.4f}, mean {np.mean(found):.4f}")
    assert np.mean(found) == pytest.approx(0.9555, abs=0.003) and min(found) > 0.91


def two_raters(chance: np.random.Generator, n: int, prevalence: float, right: float) -> np.ndarray:
    """Two laboratories that find the right one of two categories independently with the chance `right`."""
    truth = chance.random(n) < prevalence
    first, second = (truth ^ (chance.random(n) > right) for _ in range(2))
    return np.array([[np.sum(first & second), np.sum(first & ~second)], [np.sum(~first & second), np.sum(~first & ~second)]])


def true_kappa(prevalence: float, right: float) -> float:
    po, positive = right**2 + (1 - right) ** 2, prevalence * right + (1 - prevalence) * (1 - right)
    pe = positive**2 + (1 - positive) ** 2
    return (po - pe) / (1 - pe)


def tables_of(n: int) -> np.ndarray:
    """Every 2 x 2 table of n pairs."""
    return np.array([(a, b, c, n - a - b - c) for a in range(n + 1) for b in range(n + 1 - a) for c in range(n + 1 - a - b)])


def cells(prevalence: float, right: float) -> np.ndarray:
    """Chances of the four cells of `two_raters`."""
    hit, miss = right * right, (1 - right) * (1 - right)
    apart = right * (1 - right)
    return np.array([prevalence * hit + (1 - prevalence) * miss, apart, apart, prevalence * miss + (1 - prevalence) * hit])


@pytest.mark.prove
@pytest.mark.parametrize(("prevalence", "right", "held"), [(0.5, 0.85, 0.8986), (0.5, 0.95, 0.8547), (0.2, 0.9, 0.8821)])
def test_the_interval_of_kappa_of_20_pairs_over_all_tables(prevalence: float, right: float, held: float, record_property: Record) -> None:
    """No simulation: every table of 20 pairs with its chance. The simulation below has to give the same."""
    from scipy.stats import multinomial

    tables, truth = tables_of(20), true_kappa(prevalence, right)
    chances = multinomial.pmf(tables, 20, cells(prevalence, right))
    found = [cohen_kappa(table.reshape(2, 2)).interval for table in tables]
    has = np.array([isinstance(one, Interval) for one in found])
    holds = np.array([isinstance(one, Interval) and one.lower <= truth <= one.upper for one in found])
    share = float(chances[holds].sum() / chances[has].sum())
    record_property("coverage", f"kappa {truth:.3f}, prevalence {prevalence}, n 20, Wald, all tables: {share:.4f}")
    assert share == pytest.approx(held, abs=0.0005)
    assert is_near(share, 10**6, *HELD[f"kappa {truth:.3f}, prevalence {prevalence}, n 20, Wald"])


@pytest.mark.prove
@pytest.mark.parametrize("n", [20, 50, 100, 300])
@pytest.mark.parametrize(("prevalence", "right"), [(0.5, 0.85), (0.5, 0.95), (0.2, 0.9)])
def test_the_interval_of_kappa_holds_kappa(n: int, prevalence: float, right: float, shares: Shares) -> None:
    chance, truth = np.random.default_rng(SEED), true_kappa(prevalence, right)
    tables = [two_raters(chance, n, prevalence, right) for _ in range(2000)]
    where = f"kappa {truth:.3f}, prevalence {prevalence}, n {n}"
    wald = shares(f"{where}, Wald", [cohen_kappa(table).interval for table in tables], truth)
    boot = shares(f"{where}, bootstrap", [kappa_bootstrap(table, replicates=1000).interval for table in tables[:500]], truth)
    assert wald > {20: 0.84, 50: 0.88, 100: 0.90, 300: 0.93}[n]  # near kappa = 1 it holds less than it says
    assert boot > {20: 0.82, 50: 0.91, 100: 0.91, 300: 0.925}[n]


@pytest.mark.prove
@pytest.mark.parametrize("link", ["probit", "logit", "cloglog"])
@pytest.mark.parametrize("replicates", [10, 20, 60])
def test_the_intervals_of_the_detection_limit_hold_it(link: str, replicates: int, shares: Shares) -> None:
    chance, dose = np.random.default_rng(SEED), np.array([12.5, 25, 50, 100, 200, 400])
    slope, limit = 2.7, 122.3
    eta = quantile(0.95, link) + slope * np.log10(dose / limit)
    inverse = {
        "probit": lambda v: 0.5 * np.array([math.erfc(-e / math.sqrt(2)) for e in v]),
        "logit": lambda v: 1 / (1 + np.exp(-v)),
        "cloglog": lambda v: -np.expm1(-np.exp(v)),
    }[link](eta)
    found = [detection_limit(dose, chance.binomial(replicates, inverse), [replicates] * 6, link=link) for _ in range(1200)]
    fitted = [one for one in found if isinstance(one, DetectionLimit)]
    fieller = shares(f"LoD95 {link}, {replicates} per level, Fieller", [one.ci_fieller for one in fitted], limit)
    delta = shares(f"LoD95 {link}, {replicates} per level, delta", [one.ci_delta for one in fitted], limit)
    assert 0.94 < fieller < 0.985
    assert delta > {10: 0.86, 20: 0.90, 60: 0.93}[replicates] and len(found) - len(fitted) < 30


@pytest.mark.prove
@pytest.mark.parametrize("replicates", [6, 12, 40])
def test_the_interval_of_the_poisson_limit_holds_it(replicates: int, shares: Shares) -> None:
    chance, dose = np.random.default_rng(SEED), np.array([0.1, 0.5, 1, 2, 5])
    found = [poisson_limit(dose, chance.binomial(replicates, -np.expm1(-0.8 * dose)), [replicates] * 5) for _ in range(2000)]
    intervals = [one.interval if isinstance(one, PoissonLimit) else one for one in found]
    assert shares(f"single-hit LoD95, {replicates} per level", intervals, -math.log(0.05) / 0.8) == pytest.approx(0.953, abs=0.013)


@pytest.mark.prove
@pytest.mark.parametrize("n", [20, 60])
def test_the_interval_of_the_relative_level_holds_it(n: int, shares: Shares) -> None:
    chance, rate = np.random.default_rng(SEED), np.array([0.6, 1.4])
    draws = [(chance.binomial(n, -np.expm1(-rate)), chance.binomial(n, -np.expm1(-rate / 1.5))) for _ in range(2000)]
    found = [relative_detection(reference, [n] * 2, alternative, [n] * 2) for reference, alternative in draws]
    intervals = [one.interval if isinstance(one, RelativeDetection) else one for one in found]
    assert shares(f"RLOD 1.5, 2 levels of {n}", intervals, 1.5) == pytest.approx(0.955, abs=0.018)


@pytest.mark.prove
@pytest.mark.parametrize("items", [2, 3, 5, 8, 11])
def test_paired_differences_of_two_laboratories_hold_their_bias(items: int, shares: Shares) -> None:
    chance = np.random.default_rng(SEED)
    levels = chance.uniform(1, 9, size=(10000, items))
    first, second = levels + 0.3 + chance.normal(0, 0.2, levels.shape), levels + chance.normal(0, 0.4, levels.shape)
    intervals = [paired_difference(a, b).interval for a, b in zip(first, second, strict=True)]
    assert shares(f"paired difference, {items} items", intervals, 0.3) == pytest.approx(0.95, abs=0.0075)  # exact in theory


@pytest.mark.prove
@pytest.mark.parametrize(
    ("n1", "n2", "floor", "ceiling"), [(2, 2, 0.96, 0.985), (3, 8, 0.945, 0.965), (5, 5, 0.945, 0.965), (11, 11, 0.94, 0.96)]
)
def test_the_bias_of_two_groups_of_laboratories_is_held(n1: int, n2: int, floor: float, ceiling: float, shares: Shares) -> None:
    chance = np.random.default_rng(SEED)
    found = [welch_difference(chance.normal(1, 1, n1), chance.normal(0, 2, n2)).interval for _ in range(8000)]
    assert floor < shares(f"Welch, {n1} against {n2} laboratories, SD 1 and 2", found, 1.0) < ceiling


def rated(chance: np.random.Generator, items: int, laboratories: int) -> np.ndarray:
    truth = chance.random(items) < 0.5
    return truth[:, None] ^ (chance.random((items, laboratories)) > 0.9)


@pytest.mark.prove
@pytest.mark.parametrize("laboratories", [2, 3, 5, 8, 11])
@pytest.mark.parametrize("items", [10, 20, 40])
def test_agreement_of_two_to_eleven_laboratories_is_held(laboratories: int, items: int, shares: Shares) -> None:
    chance, kappa, pairs = np.random.default_rng(SEED), true_kappa(0.5, 0.9), 0.9**2 + 0.1**2
    found = [rater_agreement(rated(chance, items, laboratories).astype(int).tolist(), [0, 1]) for _ in range(1000)]
    names = {"percent_agreement": pairs, "gwet_ac1": kappa, "fleiss": kappa, "krippendorff": kappa}
    least = 0.84 if items < 20 else 0.87 if laboratories == 2 else 0.92  # two laboratories on few items: less than it says
    for name, truth in names.items():
        intervals = [getattr(one, name).interval for one in found]
        assert least < shares(f"{name}, {laboratories} laboratories, {items} items", intervals, truth) < 0.985


@pytest.mark.prove
@pytest.mark.parametrize(("n1", "n2"), [(2, 2), (3, 6), (5, 5)])
@pytest.mark.parametrize("items", [10, 20, 40])
def test_kappa_between_two_groups_is_held(n1: int, n2: int, items: int, shares: Shares) -> None:
    chance, truth, found = np.random.default_rng(SEED), true_kappa(0.5, 0.9), []
    for _ in range(1000):
        positive = rated(chance, items, n1 + n2).astype(int)
        first, second = positive[:, :n1].sum(axis=1), positive[:, n1:].sum(axis=1)
        found.append(group_kappa(np.column_stack([first, n1 - first]), np.column_stack([second, n2 - second])).kappa_pairs.interval)
    assert shares(f"kappa of {n1} against {n2} laboratories, {items} items", found, truth) > (0.91 if items >= 20 else 0.85)
