"""Reference cases and the table that computes them: the proof that this package gives published and independently computed figures.

A case is a mapping with id, method, input, options, expected and rel_tol or abs_tol. `compute` gives every field of a case from its input
alone; `differences` lists the expected fields that are not met. An expected null means: must be reported as not calculable.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from lims.statistics import agreement, assigned, intervals, kappa, robust, scores
from lims.statistics.outcome import NotCalculable

Case = Mapping[str, Any]
Fields = dict[str, Any]

# Alternative conventions and warnings of the case files, never compared.
INFORMATIONAL: Final = frozenset(
    {
        "third_figure_rule",
        "exact_factor",
        "exact_factors",
        "metRology_algS_default_tol",
        "niqr_other_quartiles",
        "mcr_1_3_3_1",
        "wrong_value_if_binary_ties_not_merged",
        "must_not_divide_by_zero",
        "niqr_S_type6",
    }
)



@dataclass(frozen=True, slots=True)
class Difference:
    """An expected field that was not met."""

    field: str
    expected: Any
    got: Any


def shipped_cases() -> Iterator[Case]:
    """All cases that travel with the package, file by file in the order of their names."""
    for entry in sorted(resources.files("lims.statistics").joinpath("cases").iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".json"):
            yield from json.loads(entry.read_text(encoding="utf-8"))


def compute(case: Case) -> Fields:
    """Every field of the case's method, computed from its input and options; a NotCalculable becomes None. KeyError: unknown method."""
    return {field: _plain(value) for field, value in METHODS[case["method"]](case["input"], case.get("options", {})).items()}


def differences(case: Case, got: Fields) -> list[Difference]:
    """The expected fields, informational ones apart, that `got` does not meet: |got - expected| <= abs_tol + rel_tol |expected|."""
    rel, absolute = float(case.get("rel_tol", 0.0)), float(case.get("abs_tol", 0.0))
    return [
        Difference(field, expected, got.get(field))
        for field, expected in case["expected"].items()
        if field not in INFORMATIONAL and not (field in got and _meets(got[field], expected, rel, absolute))
    ]


def _meets(got: Any, expected: Any, rel: float, absolute: float) -> bool:
    if isinstance(expected, list):
        pairs = zip(got, expected, strict=True) if isinstance(got, list) and len(got) == len(expected) else None
        return pairs is not None and all(_meets(one, other, rel, absolute) for one, other in pairs)
    if expected is None or isinstance(expected, bool | str):
        return type(got) is type(expected) and got == expected
    if got is None or isinstance(got, bool | str | list):
        return False
    return math.isfinite(got) and abs(got - expected) <= absolute + rel * abs(expected)


def _plain(value: Any) -> Any:
    if isinstance(value, intervals.Interval):
        return [value.lower, value.upper]
    if isinstance(value, list):
        return [_plain(element) for element in value]
    return None if isinstance(value, NotCalculable) else value


def _algorithm_a(given: Case, options: Case) -> Fields:
    run = robust.algorithm_a(
        given["x"],
        k=options.get("k", robust.ALGORITHM_A_K),
        s_factor=options.get("s_factor", robust.ALGORITHM_A_FACTOR_ISO),
        mad_factor=options.get("mad_factor", robust.MADE_ISO),
    )
    if isinstance(run, NotCalculable):
        return dict.fromkeys(("x_star", "s_star", "u_xpt"), run)
    return {"x_star": run.x_star, "s_star": run.s_star, "u_xpt": assigned.u_robust(run.s_star, run.p)}


def _algorithm_a_edge(given: Case, options: Case) -> Fields:
    x, run = given["x"], _algorithm_a(given, options)
    median = robust.median(x)
    is_z_defined = not isinstance(scores.z_score(median, run["x_star"], run["s_star"]), NotCalculable)
    return {**run, "median": median, "made": robust.made(x), "niqr": robust.niqr(x), "z_defined": is_z_defined}


