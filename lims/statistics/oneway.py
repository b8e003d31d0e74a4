"""One-way analysis of variance of groups of unequal size: the common ground of homogeneity (ISO 13528 Annex B) and precision (ISO 5725-2).

groups: a list of g lists of results in one unit; group i has n_i results, N in all. Groups without any result are kept in their place and
count for nothing. All sums are correctly rounded (`math.fsum`) about the smallest result, so that neither the order of the results nor a
large common part changes the last digit. SS in unit^2, SD in unit, F and p without unit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from lims.statistics.outcome import NotCalculable, Number, finite
from lims.statistics.values import RESOLUTION, Values, as_array

Groups = Sequence[Values]


@dataclass(frozen=True, slots=True)
class OneWay:
    """Table of the analysis: sums of squares, mean squares, degrees of freedom, F test, and the groups' means and SDs in their order.

    n_bar = (N - sum n_i^2 / N) / (g - 1), the group size that belongs to the variance component; equal groups: n. `component` is
    (MS_between - MS_within) / n_bar with its sign, the variance between groups.
    """

    g: int  # groups with results
    n_total: int
    grand_mean: float
    n_bar: Number
    ss_between: float
    ss_within: float
    df_between: int
    df_within: int
    ms_between: Number
    ms_within: Number
    f: Number
    p: Number
    component: Number
    sizes: tuple[int, ...]
    means: tuple[Number, ...]
    sds: tuple[Number, ...]

    @property
    def size(self) -> int | None:
        """The common group size, or None when the groups with results differ in size."""
        found = {n for n in self.sizes if n}
        return found.pop() if len(found) == 1 else None


def anova_oneway(groups: Groups) -> OneWay | NotCalculable:
    """One-way analysis of variance, F = MS_between / MS_within with g - 1 and N - g degrees of freedom, p its upper tail.

    No results at all: `too_few_values`. One group only, or one result in every group, or no spread within the groups: F and p (and the
    mean square concerned) are reasons, the rest is given. A spread below rounding noise is 0.
    Example: R's PlantGrowth (Dobson 1983), 3 groups of 10: F = 4.8461, p = 0.01591.
    """
    cleaned = [as_array(group, least=0) for group in groups]
    for values in cleaned:
        if isinstance(values, NotCalculable):
            return values
    results = [[float(value) for value in values] for values in cleaned if not isinstance(values, NotCalculable)]
    everything = sorted(value for values in results for value in values)
    if not everything:
        return NotCalculable("too_few_values", {"n": 0, "least": 1})
    span, largest = everything[-1] - everything[0], max(abs(everything[0]), abs(everything[-1]))
    if not math.isfinite(span * span * len(everything)):
        return NotCalculable("result_not_finite", {"quantity": "ss_between"})
    origin, size = everything[0], len(everything)
    unit = math.frexp(span or largest)[1]  # results as parts of 2^unit, so that the square of a very small one is not 0
    floor = (RESOLUTION * math.ldexp(largest, -unit)) ** 2
    centred = [[math.ldexp(value - origin, -unit) for value in values] for values in results]
    means = [math.fsum(values) / len(values) if values else 0.0 for values in centred]
    grand = math.fsum(value for values in centred for value in values) / size
    squares = [math.fsum((value - mean) ** 2 for value in values) for values, mean in zip(centred, means, strict=True)]
    ss_within = _above(math.fsum(squares), floor * size)
    ss_between = _above(math.fsum(len(values) * (mean - grand) ** 2 for values, mean in zip(centred, means, strict=True)), floor * size)
    squares = [_above(one, floor) for one in squares]
    found = _table(tuple(map(len, results)), means, squares, grand, ss_between, ss_within)
    return _in_unit(found, origin, unit)


def _in_unit(found: OneWay, origin: float, unit: int) -> OneWay:
    """The table of results (x - origin) / 2^unit as that of x."""

    def times(value: Number, power: int = 2) -> Number:
        return value if isinstance(value, NotCalculable) else math.ldexp(value, power * unit)

    return replace(
        found,
        grand_mean=origin + math.ldexp(found.grand_mean, unit),
        ss_between=math.ldexp(found.ss_between, 2 * unit),
        ss_within=math.ldexp(found.ss_within, 2 * unit),
        ms_between=times(found.ms_between),
        ms_within=times(found.ms_within),
        component=times(found.component),
        means=tuple(mean if isinstance(mean, NotCalculable) else origin + math.ldexp(mean, unit) for mean in found.means),
        sds=tuple(times(sd, 1) for sd in found.sds),
    )


def _table(sizes: tuple[int, ...], means: list[float], squares: list[float], grand: float, ss_between: float, ss_within: float) -> OneWay:
    g, size = sum(1 for n in sizes if n), sum(sizes)
    few = NotCalculable("too_few_values", {"n": 1, "least": 2})
    df_between, df_within = g - 1, size - g
    ms_between: Number = ss_between / df_between if df_between else few
    ms_within: Number = ss_within / df_within if df_within else few
    n_bar: Number = (size - sum(n * n for n in sizes) / size) / df_between if df_between else few
    f = _ratio(ms_between, ms_within)
    return OneWay(
        g=g,
        n_total=size,
        grand_mean=grand,
        n_bar=n_bar,
        ss_between=ss_between,
        ss_within=ss_within,
        df_between=df_between,
        df_within=df_within,
        ms_between=ms_between,
        ms_within=ms_within,
        f=f,
        p=f if isinstance(f, NotCalculable) else _upper_tail(f, df_between, df_within),
        component=_component(ms_between, ms_within, n_bar),
        sizes=sizes,
        means=tuple(mean if n else NotCalculable("too_few_values", {"n": 0, "least": 1}) for mean, n in zip(means, sizes, strict=True)),
        sds=tuple(
            math.sqrt(ss / (n - 1)) if n > 1 else NotCalculable("too_few_values", {"n": n, "least": 2})
            for ss, n in zip(squares, sizes, strict=True)
        ),
    )


def _component(ms_between: Number, ms_within: Number, n_bar: Number) -> Number:
    if isinstance(ms_between, NotCalculable):
        return ms_between
    if isinstance(ms_within, NotCalculable):
        return ms_within
    return n_bar if isinstance(n_bar, NotCalculable) else (ms_between - ms_within) / n_bar


def _ratio(ms_between: Number, ms_within: Number) -> Number:
    if isinstance(ms_between, NotCalculable):
        return ms_between
    if isinstance(ms_within, NotCalculable):
        return ms_within
    return finite(ms_between / ms_within, "f") if ms_within > 0 else NotCalculable("within_variance_zero")


def _upper_tail(f: float, df_between: int, df_within: int) -> float:
    from scipy.special import fdtrc

    return float(fdtrc(df_between, df_within, f))


def _above(value: float, floor: float) -> float:
    """The sum of squares, or 0 when it is nothing but rounding noise of binary numbers."""
    return value if value > floor else 0.0
