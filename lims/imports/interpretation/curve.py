"""The standard curve: Ct against log10 of the known amounts, its efficiency and R²."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from lims.imports.interpretation.findings import INVALID, NOT_JUDGED, VALID, ControlFinding, Read, say
from lims.imports.interpretation.rule import Curve, key_of
from lims.marks import N_

AMOUNTS = ("copies", "concentration")
Point = tuple[Decimal, Decimal]


def judge_curve(curve: Curve, target: str, readings: Sequence[Read]) -> ControlFinding:
    """The curve of one target. Without enough points, or with all points at one amount, it is not judged."""
    name = f"curve {target}"
    points = points_of(target, readings)
    fitted = fit(points) if len(points) >= curve.points else None
    if fitted is None:
        few = say("curve_few_points", N_("%(target)s: %(count)s usable standards, at least %(points)s are needed at different amounts."),
                  target=target, count=len(points), points=curve.points)  # fmt: skip
        return ControlFinding(name, NOT_JUDGED, (few,))
    efficiency, r2 = fitted
    is_good = curve.efficiency.holds(efficiency) and r2 >= curve.r2
    low, high = ("…" if one is None else str(one) for one in (curve.efficiency.low, curve.efficiency.high))
    values = {"target": target, "efficiency": f"{efficiency:.4f}", "r2": f"{r2:.4f}", "low": low, "high": high, "least": curve.r2}
    if is_good:
        holds = N_("%(target)s: efficiency %(efficiency)s in %(low)s to %(high)s, R² %(r2)s at least %(least)s.")
        return ControlFinding(name, VALID, (say("curve_holds", holds, **values),))
    fails = N_("%(target)s: efficiency %(efficiency)s (limits %(low)s to %(high)s), R² %(r2)s (at least %(least)s): the curve fails.")
    return ControlFinding(name, INVALID, (say("curve_fails", fails, **values),))


def points_of(target: str, readings: Sequence[Read]) -> list[Point]:
    """(log10 amount, Ct) of each standard well that has both, in an order of their own."""
    amounts: dict[tuple[str | None, str], set[Decimal]] = {}
    cts: dict[tuple[str | None, str], list[Decimal]] = {}
    for one in readings:
        number = one.number
        if one.role != "standard" or key_of(one.target) != key_of(target) or one.status != "value" or number is None:
            continue
        place = (one.position, one.name)
        if one.quantity == "ct":
            cts.setdefault(place, []).append(number)
        elif one.quantity in AMOUNTS and number > 0:
            amounts.setdefault(place, set()).add(number)
    clear = {place: next(iter(found)) for place, found in amounts.items() if len(found) == 1}
    return sorted((clear[place].log10(), ct) for place, found in cts.items() if place in clear for ct in found)


def fit(points: Sequence[Point]) -> Point | None:
    """Efficiency 10^(-1/slope) - 1 and R² of the least-squares line; None where no falling line can be drawn."""
    count = Decimal(len(points))
    mean_x, mean_y = (sum((point[place] for point in points), Decimal(0)) / count for place in (0, 1))
    sxx = sum(((x - mean_x) ** 2 for x, _y in points), Decimal(0))
    syy = sum(((y - mean_y) ** 2 for _x, y in points), Decimal(0))
    sxy = sum(((x - mean_x) * (y - mean_y) for x, y in points), Decimal(0))
    if sxx == 0 or syy == 0:
        return None
    slope = sxy / sxx
    if slope > Decimal("-0.1"):  # rising or flat: no amplification that doubles anything
        return Decimal(1000), sxy * sxy / (sxx * syy)
    return Decimal(10) ** (-1 / slope) - 1, sxy * sxy / (sxx * syy)
