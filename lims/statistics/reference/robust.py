"""Reference cases of area 1, robust location and scale: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lims.statistics import assigned, robust, scores
from lims.statistics.outcome import NotCalculable
from lims.statistics.reference.comparing import Case, Fields


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


METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    "algorithm_a": _algorithm_a,
    "algorithm_a_edge": _algorithm_a_edge,
    "median_made_niqr": _median_made_niqr,
    "small_p": _small_p,
}
