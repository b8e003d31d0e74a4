"""Reference cases of area 3, assigned value and sigma_pt: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lims.statistics import assigned, assigned_routes, robust, sigma
from lims.statistics.outcome import Input, NotCalculable, Number, known
from lims.statistics.reference import options as option
from lims.statistics.reference.comparing import Case, Fields
from lims.statistics.reference.elements import by_element
from lims.statistics.reference.reading import whole


def _negligible(given: Case, options: Case) -> Fields:
    """The rule for each u; the limit belongs to sigma_pt, and is a list when sigma_pt is one."""
    is_inclusive, sigma_pt = option.is_inclusive(options), given.get("sigma_pt")
    return {
        "limit": [_limit(each) for each in sigma_pt] if isinstance(sigma_pt, list) else _limit(sigma_pt),
        **_NEGLIGIBLE(given, {"is_inclusive": is_inclusive}),
    }


def _limit(sigma_pt: Input) -> Number:
    sigma = known(("sigma_pt_missing", sigma_pt))
    return sigma if isinstance(sigma, NotCalculable) else assigned.NEGLIGIBLE_FACTOR * sigma[0]


def _negligible_one(given: Case, options: Case) -> Fields:
    found = assigned.negligibility(given["u"], given.get("sigma_pt"), inclusive=options["is_inclusive"])
    return _parts(found, negligible="is_negligible", z_prime_over_z="z_prime_over_z")


_NEGLIGIBLE: Final = by_element("u_xpt_negligible", ("negligible", "z_prime_over_z"), _negligible_one)


def _parts(found: object, **names: str) -> Fields:
    """Fields from the named parts of a result; of a NotCalculable the reason in each place."""
    return {field: found if isinstance(found, NotCalculable) else getattr(found, name) for field, name in names.items()}


def _consensus(given: Case, options: Case) -> Fields:
    x = given["x"]
    median = assigned.consensus_median(x)
    found = {
        "median": {**_parts(median, x_pt="x_pt", nIQR="scale", u="u_x_pt"), "MADe": robust.made(x, robust.MADE_ISO)},
        "algorithm_a": assigned.consensus_algorithm_a(x),
        "q_hampel": assigned.consensus_q_hampel(x),
        "mean": assigned.consensus_mean(x),
        "mean_3_outliers_removed": assigned.consensus_mean_without(x, 3),
    }
    return {name: each if isinstance(each, dict) else _parts(each, x_pt="x_pt", s="scale", u="u_x_pt") for name, each in found.items()}


def _crm(given: Case, options: Case) -> Fields:
    found = assigned_routes.by_reference_material(given["x_crm"], given.get("u_crm"), given["differences"])
    return _parts(found, mean_d="mean_difference", sd_d="sd_difference", u_d="u_difference", x_pt="x_pt", u_xpt="u_x_pt")


def _reference_check(given: Case, options: Case) -> Fields:
    found = assigned_routes.reference_check(given["x"], given["x_ref"], given.get("u_ref"))
    return _parts(found, x_star="x_star", s_star="s_star", u_x_star="u_x_star", x_diff="x_diff", u_diff="u_diff", ratio="ratio")


def _horwitz(given: Case, options: Case) -> Fields:
    return _parts(sigma.horwitz(given["c_mass_fraction"]), sigma_mass_fraction="sigma", rsd_pct="rsd_percent", range="range")


def _previous_rounds(given: Case, options: Case) -> Fields:
    return _parts(sigma.sigma_from_previous_rounds(given["assigned"], given["robust_sd"]), intercept="intercept", slope="slope", r2="r2")


def _precision(given: Case, options: Case) -> Fields:
    m = whole(given.get("m", 1))
    found = m if isinstance(m, NotCalculable) else sigma.sigma_from_precision(given["s_R"], given["s_r"], m or 1)
    return _parts(found, sigma_pt="sigma_pt", s_L="s_between")


def _perception(given: Case, options: Case) -> Fields:
    return {"sigma_pt": sigma.sigma_by_perception(given["x_pt"], given["percent"])}


def _u_robust(given: Case, options: Case) -> Fields:
    p = whole(given["p"])
    return {"u": p if isinstance(p, NotCalculable) else assigned.u_robust(given["s_star"], p)}


METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    "assigned_value_consensus": _consensus,
    "assigned_value_crm": _crm,
    "assigned_value_reference_check": _reference_check,
    "sigma_from_precision": by_element("sigma_from_precision", ("sigma_pt", "s_L"), _precision),
    "sigma_horwitz": by_element("sigma_horwitz", ("sigma_mass_fraction", "rsd_pct", "range"), _horwitz),
    "sigma_perception": by_element("sigma_perception", ("sigma_pt",), _perception),
    "sigma_previous_rounds": _previous_rounds,
    "u_xpt_robust": by_element("u_xpt_robust", ("u",), _u_robust),
    "u_xpt_negligible": _negligible,
}
