"""Agreement tables: each laboratory against the expected results, laboratories against each other, the two sides."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations

from lims.statistics import agreement as measures
from lims.statistics.assessment.estimates import estimate, reason_of, without_interval
from lims.statistics.assessment.outcome import AgreementTable, Estimate, McNemar, Reason, TableKind
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ReportedInput, ScoringPlan
from lims.statistics.assessment.qualitative import Call, call_of
from lims.statistics.assessment.reading import figure, state_problem
from lims.statistics.intervals import Interval, Proportion
from lims.statistics.kappa import CohenKappa, cohen_kappa
from lims.statistics.outcome import NotCalculable
from lims.statistics.tables import cross_table

Calls = dict[int, Call | None]  # item number -> call, None: invalid, not tested, missing, excluded
CallPair = tuple[Call | None, Call | None]
ALL = "all"
EXPECTED = "expected"


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


def _pair_proportions(
    plan: ScoringPlan, counts: tuple[tuple[int, ...], ...], is_independent: bool
) -> tuple[Estimate, Estimate, Estimate]:
    """po, PPA and NPA; without intervals where the pairs are not independent."""
    confidence = float(plan.conventions.confidence)

    def show(found: Proportion) -> Estimate:
        return estimate(found) if is_independent else without_interval(found, Reason("pairs_not_independent"))

    po = show(measures.percent_agreement(counts, confidence))
    both = measures.reference_agreement(counts, confidence)
    if isinstance(both, NotCalculable):
        lack = Estimate(reason=reason_of(both))
        return po, lack, lack
    return po, show(both.ppa), show(both.npa)


def table_of(plan: ScoringPlan, kind: TableKind, row: str, column: str, pairs: Sequence[CallPair]) -> AgreementTable:
    """Count the pairs and give everything that stands beside kappa; pairs left out are counted."""
    categories = categories_of(plan)
    kept = [(first, second) for first, second in pairs if first in categories and second in categories]
    counts = cross_table([str(first) for first, _ in kept], [str(second) for _, second in kept], categories)
    is_independent = kind != "group"
    po, ppa, npa = _pair_proportions(plan, counts, is_independent)
    kappa, se = _kappa(cohen_kappa(counts, confidence=float(plan.conventions.confidence)))
    if not is_independent:
        kappa, se = Estimate(reason=Reason("pairs_not_independent")), None
    least = plan.small_numbers.kappa_pairs
    few = (Reason("too_few_pairs", {"n": len(kept), "least": least}),) if len(kept) < least else ()
    return AgreementTable(
        kind=kind, row=row, column=column, categories=categories, counts=counts, n_pairs=len(kept), n_left_out=len(pairs) - len(kept),
        n_rounds=1, po=po, ppa=ppa, npa=npa, kappa=kappa, kappa_se=se, pabak=figure(measures.pabak(counts)),
        prevalence_index=figure(measures.prevalence_index(counts)), bias_index=figure(measures.bias_index(counts)),
        mcnemar=_mcnemar(plan, counts) if is_independent else None, warnings=few,
    )


def _truth_tables(plan: ScoringPlan, expected: Calls, calls: dict[str, Calls]) -> list[AgreementTable]:
    known = [number for number, call in expected.items() if call in ("positive", "negative")]
    if not known or not calls:
        return []
    pairs = {code: [(own[number], expected[number]) for number in known] for code, own in calls.items()}
    pooled = [pair for own in pairs.values() for pair in own]
    tables = [table_of(plan, "truth", code, EXPECTED, own) for code, own in pairs.items()]
    return [table_of(plan, "truth", ALL, EXPECTED, pooled), *tables] if len(tables) > 1 else tables


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

    Against the expected results: pooled and per laboratory. Between laboratories: every pair, up to 7 laboratories. Between the sides:
    pooled over the pairs, from 5 laboratories on each side, without intervals because the pairs are not independent.
    """
    core = [item for item in items if item.is_core]
    expected: Calls = {item.number: call_of(item.expected_code) for item in core}
    calls = {who.code: calls_of(core, answers.get(who.code, {})) for who in participants if state_problem(plan, who) is None}
    calls = {code: own for code, own in calls.items() if any(call is not None for call in own.values())}
    tables = _truth_tables(plan, expected, calls)
    if len(calls) < plan.small_numbers.informative_from:
        tables.extend(table_of(plan, "pair", a, b, _pairs(calls[a], calls[b])) for a, b in combinations(sorted(calls), 2))
    sides = side_codes(plan, participants, calls.keys())
    if sides is not None:
        pooled = [pair for a in sides[0] for b in sides[1] for pair in _pairs(calls[a], calls[b])]
        tables.append(table_of(plan, "group", "customs", "cdc", pooled))
    return tuple(tables)


def _pairs(first: Calls, second: Calls) -> list[CallPair]:
    return [(first[number], second[number]) for number in first]
