"""Reference cases of area 8, monitoring: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from lims.statistics import monitoring
from lims.statistics.outcome import NotCalculable
from lims.statistics.reference import models
from lims.statistics.reference.comparing import Case, Fields


def _shewhart(given: Case, options: Case) -> Fields:
    found = monitoring.shewhart_z(given["z"] if isinstance(given["z"], list) else [given["z"]])
    return {
        "action_single_1based": _one_based(found.action),
        "two_successive_warnings_any_side_1based": _one_based(found.two_warnings_any_side),
        "two_successive_warnings_same_side_1based": _one_based(found.two_warnings_same_side),
        "warning_1based": _one_based(found.warning),
    }


def _cusum(given: Case, options: Case) -> Fields:
    found = monitoring.cusum(
        given["x"],
        given.get("target", 0.0),
        given.get("sigma", 1.0),
        k=given.get("k", monitoring.CUSUM_K),
        h=given.get("h", monitoring.CUSUM_H),
    )
    if isinstance(found, NotCalculable):
        return dict.fromkeys(("c_plus", "c_minus", "n_plus", "n_minus", "signals_1based"), found)
    return {
        "c_plus": list(found.c_plus),
        "c_minus": list(found.c_minus),
        "n_plus": list(found.n_plus),
        "n_minus": list(found.n_minus),
        "signals_1based": _one_based(found.signals),
    }


def _ewma(given: Case, options: Case) -> Fields:
    limits, width = models.ewma_limits(given, options)
    found = monitoring.ewma(
        given["x"],
        given.get("target", 0.0),
        given.get("sigma", 1.0),
        weight=given.get("lambda", 0.3),
        width=width,
        limits=limits,
    )
    if isinstance(found, NotCalculable):
        return dict.fromkeys(("ewma", "ewma_with_start", "lcl", "ucl", "lcl_asymptotic", "ucl_asymptotic", "signals_1based"), found)
    return {
        "ewma": list(found.ewma),
        "ewma_with_start": [found.target, *found.ewma],
        "lcl": list(found.lower),
        "ucl": list(found.upper),
        "lcl_asymptotic": found.asymptotic[0],
        "ucl_asymptotic": found.asymptotic[1],
        "signals_1based": _one_based(found.signals),
    }


def _one_based(places: Iterable[int]) -> list[int]:
    return [place + 1 for place in places]


METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {"shewhart_z": _shewhart, "cusum": _cusum, "ewma": _ewma}
