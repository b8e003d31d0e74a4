"""Homogeneity and transport stability of one item of a panel: the pasted grid read, evaluated, and concluded in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from lims.errors import Invalid
from lims.marks import N_
from lims.statistics.assessment.plan import Conventions
from lims.statistics.homogeneity import homogeneity, u_homogeneity
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.stability import stability, u_stability

KINDS: dict[str, str] = {"homogeneity": N_("homogeneity"), "stability": N_("stability in transport")}
CONCLUSIONS: dict[str, str] = {"passed": N_("passed"), "not_passed": N_("not passed"), "not_concluded": N_("not concluded")}
RECORDED = Conventions()  # criterion and factors as every round's plan records them; a protocol has no other choice of them
LEAST_UNITS = 10  # ISO 13528:2022, 6.1.3 and the panel rule: 10 units in duplicate

Grid = list[list[str]]


@dataclass(frozen=True)
class Basis:
    """What the protocol says about the item: its limit or its expected category."""

    sigma_pt: Decimal | None = None
    expected_code: str | None = None
    ct_sd_limit: Decimal = Decimal("1")


@dataclass(frozen=True)
class Conclusion:
    """The conclusion, why, the figures as text, and the standard uncertainty that the record offers to the assigned value."""

    conclusion: str
    reason: str  # English msgid
    figures: dict[str, str] = field(default_factory=dict)
    u: str = ""


def read_grid(text: str, name: str) -> Grid:
    """The lines of a pasted grid: one unit a line, its results separated by tabs, semicolons or blanks; empty lines are left out."""
    lines = [line.replace(";", "\t").split("\t") if "\t" in line or ";" in line else line.split() for line in text.splitlines()]
    grid = [[cell.strip() for cell in line] for line in lines if any(cell.strip() for cell in line)]
    for number, line in enumerate(grid, 1):
        if "" in line or len(line) != len(grid[0]):
            sentence = N_("Line %(line)s: read %(read)s results, expected %(expected)s as in line 1, none of them empty. Correct the grid.")
            raise Invalid("rounds.grid_ragged", sentence, field=name, line=number, read=sum(map(bool, line)), expected=len(grid[0]))
    return grid


def conclude(kind: str, first: Grid, second: Grid, basis: Basis) -> Conclusion:
    """The conclusion for one record: ``first`` are the units, or for stability the results before; ``second`` those after transport."""
    if basis.expected_code is not None:
        return _categories([*first, *second], basis, len(first) if kind == "homogeneity" else None)
    before, after = _numbers(first, "first"), _numbers(second, "second")
    return _homogeneity(before, basis) if kind == "homogeneity" else _stability(before, after, basis)


def _numbers(grid: Grid, name: str) -> list[list[float]]:
    return [[_number(cell, name, line, place) for place, cell in enumerate(row, 1)] for line, row in enumerate(grid, 1)]


def _number(cell: str, name: str, line: int, place: int) -> float:
    try:
        value = Decimal(cell)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        sentence = N_("Line %(line)s, result %(place)s: read %(read)s, expected a number such as 5.62. Correct the grid.")
        raise Invalid("rounds.grid_number", sentence, field=name, line=line, place=place, read=cell)
    return float(value)


def _homogeneity(units: list[list[float]], basis: Basis) -> Conclusion:
    sigma_pt = None if basis.sigma_pt is None else float(basis.sigma_pt)
    found = homogeneity(units, sigma_pt, rule=RECORDED.homogeneity_criterion, factor_rule=RECORDED.homogeneity_factors)
    if isinstance(found, NotCalculable) or found.is_homogeneous is None:
        return Conclusion("not_concluded", N_("Too few results, or no standard deviation for assessment: nothing can be concluded."))
    cochran = found.cochran
    figures = _shown(
        {
            "g": float(found.table.g), "m": found.table.n_bar, "mean": found.mean, "s_x": found.s_x, "s_w": found.s_w, "s_s": found.s_s,
            "sigma_pt": found.sigma_pt, "0.3 sigma_pt": found.limit, "sqrt(c)": found.sqrt_c, "F": found.table.f, "p(F)": found.table.p,
            "F critical": found.f_critical, "Cochran C": cochran if isinstance(cochran, NotCalculable) else cochran.c,
            "Cochran 5 %": cochran if isinstance(cochran, NotCalculable) else cochran.critical_95,
        }
    )  # fmt: skip
    u = _text(u_homogeneity(found))
    if found.table.g < LEAST_UNITS:
        return Conclusion("not_concluded", N_("Fewer than 10 units were tested: nothing can be concluded."), figures, u)
    if not found.is_homogeneous:
        return Conclusion("not_passed", N_("s_s is larger than 0.3 σ(pt) and than the expanded criterion."), figures, u)
    if found.passes_sigma:
        return Conclusion("passed", N_("s_s is not larger than 0.3 σ(pt)."), figures, u)
    return Conclusion("passed", N_("s_s is larger than 0.3 σ(pt) and within the expanded criterion."), figures, u)


def _stability(before: list[list[float]], after: list[list[float]], basis: Basis) -> Conclusion:
    means = [[sum(row) / len(row) for row in grid] for grid in (before, after)]
    found = stability(means[0], means[1], None if basis.sigma_pt is None else float(basis.sigma_pt), rule=RECORDED.stability_rule)
    if isinstance(found, NotCalculable) or found.is_stable is None:
        return Conclusion("not_concluded", N_("Too few results, or no standard deviation for assessment: nothing can be concluded."))
    figures = _shown({"n1": float(len(before)), "n2": float(len(after)), "mean 1": found.mean_1, "mean 2": found.mean_2,
                      "difference": found.difference, "0.3 sigma_pt": found.limit, "u(difference)": found.u_change})  # fmt: skip
    u = _text(u_stability(found))
    if found.is_stable:
        return Conclusion("passed", N_("The means before and after transport differ by not more than 0.3 σ(pt)."), figures, u)
    return Conclusion("not_passed", N_("The means before and after transport differ by more than 0.3 σ(pt)."), figures, u)


def _categories(grid: Grid, basis: Basis, units: int | None) -> Conclusion:
    """Every result in the expected category; Ct values written as ``POS/26.4`` have a limit for their standard deviation."""
    parts = [cell.partition("/") for row in grid for cell in row]
    wrong = sum(code.upper() != basis.expected_code for code, _slash, _ct in parts)
    cts = [_number(ct, "first", 1, place) for place, (_code, slash, ct) in enumerate(parts, 1) if slash]
    spread = _spread(cts)
    figures = {"results": str(len(parts)), "other category": str(wrong)}
    if spread is not None:
        figures |= {"s(Ct)": _text(spread), "s(Ct) limit": str(basis.ct_sd_limit)}
    if wrong:
        return Conclusion("not_passed", N_("Not every result lies in the expected category."), figures)
    if spread is not None and spread > float(basis.ct_sd_limit):
        return Conclusion("not_passed", N_("The standard deviation of the Ct values is above its limit."), figures)
    if not parts or (units is not None and (units < LEAST_UNITS or len(parts) < 2 * units)):
        return Conclusion("not_concluded", N_("Fewer than 10 units in duplicate were tested: nothing can be concluded."), figures)
    return Conclusion("passed", N_("Every result lies in the expected category."), figures)


def _spread(values: Sequence[float]) -> float | None:
    if len(values) < 2:
        return None
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _text(value: Number) -> str:
    return "" if isinstance(value, NotCalculable) else f"{value:.6g}"


def _shown(numbers: dict[str, Number]) -> dict[str, str]:
    return {name: _text(value) for name, value in numbers.items() if not isinstance(value, NotCalculable)}
