"""Reference cases of area 7, validation by counts (proportions, two by two tables, detection limits): each method's fields from a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lims.statistics import diagnostic, intervals, lod, lod_linear, pod, poisson_lod, spearman_karber
from lims.statistics.outcome import NotCalculable
from lims.statistics.reference import models
from lims.statistics.reference import options as option
from lims.statistics.reference.comparing import Case, Fields
from lims.statistics.reference.reading import whole


def _binomial(given: Case, options: Case) -> Fields:
    x, n, confidence = given["x"], given["n"], option.confidence(given, options)
    return {
        "p": intervals.proportion(x, n, confidence).value,
        "wilson": intervals.wilson(x, n, confidence),
        "clopper_pearson": intervals.clopper_pearson(x, n, confidence),
        "agresti_coull_unclipped": intervals.agresti_coull(x, n, confidence),
        "jeffreys_equal_tailed": intervals.jeffreys(x, n, confidence),
    }


def _count(given: Case, name: str) -> int:
    value = whole(given[name])
    if isinstance(value, NotCalculable):
        raise ValueError(f"a whole number up to 2^53 is expected as `{name}`, not {given[name]}")
    return value


def _panel(given: Case, options: Case) -> Fields:
    tp, fp, fn, tn = (_count(given, cell) for cell in ("TP", "FP", "FN", "TN"))
    confidence = option.confidence(given, options)
    wilson = diagnostic.diagnostic_panel(tp, fp, fn, tn, confidence)
    exact = diagnostic.diagnostic_panel(tp, fp, fn, tn, confidence, "clopper_pearson")
    fields: Fields = {}
    for name in ("sensitivity", "specificity", "ppv", "npv", "accuracy"):
        one = getattr(wilson, name)
        fields[name] = {"est": one.value, "wilson": one.interval, "clopper_pearson": getattr(exact, name).interval}
    for name, ratio in {"lr_pos": wilson.lr_positive, "lr_neg": wilson.lr_negative}.items():
        fields[name] = {"est": ratio.value, "ci_log": ratio.interval}
    single = {"youden": wilson.youden, "dor": wilson.odds_ratio.value, "kappa": wilson.kappa.kappa, "prevalence": wilson.prevalence.value}
    return {**fields, **single}


_LOD_FIELDS = ("intercept", "slope_log10", "se", "cov", "deviance", "pearson_chi2", "df")
_LIMIT_FIELDS = ("log10_lod", "lod", "se_log10", "ci_delta", "ci_fieller")


_LINEAR_FIELDS = ("slope", "lod", "se_lod", "ci_delta", "ci_fieller")


def _detection_limit(default_p: float) -> Callable[[Case, Case], Fields]:
    def compute(given: Case, options: Case) -> Fields:
        link, natural, p = option.link(options), option.number(options, "natural_mortality", 0.0), float(given.get("p", default_p))
        confidence = option.confidence(given, options)
        if option.is_linear_dose(options):
            return _on_the_dose(lod_linear.linear_detection_limit(given["dose"], given["x"], given["n"], p, link, confidence, natural))
        found = lod.detection_limit(given["dose"], given["x"], given["n"], p, link, confidence, natural_response=natural)
        if isinstance(found, NotCalculable):
            return dict.fromkeys((*_LOD_FIELDS, *_LIMIT_FIELDS), found)
        line = {name: getattr(found.fit, name) for name in _LOD_FIELDS}
        return {**line, **{name: getattr(found, name) for name in _LIMIT_FIELDS}}

    return compute


def _on_the_dose(found: lod_linear.LinearDetectionLimit | NotCalculable) -> Fields:
    """The fields of a line on the dose itself; what is named by a logarithm does not exist there."""
    fields = [name for name in (*_LOD_FIELDS, *_LINEAR_FIELDS) if not name.endswith("_log10")]
    if isinstance(found, NotCalculable):
        return dict.fromkeys((*fields, "slope_log10", "log10_lod", "se_log10"), found)
    lack = NotCalculable("dose_scale_linear")
    return {**{name: getattr(found, name) for name in fields}, "slope_log10": lack, "log10_lod": lack, "se_log10": lack}


def _poisson(given: Case, options: Case) -> Fields:
    b, confidence = models.exponent(options), option.confidence(given, options)
    found = poisson_lod.poisson_limit(given["dose"], given["x"], given["n"], given.get("p", 0.95), b, confidence)
    if isinstance(found, NotCalculable):
        return dict.fromkeys(("lambda", "lod50", "lod95", "lod95_ci"), found)
    return {"lambda": found.rate, "lod50": found.lod50, "lod95": found.lod, "lod95_ci": found.interval}


def _spearman_karber(given: Case, options: Case) -> Fields:
    z = models.spearman_karber_z(given, options)
    trim, is_log = option.number(options, "trim", 0.0), option.switch(options, "log_dose", True)
    found = spearman_karber.spearman_karber(given["dose"], given["r"], given["n"], trim, z, is_log)
    if isinstance(found, NotCalculable):
        return dict.fromkeys(("ld50", "gsd", "ci"), found)
    return {"ld50": found.median_dose, "gsd": found.gsd, "ci": found.interval}


def _pod(given: Case, options: Case) -> Fields:
    x1, n1, x2, n2 = (_count(given, name) for name in ("x_candidate", "n_candidate", "x_reference", "n_reference"))
    found = pod.pod_difference(x1, n1, x2, n2, option.confidence(given, options))
    one, two = found.first, found.second
    pods = {"POD1": one.value, "POD1_ci": one.interval, "POD2": two.value, "POD2_ci": two.interval}
    return {**pods, "dPOD": found.difference, "dPOD_ci": found.interval}


def _lpod(given: Case, options: Case) -> Fields:
    found = pod.laboratory_pod(given["x"], given["n"], option.confidence(given, options))
    names = {"LPOD": "lpod", "s_r": "s_repeatability", "s_L": "s_laboratory", "s_R": "s_reproducibility", "F": "f", "p_lab": "p_laboratory"}
    return {field: found if isinstance(found, NotCalculable) else getattr(found, name) for field, name in names.items()}


def _rlod(given: Case, options: Case) -> Fields:
    x1, n1, x2, n2 = (given[name] for name in ("x_ref", "n_ref", "x_alt", "n_alt"))
    found, narrow = pod.relative_detection(x1, n1, x2, n2, 0.95), pod.relative_detection(x1, n1, x2, n2, 0.9)
    if isinstance(found, NotCalculable) or isinstance(narrow, NotCalculable):
        return dict.fromkeys(("RLOD", "ln_RLOD", "se_ln", "ci90", "ci95"), found)
    single: dict[str, Any] = {"RLOD": found.rlod, "ln_RLOD": found.ln_rlod, "se_ln": found.se_ln}
    return {**single, "ci90": narrow.interval, "ci95": found.interval}


METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    "binomial_ci": _binomial,
    "diagnostic_2x2": _panel,
    "lod95": _detection_limit(0.95),
    "ed50": _detection_limit(0.5),
    "lod95_edge": lambda given, options: {"ml_exists": lod.overlap(given["dose"], given["x"], given["n"]) is None},
    "lod95_poisson": _poisson,
    "spearman_karber": _spearman_karber,
    "pod_dpod": _pod,
    "lpod": _lpod,
    "rlod": _rlod,
}
