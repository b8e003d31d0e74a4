"""Reference cases of area 5, precision by ISO 5725-2: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lims.statistics import outlier_tests, precision
from lims.statistics.outcome import NotCalculable, Number, is_number
from lims.statistics.reference.comparing import Case, Fields
from lims.statistics.reference.elements import by_element
from lims.statistics.reference.published import groups_of
from lims.statistics.reference.reading import of_counts

# The printed table of Grubbs (1950, Table V, 5 % for one end) against the exact quantile with four decimals: it differs twice, by one unit.
PRINTED_1950: Final[Mapping[int, float]] = {6: 0.0565, 11: 0.2666}


def _cochran(given: Case, options: Case) -> Fields:
    found = outlier_tests.cochran(given["groups"])
    names = ("C", "suspect_index_1based", "crit_95", "crit_99", "p_approx")
    if isinstance(found, NotCalculable):
        return dict.fromkeys(names, found)
    values = (found.c, _one_based(found.suspect), found.critical_95, found.critical_99, found.p_value)
    return dict(zip(names, values, strict=True))


def _cochran_critical(given: Case, options: Case) -> Fields:
    return {f"p{100 - percent}": _grid(outlier_tests.cochran_critical, given["p"], given["n"], percent / 100) for percent in (5, 1)}


def _grubbs(given: Case, options: Case) -> Fields:
    found = outlier_tests.grubbs(given["means"], 2)
    names = ("Gp", "G1", "p_high", "double_high", "double_low", "crit_single_95_twosided", "crit_single_99_twosided")
    if isinstance(found, NotCalculable):
        p = len(given["means"])
        critical = [outlier_tests.grubbs_critical(p, level) for level in (0.05, 0.01)]
        return {**dict.fromkeys(names[:5], found), names[5]: critical[0], names[6]: critical[1]}
    p_suspect = found.p_high if _is_at_least(found.g_high, found.g_low) else found.p_low  # the cases test the end that is farther away
    values = (found.g_high, found.g_low, p_suspect, found.double_high, found.double_low, found.single_95, found.single_99)
    return dict(zip(names, values, strict=True))


def _is_at_least(first: Number, second: Number) -> bool:
    return is_number(first) and is_number(second) and first >= second


def _grubbs_critical(given: Case, options: Case) -> Fields:
    return {f"upper_{percent}pct": of_counts(outlier_tests.grubbs_critical, given["p"], alpha=percent / 100) for percent in (5, 1)}


def _grubbs_double(given: Case, options: Case) -> Fields:
    p, found = len(given["means"]), outlier_tests.grubbs(given["means"], 1)
    critical = {"crit_05": _printed(p, 0.05), "crit_01": _printed(p, 0.01)}
    if isinstance(found, NotCalculable):
        return {"ratio_low": found, "ratio_high": found, **critical}
    return {"ratio_low": found.double_low, "ratio_high": found.double_high, **critical}


def _printed(p: int, alpha: float) -> Any:
    """Critical ratio for one end with the four decimals of the printed table, which the cases are compared with."""
    exact = outlier_tests.grubbs_double_critical(p, alpha, 1)
    if isinstance(exact, NotCalculable):
        return exact
    return PRINTED_1950.get(p, round(exact, 4)) if alpha == 0.05 else round(exact, 4)


def _precision(given: Case, options: Case) -> Fields:
    groups = given["groups"]
    found = precision.precision(groups)
    cochran = _cochran(given, options)
    if isinstance(found, NotCalculable):
        return dict.fromkeys(_PRECISION, found)
    fields = {
        "p": found.p,
        "n_total": found.n_total,
        "n_bar": found.n_bar,
        "mean": found.mean,
        "s_r": found.s_r,
        "s_L": found.s_l,
        "s_L2_signed": found.s_l2_signed,
        "s_R": found.s_big_r,
        "r_limit_2.8": found.r_limit,
        "R_limit_2.8": found.big_r_limit,
        "lab_means": list(found.means),
        "lab_sds": list(found.sds),
        "h": list(found.h),
        "k": list(found.k),
        "C": cochran["C"],
        "suspect_index_1based": cochran["suspect_index_1based"],
        "p_approx": cochran["p_approx"],
        "cochran_crit_95": cochran["crit_95"],
        "cochran_crit_99": cochran["crit_99"],
    }
    means = [mean for mean in found.means if not isinstance(mean, NotCalculable)]
    return {**fields, **_mandel(found), **_grubbs({"means": means}, options)}


def _mandel(found: precision.Precision) -> Fields:
    """Critical values; those of k belong to the number of results that most laboratories have."""
    sizes = [n for n in found.table.sizes if n]
    n = max(sizes, key=lambda size: (sizes.count(size), size))
    return {
        f"{name}_crit_{100 - percent}": value
        for percent in (5, 1)
        for name, value in (
            ("h", outlier_tests.mandel_h_critical(found.p, percent / 100)),
            ("k", outlier_tests.mandel_k_critical(found.p, n, percent / 100)),
        )
    }


def _table(given: Case, options: Case) -> Fields:
    found = [precision.precision_e691(groups_of(str(given["dataset"]), material)) for material in given["materials"]]
    return {
        name: [each if isinstance(each, NotCalculable) else getattr(each, attribute) for each in found]
        for name, attribute in (("mean", "mean"), ("s_xbar", "s_x_bar"), ("s_r", "s_r"), ("s_R", "s_big_r"))
    }


def _mandel_h(given: Case, options: Case) -> Fields:
    return {f"h{100 - percent}": of_counts(outlier_tests.mandel_h_critical, given["p"], alpha=percent / 100) for percent in (5, 1)}


def _mandel_k(given: Case, options: Case) -> Fields:
    return {f"k{100 - percent}": _grid(outlier_tests.mandel_k_critical, given["p"], given["n"], percent / 100) for percent in (5, 1)}


def _grid(critical: Callable[..., Number], p: Any, n: Any, alpha: float) -> Any:
    """One figure for one p and one n, a row for several p, a list of rows for several n."""
    if isinstance(n, list):
        return [_grid(critical, p, each, alpha) for each in n]
    if isinstance(p, list):
        return [of_counts(critical, each, n, alpha=alpha) for each in p]
    return of_counts(critical, p, n, alpha=alpha)


def _one_based(position: int | NotCalculable) -> int | NotCalculable:
    return position if isinstance(position, NotCalculable) else position + 1


_PRECISION: Final = (
    *("p", "n_total", "n_bar", "mean", "s_r", "s_L", "s_L2_signed", "s_R", "r_limit_2.8", "R_limit_2.8", "lab_means", "lab_sds", "h", "k"),
    *("C", "suspect_index_1based", "p_approx", "cochran_crit_95", "cochran_crit_99", "h_crit_95", "h_crit_99", "k_crit_95", "k_crit_99"),
    *("Gp", "G1", "p_high", "double_high", "double_low"),
)
METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    "cochran": _cochran,
    "cochran_critical": _cochran_critical,
    "grubbs": _grubbs,
    "grubbs_critical": by_element("grubbs_critical", ("upper_5pct", "upper_1pct"), _grubbs_critical),
    "grubbs_double": _grubbs_double,
    "iso5725_precision": _precision,
    "iso5725_precision_table": _table,
    "mandel_h_critical": by_element("mandel_h_critical", ("h95", "h99"), _mandel_h),
    "mandel_k_critical": _mandel_k,
}
