"""Reference cases of area 6, agreement: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lims.statistics import agreement, category_kappa, kappa, krippendorff, raters
from lims.statistics.intervals import Interval
from lims.statistics.outcome import NotCalculable
from lims.statistics.reference import models
from lims.statistics.reference import options as option
from lims.statistics.reference.comparing import Case, Fields


def _table(given: Case) -> Any:
    return given["table"] or [[0]]  # no category at all: no pairs


def _cohen_kappa(given: Case, options: Case) -> Fields:
    found = kappa.cohen_kappa(_table(given), models.weights(options), models.wald(options))
    names = ("po", "pe", "kappa", "ase", "ase0", "z", "p_one", "p_two")
    share = agreement.percent_agreement(_table(given)).value
    return {**{name: getattr(found, name) for name in names}, "ci95": found.interval, "percent_agreement": share}


def _chance_corrected(given: Case, options: Case) -> Fields:
    table = _table(given)
    ac1, adjusted = agreement.gwet_ac1(table), agreement.pabak(table)
    return {
        "ac1": ac1.ac1,
        "ac1_se": ac1.se,
        "bennett_pabak": adjusted,
        "pabak_2x2": adjusted if len(table) == 2 else NotCalculable("not_two_by_two", {"categories": len(table)}),
        "scott_pi": agreement.scott_pi(table),
        "percent_agreement": agreement.percent_agreement(table).value,
    }


def _mcnemar(given: Case, options: Case) -> Fields:
    found = agreement.mcnemar(_table(given))
    names = {"chi2": "chi2", "p_chi2": "p_chi2", "chi2_cc": "chi2_corrected", "p_chi2_cc": "p_chi2_corrected", "p_midp": "p_midp"}
    names["p_exact"] = "p_exact"
    fields = {field: found if isinstance(found, NotCalculable) else getattr(found, name) for field, name in names.items()}
    return {**fields, "chi2_defined": isinstance(fields["chi2"], float)}


def _multi_rater(given: Case, options: Case) -> Fields:
    confidence = option.confidence(given, options)
    found = raters.rater_agreement(given["ratings_units_by_raters"], given.get("categories"), models.weights(options), confidence)
    names = {
        "percent_agreement": found.percent_agreement,
        "brennan_prediger": found.brennan_prediger,
        "ac1": found.gwet_ac1,
        "fleiss": found.fleiss,
        "conger": found.conger,
        "krippendorff": found.krippendorff,
    }
    return {name: {"v": one.value, "se": one.se, "ci": _printed(one.interval)} for name, one in names.items()}


def _printed(interval: Interval | NotCalculable) -> str | NotCalculable:
    """The interval in words, three decimals without trailing zeros: (0.461,1)."""
    if isinstance(interval, NotCalculable):
        return interval
    return f"({round(interval.lower, 3) + 0.0:g},{round(interval.upper, 3) + 0.0:g})"


def _fleiss(given: Case, options: Case) -> Fields:
    found = category_kappa.fleiss_kappa(given["counts"])
    return {"P_i": list(found.unit_agreement), "kappa": found.kappa, "z": found.z}


def _alpha(given: Case, options: Case) -> Fields:
    units = list(zip(*given["ratings_raters_by_units"], strict=True))
    levels: tuple[krippendorff.Level, ...] = ("nominal", "ordinal", "interval", "ratio")
    return {level: krippendorff.krippendorff_alpha(units, level, given.get("categories")) for level in levels}


METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    "cohen_kappa": _cohen_kappa,
    "kappa_degenerate": _cohen_kappa,
    "gwet_ac1_pabak_scott": _chance_corrected,
    "mcnemar": _mcnemar,
    "chance_corrected_multi_rater": _multi_rater,
    "fleiss_kappa": _fleiss,
    "krippendorff_alpha": _alpha,
}
