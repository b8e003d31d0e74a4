"""A number, or the reason why there is none.

"Not calculable" is a value: no function of this package gives nan or infinity, and none raises for mere lack of data. Exceptions are
kept for calls that no data can excuse (a table that is not square, a negative count, a confidence of 1.2): `ValueError`.
The codes are translated into sentences above this package; the parameters fill those sentences.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final, Literal, TypeGuard, get_args

ReasonCode = Literal[
    "reported_value_missing",
    "assigned_value_missing",
    "assigned_value_zero",
    "sigma_pt_missing",
    "sigma_pt_not_positive",
    "allowed_difference_missing",
    "allowed_difference_not_positive",
    "u_reported_value_missing",
    "u_assigned_value_missing",
    "uncertainty_missing",
    "uncertainty_negative",
    "uncertainties_zero",
    "coverage_factor_missing",
    "coverage_factor_not_positive",
    "scale_missing",
    "scale_negative",
    "too_few_values",
    "value_not_finite",
    "result_not_finite",
    "location_zero",
    "small_number_rule_absent",
    "no_trials",
    "no_pairs",
    "no_reference_positives",
    "no_reference_negatives",
    "one_category_only",
    "one_rater_constant",
    "margins_determine_kappa",
    "no_discordant_pairs",
    "not_two_by_two",
    "dose_scale_linear",
    "too_few_raters",
    "unequal_ratings",
    "labels_not_numeric",
    "order_missing",
    "blank_positive",
    "negative_values",
    "x_constant",
    "y_constant",
    "slope_undefined",
    "slope_not_negative",
    "correlation_not_positive",
    "interval_unbounded",
    "not_converged",
    "no_replicates",
    "no_degrees_of_freedom",
    "residuals_zero",
    "variance_component_zero",
    "differences_zero",
    "levels_not_positive",
    "too_few_levels",
    "within_variance_zero",
    "sizes_unequal",
    "no_critical_value",
    "plan_not_reachable",
    "result_not_readable",
    "results_all_equal",
    "mass_fraction_out_of_range",
    "precision_inconsistent",
    "all_positive",
    "all_negative",
    "separated",
    "slope_not_positive",
    "trim_too_small",
    "no_information",
    "zero_cell",
    "no_test_positives",
    "no_test_negatives",
    "too_few_clusters",
    "too_few_replicates",
    "standard_error_zero",
]
REASON_CODES: Final[tuple[str, ...]] = get_args(ReasonCode)


@dataclass(frozen=True, slots=True)
class NotCalculable:
    """The reason why a number cannot be given, as a code with the parameters of its sentence."""

    code: ReasonCode
    params: dict[str, str | int | float] = field(default_factory=dict)


Number = float | NotCalculable
Input = float | NotCalculable | None  # None: not stated; a NotCalculable is handed on unchanged


def is_number(value: Input) -> TypeGuard[float]:
    """Tell whether there is a number."""
    return value is not None and not isinstance(value, NotCalculable)


def finite(value: float, quantity: str) -> Number:
    """Return the computed value, or `result_not_finite` when it left the range of floating-point numbers."""
    return float(value) if math.isfinite(value) else NotCalculable("result_not_finite", {"quantity": quantity})


def known(*quantities: tuple[ReasonCode, Input]) -> list[float] | NotCalculable:
    """Return all quantities as floats, in order, or the first reason why one is absent.

    Each quantity comes with the reason to give when it is None. A NotCalculable is handed on; nan and infinity count as absent.
    """
    values: list[float] = []
    for missing, value in quantities:
        if isinstance(value, NotCalculable):
            return value
        if value is None:
            return NotCalculable(missing)
        if not math.isfinite(value):
            return NotCalculable("value_not_finite", {"quantity": missing.removesuffix("_missing")})
        values.append(float(value))
    return values
