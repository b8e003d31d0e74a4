"""Reference cases of area 7, validation by measured values (variance components, regression, curves): each method's fields from a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lims.statistics import deming, linearity, pcr_efficiency, roc
from lims.statistics.bland_altman import MULTIPLIER, MULTIPLIER_1986, BlandAltman, bland_altman
from lims.statistics.functional_relationship import functional_relationship
from lims.statistics.least_squares import LackOfFit, Polynomial, polynomial
from lims.statistics.lines import Estimate
from lims.statistics.outcome import NotCalculable, known
from lims.statistics.passing_bablok import passing_bablok
from lims.statistics.reference import models
from lims.statistics.reference import options as option
from lims.statistics.reference.comparing import Case, Fields
from lims.statistics.reference.elements import by_element
from lims.statistics.reference.reading import whole
from lims.statistics.variance_components import VarianceComponents, nested_anova, one_way
from lims.statistics.verification_limit import upper_verification_limit


def _estimate(found: Estimate) -> Fields:
    return {"est": found.value, "se": found.standard_error, "ci": found.interval}


def _no_estimates(reason: NotCalculable, *names: str) -> Fields:
    return {name: {"est": reason, "se": reason, "ci": reason} for name in names}


def _bland_altman(given: Case, options: Case) -> Fields:
    multiplier, confidence = option.number(options, "multiplier", MULTIPLIER), option.confidence(given, options)
    exact, old = (bland_altman(given["a"], given["b"], multiplier, form, confidence) for form in ("1999", "1986"))
    if not isinstance(exact, BlandAltman) or not isinstance(old, BlandAltman):
        names = (
            "bias",
            "sd",
            "bias_ci",
            "loa",
            *(f"loa_{end}_ci{form}" for end in ("lower", "upper") for form in ("", "_1986", "_exact_var")),
        )
        lack = old if isinstance(exact, BlandAltman) else exact
        is_counted = isinstance(lack, NotCalculable) and lack.code not in ("reported_value_missing", "value_not_finite")
        return {"n": len(given["a"]) if is_counted else lack, **dict.fromkeys(names, lack)}
    named = old if multiplier == MULTIPLIER_1986 or "1986" in str(options) else exact
    limits = exact.sd if isinstance(exact.sd, NotCalculable) else [exact.lower, exact.upper]
    intervals = {
        f"loa_{end}_ci{name}": getattr(form, f"{end}_interval")
        for end in ("lower", "upper")
        for name, form in (("", named), ("_1986", old), ("_exact_var", exact))
    }
    return {"n": exact.n, "bias": exact.bias, "sd": exact.sd, "bias_ci": exact.bias_interval, "loa": limits, **intervals}


def _deming(given: Case, options: Case) -> Fields:
    known: Mapping[str, deming.Errors] = {
        "(?:linnet(?:s)?)?jackknife(?:twithn2df)?|linnet|jackknifelinnet": "jackknife",
        "analytic(?:al)?": "analytical",
    }
    errors = option.choice(options, "ci", known, "analytical")
    return _line(deming.deming(given["x"], given["y"], models.error_ratio(given, options), errors, option.confidence(given, options)))


def _deming_weighted(given: Case, options: Case) -> Fields:
    return _line(deming.weighted_deming(given["x"], given["y"], models.error_ratio(given, options), option.confidence(given, options)))


def _line(found: deming.Deming | NotCalculable) -> Fields:
    if isinstance(found, NotCalculable):
        return _no_estimates(found, "intercept", "slope")
    return {"intercept": _estimate(found.intercept), "slope": _estimate(found.slope)}


def _deming_known_errors(given: Case, options: Case) -> Fields:
    models.functional_relationship(options)
    found = functional_relationship(given["x"], given["y"], given["sx"], given["sy"], confidence=option.confidence(given, options))
    plain_lines = {"ols_yx": _coefficients(polynomial(given["x"], given["y"])), "ols_xy": _coefficients(polynomial(given["y"], given["x"]))}
    if isinstance(found, NotCalculable):
        return {"intercept": found, "slope": found, "se": found, **plain_lines}
    errors = [found.intercept.standard_error, found.slope.standard_error]
    return {"intercept": found.intercept.value, "slope": found.slope.value, "se": errors, **plain_lines}


def _coefficients(found: Polynomial | NotCalculable) -> list[float] | NotCalculable:
    return found if isinstance(found, NotCalculable) else list(found.coefficients)


def _passing_bablok(given: Case, options: Case) -> Fields:
    found = passing_bablok(given["x"], given["y"], option.confidence(given, options))
    if isinstance(found, NotCalculable):
        return _no_estimates(found, "intercept", "slope")
    return {
        "intercept": {"est": found.intercept, "ci": found.intercept_interval},
        "slope": {"est": found.slope, "ci": found.slope_interval},
    }


def _ep15_precision(given: Case, options: Case) -> Fields:
    found = one_way(given["groups"])
    if isinstance(found, NotCalculable):
        return dict.fromkeys(("var_total", "var_between", "var_within"), found)
    between, within = found.components
    return {"var_total": found.total.variance, "var_between": between.variance, "var_within": within.variance}


def _upper_verification_limit(given: Case, options: Case) -> Fields:
    samples, alpha = whole(given.get("n_samples", 1)), given.get("alpha", 0.05)
    lack = samples if isinstance(samples, NotCalculable) else known(("value_not_finite", alpha))
    if isinstance(samples, NotCalculable) or isinstance(lack, NotCalculable):
        return {"uvl": lack}
    return {"uvl": upper_verification_limit(given["claim"], given["df"], samples, alpha)}


def _nested(*usual: str) -> Callable[[Case, Case], Fields]:
    def fields(given: Case, options: Case) -> Fields:
        outer, inner = models.nested_factors(options, usual)
        found = nested_anova(given["y"], given[outer], given[inner], (outer, inner), option.confidence(given, options))
        names = (
            "var_total",
            f"var_{outer}",
            f"var_{inner}",
            "var_error",
            "mean",
            "repeatability_sd",
            "within_lab_sd",
            "cv_total_pct",
            "ms",
        )
        if isinstance(found, NotCalculable):
            return dict.fromkeys((*names, "df_total_satterthwaite", f"df_{outer}", f"df_{inner}", "df_error"), found)
        return _nested_fields(found, outer == "site")

    return fields


def _nested_fields(found: VarianceComponents, has_sites: bool) -> Fields:
    """Within one laboratory everything belongs to the within-laboratory SD; with several sites the outermost source does not."""
    return {
        "mean": found.mean,
        **{f"var_{component.source}": component.variance for component in found.components},
        **{f"df_{component.source}": component.df for component in found.components},
        "var_total": found.total.variance,
        "ms": [component.mean_square for component in found.components],
        "repeatability_sd": found.error.sd,
        "within_lab_sd": (found.within_outer if has_sites else found.total).sd,
        "df_total_satterthwaite": found.total.df,
        "cv_total_pct": found.cv_percent,
    }


def _ols(given: Case, options: Case) -> Fields:
    found = polynomial(given["x"], given["y"])
    if isinstance(found, NotCalculable):
        return dict.fromkeys(("intercept", "slope", "r2", "residual_sd"), found)
    return {"intercept": found.coefficients[0], "slope": found.coefficients[1], "r2": found.r2, "residual_sd": found.residual_sd}


def _quadratic(given: Case, options: Case) -> Fields:
    found = polynomial(given["x"], given["y"], 2)
    if isinstance(found, NotCalculable):
        return dict.fromkeys(("b0", "b1", "b2", "r2"), found)
    return {**{f"b{k}": value for k, value in enumerate(found.coefficients)}, "r2": found.r2}


def _linearity(given: Case, options: Case) -> Fields:
    found = linearity.linearity_study(given["x"], given["y"])
    if isinstance(found, NotCalculable):
        return dict.fromkeys(("linear", "quadratic", "cubic", "lack_of_fit_F"), found)
    curves: dict[str, Any] = {
        name: curve
        if isinstance(curve, NotCalculable)
        else {"coef": list(curve.coefficients), "p": curve.p_highest, "s": curve.residual_sd}
        for name, curve in (("linear", found.linear), ("quadratic", found.quadratic), ("cubic", found.cubic))
    }
    return {**curves, "lack_of_fit_F": found.lack_of_fit.f if isinstance(found.lack_of_fit, LackOfFit) else found.lack_of_fit}


def _pcr_efficiency(given: Case, options: Case) -> Fields:
    found = pcr_efficiency.pcr_efficiency(given["log10_copies"], given["ct"], option.confidence(given, options))
    if isinstance(found, NotCalculable):
        return dict.fromkeys(("slope", "intercept", "r2", "efficiency", "efficiency_ci95"), found)
    line = {"slope": found.slope.value, "intercept": found.intercept.value, "r2": found.r2}
    return {**line, "efficiency": found.efficiency, "efficiency_ci95": found.interval}


def _roc(given: Case, options: Case) -> Fields:
    higher = option.is_higher(options)
    found, wider = (roc.roc(given["label"], given["score"], confidence, higher) for confidence in (0.95, 0.90))
    if isinstance(found, NotCalculable) or isinstance(wider, NotCalculable):
        return dict.fromkeys(("auc", "var", "ci95", "ci90", "youden_best"), found)
    intervals = {"ci95": found.interval, "ci90": wider.interval}
    return {"auc": found.auc, "var": found.variance, **intervals, "youden_best": found.youden_best}


def _roc_paired(given: Case, options: Case) -> Fields:
    found = roc.compare_roc(given["label"], given["score1"], given["score2"])
    if isinstance(found, NotCalculable):
        return dict.fromkeys(("auc1", "auc2", "z", "p"), found)
    return {"auc1": found.auc1, "auc2": found.auc2, "z": found.z, "p": found.p}


METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    "bland_altman": _bland_altman,
    "deming": _deming,
    "deming_known_errors": _deming_known_errors,
    "deming_weighted": _deming_weighted,
    "ep15_precision": _ep15_precision,
    "ep15_upper_verification_limit": by_element("ep15_upper_verification_limit", ("uvl",), _upper_verification_limit),
    "linearity_polynomial": _linearity,
    "nested_anova_20x2x2": _nested("day", "run"),
    "nested_anova_3x5x5": _nested("site", "day"),
    "nested_anova_unbalanced": _nested("day", "run"),
    "ols": _ols,
    "passing_bablok": _passing_bablok,
    "pcr_efficiency": _pcr_efficiency,
    "polynomial_quadratic": _quadratic,
    "roc_auc_delong": _roc,
    "roc_delong_paired": _roc_paired,
}
