"""The exact distribution of the double Grubbs ratio against printed tables, simulation and its own bounds."""

import numpy as np
import pytest

from lims.statistics.grubbs_double import LARGEST, double_critical, double_probability
from lims.statistics.outcome import NotCalculable

# Printed in four decimals: ISO 5725-2 Table 5 (1 % and 5 % shared between both ends).
PRINTED = {
    5: (0.0018, 0.0090),
    6: (0.0116, 0.0349),
    7: (0.0308, 0.0708),
    8: (0.0563, 0.1101),
    9: (0.0851, 0.1492),
    10: (0.1150, 0.1864),
    11: (0.1448, 0.2213),
    12: (0.1738, 0.2537),
}


@pytest.mark.parametrize("p", PRINTED)
def test_the_quantiles_are_those_of_the_printed_table(p: int) -> None:
    assert double_critical(p, 0.005) == pytest.approx(PRINTED[p][0], abs=6e-5)
    assert double_critical(p, 0.025) == pytest.approx(PRINTED[p][1], abs=6e-5)


@pytest.mark.parametrize("p", [4, 5, 7, 11, 30])
def test_simulated_samples_fall_below_the_quantiles_as_often_as_they_should(p: int) -> None:
    samples = np.sort(np.random.default_rng(20250801).standard_normal((200_000, p)), axis=1)
    whole = samples.var(axis=1) * p
    ratio = samples[:, :-2].var(axis=1) * (p - 2) / whole
    for tail in (0.01, 0.05, 0.5, 0.9):
        quantile = double_critical(p, tail)
        assert isinstance(quantile, float)
        share = float((ratio < quantile).mean())
        assert share == pytest.approx(tail, abs=5 * (tail * (1 - tail) / 200_000) ** 0.5)


@pytest.mark.parametrize("p", [4, 5, 6, 10, 40, LARGEST])
def test_the_distribution_rises_from_0_to_1(p: int) -> None:
    steps = [double_probability(p, w) for w in np.linspace(0.0, 1.0, 41)]
    assert steps[0] == pytest.approx(0.0, abs=1e-12) and steps[-1] == pytest.approx(1.0, abs=1e-5)
    assert all(low <= high + 2e-6 for low, high in zip(steps, steps[1:], strict=False))


def test_quantile_and_probability_are_inverse() -> None:
    for p in (4, 9, 50):
        assert double_probability(p, double_critical(p, 0.05)) == pytest.approx(0.05, abs=1e-9)


def test_more_laboratories_raise_the_quantile() -> None:
    quantiles = [double_critical(p, 0.025) for p in range(4, 41)]
    assert quantiles == sorted(quantiles)


def test_too_few_and_too_many_values_have_no_quantile() -> None:
    assert double_critical(3, 0.05) == NotCalculable("too_few_values", {"n": 3, "least": 4})
    assert double_critical(101, 0.05) == NotCalculable("no_critical_value", {"p": 101, "most": 100})
    with pytest.raises(ValueError, match="p from 4"):
        double_probability(3, 0.5)
