"""Reference cases of area 1, robust location and scale: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from lims.statistics import algorithm_s, assigned, censored, differences, hampel, huber, q_method, qn_sn, robust, scores
from lims.statistics.outcome import NotCalculable, finite
from lims.statistics.reference import options as option
from lims.statistics.reference.comparing import Case, Fields

WORKED_EXAMPLE: Final = 6.2  # the result whose z hangs on the rule for quartiles


def _run(given: Case, options: Case) -> robust.AlgorithmA | NotCalculable:
    known: Mapping[str, robust.Stopping] = {
        r"(?:nochangein)?(?:the)?third(?:significant)?figure(?:rule|unchanged|stable)?": "third_figure",
        r"(?:to|until)?converge(?:d|nce)?(?:1e(?:[89]|1\d)(?:relative)?)?": "convergence",
    }
    k = option.number(options, "k", robust.ALGORITHM_A_K)
    return robust.algorithm_a(
        given["x"],
        k=k,
        s_factor=option.factor(options, "s_factor", robust.ALGORITHM_A_FACTOR_ISO, robust.winsorised_factor(k)),
        mad_factor=option.factor(options, "mad_factor", robust.MADE_ISO, robust.MADE_EXACT),
        stopping=option.choice(options, "stop", known, "convergence"),
        tolerance=1e-12,
    )


def _algorithm_a(given: Case, options: Case) -> Fields:
    run, k = _run(given, options), option.number(options, "k", robust.ALGORITHM_A_K)
    third = _run(given, {**options, "stop": "third figure"})
    exact = _run(given, {**options, "s_factor": robust.winsorised_factor(k)})
    return {
        **_of_run(run),
        "third_figure_rule": {**_parts(third, "x_star", "s_star", "iterations")},
        "exact_factor": {**_named(exact, mu="x_star", s="s_star"), "factor": robust.winsorised_factor(k)},
    }


def _of_run(run: robust.AlgorithmA | NotCalculable) -> Fields:
    if isinstance(run, NotCalculable):
        return dict.fromkeys(("x_star", "s_star", "u_xpt", "p"), run)
    return {"x_star": run.x_star, "s_star": run.s_star, "u_xpt": assigned.u_robust(run.s_star, run.p), "p": run.p}


def _parts(found: object, *names: str) -> Fields:
    """The named parts of a result; of a NotCalculable the reason in each place."""
    return _named(found, **{name: name for name in names})


def _named(found: object, **names: str) -> Fields:
    return {field: found if isinstance(found, NotCalculable) else getattr(found, name) for field, name in names.items()}


def _algorithm_a_edge(given: Case, options: Case) -> Fields:
    x, run = given["x"], _of_run(_run(given, options))
    median = robust.median(x)
    is_z_defined = not isinstance(scores.z_score(median, run["x_star"], run["s_star"]), NotCalculable)
    return {**run, "median": median, "made": robust.made(x), "niqr": robust.niqr(x), "z_defined": is_z_defined}


def _median_made_niqr(given: Case, options: Case) -> Fields:
    x = given["x"]
    rule = option.quartile(options)
    quartiles, median = robust.quartiles(x, rule), robust.median(x)
    niqr = robust.niqr(x, rule, option.number(options, "niqr_factor", robust.NIQR_FACTOR))
    q1, q3, iqr = (quartiles,) * 3 if isinstance(quartiles, NotCalculable) else (quartiles.q1, quartiles.q3, quartiles.iqr)
    spread = {
        "mad_raw": robust.mad(x),
        "made_iso": robust.made(x, option.factor(options, "made_factor", robust.MADE_ISO, robust.MADE_EXACT)),
        "made_exact": robust.made(x),
        "niqr": niqr,
        "robust_cv_pct": robust.robust_cv_percent(median, niqr),
    }
    z_of = {f"z_of_{value:g}": scores.z_score(value, median, niqr) for value in (*x, WORKED_EXAMPLE) if value is not None}
    other = {"niqr_other_quartiles": _other_niqr(x, option.number(options, "niqr_factor", robust.NIQR_FACTOR))}
    return {"n": _count(x), "median": median, "q1": q1, "q3": q3, "iqr": iqr, **spread, **z_of, **other}


def _count(x: list[float]) -> int | NotCalculable:
    """The number of results, or the reason why one of them is none."""
    array = robust.as_array(x, least=0)
    return array if isinstance(array, NotCalculable) else int(array.size)


def _other_niqr(x: list[float], factor: float) -> Fields:
    """nIQR under the quartile rules that other programs use, for information."""
    array = robust.as_array(x)
    rules = {"type6_minitab_spss": "weibull", "type8": "median_unbiased", "type2_averaged": "averaged_inverted_cdf"}
    if isinstance(array, NotCalculable):
        return dict.fromkeys((*rules, "tukey_hinges"), array)
    found = {name: np.quantile(array, [0.25, 0.75], method=rule) for name, rule in rules.items()}  # type: ignore[call-overload]
    ordered, half = np.sort(array), (int(array.size) + 1) // 2
    found["tukey_hinges"] = np.array([np.median(ordered[:half]), np.median(ordered[-half:])])
    return {name: finite(factor * float(pair[1] - pair[0]), "niqr") for name, pair in found.items()}


def _small_p(given: Case, options: Case) -> Fields:
    return {"s": robust.small_sample_sd(given["x"])}


def _algorithm_s(given: Case, options: Case) -> Fields:
    w, nu, is_range = given["w"], given.get("nu") or 0, bool(given.get("is_range", False))
    found = algorithm_s.algorithm_s(w, nu, is_range=is_range, eta=options.get("eta"), xi=options.get("xi"))
    eta, xi = algorithm_s.algorithm_s_factors(max(nu, 1))
    exact = algorithm_s.algorithm_s(w, nu, is_range=is_range, eta=eta, xi=xi)
    return {**_parts(found, "w_star", "s_r"), "exact_factors": {"eta": eta, "xi": xi, **_parts(exact, "w_star", "s_r")}}


def _censored(given: Case, options: Case) -> Fields:
    results = [censored.read_reported(raw) for raw in given["raw"] if raw is not None]
    lack = next((result for result in results if isinstance(result, NotCalculable)), None)
    if lack is not None:
        return {policy: dict.fromkeys(("x_star", "s_star", "p"), lack) for policy in censored.POLICIES}
    found = censored.under_every_policy([result for result in results if not isinstance(result, NotCalculable)])
    return {policy: {**_of_run(effect.run), "p": effect.treated.p} for policy, effect in found.items()}


def _huber(given: Case, options: Case) -> Fields:
    is_exact = option.plain(options.get("factor", "exact")) == "exact"
    chosen = None if is_exact else option.number(options, "factor", 0.0)
    return _parts(huber.huber_proposal_2(given["x"], k=option.number(options, "k", robust.ALGORITHM_A_K), factor=chosen), "mu", "s")


def _q_hampel(given: Case, options: Case) -> Fields:
    found = hampel.q_hampel(given["x"], decimals=options.get("decimals"))
    u = found if isinstance(found, NotCalculable) else assigned.u_robust(found.s_star, found.p)
    return {**_parts(found, "x_star", "s_star"), "u_xpt": u}


def _q_replicates(given: Case, options: Case) -> Fields:
    groups = [[value for value in group or [] if value is not None] for group in given["groups"]]
    found = q_method.q_method_replicates(groups, decimals=options.get("decimals"))
    means = [mean for mean in (robust.mean(group) for group in groups if group) if not isinstance(mean, NotCalculable)]
    location: Any = found if isinstance(found, NotCalculable) else hampel.hampel(means, found.s_star)
    return {"s_star": _parts(found, "s_star")["s_star"], "hampel_of_lab_means": _parts(location, "x_star")["x_star"]}


def _q_trap(given: Case, options: Case) -> Fields:
    found = q_method.q_method(given["x"], decimals=options.get("decimals"))
    binary = q_method.q_method(given["x"], decimals=differences.BINARY_DECIMALS)
    wrong = _parts(binary, "s_star")["s_star"]
    return {**_parts(found, "s_star"), "wrong_value_if_binary_ties_not_merged": wrong}


def _qn_sn(given: Case, options: Case) -> Fields:
    is_corrected = option.switch(options, "finite_corr", True)
    half = len(given["x"]) // 2 if option.is_plain_half(options) else None
    found = {
        "qn": qn_sn.qn(given["x"], factor=option.number(options, "qn_constant", qn_sn.QN_FACTOR), is_corrected=is_corrected, half=half),
        "sn": qn_sn.sn(given["x"], factor=option.number(options, "sn_constant", qn_sn.SN_FACTOR), is_corrected=is_corrected),
    }
    corrected = {name: _parts(scale, "scale")["scale"] for name, scale in found.items()}
    return {**corrected, **{f"{name}_no_finite_corr": _parts(scale, "uncorrected")["uncorrected"] for name, scale in found.items()}}


METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    "algorithm_a": _algorithm_a,
    "algorithm_a_edge": _algorithm_a_edge,
    "algorithm_s": _algorithm_s,
    "censored_results": _censored,
    "huber_proposal2": _huber,
    "median_made_niqr": _median_made_niqr,
    "q_hampel": _q_hampel,
    "q_method_replicates": _q_replicates,
    "q_method_trap": _q_trap,
    "qn_sn": _qn_sn,
    "small_p": _small_p,
}
