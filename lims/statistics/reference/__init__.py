"""Reference cases and the table that computes them: the proof that this package gives published and independently computed figures.

A case is a mapping with id, method, input, options, expected and rel_tol or abs_tol. `compute` gives every field of a case from its input
alone; `differences` lists the expected fields that are not met; `verify` does both for many cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lims.statistics.reference import agreement, assigned, diagnostic, homogeneity, measurement, monitoring, precision, robust, scores
from lims.statistics.reference.cases import cases_in, shipped_cases
from lims.statistics.reference.comparing import INFORMATIONAL, Case, Difference, Fields, differences, plain
from lims.statistics.reference.options import read_options

__all__ = ["INFORMATIONAL", "METHODS", "Case", "Difference", "Fields", "cases_in", "compute", "differences", "shipped_cases"]

METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    **robust.METHODS,
    **scores.METHODS,
    **assigned.METHODS,
    **homogeneity.METHODS,
    **precision.METHODS,
    **agreement.METHODS,
    **diagnostic.METHODS,
    **measurement.METHODS,
    **monitoring.METHODS,
}


def compute(case: Case) -> Fields:
    """Every field of the case's method, computed from its input and options; a NotCalculable becomes None. KeyError: unknown method."""
    return {field: plain(value) for field, value in METHODS[case["method"]](case["input"], read_options(case.get("options"))).items()}
