"""How numbers are shown. The cell always carries the unrounded value; these are formats only."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

SCORE_DECIMALS, MOST_DECIMALS = 2, 12
LIMITS = {"z": (2.0, 3.0), "z_prime": (2.0, 3.0), "zeta": (2.0, 3.0), "en": (1.0,), "pa": (100.0,)}
"""Statistic -> the limits of its verdicts, as absolute values."""


def decimals_to_show(value: float, limits: Sequence[float], fewest: int = SCORE_DECIMALS) -> int:
    """Decimals such that rounding moves the value neither across a limit nor onto it."""
    if all(abs(abs(value) - limit) > 10.0**-fewest for limit in limits):
        return fewest
    exact = abs(Decimal(repr(value)))
    for decimals in range(fewest, MOST_DECIMALS):
        shown = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        if all(_side(shown, limit) == _side(exact, limit) for limit in limits):
            return decimals
    return MOST_DECIMALS


def score_format(value: float | None, limits: Sequence[float] = (), prefix: str = "") -> str:
    """A number format with sign, real minus and enough decimals; ``prefix`` is a sign shown before it."""
    return _signed(SCORE_DECIMALS if value is None else decimals_to_show(value, limits), prefix)


@lru_cache
def _signed(decimals: int, prefix: str) -> str:
    zeros = "0." + "0" * decimals
    before = f'"{prefix} "' if prefix else ""
    return f'{before}+{zeros};{before}"−"{zeros};{before}{zeros}'


def plain_format(decimals: int) -> str:
    """A number format with fixed decimals and a real minus."""
    zeros = "0." + "0" * decimals if decimals else "0"
    return f'{zeros};"−"{zeros};{zeros}'


def decimals_of(texts: Sequence[str]) -> int:
    """The most decimals among submitted numbers; an exponent counts as it would be written out."""
    most = 0
    for text in texts:
        try:
            exponent = Decimal(text).as_tuple().exponent
        except ArithmeticError:
            continue
        if isinstance(exponent, int):
            most = max(most, -exponent)
    return min(most, MOST_DECIMALS)


def _side(value: Decimal, limit: float) -> int:
    border = Decimal(repr(limit))
    return (value > border) - (value < border)
