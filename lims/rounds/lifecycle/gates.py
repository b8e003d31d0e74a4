"""The gates of the round moves: each looks at the facts and says met, unmet or waived, in a sentence.

A gate is waived when the record it looks at is not kept by this version yet; the sentence says so, and the report prints it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from lims.marks import N_
from lims.rounds.lifecycle.facts import OpenItems, RoundFacts
from lims.rounds.lifecycle.moves import find_move
from lims.rounds.lifecycle.states import RoundState

Outcome = Literal["met", "unmet", "waived"]
Params = dict[str, str | int | datetime | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of a move. `link` is a key of the screen where the condition can be met; `words.describe_gate` gives the text."""

    outcome: Outcome
    code: str
    sentence: str  # English msgid
    params: Params = field(default_factory=dict)
    link: str = ""


@dataclass(frozen=True, slots=True)
class _Rule:
    link: str
    holds: Callable[[RoundFacts], bool]
    met: str
    unmet: str
    params: Callable[[RoundFacts], Params] = lambda facts: {}

    def judge(self, code: str, facts: RoundFacts) -> Gate:
        is_met = self.holds(facts)
        return Gate("met" if is_met else "unmet", code, self.met if is_met else self.unmet, self.params(facts), self.link)


@dataclass(frozen=True, slots=True)
class _Waived:
    link: str
    sentence: str

    def judge(self, code: str, facts: RoundFacts) -> Gate:
        return Gate("waived", code, self.sentence, {}, self.link)


@dataclass(frozen=True, slots=True)
class _Recorded:
    """Waived where no record was entered at all; as soon as one is, every item needs one that passed."""

    link: str
    open_items: Callable[[RoundFacts], OpenItems | None]
    met: str
    unmet: str
    stale: str
    waived: str

    def judge(self, code: str, facts: RoundFacts) -> Gate:
        found = self.open_items(facts)
        if found is None:
            return Gate("waived", code, self.waived, {}, self.link)
        if found.stale:
            params: Params = {"items": found.items, "stale": found.stale, "fields": found.changed}
            return Gate("unmet", code, self.stale, params, self.link)
        if found.items:
            return Gate("unmet", code, self.unmet, {"items": found.items}, self.link)
        return Gate("met", code, self.met, {}, self.link)


def _is_past_deadline(facts: RoundFacts) -> bool:
    return facts.deadline is not None and facts.now >= facts.deadline


def _has_deadline_ahead(facts: RoundFacts) -> bool:
    return facts.deadline is not None and facts.now < facts.deadline


def _is_other_party(facts: RoundFacts) -> bool:
    return facts.witness_party in facts.parties and facts.witness_party != facts.coordinator_party


