"""What the parties agree to with the protocol, in words: the rules of scoring and the items without their truth."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from lims.marks import N_
from lims.rounds.forms import POLICIES
from lims.rounds.models import Round
from lims.rounds.queries import records
from lims.rounds.queries.scoring import plan_of
from lims.rounds.views.acting import unit_text
from lims.web.language import _

QUALITATIVE = (
    ("scoring_rule", N_("Scoring rule")), ("percent_score_threshold", N_("Threshold of the percent score")),
    ("minimum_share", N_("Minimum share of core items")),
    ("critical_error", N_("Missed strong positive")), ("indeterminate_policy", N_("Indeterminate results")),
    ("agreement_indeterminate", N_("Indeterminate results in tables of agreement")),
    ("agreement_third_category", N_("Indeterminate results in PPA and NPA")),
    ("missing_policy", N_("Missing results")), ("late_policy", N_("Late results")),
)  # fmt: skip
QUANTITATIVE = (
    ("assigned_value_route", N_("Assigned value from")), ("sigma_pt_route", N_("σ(pt) from")), ("sigma_pt", "σ(pt)"),
    ("delta_e", N_("Allowed difference")), ("delta_e_percent", N_("Allowed difference in %")), ("k", N_("Coverage factor k")),
    ("preferred_statistic", N_("Preferred score")), ("overall_rule", N_("Overall verdict")), ("missing_policy", N_("Missing results")),
    ("late_policy", N_("Late results")), ("consensus_estimator", N_("Consensus by")),
    ("censored_in_consensus", N_("Results with < or > in a consensus")), ("censoring_policy", N_("Verdict on results with < or >")),
    ("equivalence_limit", N_("Bias between the sides that does not matter")),
)  # fmt: skip


def rules(row: Round) -> list[tuple[str, str]]:
    """The agreed rules, label and choice in words; what the kind of round does not use is left out."""
    plan, unit = plan_of(row), unit_text(row.unit)
    found = []
    for name, label in QUALITATIVE if plan.kind == "qualitative" else QUANTITATIVE:
        value = getattr(plan, name)
        if value is None or (name == "agreement_third_category" and plan.agreement_indeterminate != "third_category"):
            continue
        found.append((_(label), _worded(name, value, unit)))
    return found


def _worded(name: str, value: Any, unit: str) -> str:
    if name in POLICIES:
        return _(POLICIES[name][value])
    if name == "minimum_share":
        return f"{100 * value:.4g} %"
    return f"{value} {unit}".strip() if name in ("sigma_pt", "delta_e", "equivalence_limit") else str(value)


def options(row: Round) -> list[tuple[str, str]]:
    """Every recorded choice by its name, nested ones with a dot."""
    return sorted(_flat(row.protocol["scoring"]))


def panel(session: Session, row: Round) -> list[dict[str, Any]]:
    """The items as far as they are agreed: number, use, weight, limit. The truth is not among it."""
    plan = plan_of(row)
    return [
        {"number": one.number, "is_core": one.is_core, "weight": one.weight, "sigma_pt": one.sigma_pt or plan.sigma_pt}
        for one in records.items_of(session, row)
    ]  # fmt: skip


def _flat(content: dict[str, Any], before: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in content.items():
        if isinstance(value, dict):
            found += _flat(value, f"{before}{name}.")
        else:
            found.append((f"{before}{name}", "–" if value is None else str(value)))
    return found
