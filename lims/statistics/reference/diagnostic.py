"""Reference cases of area 7, validation by counts (proportions, two by two tables, detection limits): each method's fields from a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lims.statistics import intervals
from lims.statistics.reference.comparing import Case, Fields


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
    "binomial_ci": _binomial,
}