_PLANNING: dict[str, _Rule | _Waived] = {
    "plan_complete": _Rule(
        "plan", lambda f: not f.missing_plan_fields,
        N_("Analyte, matrix, organiser, month and template are set."),
        N_("The plan lacks: %(fields)s. Fill these in on the round's plan."),
        lambda f: {"fields": f.missing_plan_fields},
    ),
    "protocol_complete": _Rule(
        "protocol", lambda f: not f.missing_protocol_fields,
        N_("The protocol is complete."),
        N_("The protocol lacks: %(fields)s. All of it must be fixed before any result exists."),
        lambda f: {"fields": f.missing_protocol_fields},
    ),
    "no_results_yet": _Rule(
        "protocol", lambda f: f.n_submissions_ever == 0,
        N_("No result exists yet."),
        N_("%(n)s submissions exist already. Criteria are never changed after the first submission."),
        lambda f: {"n": f.n_submissions_ever},
    ),
    "approved_by_all": _Rule(
        "approvals", lambda f: bool(f.parties) and f.parties <= f.approved_by,
        N_("The QA managers of all parties have approved."),
        N_("The approval of the QA manager is missing for: %(parties)s."),
        lambda f: {"parties": tuple(sorted(f.parties - f.approved_by))},
    ),
    "two_invited": _Rule(
        "participants", lambda f: f.n_invited >= 2,
        N_("%(n)s laboratories are invited."),
        N_("%(n)s laboratories are invited; at least 2 are needed. Invite more on the participants page."),
        lambda f: {"n": f.n_invited},
    ),
    "conduct_rules_shown": _Rule(
        "protocol", lambda f: f.are_conduct_rules_shown,
        N_("The rules of conduct stand in the invitation."),
        N_("The rules of conduct are not in the invitation. Add them to the protocol."),
    ),
    "two_organisations_enrolled": _Rule(
        "participants", lambda f: f.n_enrolled >= 2 and f.n_enrolled_organisations >= 2,
        N_("%(n)s laboratories of %(organisations)s organisations are enrolled."),
        N_("%(n)s laboratories of %(organisations)s organisations are enrolled; at least 2 of different organisations are needed."),
        lambda f: {"n": f.n_enrolled, "organisations": f.n_enrolled_organisations},
    ),
    "codes_drawn": _Rule(
        "items", lambda f: f.are_codes_drawn, N_("Codes are drawn."), N_("Codes are not drawn. Draw them on the items page."),
    ),
}
_PREPARING: dict[str, _Rule | _Waived | _Recorded] = {
    "homogeneity_passed": _Recorded(
        "preparation", lambda f: f.not_homogeneous,
        N_("The homogeneity of every item is recorded and passed."),
        N_("No passed homogeneity record for items: %(items)s. Enter it on the page of the preparation records."),
        N_(
            "No passed homogeneity record for items: %(items)s. Those of items %(stale)s count no longer, because this was changed after "
            "them: %(fields)s. Enter them again on the page of the preparation records."
        ),
        N_("Waived: no homogeneity record is entered; keep the record on paper."),
    ),
    "transport_stability": _Recorded(
        "preparation", lambda f: f.not_stable,
        N_("The stability of every item in transport is recorded and passed."),
        N_("No passed record of stability in transport for items: %(items)s. Enter it on the page of the preparation records."),
        N_(
            "No passed record of stability in transport for items: %(items)s. Those of items %(stale)s count no longer, because this was "
            "changed after them: %(fields)s. Enter them again on the page of the preparation records."
        ),
        N_("Waived: no record of stability in transport is entered; keep the record on paper."),
    ),
    "transport_gate": _Waived("items", N_("Waived: inactivation and UN class are not checked in this version; check them before packing.")),
    "truth_sealed": _Rule(
        "items", lambda f: f.is_truth_sealed, N_("The truth is sealed."), N_("The truth is not sealed. Seal it on the items page."),
    ),
    "stock_covers": _Waived("items", N_("Waived: the stock of items is not kept in this version; count items and reserve before packing.")),
    "distribution_complete": _Rule(
        "distribution", lambda f: 0 < f.n_enrolled <= f.n_distribution_records,
        N_("Each of %(enrolled)s participants has a distribution record."),
        N_("%(records)s distribution records for %(enrolled)s participants. Make one for each participant."),
        lambda f: {"records": f.n_distribution_records, "enrolled": f.n_enrolled},
    ),
    "deadline_ahead": _Rule(
        "protocol", _has_deadline_ahead,
        N_("The deadline lies ahead: %(deadline)s."),
        N_("The deadline must lie ahead; it is %(deadline)s. Set a later one."),
        lambda f: {"deadline": f.deadline or "-"},
    ),
    "second_person": _Rule(
        "approvals", lambda f: f.second_person_is_other,
        N_("A second person has confirmed."),
        N_("A second person must confirm; it cannot be the one who starts the move."),
    ),
    "receipt_confirmed": _Rule(
        "distribution", lambda f: f.n_receipts > 0,
        N_("%(n)s participants have confirmed the receipt."),
        N_("No participant has confirmed the receipt yet."),
        lambda f: {"n": f.n_receipts},
    ),
}
_TESTING: dict[str, _Rule | _Waived] = {
    "deadline_or_all_submitted": _Rule(
        "submissions", lambda f: _is_past_deadline(f) or (f.n_submissions > 0 and f.n_testing == 0),
        N_("The deadline has passed or all participants have submitted."),
        N_("The deadline %(deadline)s has not passed, and %(n)s participants have not submitted."),
        lambda f: {"deadline": f.deadline or "-", "n": f.n_testing},
    ),
    "participant_states_complete": _Rule(
        "submissions", lambda f: f.n_without_state == 0,
        N_("Every participant has a state."),
        N_("%(n)s participants have none of the states submitted, late, could not test, no response, withdrawn."),
        lambda f: {"n": f.n_without_state},
    ),
    "blunders_closed": _Rule(
        "submissions", lambda f: f.n_open_blunder_questions == 0,
        N_("No question about a possible blunder is open."),
        N_("%(n)s questions about possible blunders are open. Close them before unblinding."),
        lambda f: {"n": f.n_open_blunder_questions},
    ),
    "witness_of_other_party": _Rule(
        "approvals", _is_other_party,
        N_("A witness of the other party is present."),
        N_("Unblinding needs a witness of the other party."),
    ),
    "not_unblinded": _Rule(
        "submissions", lambda f: not f.is_unblinded,
        N_("The round has not been unblinded."),
        N_("The round has been unblinded; submissions cannot be reopened."),
    ),
}
_JUDGING: dict[str, _Rule | _Waived] = {
    "score_run_frozen": _Rule(
        "score_run", lambda f: f.has_score_run, N_("A score run is stored."), N_("No score run is stored. Run the scoring."),
    ),
    "score_run_fresh": _Rule(
        "score_run", lambda f: f.has_score_run and not f.is_score_run_stale,
        N_("The score run matches the present data and rules."),
        N_("The scores are stale or missing. Evaluate again."),
    ),
    "score_run_checked": _Rule(
        "score_run", lambda f: f.is_score_run_checked,
        N_("A second person has checked the score run."),
        N_("The score run needs the check of a second person."),
    ),
    "opinion_of_each_party": _Rule(
        "review", lambda f: bool(f.parties) and f.parties <= f.opinions_signed_by,
        N_("At least one reviewer of each party has signed an opinion."),
        N_("A reviewer's signed opinion is missing for: %(parties)s."),
        lambda f: {"parties": tuple(sorted(f.parties - f.opinions_signed_by))},
    ),
    "action_needed": _Rule(
        "review", lambda f: f.n_action_verdicts > 0,
        N_("%(n)s verdicts need action."),
        N_("No verdict needs action."),
        lambda f: {"n": f.n_action_verdicts},
    ),
    "no_action_needed": _Rule(
        "review", lambda f: f.n_action_verdicts == 0,
        N_("No verdict needs action."),
        N_("%(n)s verdicts need action; the round goes to follow-up first."),
        lambda f: {"n": f.n_action_verdicts},
    ),
}
_CLOSING: dict[str, _Rule | _Waived] = {
    "capa_opened": _Rule(
        "capa", lambda f: f.n_without_case == 0,
        N_("A corrective action is open for each verdict that needs action."),
        N_("%(n)s verdicts have no corrective action yet; opening the follow-up opens them."),
        lambda f: {"n": f.n_without_case},
    ),
    "capa_closed": _Rule(
        "capa", lambda f: f.n_open_cases == 0,
        N_("No corrective action or self-check is open."),
        N_("%(n)s corrective actions or self-checks are open. Their effect must be confirmed first."),
        lambda f: {"n": f.n_open_cases},
    ),
    "appeals_closed": _Rule(
        "appeals", lambda f: f.n_open_objections == 0,
        N_("No appeal or complaint is open."),
        N_("%(n)s appeals or complaints are open. Decide or answer them first."),
        lambda f: {"n": f.n_open_objections},
    ),
    "stability_to_deadline": _Waived(
        "items", N_("Waived: stability to the deadline is not kept in this version; keep the record on paper."),
    ),
    "items_disposed": _Waived("items", N_("Waived: disposal of left items is not kept in this version; keep the record on paper.")),
    "minutes_filed": _Waived("review", N_("Waived: minutes are not kept in this version; file them on paper.")),
    "reason_given": _Rule("approvals", lambda f: bool(f.reason.strip()), N_("A reason is given."), N_("A reason is needed.")),
    "code_typed": _Rule(
        "approvals", lambda f: f.is_code_typed, N_("The round's code was typed to confirm."), N_("Type the round's code to confirm."),
    ),
    "qa_manager_of_other_party": _Rule(
        "approvals", _is_other_party,
        N_("The QA manager of the other party has agreed."),
        N_("The QA manager of the other party must agree."),
    ),
}
GATES: dict[str, _Rule | _Waived | _Recorded] = {**_PLANNING, **_PREPARING, **_TESTING, **_JUDGING, **_CLOSING}


def check_move(source: RoundState | None, target: RoundState, facts: RoundFacts) -> list[Gate]:
    """The gates of the move, each judged; a pair that the table does not know gives one unmet gate `no_such_move`."""
    move = find_move(source, target)
    if move is None:
        sentence = N_("A round that is %(source)s cannot become %(target)s.")
        return [Gate("unmet", "no_such_move", sentence, {"source": source or "-", "target": target}, "")]
    return [GATES[code].judge(code, facts) for code in move.gates]


def is_open(gates: list[Gate]) -> bool:
    """True when no gate stands in the way; a waived gate does not."""
    return all(gate.outcome != "unmet" for gate in gates)
