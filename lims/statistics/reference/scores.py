"""Reference cases of area 2, scores: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lims.statistics import combined_scores, paired, robust, scores
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.reference.comparing import Case, Fields


def _each(given: Case, field: str, score: Callable[[int], Any]) -> Fields:
    return {field: [score(index) for index in range(len(given["x"]))]}


def _z(given: Case, options: Case) -> Fields:
    """z against the stated x_pt and sigma_pt; without x_pt, or when options name them, against centre and scale of the results."""
    x, centre, scale = given["x"], str(options.get("centre", "")).lower(), str(options.get("scale", "")).lower()
    location, spread = _centre(x, centre), _scale(x, scale)
    if not centre and "x_pt" in given:
        z = _each(given, "z", lambda m: scores.z_score(x[m], given["x_pt"], given.get("sigma_pt")))
        return {"mean": location, "sd": spread, **z}
    return {"mean": location, "sd": spread, **_each(given, "z", lambda m: scores.z_score(x[m], location, spread))}


def _centre(x: list[float], name: str) -> Number:
    if "median" in name:
        return robust.median(x)
    run = robust.algorithm_a(x) if "algorithm" in name or "robust" in name else None
    return robust.mean(x) if run is None else run if isinstance(run, NotCalculable) else run.x_star


def _scale(x: list[float], name: str) -> Number:
    if "niqr" in name:
        return robust.niqr(x)
    if "mad" in name:
        return robust.made(x, robust.MADE_ISO)
    run = robust.algorithm_a(x) if "algorithm" in name or "robust" in name else None
    return robust.standard_deviation(x) if run is None else run if isinstance(run, NotCalculable) else run.s_star


def _u_x_pt(given: Case) -> Any:
    """Standard uncertainty of the assigned value: stated, or U / k."""
    return given["u_xpt"] if "u_xpt" in given else scores.standard_uncertainty(given.get("U_xpt"), given.get("k_xpt"))


def _expanded(given: Case) -> list[Any]:
    """Expanded uncertainty of each result: stated, or k u."""
    if given.get("U") is not None:
        return list(given["U"])
    factors = given.get("k") or [None] * len(given["x"])
    return [None if u is None or k is None else k * u for u, k in zip(given.get("u") or factors, factors, strict=True)]


def _z_prime(given: Case, options: Case) -> Fields:
    u_x_pt = _u_x_pt(given)
    return _each(given, "z_prime", lambda m: scores.z_prime_score(given["x"][m], given.get("x_pt"), given.get("sigma_pt"), u_x_pt))


def _zeta(given: Case, options: Case) -> Fields:
    u_x_pt, nothing = _u_x_pt(given), [None] * len(given["x"])
    pairs = zip(given.get("U") or nothing, given.get("k") or nothing, strict=True)
    u = given.get("u") or [scores.standard_uncertainty(*pair) for pair in pairs]
    return _each(given, "zeta", lambda m: scores.zeta_score(given["x"][m], given.get("x_pt"), u[m], u_x_pt))


def _en(given: Case, options: Case) -> Fields:
    expanded = _expanded(given)
    return _each(given, "En", lambda m: scores.en_score(given["x"][m], given.get("x_pt"), expanded[m], given.get("U_xpt")))


def _percent_difference(given: Case, options: Case) -> Fields:
    return _each(given, "D_pct", lambda m: scores.percent_difference(given["x"][m], given.get("x_pt")))


def _percent_allowed(given: Case, options: Case) -> Fields:
    rule = str(options.get("delta_E", "3*sigma_pt"))  # a number, or a multiple such as "3*sigma_pt"
    rule = rule.replace(" ", "")
    delta_e = float(rule.removesuffix("*sigma_pt")) * (given.get("sigma_pt") or 0.0 if rule.endswith("*sigma_pt") else 1.0)
    return _each(given, "PA", lambda m: scores.percent_allowed(given["x"][m], given.get("x_pt"), delta_e))


def _signals(given: Case, options: Case) -> Fields:
    return {"signal": [scores.score_verdict(z) for z in given["z"]]}


def _combined(given: Case, options: Case) -> Fields:
    rows = given["z"]
    is_table = any(isinstance(row, list) for row in rows)
    found = [combined_scores.combined_scores(row or []) for row in (rows if is_table else [rows])]
    fields = {"RSZ": [each.rsz for each in found], "SSZ": [each.ssz for each in found], "SSZ_p": [each.ssz_p for each in found]}
    return fields if is_table else {name: values[0] for name, values in fields.items()}


def _pairs(given: Case, options: Case) -> Fields:
    rule: robust.QuartileRule = 6 if str(options.get("quartile", "type 7")).startswith("type 6") else 7
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
