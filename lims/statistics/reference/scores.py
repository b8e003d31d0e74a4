"""Reference cases of area 2, scores: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lims.statistics import combined_scores, paired, scores
from lims.statistics.reference import options as option
from lims.statistics.reference.comparing import Case, Fields
from lims.statistics.reference.elements import by_element
from lims.statistics.reference.spreads import centre, scale, without_stated


def _z(given: Case, options: Case) -> Fields:
    """z against the centre and scale that the options name, else the stated x_pt and sigma_pt, else mean and SD of the results."""
    x = given["x"] if isinstance(given["x"], list) else [given["x"]]
    options, stated = without_stated(options)
    location, spread = centre(x, options), scale(x, options)
    is_centre_stated = "centre" in stated or ("centre" not in options and "x_pt" in given)
    is_stated = "scale" in stated or ("scale" not in options and ("sigma_pt" in given or is_centre_stated))

    def score(row: Case, options: Case) -> Fields:
        x_pt = row.get("x_pt") if is_centre_stated else location
        return {"z": scores.z_score(row["x"], x_pt, row.get("sigma_pt") if is_stated else spread)}

    return {"mean": location, "sd": spread, **by_element("score_z", ("z",), score)(given, options)}


def _u_x_pt(given: Case) -> Any:
    """Standard uncertainty of the assigned value: stated, or U / k."""
    return given["u_xpt"] if given.get("u_xpt") is not None else scores.standard_uncertainty(given.get("U_xpt"), given.get("k_xpt"))


def _expanded_x_pt(given: Case) -> Any:
    """Expanded uncertainty of the assigned value: stated, or k u."""
    return _wide(given.get("U_xpt"), given.get("u_xpt"), given.get("k_xpt"))


def _wide(expanded: Any, u: Any, k: Any) -> Any:
    return expanded if expanded is not None else None if u is None or k is None else k * u


def _reported(given: Case) -> dict[str, Any]:
    """The input with its lists of uncertainties; an empty one is none."""
    return {key: value for key, value in given.items() if key not in ("U", "u", "k") or value != []}


def _z_prime(given: Case, options: Case) -> Fields:
    return {"z_prime": scores.z_prime_score(given["x"], given.get("x_pt"), given.get("sigma_pt"), _u_x_pt(given))}


def _zeta(given: Case, options: Case) -> Fields:
    """With the u of the laboratory: stated, or U / k."""
    u = given["u"] if given.get("u") is not None else scores.standard_uncertainty(given.get("U"), given.get("k"))
    return {"zeta": scores.zeta_score(given["x"], given.get("x_pt"), u, _u_x_pt(given))}


def _en(given: Case, options: Case) -> Fields:
    """With the U of the laboratory: stated, or k u."""
    expanded = _wide(given.get("U"), given.get("u"), given.get("k"))
    return {"En": scores.en_score(given["x"], given.get("x_pt"), expanded, _expanded_x_pt(given))}


def _percent_difference(given: Case, options: Case) -> Fields:
    return {"D_pct": scores.percent_difference(given["x"], given.get("x_pt"))}


def _percent_allowed(given: Case, options: Case) -> Fields:
    permitted = option.delta_e({**given, "x": [given["x"]]}, options)[0]
    return {"PA": scores.percent_allowed(given["x"], given.get("x_pt"), permitted)}


def _signals(given: Case, options: Case) -> Fields:
    return {"signal": scores.score_verdict(given["z"])}


def _of_laboratories(method: str, fields: tuple[str, ...], *functions: Callable[[Case, Case], Fields]) -> Callable[[Case, Case], Fields]:
    """The scores of each laboratory."""
    each = by_element(
        method, fields, lambda given, options: {key: one for found in functions for key, one in found(given, options).items()}
    )
    return lambda given, options: each(_reported(given), options)


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
    "score_z_prime": _of_laboratories("score_z_prime", ("z_prime",), _z_prime),
    "score_zeta": _of_laboratories("score_zeta", ("zeta",), _zeta),
    "score_En": _of_laboratories("score_En", ("En",), _en),
    "score_zeta_en": _of_laboratories("score_zeta_en", ("zeta", "En"), _zeta, _en),
    "score_percent_difference": _of_laboratories("score_percent_difference", ("D_pct",), _percent_difference),
    "score_percent_allowed": _of_laboratories("score_percent_allowed", ("PA",), _percent_allowed),
    "score_signals": _of_laboratories("score_signals", ("signal",), _signals),
    "rsz_ssz": _combined,
    "paired_zb_zw": _pairs,
    "youden_correlation": _youden,
}
