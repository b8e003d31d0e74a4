"""What the templates of the catalogue put into the plan of a round; the coordinator may change all of it before the approval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Preset:
    """The number of items, and values by the names of the plan's form."""

    n_items: int
    values: Mapping[str, Any] = field(default_factory=dict)


def _called(n_items: int, scoring_rule: str, critical_error: str = "none", **more: Any) -> Preset:
    """A panel judged by categories."""
    return Preset(n_items, {"kind": "qualitative", "design": "panel", "unit": "1", "assigned_value_route": "formulation",
                            "scoring_rule": scoring_rule, "critical_error": critical_error, **more})  # fmt: skip


def _measured(n_items: int, unit: str, **more: Any) -> Preset:
    """Items judged by numbers."""
    return Preset(n_items, {"kind": "quantitative", "design": "panel", "unit": unit, "overall_rule": "worst", **more})


EIGHTY = Decimal("80")
PRESETS: dict[str, Preset] = {
    "NAT5": _called(5, "percent", "review", percent_score_threshold=EIGHTY),
    "NAT4": _called(4, "all"),
    "NAT6": _called(6, "percent", percent_score_threshold=EIGHTY),
    "NAT10": _called(10, "percent", percent_score_threshold=EIGHTY),
    "CORE": _called(8, "core"),
    "ORD5": _called(5, "percent", percent_score_threshold=EIGHTY, indeterminate_policy="zero"),
    "QUANT2": _measured(
        2, "{Log_copies}/mL", is_log10=True, assigned_value_route="reference_laboratory", sigma_pt_route="perception", replicates=2,
    ),
    "CHEM2": _measured(2, "mg/kg", is_log10=False, assigned_value_route="crm", sigma_pt_route="horwitz",
                       mass_fraction_per_unit=Decimal("0.000001")),
    "BILAT": _called(20, "percent", design="split", assigned_value_route="none"),
    "TAXON": _called(5, "all", assigned_value_route="expert_laboratories"),
    "DRILL": _called(1, "all", late_policy="list"),
}  # fmt: skip


def preset(code: str) -> Preset | None:
    """What this template puts into the plan; None for a template that a laboratory added itself."""
    return PRESETS.get(code)
