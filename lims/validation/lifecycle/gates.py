"""The conditions of the moves, each judged on the facts of one study."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lims.marks import N_
from lims.validation.lifecycle.facts import StudyFacts
from lims.validation.lifecycle.states import FAVOURABLE
from lims.words import translate

Params = dict[str, str | int | tuple[str, ...]]
MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of a move: its sentence (msgid) as it stands now."""

    code: str
    is_met: bool
    sentence: str
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    holds: Callable[[StudyFacts], bool]
    met: str
    unmet: str
    params: Callable[[StudyFacts], Params] = lambda facts: {}


def _missing(named: str) -> Callable[[StudyFacts], Params]:
    def params(facts: StudyFacts) -> Params:
        return {"parties": tuple(sorted(facts.parties - getattr(facts, named)))}

    return params


def _codes(named: str) -> Callable[[StudyFacts], Params]:
    def params(facts: StudyFacts) -> Params:
        codes: tuple[str, ...] = getattr(facts, named)
        return {"n": len(codes), "codes": codes[:MOST_NAMED]}

    return params


def _all(named: str) -> Callable[[StudyFacts], bool]:
    return lambda facts: bool(facts.parties) and facts.parties <= getattr(facts, named)


RULES: dict[str, Rule] = {
    "two_parties": Rule(
        lambda facts: len(facts.parties) >= 2, N_("Two organisations take part."),
        N_("Two organisations take part in a joint validation. Choose the partner."),
    ),
    "plan_complete": Rule(
        lambda facts: facts.has_plan and facts.criteria > 0, N_("The plan has its acceptance criteria."),
        N_("The plan has no acceptance criterion yet. Write the plan."),
    ),
    "plan_approved_by_all": Rule(
        _all("plan_approved_by"), N_("Every party has approved the plan."),
        N_("The plan is not approved by: %(parties)s."), _missing("plan_approved_by"),
    ),
    "no_open_amendment": Rule(
        lambda facts: not facts.has_open_amendment, N_("No amendment of the plan is open."),
        N_("An amendment of the plan waits for a signature. Sign it or take it back."),
    ),
    "data_present": Rule(
        lambda facts: facts.rows > 0, N_("Data are there."), N_("No data row is there yet. Add data first."),
    ),
    "readings_complete": Rule(
        lambda facts: not facts.open_readings, N_("Both readers have read every item."),
        N_("%(n)s items were read by one reader only: %(codes)s."), _codes("open_readings"),
    ),
    "discordants_closed": Rule(
        lambda facts: not facts.open_discordants, N_("Discordant results are resolved as planned."),
        N_("%(n)s discordant results lack the third method: %(codes)s."), _codes("open_discordants"),
    ),
    "analysis_frozen": Rule(
        lambda facts: facts.analysis_version > 0 and facts.is_analysis_fresh, N_("The analysis of the locked data is frozen."),
        N_("There is no analysis of the data as they were locked. Run the analysis."),
    ),
    "opinion_of_each_party": Rule(
        _all("opinions"), N_("A reviewer of each party has signed an opinion."),
        N_("The opinion of a reviewer is missing from: %(parties)s."), _missing("opinions"),
    ),
    "decision_signed_by_all": Rule(
        _all("decided_by"), N_("Every party has signed the decision."),
        N_("The decision is not signed by: %(parties)s."), _missing("decided_by"),
    ),
    "decision_favourable": Rule(
        lambda facts: facts.decision in FAVOURABLE, N_("The decision allows the use."),
        N_("The decision does not allow the use of the method."),
    ),
    "decision_more_data": Rule(
        lambda facts: facts.decision == "more_data", N_("The decision asks for more data."), N_("The decision does not ask for more data."),
    ),
    "decision_rejected": Rule(
        lambda facts: facts.decision == "rejected", N_("The decision rejects the method."), N_("The decision does not reject the method."),
    ),
    "scope_signed_by_all": Rule(
        _all("scope_signed_by"), N_("Every party has signed the authorised scope."),
        N_("The authorised scope is not signed by: %(parties)s."), _missing("scope_signed_by"),
    ),
    "surveillance_recorded": Rule(
        lambda facts: facts.surveillance_records > 0, N_("Surveillance has begun."), N_("No record of surveillance is there yet."),
    ),
    "reason_given": Rule(
        lambda facts: bool(facts.reason.strip()), N_("A reason is given."), N_("The reason is empty. Write why."),
    ),
}  # fmt: skip


def judge(code: str, facts: StudyFacts) -> Gate:
    """The gate as it stands for these facts."""
    rule = RULES[code]
    is_met = rule.holds(facts)
    return Gate(code, is_met, rule.met if is_met else rule.unmet, rule.params(facts))


def describe(gate: Gate, language: str) -> str:
    """The gate's sentence in the reader's language."""
    joint = translate(N_(", "), language)
    params = {name: joint.join(value) if isinstance(value, tuple) else value for name, value in gate.params.items()}
    return translate(gate.sentence, language, **params)
