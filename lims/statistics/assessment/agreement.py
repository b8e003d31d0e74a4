"""Agreement tables: each laboratory against the expected results, laboratories against each other, the two sides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

from lims.statistics import agreement as measures
from lims.statistics.agreement import ReferenceAgreement
from lims.statistics.assessment.estimates import estimate, reason_of, without_interval
from lims.statistics.assessment.outcome import AgreementTable, Estimate, McNemar, Reason, TableKind, ThirdCategory
from lims.statistics.assessment.plan import IndeterminateAgainst, ItemPlan, ParticipantInput, ReportedInput, ScoringPlan
from lims.statistics.assessment.qualitative import Call, call_of
from lims.statistics.assessment.reading import figure, state_problem
from lims.statistics.cluster_bootstrap import ClusteredAgreement, clustered_agreement
from lims.statistics.intervals import Interval, Proportion
from lims.statistics.kappa import CohenKappa, cohen_kappa
from lims.statistics.outcome import NotCalculable
from lims.statistics.tables import cross_table

Calls = dict[int, Call | None]  # item number -> call, None: invalid, not tested, missing, excluded
Counts = tuple[tuple[int, ...], ...]
CallPair = tuple[Call | None, Call | None]
ALL = "all"
EXPECTED = "expected"
CLUSTERED = "cluster_bootstrap"
_OTHER_RULE: Final[dict[IndeterminateAgainst, IndeterminateAgainst]] = {"counted": "left_out", "left_out": "counted"}


def calls_of(items: Iterable[ItemPlan], reported: dict[int, ReportedInput]) -> Calls:
    """One laboratory's calls on the core items."""
    return {
        item.number: call_of(reported[item.number].result_code)
        if item.number in reported and not reported[item.number].exclusion else None
        for item in items if item.is_core
    }


def categories_of(plan: ScoringPlan) -> tuple[Call, ...]:
    """The categories of all agreement tables of the round."""
    return ("positive", "negative", "indeterminate") if plan.agreement_indeterminate == "third_category" else ("positive", "negative")


def _kappa(found: CohenKappa) -> tuple[Estimate, float | None]:
    """Kappa with its interval; not estimable where a laboratory used one category only, whatever arithmetic gives."""
    if found.reason is not None:
        return Estimate(reason=reason_of(found.reason), method="wald"), None
    if isinstance(found.kappa, NotCalculable) or isinstance(found.ase, NotCalculable) or not isinstance(found.interval, Interval):
        return Estimate(reason=Reason("kappa_not_estimable"), method="wald"), None
    note = None if found.is_interval_informative else Reason("perfect_agreement")
    return Estimate(found.kappa, found.interval.lower, found.interval.upper, note, "wald"), found.ase


def _mcnemar(plan: ScoringPlan, counts: tuple[tuple[int, ...], ...]) -> McNemar | None:
    """Exact below 25 discordant pairs (border of the plan), else chi-squared with continuity correction."""
    found = measures.mcnemar(counts)
    if isinstance(found, NotCalculable):
        return None
    if found.b + found.c == 0:
        return McNemar(0, 0, "exact", None, None, Reason("no_discordant_pairs"))
    if found.b + found.c < plan.small_numbers.mcnemar_exact_below:
        return McNemar(found.b, found.c, "exact", None, found.p_exact)
    chi2, p = figure(found.chi2_corrected), figure(found.p_chi2_corrected)
    return McNemar(found.b, found.c, "chi_square_corrected", chi2.value, p.value, p.reason)


@dataclass(frozen=True, slots=True)
class _Proportions:
    """po, PPA and NPA; what became of indeterminate results where they are a category of their own, and the note on it."""

    po: Estimate
    ppa: Estimate
    npa: Estimate
    third: ThirdCategory | None = None

    @property
    def notes(self) -> tuple[Reason, ...]:
        third = self.third
        if third is None:
            return ()
        figures = {"positives": third.positives, "negatives": third.negatives, "reference": third.reference}
        return (Reason(f"third_category_{third.rule}", {**figures, "n": third.positives + third.negatives}),)


