"""What the round allows to conclude, and what it does not, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lims.statistics.assessment.outcome import AgreementTable, Band, GroupComparison, ItemStatistics, Overall, PairScore, Reason, Statistic
from lims.statistics.assessment.plan import ScoringPlan
from lims.statistics.assigned import largest_possible_z
from lims.statistics.outcome import NotCalculable

_DECIDING: tuple[Statistic, ...] = ("en", "zeta", "z", "z_prime", "pa", "category")


def conclude(plan: ScoringPlan, band: Band, n: int, items: Sequence[ItemStatistics], overall: Sequence[Overall]) -> tuple[Reason, ...]:
    """The rule that was applied, the deciding statistics, and the verdicts in counts that add up to all participants."""
    rule = plan.small_numbers
    borders = {"two": (2, rule.external_z_from), "small": (rule.external_z_from, rule.informative_from),
               "middle": (rule.informative_from, rule.consensus_from)}
    low, high = borders.get(band, (rule.consensus_from, 0) if band == "large" else (0, 2))
    found = [Reason(f"band_{band}", {"n": n, "low": low, "high": high})]
    chosen = Counter(item.chosen for item in items if item.is_core and item.chosen is not None)
    found.extend(Reason(f"decided_{name}", {"items": chosen[name]}) for name in _DECIDING if chosen[name])
    verdicts = Counter(one.verdict for one in overall)
    found.append(Reason("verdict_counts", {
        "acceptable": verdicts["acceptable"], "warning": verdicts["warning"], "action": verdicts["action"],
        "not_evaluated": verdicts["not_evaluated"], "no_response": verdicts["no_response"], "total": len(overall),
    }))
    if plan.kind == "qualitative" and plan.missing_policy == "counts_as_zero":
        found.append(Reason("rule_missing_counts_as_zero"))
    if any(one.is_organiser for one in overall):
        found.append(Reason("organiser_left_out"))
    return tuple(found)


def _consensus(plan: ScoringPlan, items: Sequence[ItemStatistics]) -> list[Reason]:
    """No peer z at small numbers, and why: |z| cannot exceed (n - 1) / sqrt(n)."""
    rule = plan.small_numbers
    core = [item.n_consensus for item in items if item.is_core]
    n = min(core, default=0)
    if plan.kind != "quantitative" or n >= rule.consensus_from:
        return []
    largest = largest_possible_z(n)
    if isinstance(largest, NotCalculable):
        return [Reason("no_consensus_too_few", {"n": n, "least": rule.consensus_from})]
    found = [Reason("no_consensus", {"n": n, "least": rule.consensus_from, "largest": round(largest, 2)})]
    if n < rule.informative_from:
        found.append(Reason("no_summary", {"n": n, "least": rule.informative_from}))
    return found


def _agreement(plan: ScoringPlan, n: int, tables: Sequence[AgreementTable]) -> list[Reason]:
    found = []
    few = [table for table in tables if any(warning.code in ("too_few_pairs", "too_few_items") for warning in table.warnings)]
    if few:
        found.append(Reason("kappa_few_pairs", {"tables": len(few), "least": plan.small_numbers.kappa_pairs}))
    if any(table.kappa.value is None for table in tables):
        found.append(Reason("kappa_missing", {"tables": sum(table.kappa.value is None for table in tables)}))
    if plan.kind == "qualitative" and n >= plan.small_numbers.informative_from:
        found.append(Reason("no_pairwise", {"n": n}))
    return found


def refuse(
    plan: ScoringPlan, n: int, items: Sequence[ItemStatistics], overall: Sequence[Overall], tables: Sequence[AgreementTable],
    groups: Sequence[GroupComparison], pairs: Sequence[PairScore],
) -> tuple[Reason, ...]:
    """Everything that a reader might expect and that this round does not support."""
    found = [*_consensus(plan, items), *_agreement(plan, n, tables)]
    if any(warning.code == "group_too_small" for group in groups for warning in group.warnings):
        found.append(Reason("no_group_comparison", {"least": plan.small_numbers.group_from}))
    if plan.design == "split":
        found.append(Reason("truth_unknown"))
    if pairs and len(pairs) < plan.small_numbers.split_pairs:
        found.append(Reason("too_few_split_samples", {"n": len(pairs), "least": plan.small_numbers.split_pairs}))
    undecided = [item for item in items if item.is_core and item.chosen is None]
    if undecided:
        found.append(Reason("items_without_criterion", {"items": ", ".join(str(item.item_number) for item in undecided)}))
    unscored = sum(one.verdict == "not_evaluated" for one in overall)
    if unscored:
        found.append(Reason("participants_not_evaluated", {"n": unscored}))
    return tuple(found)
