"""Reference cases of area 3, assigned value and sigma_pt: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lims.statistics import assigned
from lims.statistics.outcome import NotCalculable
from lims.statistics.reference.comparing import Case, Fields


def _negligible(given: Case, options: Case) -> Fields:
    found = [assigned.negligibility(u, given["sigma_pt"]) for u in given["u"]]
    return {
        "limit": assigned.NEGLIGIBLE_FACTOR * given["sigma_pt"],
        "negligible": [rule if isinstance(rule, NotCalculable) else rule.is_negligible for rule in found],
        "z_prime_over_z": [rule if isinstance(rule, NotCalculable) else rule.z_prime_over_z for rule in found],
    }


METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {
    "u_xpt_robust": lambda given, options: {"u": assigned.u_robust(given["s_star"], given["p"])},
    "u_xpt_negligible": _negligible,
}
