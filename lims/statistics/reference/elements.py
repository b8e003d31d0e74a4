"""A method of single values over lists: computed for each element in its place; of single values a single value comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lims.statistics.reference.comparing import Case, Fields

# The inputs of each method that may be one value or a list, whichever of the two its shipped cases have.
SPREADING: Final[Mapping[str, frozenset[str]]] = {
    "cochran_critical": frozenset({"p", "n"}),
    "cochran_critical_duplicates": frozenset({"g", "n"}),
    "ep15_upper_verification_limit": frozenset({"claim", "df", "alpha", "n_samples"}),
    "grubbs_critical": frozenset({"p"}),
    "homogeneity_factors": frozenset({"g", "m"}),
    "mandel_h_critical": frozenset({"p"}),
    "mandel_k_critical": frozenset({"p", "n"}),
    "score_En": frozenset({"x", "x_pt", "U", "u", "k", "U_xpt", "u_xpt", "k_xpt"}),
    "score_percent_allowed": frozenset({"x", "x_pt", "sigma_pt", "delta_E"}),
    "score_percent_difference": frozenset({"x", "x_pt"}),
    "score_signals": frozenset({"z"}),
    "score_z": frozenset({"x", "x_pt", "sigma_pt"}),
    "score_z_prime": frozenset({"x", "x_pt", "sigma_pt", "U_xpt", "u_xpt", "k_xpt"}),
    "score_zeta": frozenset({"x", "x_pt", "U", "u", "k", "U_xpt", "u_xpt", "k_xpt"}),
    "score_zeta_en": frozenset({"x", "x_pt", "U", "u", "k", "U_xpt", "u_xpt", "k_xpt"}),
    "shewhart_z": frozenset({"z"}),
    "sigma_from_precision": frozenset({"s_R", "s_r", "m"}),
    "sigma_horwitz": frozenset({"c_mass_fraction"}),
    "sigma_perception": frozenset({"x_pt", "percent"}),
    "u_xpt_negligible": frozenset({"u", "sigma_pt"}),
    "u_xpt_robust": frozenset({"s_star", "p"}),
}
OF_LABORATORIES: Final = frozenset({"x", "U", "u", "k", "z"})  # a list of one of these is one laboratory, it does not stand for all


def by_element(method: str, fields: tuple[str, ...], function: Callable[[Case, Case], Fields]) -> Callable[[Case, Case], Fields]:
    """The method over lists: a field of single values alone is single, otherwise a list with an entry for each element."""

    def spread(given: Case, options: Case) -> Fields:
        rows, is_single = elements(method, given)
        found = [function(row, options) for row in rows]
        return found[0] if is_single else {name: [each[name] for each in found] for name in fields}

    return spread


def elements(method: str, given: Case) -> tuple[list[dict[str, Any]], bool]:
    """The input of each element, and whether there are single values alone. One value stands for all; ValueError: lengths differ."""
    lists = {key: given[key] for key in sorted(SPREADING[method] & given.keys()) if isinstance(given[key], list)}
    if not lists:
        return [dict(given)], True
    size = _common(lists)
    columns = {key: values * size if _stands_for_all(key, values) else values for key, values in lists.items()}
    return [{**given, **{key: values[place] for key, values in columns.items()}} for place in range(size)], False


def _stands_for_all(key: str, values: list[Any]) -> bool:
    return len(values) == 1 and key not in OF_LABORATORIES


def _common(lists: Mapping[str, list[Any]]) -> int:
    """The length of the lists."""
    sizes = {len(values) for key, values in lists.items() if not _stands_for_all(key, values)} or {1}
    if len(sizes) > 1:
        lengths = ", ".join(f"`{key}` {len(values)}" for key, values in lists.items())
        raise ValueError(f"lists of one length are expected, not {lengths}")
    return sizes.pop()
