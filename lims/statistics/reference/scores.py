"""Reference cases of area 2, scores: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lims.statistics import combined_scores, paired, scores
from lims.statistics.reference import options as option
from lims.statistics.reference.comparing import Case, Fields
from lims.statistics.reference.spreads import centre, scale


def _each(given: Case, field: str, score: Callable[[int], Any]) -> Fields:
    return {field: [score(index) for index in range(len(given["x"]))]}


def _z(given: Case, options: Case) -> Fields:
    """z against the centre and scale that the options name, else the stated x_pt and sigma_pt, else mean and SD of the results."""
    x = given["x"]
    location, spread = centre(x, options), scale(x, options)
    x_pt = given["x_pt"] if "centre" not in options and "x_pt" in given else location
    is_stated = "scale" not in options and ("sigma_pt" in given or ("x_pt" in given and "centre" not in options))
    sigma = given.get("sigma_pt") if is_stated else spread
    return {"mean": location, "sd": spread, **_each(given, "z", lambda m: scores.z_score(x[m], x_pt, sigma))}


def _u_x_pt(given: Case) -> Any:
    """Standard uncertainty of the assigned value: stated, or U / k."""
    return given["u_xpt"] if given.get("u_xpt") is not None else scores.standard_uncertainty(given.get("U_xpt"), given.get("k_xpt"))


def _expanded_x_pt(given: Case) -> Any:
    """Expanded uncertainty of the assigned value: stated, or k u."""
    return _wide(given.get("U_xpt"), given.get("u_xpt"), given.get("k_xpt"))


def _wide(expanded: Any, u: Any, k: Any) -> Any:
    return expanded if expanded is not None else None if u is None or k is None else k * u


def _reported(given: Case) -> list[tuple[Any, Any, Any]]:
    """U, u and k of each laboratory; one k stands for all."""
    nothing, k = [None] * len(given["x"]), given.get("k")
    factors = k if isinstance(k, list) else [k] * len(given["x"])
    return list(zip(given.get("U") or nothing, given.get("u") or nothing, factors, strict=True))


def _z_prime(given: Case, options: Case) -> Fields:
    u_x_pt = _u_x_pt(given)
    return _each(given, "z_prime", lambda m: scores.z_prime_score(given["x"][m], given.get("x_pt"), given.get("sigma_pt"), u_x_pt))


def _zeta(given: Case, options: Case) -> Fields:
    """With the u of each laboratory: stated, or U / k."""
    u_x_pt = _u_x_pt(given)
    u = [scores.standard_uncertainty(wide, k) if narrow is None else narrow for wide, narrow, k in _reported(given)]
    return _each(given, "zeta", lambda m: scores.zeta_score(given["x"][m], given.get("x_pt"), u[m], u_x_pt))


def _en(given: Case, options: Case) -> Fields:
    """With the U of each laboratory: stated, or k u."""
    expanded, expanded_x_pt = [_wide(*each) for each in _reported(given)], _expanded_x_pt(given)
    return _each(given, "En", lambda m: scores.en_score(given["x"][m], given.get("x_pt"), expanded[m], expanded_x_pt))


def _percent_difference(given: Case, options: Case) -> Fields:
    return _each(given, "D_pct", lambda m: scores.percent_difference(given["x"][m], given.get("x_pt")))


def _percent_allowed(given: Case, options: Case) -> Fields:
    permitted = option.delta_e(given, options)
    return _each(given, "PA", lambda m: scores.percent_allowed(given["x"][m], given.get("x_pt"), permitted[m]))


def _signals(given: Case, options: Case) -> Fields:
    return {"signal": [scores.score_verdict(z) for z in given["z"]]}


def _combined(given: Case, options: Case) -> Fields:
    rows = given["z"]
    is_table = any(isinstance(row, list) for row in rows)
    found = [combined_scores.combined_scores(row or []) for row in (rows if is_table else [rows])]
    fields = {"RSZ": [each.rsz for each in found], "SSZ": [each.ssz for each in found], "SSZ_p": [each.ssz_p for each in found]}
    return fields if is_table else {name: values[0] for name, values in fields.items()}


def _pairs(given: Case, options: Case) -> Fields:
    rule = option.quartile(options)
    found, other = paired.pair_scores(given["a"], given["b"], rule=rule), paired.pair_scores(given["a"], given["b"], rule=6)
    medians = {"median_S": found.median_s, "median_D": found.median_d, "niqr_S": found.niqr_s, "niqr_D": found.niqr_d}
    return {"S": found.s, "D": found.d, "ZB": found.zb, "ZW": found.zw, **medians, "niqr_S_type6": other.niqr_s}


def _youden(given: Case, options: Case) -> Fields:
    found = paired.youden_correlation(given["a"], given["b"])
    return {"pearson_r": found.pearson, "spearman": found.spearman}


METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    "score_z": _z,
    "score_z_prime": _z_prime,
    "score_zeta": _zeta,
    "score_En": _en,
    "score_zeta_en": lambda given, options: {**_zeta(given, options), **_en(given, options)},
    "score_percent_difference": _percent_difference,
    "score_percent_allowed": _percent_allowed,
    "score_signals": _signals,
    "rsz_ssz": _combined,
    "paired_zb_zw": _pairs,
    "youden_correlation": _youden,
}
