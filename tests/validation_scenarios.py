"""Simulated validation studies whose truth lies exactly on a limit: every "met" is then a wrong one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from lims.validation.analysis.design import AnalysisOptions, Criterion, Family, Strata, StudyInput
from tests.study_factory import (
    at_least,
    at_most,
    between,
    call,
    exact,
    measured_levels,
    measured_pairs,
    numbered,
    pairs_with_second,
    series,
    two_by_two,
)

Draws = np.random.Generator
Rows = list[dict[str, Any]]
BOUND = 0.025  # two-sided 95 %: a bound is wrong on one side in 2.5 % at most


@dataclass(frozen=True)
class Scenario:
    """rows(draws, truth): one study; at `limit` the criterion is just not true; `inside` is a truth for which it should be met."""

    family: Family
    criterion: Criterion
    rows: Callable[[Draws, float], Rows]
    limit: float
    inside: float
    options: AnalysisOptions = AnalysisOptions()
    stated: float = BOUND
    wrong: str = "met"

    def study(self, draws: Draws, truth: float) -> StudyInput:
        return StudyInput(self.family, (self.criterion,), numbered(self.rows(draws, truth)), options=self.options)


def agreement(draws: Draws, truth: float) -> Rows:
    """100 positives and 100 negatives, each right with the probability of the truth."""
    a, d = int(draws.binomial(100, truth)), int(draws.binomial(100, truth))
    return two_by_two(a, 100 - d, 100 - a, d)


def kappa(draws: Draws, truth: float) -> Rows:
    """200 pairs, half of them positive."""
    both, apart = truth / 2 + (1 - truth) / 4, (1 - truth) / 4
    return two_by_two(*(int(count) for count in draws.multinomial(200, [both, apart, apart, both])))


def dilution(draws: Draws, truth: float) -> Rows:
    """Seven levels of 24, a probit curve of slope 3 whose 95 % point is the truth."""
    doses = [4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0]
    shares = [0.5 * math.erfc(-(1.6448536 + 3.0 * math.log10(dose / truth)) / math.sqrt(2.0)) for dose in doses]
    return series(doses, [int(draws.binomial(24, share)) for share in shares], [24] * 7)


def hits(draws: Draws, truth: float) -> Rows:
    return series([100.0], [int(draws.binomial(120, truth))], [120])


def blanks(draws: Draws, truth: float) -> Rows:
    """120 blanks of SD 1 whose 95 % point is the truth."""
    return [{"test": exact(round(float(value), 4)), "role": "blank", "item": f"B{place % 4}"} for place, value in
            enumerate(draws.normal(truth - 1.6448536, 1.0, 120))]  # fmt: skip


def low_samples(draws: Draws, truth: float) -> Rows:
    """Blanks and six low samples of ten results, all of one SD: the limit is 3.2897 SD above the blanks."""
    sd = truth / 3.2897073
    rows: Rows = [{"test": exact(round(float(value), 4)), "role": "blank", "item": f"B{place % 4}"} for place, value in
                  enumerate(draws.normal(0.0, sd, 200))]  # fmt: skip
    return rows + [
        {"test": exact(round(float(value), 4)), "role": "weak", "item": f"W{place % 6}"}
        for place, value in enumerate(draws.normal(truth, sd, 60))
    ]  # fmt: skip


def agents(role: str, expected: bool) -> Callable[[Draws, float], Rows]:
    def rows(draws: Draws, truth: float) -> Rows:
        right = draws.random(100) < truth
        return [
            {"test": call(bool(one) == expected), "comparator": call(expected), "role": role, "agent": f"A{place}"}
            for place, one in enumerate(right)
        ]  # fmt: skip

    return rows


def interferent(draws: Draws, truth: float) -> Rows:
    """Ten pairs, the mean bias of which is the truth in percent."""
    return [
        {"test": exact(round(100.0 + truth + float(noise), 4)), "second": exact(100.0), "role": "interferent", "agent": "bilirubin"}
        for noise in draws.normal(0.0, 5.0, 10)
    ]


def days(draws: Draws, truth: float) -> Rows:
    """20 days x 2 runs x 2: the within-laboratory CV is the truth; a third of the variance lies between days, a sixth between runs."""
    sd = truth  # of a mean of 100
    rows: Rows = []
    for day in range(20):
        shift = draws.normal(0.0, sd * math.sqrt(1 / 3))
        for run in range(2):
            second = draws.normal(0.0, sd * math.sqrt(1 / 6))
            for noise in draws.normal(0.0, sd * math.sqrt(1 / 2), 2):
                value = round(100.0 + float(shift + second + noise), 4)
                rows.append({"test": exact(value), "level": Decimal(1), "day": str(day), "run": str(run)})
    return rows


def five_by_five(draws: Draws, truth: float) -> Rows:
    """5 days x 5: the mean lies the truth (percent) above the assigned value."""
    return [
        {"test": exact(round(100.0 + truth + float(shift + noise), 4)), "comparator": exact(100.0), "level": Decimal(1), "day": str(day)}
        for day, shift in enumerate(draws.normal(0.0, 1.0, 5))
        for noise in draws.normal(0.0, 2.0, 5)
    ]


def claimed(draws: Draws, truth: float) -> Rows:
    """5 days x 5 without differences between the days: the repeatability SD is the truth."""
    return [
        {"test": exact(round(100.0 + float(noise), 4)), "level": Decimal(1), "day": str(day)}
        for day in range(5)
        for noise in draws.normal(0.0, truth, 5)
    ]


def line(draws: Draws, truth: float) -> Rows:
    """60 pairs along a line through 0 with the slope of the truth, both methods with an error of 1."""
    level = draws.uniform(10.0, 100.0, 60)
    return measured_pairs(
        np.round(level + draws.normal(0, 1, 60), 3).tolist(), np.round(truth * level + draws.normal(0, 1, 60), 3).tolist()
    )


def shifted(draws: Draws, truth: float) -> Rows:
    """60 pairs, the test method constantly higher by the truth."""
    level = draws.uniform(10.0, 100.0, 60)
    return measured_pairs(
        np.round(level + draws.normal(0, 1, 60), 3).tolist(), np.round(level + truth + draws.normal(0, 1, 60), 3).tolist()
    )


def bent(draws: Draws, truth: float) -> Rows:
    """Five levels of four results; the middle level deviates from the line of the means by the truth in percent."""
    bump = 30.0 * truth / (80.0 - 0.2 * truth)
    levels = [float(level) for level in (1, 2, 3, 4, 5) for _ in range(4)]
    y = [round(10.0 * level + (bump if level == 3.0 else 0.0) + float(draws.normal(0, 0.3)), 4) for level in levels]
    return measured_levels(levels, y)


def amplified(draws: Draws, truth: float) -> Rows:
    """Five levels of three wells; the efficiency is the truth."""
    slope, levels = -1.0 / math.log10(1.0 + truth), [float(10**power) for power in range(2, 7) for _ in range(3)]
    return measured_levels(levels, [round(40.0 + slope * math.log10(level) + float(draws.normal(0, 0.15)), 3) for level in levels])


def detection(draws: Draws, truth: float) -> Rows:
    """60 portions each, the reference finds 70 %, the method so much more or less."""
    first = series([1.0], [int(draws.binomial(60, 0.7 + truth))], [60])
    return first + series([1.0], [int(draws.binomial(60, 0.7))], [60], of_comparator=True)


def relative(draws: Draws, truth: float) -> Rows:
    """Three levels of 30 portions each, the reference finds 30, 50 and 70 %."""
    shares, doses = [0.3, 0.5, 0.7], [1.0, 2.0, 4.0]
    alternative = [int(draws.binomial(30, 1.0 - (1.0 - share) ** (1.0 / truth))) for share in shares]
    reference = [int(draws.binomial(30, share)) for share in shares]
    return series(doses, alternative, [30] * 3) + series(doses, reference, [30] * 3, of_comparator=True)


def kit(draws: Draws, truth: float) -> Rows:
    missed = int(draws.binomial(200, truth))
    return two_by_two(200 - missed, 5, missed, 195)


def specimens(draws: Draws, truth: float) -> Rows:
    """100 persons: 3 % positive in the first type alone, so many more in the second type alone."""
    both, first, second, none = draws.multinomial(100, [0.4, 0.03, 0.03 - truth, 0.54 + truth])
    return pairs_with_second(int(both), int(first), int(second), int(none))


def readers(draws: Draws, truth: float) -> Rows:
    alike = int(draws.binomial(120, truth))
    return pairs_with_second(alike // 2, 120 - alike, 0, alike - alike // 2)


def sites(draws: Draws, truth: float) -> Rows:
    """Two sites of 100 positives; the second one is as good as the truth."""
    rows: Rows = []
    for site, share in (("A", 0.99), ("B", truth)):
        a = int(draws.binomial(100, share))
        rows += [{**row, "strata": Strata(site=site)} for row in two_by_two(a, 0, 100 - a, 20)]
    return rows


def spiked(draws: Draws, truth: float) -> Rows:
    """Six results at 10: the mean recovery is the truth in percent."""
    values = [round(truth / 10.0 + float(noise), 4) for noise in draws.normal(0.0, 0.5, 6)]
    return [{"test": exact(value), "level": Decimal(10), "role": "spiked"} for value in values]


def scatter(draws: Draws, truth: float) -> Rows:
    """Twelve results at 10: the repeatability RSD is the truth in percent."""
    values = [round(10.0 + float(noise), 4) for noise in draws.normal(0.0, truth / 10.0, 12)]
    return [{"test": exact(value), "level": Decimal(10), "role": "spiked"} for value in values]


DEMING = AnalysisOptions(regression="deming", decision_levels=(Decimal(30),))
NOT_REFUTED = at_most("sd_repeatability", "2", role="not_refuted", confidence=Decimal("0.90"))
SCENARIOS: tuple[Scenario, ...] = (
    Scenario("qualitative_agreement", at_least("ppa", "0.90"), agreement, 0.90, 0.98),
    Scenario("qualitative_agreement", at_least("npa", "0.95"), agreement, 0.95, 0.999),
    Scenario("qualitative_agreement", at_least("kappa", "0.80"), kappa, 0.80, 0.92),
    Scenario("detection_limit", at_most("lod", "100"), dilution, 100.0, 50.0),
    Scenario("detection_limit", at_least("hit_rate", "0.95", level=Decimal("100.0")), hits, 0.95, 0.999),
    Scenario("blank_and_detection", at_most("lob", "2"), blanks, 2.0, 1.2),
    Scenario("blank_and_detection", at_most("lod", "3"), low_samples, 3.0, 2.0),
    Scenario("inclusivity", at_least("inclusivity", "0.95"), agents("target", True), 0.95, 0.999),
    Scenario("inclusivity", at_least("exclusivity", "0.95"), agents("non_target", False), 0.95, 0.999),
    Scenario("interference", at_least("unaffected_agents", "0.95"), agents("interferent", False), 0.95, 0.999),
    Scenario("interference", between("interference_percent", "-10", "10", by="agent"), interferent, 10.0, 2.0),
    Scenario("precision", at_most("cv_within_laboratory_percent", "5"), days, 5.0, 3.5),
    Scenario("precision", at_most("cv_repeatability_percent", "3.5355339"), days, 5.0, 3.5),
    Scenario("precision_verification", between("bias_percent", "-4", "4"), five_by_five, 4.0, 0.5),
    Scenario("precision_verification", NOT_REFUTED, claimed, 2.0, 1.5, stated=0.05, wrong="not_met"),
    Scenario("method_comparison", between("slope", "0.95", "1.05"), line, 1.05, 1.0),
    Scenario("method_comparison", between("slope", "0.95", "1.05"), line, 1.05, 1.0, DEMING),
    Scenario("method_comparison", between("bias", "-1", "1"), shifted, 1.0, 0.2),
    Scenario("method_comparison", between("bias_at_level", "-1", "1"), shifted, 1.0, 0.2, DEMING),
    Scenario("linearity", between("deviation_percent", "-3", "3", level=Decimal(3)), bent, 3.0, 0.3),
    Scenario("pcr_efficiency", between("efficiency", "0.90", "1.10"), amplified, 0.90, 1.0),
    Scenario("pod", at_least("dpod", "-0.20"), detection, -0.20, 0.05),
    Scenario("relative_detection", at_most("rlod", "1.5"), relative, 1.5, 0.8),
    Scenario("food_kit", at_most("false_negative_rate", "0.05"), kit, 0.05, 0.01),
    Scenario("paired_specimens", at_least("detection_difference", "-0.10"), specimens, -0.10, 0.0),
    Scenario("two_readers", at_least("reader_agreement", "0.90"), readers, 0.90, 0.98),
    Scenario("multi_site", at_least("ppa", "0.90", by="site"), sites, 0.90, 0.99),
    Scenario("chemistry", between("recovery_percent", "80", "110"), spiked, 110.0, 97.0),
    Scenario("chemistry", at_most("rsd_repeatability_percent", "10"), scatter, 10.0, 4.0),
)
