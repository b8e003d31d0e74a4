"""The simple slips that can turn a good result into a wild one, tried backwards on one wild result."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from lims.statistics.submissions import BlunderOptions

Slip = Literal["unit_factor", "log_for_linear", "linear_for_log", "natural_log", "sign", "transposed_digits"]
LARGEST_EXPONENT = 100.0


def distances(value: float, centre: float, sd: float, is_log: bool) -> tuple[float, float]:
    """How far a value lies from the centre, in standard deviations: by its difference, and by its ratio.

    By ratio: |ln(value / centre)| / (sd / |centre|), the same for 10 times too much and 10 times too little; on a logarithmic item, and for
    values on the other side of 0, the difference again. Example: 10 and 0.1 where 1 +- 0.1 is usual: by ratio 23 both.
    """
    by_difference = abs(value - centre) / sd
    if is_log or centre == 0 or value == 0 or (value > 0) != (centre > 0):
        return by_difference, by_difference
    return by_difference, abs(math.log(abs(value)) - math.log(abs(centre))) * abs(centre) / sd


def explained_by_slip(
    value: float, centre: float, sd: float, is_log: bool, doubt: float, options: BlunderOptions
) -> list[tuple[Slip, dict[str, float]]]:
    """The slips that would explain a value far from centre, each with what the value becomes when it is mended.

    value, centre and sd in the unit of the item, or in log10 of it (is_log); doubt widens options.far and options.near where few results
    gave the sd. Unit and logarithm are judged by ratio, sign and digits by difference. The best mending of each slip is given, when it
    comes near enough. Example: 5100 where 5.1 is usual: unit_factor, power 3.
    """
    best: dict[Slip, dict[str, float]] = {}
    by_difference, by_ratio = distances(value, centre, sd, is_log)
    is_beside_zero = not is_log and abs(value) < abs(centre) < options.least_for_small * sd
    for slip, mended, evidence in _mendings(value, centre, sd, is_log, options):
        is_ratio = slip not in ("sign", "transposed_digits")
        distance = distances(mended, centre, sd, is_log)[is_ratio]
        near = options.near_transposed if slip == "transposed_digits" else options.near * doubt
        if is_ratio:
            decade = (1.0 if is_log else math.log(10.0) * abs(centre)) / sd
            near = min(max(near, options.least_near_log * decade), options.near_log * decade)
        is_far = (by_ratio if is_ratio and not is_beside_zero else by_difference) > options.far * doubt
        if is_far and distance <= near and distance < best.get(slip, {"distance_mended": math.inf})["distance_mended"]:
            best[slip] = {"mended": mended, "distance_mended": distance, **evidence}
    return sorted(best.items(), key=lambda found: found[0])


def _mendings(
    value: float, centre: float, sd: float, is_log: bool, options: BlunderOptions
) -> Iterator[tuple[Slip, float, dict[str, float]]]:
    powers = [power for n in range(1, options.largest_power + 1) for power in (n, -n)]
    if is_log:
        yield from (("unit_factor", value - power, {"power": float(power)}) for power in powers)
        if value > 0:
            yield "linear_for_log", math.log10(value), {}
        yield "natural_log", value / math.log(10.0), {}
    elif abs(centre) > options.least_location * sd:
        yield from (each for each in _linear_mendings(value, powers) if (each[1] > 0) == (centre > 0))
    yield from (("transposed_digits", mended, {}) for mended in transpositions(value))


def _linear_mendings(value: float, powers: list[int]) -> Iterator[tuple[Slip, float, dict[str, float]]]:
    yield from (("unit_factor", value / 10.0**power, {"power": float(power)}) for power in powers)
    if value != 0 and abs(value) < LARGEST_EXPONENT:
        yield "log_for_linear", 10.0**value, {"base": 10.0}
        yield "log_for_linear", math.exp(value), {"base": math.e}
    yield "sign", -value, {}


def transpositions(value: float) -> list[float]:
    """The numbers that arise when two neighbouring different digits of the value change places, across the decimal point too.

    Digits are those of the shortest decimal form, so a final 0 after the decimal point is not seen. Example: 21.5: 12.5 and 25.1.
    """
    sign, digits, exponent = Decimal(repr(value).removesuffix(".0")).as_tuple()
    if not isinstance(exponent, int):
        return []
    found = []
    for place in range(len(digits) - 1):
        if digits[place] != digits[place + 1]:
            swapped = (*digits[:place], digits[place + 1], digits[place], *digits[place + 2 :])
            found.append(float(Decimal((sign, swapped, exponent))))
    return found