def _median_made_niqr(given: Case, options: Case) -> Fields:
    x = given["x"]
    rule: robust.QuartileRule = 6 if options.get("quartile", "type 7").startswith("type 6") else 7
    quartiles, median = robust.quartiles(x, rule), robust.median(x)
    niqr = robust.niqr(x, rule, options.get("niqr_factor", robust.NIQR_FACTOR))
    q1, q3, iqr = (quartiles,) * 3 if isinstance(quartiles, NotCalculable) else (quartiles.q1, quartiles.q3, quartiles.iqr)
    spread = {
        "mad_raw": robust.mad(x),
        "made_iso": robust.made(x, options.get("made_factor", robust.MADE_ISO)),
        "made_exact": robust.made(x),
        "niqr": niqr,
        "robust_cv_pct": robust.robust_cv_percent(median, niqr),
    }
    z_of = {f"z_of_{value:g}": scores.z_score(value, median, niqr) for value in x}
    return {"n": len(x), "median": median, "q1": q1, "q3": q3, "iqr": iqr, **spread, **z_of}


def _small_p(given: Case, options: Case) -> Fields:
    return {"s": robust.small_sample_sd(given["x"])}


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


def _negligible(given: Case, options: Case) -> Fields:
    found = [assigned.negligibility(u, given["sigma_pt"]) for u in given["u"]]
    return {
        "limit": assigned.NEGLIGIBLE_FACTOR * given["sigma_pt"],
        "negligible": [rule if isinstance(rule, NotCalculable) else rule.is_negligible for rule in found],
        "z_prime_over_z": [rule if isinstance(rule, NotCalculable) else rule.z_prime_over_z for rule in found],
    }


def _cohen_kappa(given: Case, options: Case) -> Fields:
    weights: kappa.Weights = options.get("weights", "unweighted").split(" ")[0]
    found = kappa.cohen_kappa(given["table"], weights)
    names = ("po", "pe", "kappa", "ase", "ase0", "z", "p_one", "p_two")
    share = agreement.percent_agreement(given["table"]).value
    return {**{name: getattr(found, name) for name in names}, "ci95": found.interval, "percent_agreement": share}


def _chance_corrected(given: Case, options: Case) -> Fields:
    table = given["table"]
    ac1, adjusted = agreement.gwet_ac1(table), agreement.pabak(table)
    return {
        "ac1": ac1.ac1,
        "ac1_se": ac1.se,
        "bennett_pabak": adjusted,
        "pabak_2x2": adjusted if len(table) == 2 else None,
        "scott_pi": agreement.scott_pi(table),
        "percent_agreement": agreement.percent_agreement(table).value,
    }


def _mcnemar(given: Case, options: Case) -> Fields:
    found = agreement.mcnemar(given["table"])
    names = {"chi2": "chi2", "p_chi2": "p_chi2", "chi2_cc": "chi2_corrected", "p_chi2_cc": "p_chi2_corrected", "p_midp": "p_midp"}
    fields = {field: getattr(found, name, None) for field, name in names.items()}
    return {**fields, "p_exact": getattr(found, "p_exact", None), "chi2_defined": isinstance(fields["chi2"], float)}


def _binomial(given: Case, options: Case) -> Fields:
    x, n, confidence = given["x"], given["n"], given["conf"]
    return {
        "p": intervals.proportion(x, n, confidence).value,
        "wilson": intervals.wilson(x, n, confidence),
        "clopper_pearson": intervals.clopper_pearson(x, n, confidence),
        "agresti_coull_unclipped": intervals.agresti_coull(x, n, confidence),
        "jeffreys_equal_tailed": intervals.jeffreys(x, n, confidence),
    }


METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    "algorithm_a": _algorithm_a,
    "algorithm_a_edge": _algorithm_a_edge,
    "median_made_niqr": _median_made_niqr,
    "small_p": _small_p,
    "score_z": _z,
    "score_z_prime": _z_prime,
    "score_zeta": _zeta,
    "score_En": _en,
    "score_zeta_en": lambda given, options: {**_zeta(given, options), **_en(given, options)},
    "score_percent_difference": _percent_difference,
    "score_percent_allowed": _percent_allowed,
    "score_signals": _signals,
    "u_xpt_robust": lambda given, options: {"u": assigned.u_robust(given["s_star"], given["p"])},
    "u_xpt_negligible": _negligible,
    "cohen_kappa": _cohen_kappa,
    "kappa_degenerate": _cohen_kappa,
    "gwet_ac1_pabak_scott": _chance_corrected,
    "mcnemar": _mcnemar,
    "binomial_ci": _binomial,
}
