"""Reference cases of area 2, scores: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lims.statistics import robust, scores
from lims.statistics.reference.comparing import Case, Fields


def _each(given: Case, field: str, score: Callable[[int], Any]) -> Fields:
    return {field: [score(index) for index in range(len(given["x"]))]}


def _z(given: Case, options: Case) -> Fields:
    x = given["x"]
    if options.get("centre") != "arithmetic mean":
        return _each(given, "z", lambda m: scores.z_score(x[m], given["x_pt"], given["sigma_pt"]))
    mean, sd = robust.mean(x), robust.standard_deviation(x)
    return {"mean": mean, "sd": sd, **_each(given, "z", lambda m: scores.z_score(x[m], mean, sd))}


def _z_prime(given: Case, options: Case) -> Fields:
    u_x_pt = scores.standard_uncertainty(given["U_xpt"], given["k_xpt"])
    return _each(given, "z_prime", lambda m: scores.z_prime_score(given["x"][m], given["x_pt"], given["sigma_pt"], u_x_pt))


def _zeta(given: Case, options: Case) -> Fields:
    u_x_pt = scores.standard_uncertainty(given["U_xpt"], given["k_xpt"])
    u = given.get("u") or [scores.standard_uncertainty(*pair) for pair in zip(given["U"], given["k"], strict=True)]
    return _each(given, "zeta", lambda m: scores.zeta_score(given["x"][m], given["x_pt"], u[m], u_x_pt))


def _en(given: Case, options: Case) -> Fields:
    return _each(given, "En", lambda m: scores.en_score(given["x"][m], given["x_pt"], given["U"][m], given["U_xpt"]))


def _percent_difference(given: Case, options: Case) -> Fields:
    return _each(given, "D_pct", lambda m: scores.percent_difference(given["x"][m], given["x_pt"]))


def _percent_allowed(given: Case, options: Case) -> Fields:
    rule = str(options["delta_E"])  # a number, or a multiple such as "3*sigma_pt"
    delta_e = float(rule.removesuffix("*sigma_pt")) * (given["sigma_pt"] if rule.endswith("*sigma_pt") else 1.0)
    return _each(given, "PA", lambda m: scores.percent_allowed(given["x"][m], given["x_pt"], delta_e))


def _signals(given: Case, options: Case) -> Fields:
    return {"signal": [scores.score_verdict(z) for z in given["z"]]}


METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    "score_z": _z,
    "score_z_prime": _z_prime,
    "score_zeta": _zeta,
    "score_En": _en,
    "score_zeta_en": lambda given, options: {**_zeta(given, options), **_en(given, options)},
    "score_percent_difference": _percent_difference,
    "score_percent_allowed": _percent_allowed,
    "score_signals": _signals,
}
