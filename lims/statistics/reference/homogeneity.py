"""Reference cases of area 4, homogeneity and stability: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lims.statistics import homogeneity, stability
from lims.statistics.oneway import OneWay, anova_oneway
from lims.statistics.outcome import NotCalculable, Number
from lims.statistics.outlier_tests import Cochran, cochran_critical
from lims.statistics.reference import options as option
from lims.statistics.reference.comparing import Case, Fields
from lims.statistics.reference.elements import by_element
from lims.statistics.reference.reading import of_counts, whole

# The printed table of Cochran's C (g samples, m results, level) departs once from the computed value with three decimals, 0.717.
PRINTED_COCHRAN: Final[Mapping[tuple[int, int, float], float]] = {(10, 2, 0.01): 0.718}


def _anova(given: Case, options: Case) -> Fields:
    return _table(anova_oneway(given["samples"]))


def _table(found: OneWay | NotCalculable) -> Fields:
    if isinstance(found, NotCalculable):
        return dict.fromkeys(("SS_between", "MS_between", "SS_within", "MS_within", "F", "df1", "df2", "p"), found)
    return {
        "SS_between": found.ss_between,
        "MS_between": found.ms_between,
        "SS_within": found.ss_within,
        "MS_within": found.ms_within,
        "F": found.f,
        "df1": found.df_between,
        "df2": found.df_within,
        "p": found.p,
    }


def _homogeneity(given: Case, options: Case) -> Fields:
    rule = _factor_rule(options)
    rounded = rule == "rounded"
    found = homogeneity.homogeneity(
        given["samples"], _sigma_pt(given), factor_rule=rule, f1=given.get("F1"), f2=given.get("F2"), rule="sigma"
    )
    if isinstance(found, NotCalculable):
        return dict.fromkeys(_HOMOGENEITY, found)
    return {**_table(found.table), **_spreads(found), **_criteria(found), **_cochran(found.cochran, rounded)}


def _factor_rule(options: Case) -> homogeneity.FactorRule:
    known: Mapping[str, homogeneity.FactorRule] = {
        "exact(?:values|quantiles|chi2/fquantiles|chi2andfquantiles)?": "exact",
        "(?:table|printed|rounded)(?:values|factors)?(?:roundedto2decimals)?|roundedto2decimals": "rounded",
    }
    return option.choice(options, "F_factors", known, "exact")


def _sigma_pt(given: Case) -> float | NotCalculable | None:
    """sigma_pt itself, or its percentage of the mean of all results."""
    if given.get("sigma_pt_percent") is None:
        return given.get("sigma_pt")
    found = anova_oneway(given["samples"])
    return found if isinstance(found, NotCalculable) else found.grand_mean * given["sigma_pt_percent"] / 100.0


def _spreads(found: homogeneity.Homogeneity) -> Fields:
    return {
        "mean": found.mean,
        "s_x": found.s_x,
        "s_w": found.s_w,
        "s_s": found.s_s,
        "var_s_signed": found.variance_signed,
        "F_crit_95": found.f_critical,
    }


def _criteria(found: homogeneity.Homogeneity) -> Fields:
    return {
        "sigma_pt": found.sigma_pt,
        "F1": found.factors.f1,
        "F2": found.factors.f2,
        "crit_03": found.limit,
        "criterion": found.limit,
        "c": found.c,
        "c_expanded": found.c,
        "sqrt_c": found.sqrt_c,
        "pass": _verdict(found.is_homogeneous, found.s_s, found.limit),
        "pass_03": _verdict(found.passes_sigma, found.s_s, found.limit),
        "pass_expanded": _verdict(found.passes_expanded, found.s_s, found.sqrt_c),
    }


def _verdict(verdict: bool | None, *compared: Number) -> bool | NotCalculable | None:
    """The verdict, or why one of the two compared figures is not there."""
    return verdict if verdict is not None else next((one for one in compared if isinstance(one, NotCalculable)), None)


def _cochran(found: Cochran | NotCalculable, rounded: bool) -> Fields:
    """Cochran's C with its critical values; a case on printed tables has them with three decimals, as printed."""
    if isinstance(found, NotCalculable):
        return dict.fromkeys(("cochran_C", "cochran_crit_95", "cochran_crit_99"), found)
    critical: list[Any] = [found.critical_95, found.critical_99]
    if rounded:
        critical = [
            value if isinstance(value, NotCalculable) else PRINTED_COCHRAN.get((found.p, found.n, level), round(value, 3))
            for value, level in zip(critical, (0.05, 0.01), strict=True)
        ]
    return {"cochran_C": found.c, "cochran_crit_95": critical[0], "cochran_crit_99": critical[1]}


def _factors(given: Case, options: Case) -> Fields:
    rule = _factor_rule(options)
    g, m = whole(given["g"]), whole(given.get("m", 2))
    found = homogeneity.homogeneity_factors(0 if isinstance(g, NotCalculable) else g, m, rule)
    return {"F1": found.f1, "F2": found.f2}


def _duplicates(given: Case, options: Case) -> Fields:
    return {f"p{100 - percent}": of_counts(cochran_critical, given["g"], given.get("n", 2), alpha=percent / 100) for percent in (5, 1)}


def _stability(given: Case, options: Case) -> Fields:
    found = stability.stability(_flat(given["y1"]), _flat(given["y2"]), given.get("sigma_pt"))
    if isinstance(found, NotCalculable):
        return dict.fromkeys(("mean_1", "mean_2", "difference", "criterion", "stable"), found)
    return {
        "mean_1": found.mean_1,
        "mean_2": found.mean_2,
        "difference": found.difference,
        "criterion": found.limit,
        "stable": _verdict(found.is_stable, found.limit),
    }


def _flat(results: list[Any]) -> list[float]:
    """One list, also from results that stand in lists of one sample each."""
    return [value for entry in results for value in (entry if isinstance(entry, list) else [entry])]


def _t_test(given: Case, options: Case) -> Fields:
    found = stability.stability_t_test(given["means1"], given["means2"])
    if isinstance(found, NotCalculable):
        return {name: dict.fromkeys(("t", "df", "p"), found) for name in ("pooled", "welch")}
    return {"pooled": _test(found.pooled), "welch": _test(found.welch)}


def _t_test_reference(given: Case, options: Case) -> Fields:
    found = stability.stability_t_test_reference(given["x"], given.get("mu"))
    return dict.fromkeys(("t", "df", "p"), found) if isinstance(found, NotCalculable) else _test(found)


def _test(found: stability.TTest) -> Fields:
    return {"t": found.t, "df": found.df, "p": found.p}


_HOMOGENEITY: Final = (
    *("SS_between", "MS_between", "SS_within", "MS_within", "F", "df1", "df2", "p", "mean", "s_x", "s_w", "s_s", "var_s_signed"),
    *("F_crit_95", "sigma_pt", "F1", "F2", "crit_03", "criterion", "c", "c_expanded", "sqrt_c", "pass", "pass_03", "pass_expanded"),
    *("cochran_C", "cochran_crit_95", "cochran_crit_99"),
)
METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    "anova_oneway": _anova,
    "homogeneity": _homogeneity,
    "homogeneity_factors": by_element("homogeneity_factors", ("F1", "F2"), _factors),
    "cochran_critical_duplicates": by_element("cochran_critical_duplicates", ("p95", "p99"), _duplicates),
    "stability": _stability,
    "stability_t_test": _t_test,
    "stability_t_test_reference": _t_test_reference,
}
