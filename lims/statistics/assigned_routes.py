"""Assigned value x_pt that does not come from the participants' consensus (ISO 13528:2022, clauses 7.3 to 7.6 and 7.8).

All values in one unit; every u is a STANDARD uncertainty. What cannot be given is a `NotCalculable`. The routes give u_char; the parts of
the items themselves (homogeneity, stability, transport) join it by `assigned.combined_u`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from lims.statistics import robust
from lims.statistics.assigned import u_robust
from lims.statistics.outcome import Input, NotCalculable, Number, finite, known

REFERENCE_CHECK_LIMIT: Final = 2.0  # 7.8: a difference above two of its standard uncertainties is investigated

Route = Literal["formulation", "reference_material", "reference_laboratory", "expert_laboratories"]


@dataclass(frozen=True, slots=True)
class AssignedValue:
    """Assigned value with its characterisation uncertainty and the route it came by."""

    x_pt: float
    u_char: Number
    route: Route


@dataclass(frozen=True, slots=True)
class ByReferenceMaterial:
    """Assigned value by calibration against a certified reference material, with its parts.

    sd_difference, u_difference and u_x_pt need two differences or more.
    """

    mean_difference: float
    sd_difference: Number
    u_difference: Number
    x_pt: float
    u_x_pt: Number
    n: int


@dataclass(frozen=True, slots=True)
class ReferenceCheck:
    """A consensus beside an independent reference value: x_diff = |x_ref - x*|, ratio = x_diff / u_diff."""

    x_star: float
    s_star: float
    u_x_star: float
    x_diff: float
    u_diff: float
    ratio: Number
    is_consistent: bool | NotCalculable


def by_formulation(
    masses: Sequence[Input],
    mass_fractions: Sequence[Input],
    u_masses: Sequence[Input],
    u_fractions: Sequence[Input],
) -> AssignedValue | NotCalculable:
    """x_pt = sum(m_i c_i) / sum(m_i): portions of mass m_i and content c_i mixed together (7.3).

    m_i and u(m_i) in one unit of mass, c_i and u(c_i) in the unit of x_pt; a blank base has c = 0. With M = sum m_i,
    u^2 = sum (m_i / M)^2 u(c_i)^2 + sum ((c_i - x_pt) / M)^2 u(m_i)^2 (ISO/IEC Guide 98-3, 5.1.2, independent inputs).
    An uncertainty that is not stated makes u `uncertainty_missing`, the value stays. The standard leaves losses and reactions to the
    organiser. Example: 1 g of 100 mg/kg in 99 g of blank base: 1 mg/kg.
    """
    sizes = {len(masses), len(mass_fractions), len(u_masses), len(u_fractions)}
    if len(sizes) != 1:
        raise ValueError("masses, contents and their uncertainties must be equally many")
    inputs = known(*(("assigned_value_missing", value) for value in (*masses, *mass_fractions)))
    if isinstance(inputs, NotCalculable):
        return inputs
    m, c = inputs[: len(masses)], inputs[len(masses) :]
    whole = math.fsum(m)
    if not m or min(m) < 0 or whole <= 0:
        return NotCalculable("too_few_values", {"n": len(m), "least": 1})
    x_pt = finite(math.fsum(mass * content for mass, content in zip(m, c, strict=True)) / whole, "x_pt")
    if isinstance(x_pt, NotCalculable):
        return x_pt
    u = known(*(("uncertainty_missing", value) for value in (*u_masses, *u_fractions)))
    if isinstance(u, NotCalculable):
        return AssignedValue(x_pt, u, "formulation")
    parts = [(content - x_pt) / whole * each for content, each in zip(c, u[: len(m)], strict=True)]
    parts += [mass / whole * each for mass, each in zip(m, u[len(m) :], strict=True)]
    return AssignedValue(x_pt, _combined(u, parts), "formulation")


def by_reference_material(x_crm: Input, u_crm: Input, differences: Sequence[float]) -> ByReferenceMaterial | NotCalculable:
    """x_pt = x_crm + mean(d), d_i = item - reference material measured side by side under repeatability; u^2 = u_crm^2 + s_d^2 / n (7.4).

    Without differences the item is the reference material: `by_certificate`. Example: ISO 13528:2022 E.5, Los Angeles value, 20
    differences, x_crm 21.62, u 0.26: x_pt 23.35, u 0.35.
    """
    certified = known(("assigned_value_missing", x_crm))
    d = robust.as_array(differences)
    if isinstance(certified, NotCalculable):
        return certified
    if isinstance(d, NotCalculable):
        return d
    n = int(d.size)
    mean_d, sd_d = robust.mean(d), robust.standard_deviation(d)
    if isinstance(mean_d, NotCalculable) or isinstance(x_pt := finite(certified[0] + mean_d, "x_pt"), NotCalculable):
        return NotCalculable("result_not_finite", {"quantity": "x_pt"})
    u_d = sd_d if isinstance(sd_d, NotCalculable) else sd_d / math.sqrt(n)
    given = known(("u_assigned_value_missing", u_crm), ("scale_missing", u_d))
    u_x_pt = given if isinstance(given, NotCalculable) else _combined(given[:1], given)
    return ByReferenceMaterial(mean_d, sd_d, u_d, x_pt, u_x_pt, n)


def by_certificate(x_ref: Input, u_ref: Input, route: Route = "reference_laboratory") -> AssignedValue | NotCalculable:
    """x_pt and u_char as one reference laboratory or a certificate states them (7.4, 7.5). U with its k: `scores.standard_uncertainty`.

    Example: CCQM-K30, lead in wine: 2.99 with U 0.06 (k = 2): u_char 0.03.
    """
    values = known(("assigned_value_missing", x_ref))
    if isinstance(values, NotCalculable):
        return values
    u = known(("u_assigned_value_missing", u_ref))
    return AssignedValue(values[0], u if isinstance(u, NotCalculable) else _combined(u, u), route)


def by_expert_laboratories(x: Sequence[Input], u: Sequence[Input]) -> AssignedValue | NotCalculable:
    """Robust consensus of p >= 2 expert laboratories with stated uncertainties (7.6).

    Algorithm A of their results when p >= 3, the mean of two; u_char = 1.25 sqrt(sum u_i^2) / p for the robust value,
    sqrt(sum u_i^2) / p for the mean (7.6.2), so agreement by chance cannot make it small. The standard leaves the estimator open: a stated
    uncertainty that is missing makes u `u_reported_value_missing`, the value stays. Example: 4.0 and 4.2 with u 0.3 and 0.4: 4.1, 0.25.
    """
    if len(x) != len(u):
        raise ValueError(f"one uncertainty for each result is expected, not {len(u)} for {len(x)}")
    values = known(*(("reported_value_missing", value) for value in x))
    if isinstance(values, NotCalculable):
        return values
    run = robust.algorithm_a(values)
    if isinstance(run, NotCalculable):
        return run
    p = len(values)
    location, factor = (run.x_star, 1.25) if p > 2 else (math.fsum(values) / p, 1.0)
    stated = known(*(("u_reported_value_missing", each) for each in u))
    u_char = stated if isinstance(stated, NotCalculable) else _combined(stated, [factor * each / p for each in stated])
    return AssignedValue(location, u_char, "expert_laboratories")


def reference_check(
    x: robust.Values, x_ref: Input, u_ref: Input, *, limit: float = REFERENCE_CHECK_LIMIT
) -> ReferenceCheck | NotCalculable:
    """Consensus by Algorithm A against an independent reference value (7.8): x_diff = |x_ref - x*|, u_diff^2 = u_ref^2 + (1.25 s*)^2 / p.

    A ratio above `limit` (2) asks for a reason: bias of the methods, items that are not commutable, a wrong reference value. The standard
    does not say which of the two values is then used. u_diff = 0: no ratio (`uncertainties_zero`).
    Example: ISO 13528:2022 E.7, mercury, reference 0.044 with u 0.0041: x* 0.0316, difference 0.012, u_diff 0.0061, ratio 2.04.
    """
    reference = known(("assigned_value_missing", x_ref), ("u_assigned_value_missing", u_ref))
    run = robust.algorithm_a(x)
    if isinstance(run, NotCalculable):
        return run
    if isinstance(reference, NotCalculable):
        return reference
    u_x_star = u_robust(run.s_star, run.p)
    if isinstance(u_x_star, NotCalculable):
        return u_x_star
    if reference[1] < 0:
        return NotCalculable("uncertainty_negative", {"value": reference[1]})
    x_diff, u_diff = abs(reference[0] - run.x_star), math.hypot(reference[1], u_x_star)
    if not math.isfinite(x_diff + u_diff):
        return NotCalculable("result_not_finite", {"quantity": "x_diff"})
    ratio: Number = finite(x_diff / u_diff, "ratio") if u_diff > 0 else NotCalculable("uncertainties_zero")
    is_consistent = ratio if isinstance(ratio, NotCalculable) else ratio <= limit
    return ReferenceCheck(run.x_star, run.s_star, u_x_star, x_diff, u_diff, ratio, is_consistent)


def _combined(stated: Sequence[float], parts: Sequence[float]) -> Number:
    """Square root of the sum of squares of the parts; a stated uncertainty below 0 is a reason."""
    negative = [value for value in stated if value < 0]
    return NotCalculable("uncertainty_negative", {"value": negative[0]}) if negative else finite(math.hypot(*parts), "u")
