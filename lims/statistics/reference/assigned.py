"""Reference cases of area 3, assigned value and sigma_pt: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lims.statistics import assigned, assigned_routes, robust, sigma
from lims.statistics.outcome import NotCalculable, known
from lims.statistics.reference import options as option
from lims.statistics.reference.comparing import Case, Fields


def _negligible(given: Case, options: Case) -> Fields:
    sigma_pt = given.get("sigma_pt")
    sigma = known(("sigma_pt_missing", sigma_pt))
    is_inclusive = option.is_inclusive(options)
    found = [assigned.negligibility(u, sigma_pt, inclusive=is_inclusive) for u in given["u"]]
    return {
        "limit": sigma if isinstance(sigma, NotCalculable) else assigned.NEGLIGIBLE_FACTOR * sigma[0],
        "negligible": [rule if isinstance(rule, NotCalculable) else rule.is_negligible for rule in found],
        "z_prime_over_z": [rule if isinstance(rule, NotCalculable) else rule.z_prime_over_z for rule in found],
    }


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
    fractions = given["c_mass_fraction"]
    found = [
        _parts(sigma.horwitz(c), sigma_mass_fraction="sigma", rsd_pct="rsd_percent", range="range")
        for c in (fractions if isinstance(fractions, list) else [fractions])
    ]
    fields = {name: [each[name] for each in found] for name in ("sigma_mass_fraction", "rsd_pct", "range")}
    return fields if isinstance(fractions, list) else {name: values[0] for name, values in fields.items()}


def _previous_rounds(given: Case, options: Case) -> Fields:
    return _parts(sigma.sigma_from_previous_rounds(given["assigned"], given["robust_sd"]), intercept="intercept", slope="slope", r2="r2")


def _precision(given: Case, options: Case) -> Fields:
    return _parts(sigma.sigma_from_precision(given["s_R"], given["s_r"], given.get("m") or 1), sigma_pt="sigma_pt", s_L="s_between")


METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    "assigned_value_consensus": _consensus,
    "assigned_value_crm": _crm,
    "assigned_value_reference_check": _reference_check,
    "sigma_from_precision": _precision,
    "sigma_horwitz": _horwitz,
    "sigma_perception": lambda given, options: {"sigma_pt": sigma.sigma_by_perception(given["x_pt"], given["percent"])},
    "sigma_previous_rounds": _previous_rounds,
    "u_xpt_robust": lambda given, options: {"u": assigned.u_robust(given["s_star"], given["p"] or 0)},
    "u_xpt_negligible": _negligible,
}