def _pair_proportions(plan: ScoringPlan, counts: Counts, is_independent: bool) -> _Proportions:
    """po, PPA and NPA of positive against negative; without intervals where the pairs are not independent."""
    confidence = float(plan.conventions.confidence)

    def show(found: Proportion) -> Estimate:
        return estimate(found) if is_independent else without_interval(found, Reason("pairs_not_independent"))

    def against(rule: IndeterminateAgainst) -> ReferenceAgreement:
        found = measures.reference_agreement(counts, confidence, plan.conventions.binomial_interval, positive=0, negative=1, others=rule)
        if isinstance(found, NotCalculable):
            raise TypeError("the categories of a round begin with positive and negative")
        return found

    one = against(plan.agreement_third_category)
    third = None
    if len(counts) > 2:
        other = against(_OTHER_RULE[plan.agreement_third_category])
        third = ThirdCategory(
            one.others, show(other.ppa), show(other.npa), one.undecided_positives, one.undecided_negatives, one.reference_undecided
        )
    return _Proportions(show(one.overall), show(one.ppa), show(one.npa), third)


def _counts(categories: tuple[Call, ...], pairs: Sequence[CallPair]) -> Counts:
    kept = [(first, second) for first, second in pairs if first in categories and second in categories]
    return cross_table([str(first) for first, _ in kept], [str(second) for _, second in kept], categories)


def table_of(plan: ScoringPlan, kind: TableKind, row: str, column: str, pairs: Sequence[CallPair]) -> AgreementTable:
    """Count the pairs and give everything that stands beside kappa; pairs left out are counted. Each pair is an item of its own."""
    categories = categories_of(plan)
    counts = _counts(categories, pairs)
    n = sum(map(sum, counts))
    shares = _pair_proportions(plan, counts, True)
    kappa, se = _kappa(cohen_kappa(counts, confidence=float(plan.conventions.confidence)))
    least = plan.small_numbers.kappa_pairs
    few = (Reason("too_few_pairs", {"n": n, "least": least}),) if n < least else ()
    return AgreementTable(
        kind=kind, row=row, column=column, categories=categories, counts=counts, n_pairs=n, n_items=n, n_left_out=len(pairs) - n,
        n_rounds=1, po=shares.po, ppa=shares.ppa, npa=shares.npa, third=shares.third, kappa=kappa, kappa_se=se,
        pabak=figure(measures.pabak(counts)), prevalence_index=figure(measures.prevalence_index(counts)),
        bias_index=figure(measures.bias_index(counts)), mcnemar=_mcnemar(plan, counts),
        warnings=(*few, *shares.notes),
    )


def pooled_table(plan: ScoringPlan, kind: TableKind, row: str, column: str, pairs: Mapping[int, Sequence[CallPair]]) -> AgreementTable:
    """A table over several laboratories, pairs by item. Items count, not pairs; no test of discordant pairs, which share their items.

    Against the expected results the intervals come from drawing the items again; between the sides there are none here, kappa between the
    groups has its own.
    """
    whole = table_of(plan, kind, row, column, [pair for own in pairs.values() for pair in own])
    tables = {number: counts for number, own in pairs.items() if any(map(sum, counts := _counts(categories_of(plan), own)))}
    shares = _pair_proportions(plan, whole.counts, False)
    least = plan.small_numbers.kappa_pairs
    few = (Reason("too_few_items", {"n": len(tables), "least": least}),) if len(tables) < least else ()
    shared = Reason("pairs_of_items", {"pairs": whole.n_pairs, "items": len(tables)})
    alone = replace(
        whole, n_items=len(tables), po=shares.po, ppa=shares.ppa, npa=shares.npa, third=shares.third, kappa_se=None, mcnemar=None,
        warnings=(*few, *shares.notes, shared),
    )
    if kind == "group" or not tables:
        return replace(alone, kappa=Estimate(reason=Reason("pairs_not_independent") if tables else whole.kappa.reason))
    expected = [str(own[0][1]) for number, own in pairs.items() if number in tables]
    drawn = {
        rule: clustered_agreement(
            list(tables.values()), expected, float(plan.conventions.confidence), positive=0, negative=1, others=rule
        )
        for rule in ((plan.agreement_third_category,) if whole.third is None else _OTHER_RULE)
    }
    return _drawn_again(alone, drawn[plan.agreement_third_category], drawn.get(_OTHER_RULE[plan.agreement_third_category]))


