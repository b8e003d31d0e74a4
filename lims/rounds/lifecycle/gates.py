"""The gates of the round moves: each looks at the facts and says met, unmet or waived, in a sentence.

A gate is waived when the record it looks at is not kept by this version yet; the sentence says so, and the report prints it.
"""

from __future__ import annotations

from lims.marks import N_
from lims.rounds.lifecycle.facts import RoundFacts
from lims.rounds.lifecycle.gate import Excused, Gate, Recorded, Rule, Waived
from lims.rounds.lifecycle.moves import find_move
from lims.rounds.lifecycle.states import RoundState


def _is_past_deadline(facts: RoundFacts) -> bool:
    return facts.deadline is not None and facts.now >= facts.deadline


def _has_deadline_ahead(facts: RoundFacts) -> bool:
    return facts.deadline is not None and facts.now < facts.deadline


def _is_other_party(facts: RoundFacts) -> bool:
    return facts.witness_party in facts.parties and facts.witness_party != facts.coordinator_party


__all__ = ["GATES", "Gate", "check_move", "is_open"]

_PLANNING: dict[str, Rule | Waived] = {
    "plan_complete": Rule(
        "plan", lambda f: not f.missing_plan_fields,
        N_("Analyte, matrix, organiser, month and template are set."),
        N_("The plan lacks: %(fields)s. Fill these in on the round's plan."),
        lambda f: {"fields": f.missing_plan_fields},
    ),
    "protocol_complete": Rule(
        "protocol", lambda f: not f.missing_protocol_fields,
        N_("The protocol is complete."),
        N_("The protocol lacks: %(fields)s. All of it must be fixed before any result exists."),
        lambda f: {"fields": f.missing_protocol_fields},
    ),
    "no_results_yet": Rule(
        "protocol", lambda f: f.n_submissions_ever == 0,
        N_("No result exists yet."),
        N_("%(n)s submissions exist already. Criteria are never changed after the first submission."),
        lambda f: {"n": f.n_submissions_ever},
    ),
    "approved_by_all": Rule(
        "approvals", lambda f: bool(f.parties) and f.parties <= f.approved_by,
        N_("The QA managers of all parties have approved."),
        N_("The approval of the QA manager is missing for: %(parties)s."),
        lambda f: {"parties": tuple(sorted(f.parties - f.approved_by))},
    ),
    "two_invited": Rule(
        "participants", lambda f: f.n_invited >= 2,
        N_("%(n)s laboratories are invited."),
        N_("%(n)s laboratories are invited; at least 2 are needed. Invite more on the participants page."),
        lambda f: {"n": f.n_invited},
    ),
    "conduct_rules_shown": Rule(
        "protocol", lambda f: f.are_conduct_rules_shown,
        N_("The rules of conduct stand in the invitation."),
        N_("The rules of conduct are not in the invitation. Add them to the protocol."),
    ),
    "two_organisations_enrolled": Rule(
        "participants", lambda f: f.n_enrolled >= 2 and f.n_enrolled_organisations >= 2,
        N_("%(n)s laboratories of %(organisations)s organisations are enrolled."),
        N_("%(n)s laboratories of %(organisations)s organisations are enrolled; at least 2 of different organisations are needed."),
        lambda f: {"n": f.n_enrolled, "organisations": f.n_enrolled_organisations},
    ),
    "codes_drawn": Rule(
        "items", lambda f: f.are_codes_drawn, N_("Codes are drawn."), N_("Codes are not drawn. Draw them on the items page."),
    ),
}
_PREPARING: dict[str, Rule | Waived | Recorded] = {
    "homogeneity_passed": Recorded(
        "preparation", lambda f: f.not_homogeneous,
        N_("The homogeneity of every item is recorded and passed."),
        N_("No passed homogeneity record for items: %(items)s. Enter it on the page of the preparation records."),
        N_(
            "No passed homogeneity record for items: %(items)s. Those of items %(stale)s count no longer, because this was changed after "
            "them: %(fields)s. Enter them again on the page of the preparation records."
        ),
        N_("Waived: no homogeneity record is entered; keep the record on paper."),
    ),
    "transport_stability": Recorded(
        "preparation", lambda f: f.not_stable,
        N_("The stability of every item in transport is recorded and passed."),
        N_("No passed record of stability in transport for items: %(items)s. Enter it on the page of the preparation records."),
        N_(
            "No passed record of stability in transport for items: %(items)s. Those of items %(stale)s count no longer, because this was "
            "changed after them: %(fields)s. Enter them again on the page of the preparation records."
        ),
        N_("Waived: no record of stability in transport is entered; keep the record on paper."),
    ),
    "transport_gate": Waived("items", N_("Waived: inactivation and UN class are not checked in this version; check them before packing.")),
    "truth_sealed": Rule(
        "items", lambda f: f.is_truth_sealed, N_("The truth is sealed."), N_("The truth is not sealed. Seal it on the items page."),
    ),
    "stock_covers": Recorded(
        "stock", lambda f: f.short_of_stock,
        N_("The stock of every item covers the laboratories and the reserve."),
        N_("Too few units of items: %(items)s. Make more, or enter what was made on the page of the stock."),
        "",
        N_("Waived: no stock of items is entered; count items and reserve before packing."),
    ),
    "distribution_complete": Rule(
        "distribution", lambda f: 0 < f.n_enrolled <= f.n_distribution_records,
        N_("Each of %(enrolled)s participants has a distribution record."),
        N_("%(records)s distribution records for %(enrolled)s participants. Make one for each participant."),
        lambda f: {"records": f.n_distribution_records, "enrolled": f.n_enrolled},
    ),
    "deadline_ahead": Rule(
        "protocol", _has_deadline_ahead,
        N_("The deadline lies ahead: %(deadline)s."),
        N_("The deadline must lie ahead; it is %(deadline)s. Set a later one."),
        lambda f: {"deadline": f.deadline or "-"},
    ),
    "second_person": Rule(
        "approvals", lambda f: f.second_person_is_other,
        N_("A second person has confirmed."),
        N_("A second person must confirm; it cannot be the one who starts the move."),
    ),
    "receipt_confirmed": Rule(
        "distribution", lambda f: f.n_receipts > 0,
        N_("%(n)s participants have confirmed the receipt."),
        N_("No participant has confirmed the receipt yet."),
        lambda f: {"n": f.n_receipts},
    ),
}
_TESTING: dict[str, Rule | Waived] = {
    "deadline_or_all_submitted": Rule(
        "submissions", lambda f: _is_past_deadline(f) or (f.n_submissions > 0 and f.n_testing == 0),
        N_("The deadline has passed or all participants have submitted."),
        N_("The deadline %(deadline)s has not passed, and %(n)s participants have not submitted."),
        lambda f: {"deadline": f.deadline or "-", "n": f.n_testing},
    ),
    "participant_states_complete": Rule(
        "submissions", lambda f: f.n_without_state == 0,
        N_("Every participant has a state."),
        N_("%(n)s participants have none of the states submitted, late, could not test, no response, withdrawn."),
        lambda f: {"n": f.n_without_state},
    ),
    "blunders_closed": Rule(
        "submissions", lambda f: f.n_open_blunder_questions == 0,
        N_("No question about a possible blunder is open."),
        N_("%(n)s questions about possible blunders are open. Close them before unblinding."),
        lambda f: {"n": f.n_open_blunder_questions},
    ),
    "witness_of_other_party": Rule(
        "approvals", _is_other_party,
        N_("A witness of the other party is present."),
        N_("Unblinding needs a witness of the other party."),
    ),
    "not_unblinded": Rule(
        "submissions", lambda f: not f.is_unblinded,
        N_("The round has not been unblinded."),
        N_("The round has been unblinded; submissions cannot be reopened."),
    ),
}
_JUDGING: dict[str, Rule | Waived] = {
    "score_run_frozen": Rule(
        "score_run", lambda f: f.has_score_run, N_("A score run is stored."), N_("No score run is stored. Run the scoring."),
    ),
    "score_run_fresh": Rule(
        "score_run", lambda f: f.has_score_run and not f.is_score_run_stale,
        N_("The score run matches the present data and rules."),
        N_("The scores are stale or missing. Evaluate again."),
    ),
    "score_run_checked": Rule(
        "score_run", lambda f: f.is_score_run_checked,
        N_("A second person has checked the score run."),
        N_("The score run needs the check of a second person."),
    ),
    "opinion_of_each_party": Rule(
        "review", lambda f: bool(f.parties) and f.parties <= f.opinions_signed_by,
        N_("At least one reviewer of each party has signed an opinion."),
        N_("A reviewer's signed opinion is missing for: %(parties)s."),
        lambda f: {"parties": tuple(sorted(f.parties - f.opinions_signed_by))},
    ),
    "critical_errors_decided": Rule(
        "review", lambda f: not f.undecided, N_("No critical error waits for a decision."),
        N_("The protocol sends critical errors to review; a reviewer has still to decide about: %(codes)s."),
        lambda f: {"codes": f.undecided},
    ),
    "action_needed": Rule(
        "review", lambda f: f.n_action_verdicts > 0,
        N_("%(n)s verdicts need action."),
        N_("No verdict needs action."),
        lambda f: {"n": f.n_action_verdicts},
    ),
    "no_action_needed": Rule(
        "review", lambda f: f.n_action_verdicts == 0,
        N_("No verdict needs action."),
        N_("%(n)s verdicts need action; the round goes to follow-up first."),
        lambda f: {"n": f.n_action_verdicts},
    ),
}
_CLOSING: dict[str, Rule | Waived | Excused] = {
    "capa_opened": Rule(
        "capa", lambda f: f.n_without_case == 0,
        N_("A corrective action is open for each verdict that needs action."),
        N_("%(n)s verdicts have no corrective action yet; opening the follow-up opens them."),
        lambda f: {"n": f.n_without_case},
    ),
    "capa_closed": Rule(
        "capa", lambda f: f.n_open_cases == 0,
        N_("No corrective action or self-check is open."),
        N_("%(n)s corrective actions or self-checks are open. Their effect must be confirmed first."),
        lambda f: {"n": f.n_open_cases},
    ),
    "appeals_closed": Rule(
        "appeals", lambda f: f.n_open_objections == 0,
        N_("No appeal or complaint is open."),
        N_("%(n)s appeals or complaints are open. Decide or answer them first."),
        lambda f: {"n": f.n_open_objections},
    ),
    "stability_to_deadline": Waived(
        "items", N_("Waived: stability to the deadline is not kept in this version; keep the record on paper."),
    ),
    "items_disposed": Waived("items", N_("Waived: disposal of left items is not kept in this version; keep the record on paper.")),
    "minutes_filed": Excused(
        "review", lambda f: f.n_minutes > 0, lambda f: f.no_meeting,
        N_("The minutes of the review meeting are filed."),
        N_("The minutes of the review meeting are not filed. File them on the page of the review meeting."),
        N_("Waived: by the protocol no review meeting is held. Reason: %(reason)s"),
    ),
    "reason_given": Rule("approvals", lambda f: bool(f.reason.strip()), N_("A reason is given."), N_("A reason is needed.")),
    "code_typed": Rule(
        "approvals", lambda f: f.is_code_typed, N_("The round's code was typed to confirm."), N_("Type the round's code to confirm."),
    ),
    "qa_manager_of_other_party": Rule(
        "approvals", _is_other_party,
        N_("The QA manager of the other party has agreed."),
        N_("The QA manager of the other party must agree."),
    ),
}
GATES: dict[str, Rule | Waived | Recorded | Excused] = {**_PLANNING, **_PREPARING, **_TESTING, **_JUDGING, **_CLOSING}


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