def _drawn_again(table: AgreementTable, found: ClusteredAgreement, otherwise: ClusteredAgreement | None) -> AgreementTable:
    """The table with the intervals over items; kappa is not shown without one."""
    kappa = _over_items(table.kappa, found.kappa)
    drawn = Reason("items_drawn_again", {"replicates": found.replicates, "seed": found.seed, "dropped": found.degenerate})
    third = table.third
    if third is not None and otherwise is not None:
        ppa, npa = _over_items(third.ppa_otherwise, otherwise.ppa), _over_items(third.npa_otherwise, otherwise.npa)
        third = replace(third, ppa_otherwise=ppa, npa_otherwise=npa)
    return replace(
        table, po=_over_items(table.po, found.po), ppa=_over_items(table.ppa, found.ppa), npa=_over_items(table.npa, found.npa),
        third=third,
        kappa=kappa if kappa.low is not None else Estimate(reason=kappa.reason, method=CLUSTERED),
        warnings=(*table.warnings, drawn) if found.replicates else table.warnings,
    )


def _over_items(one: Estimate, interval: Interval | NotCalculable) -> Estimate:
    if one.value is None:
        return one
    if isinstance(interval, NotCalculable):
        return Estimate(one.value, reason=reason_of(interval), method=CLUSTERED)
    note = None if interval.lower < interval.upper else Reason("no_scatter_between_items")
    return Estimate(one.value, interval.lower, interval.upper, note, CLUSTERED)


def _truth_tables(plan: ScoringPlan, expected: Calls, calls: dict[str, Calls], organisers: Collection[str]) -> list[AgreementTable]:
    """Each laboratory against the expected results, and from two laboratories beside the organiser all of them together, first."""
    known = [number for number, call in expected.items() if call in ("positive", "negative")]
    if not known:
        return []
    tables = [table_of(plan, "truth", code, EXPECTED, [(own[number], expected[number]) for number in known]) for code, own in calls.items()]
    others = [own for code, own in calls.items() if code not in organisers]
    if len(others) < 2:
        return tables
    pooled = {number: [(own[number], expected[number]) for own in others] for number in known}
    return [pooled_table(plan, "truth", ALL, EXPECTED, pooled), *tables]


def side_codes(
    plan: ScoringPlan, participants: Sequence[ParticipantInput], with_results: Collection[str]
) -> tuple[list[str], list[str]] | None:
    """Codes of each side's laboratories with results, organiser left out; None when a side is too small to be shown."""
    scored = [who for who in participants if who.code in with_results and not who.is_organiser]
    customs = [who.code for who in scored if who.side == "customs"]
    cdc = [who.code for who in scored if who.side == "cdc"]
    return (customs, cdc) if min(len(customs), len(cdc)) >= plan.small_numbers.group_from else None


def agreement_tables(
    plan: ScoringPlan, items: Sequence[ItemPlan], participants: Sequence[ParticipantInput], answers: dict[str, dict[int, ReportedInput]]
) -> tuple[AgreementTable, ...]:
    """All tables of a qualitative round.

    Against the expected results: pooled without the organiser, and per laboratory. Between laboratories: every pair, up to 7 laboratories.
    Between the sides: pooled over the pairs, from 5 laboratories on each side, without intervals because the pairs are not independent.
    """
    core = [item for item in items if item.is_core]
    expected: Calls = {item.number: call_of(item.expected_code) for item in core}
    calls = {who.code: calls_of(core, answers.get(who.code, {})) for who in participants if state_problem(plan, who) is None}
    calls = {code: own for code, own in calls.items() if any(call is not None for call in own.values())}
    tables = _truth_tables(plan, expected, calls, {who.code for who in participants if who.is_organiser})
    if len(calls) < plan.small_numbers.informative_from:
        tables.extend(table_of(plan, "pair", a, b, _pairs(calls[a], calls[b])) for a, b in combinations(sorted(calls), 2))
    sides = side_codes(plan, participants, calls.keys())
    if sides is not None:
        shared = {item.number: [(calls[a][item.number], calls[b][item.number]) for a in sides[0] for b in sides[1]] for item in core}
        tables.append(pooled_table(plan, "group", "customs", "cdc", shared))
    return tuple(tables)


def _pairs(first: Calls, second: Calls) -> list[CallPair]:
    return [(first[number], second[number]) for number in first]
