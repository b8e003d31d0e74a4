"""Verbs of a comparison round: which one, at which state, by whom.

Every verb begins with ``permit``; a round the actor may not see is NotFound; a refused verb changes nothing. All moves of the
state go through ``lifecycle.check_move``; the gates as they stood, the waived ones with their reason, stay in ``round_move``.
A verb that locks, submits or unblinds first locks the round if its deadline has come (``close_if_due``).

=====================  ==========================  ==================================================================================
state                  verb                        by whom
=====================  ==========================  ==================================================================================
(none)                 create_scheme               coordinator
plan line              propose_line, withdraw_line coordinator of a party; agree_line: a QA manager of each party, password
line agreed            open_from_line              coordinator of the line's organiser; the round is planned
(none) -> planned      create_round                coordinator of the organiser
planned                revise_plan, define_items   coordinator; approvals given so far no longer count
before dispatch        record_preparation          coordinator; an authoriser, QA manager or other coordinator of the organiser signs as
                                                   checker the figures that preview_preparation showed
while items are there   record_stock                coordinator; units made, used for tests, broken
planned -> designed    approve_protocol            a QA manager of each party, password; the last one moves
designed, enrolling    invite                      coordinator
designed -> enrolling  open_enrolment              coordinator (2 invited, rules of conduct in the protocol)
enrolling              enrol, decline              authoriser of the invited laboratory; consent to disclosure is asked here
designed..preparing    define_items, seal_truth    coordinator; after approval only the truth may be written, after sealing nothing
enrolling -> preparing start_preparing             coordinator; draws participant codes and item codes
preparing              record_dispatch             coordinator; one record per participant, gives the box code
preparing->dispatched  dispatch_round              coordinator, and a second person of the organiser with login and password
dispatched, testing    confirm_receipt             technician or authoriser types the box code; the first one moves to testing; once locked
                                                   it is kept and changes no state
testing                record_findings, ask_repl. technician or authoriser, item by item; send_replacement: coordinator, from the reserve
preparing -> designed  amend_protocol              a QA manager of each party, password and reason; the codes are void, revise_plan and
                                                   approve_protocol follow before open_enrolment; never after signed results
dispatched, testing    withdraw_items              a QA manager of each party, password and reason; to preparing with new codes, nothing
                                                   submitted so far counts
testing (or late)      save_draft, hand_over       technician; each save is a version
testing (or late)      sign_submission             authoriser who saved no version, password
testing (or late)      declare_could_not_test      authoriser
enrolling..locked      withdraw                    authoriser
preparing..locked      extend_deadline             a QA manager of each party, same instant; reopens a locked round before unblinding
dispatched, testing    close_if_due                by itself at the deadline instant (close_due_rounds for the worker), to locked;
                                                   boxes that nobody confirmed do not keep the round open
testing -> locked      lock_round                  coordinator, when everybody has submitted
locked                 screen_for, ask_laboratory     coordinator; results are screened by rule at the lock too, nobody sees a value
locked                 answer_question             authoriser of the laboratory asked, password; a correction notice is never scored
locked                 decide_question             coordinator with a reason, and a QA manager of another party with login and password
locked -> analysing    unblind                     coordinator, and a QA manager of another party as witness with login and password
analysing              request_evaluation          coordinator; the worker's evaluate_round_job calls evaluate_round
analysing              check_evaluation            reviewer, QA manager or second coordinator, not who started the run, password
analysing->reviewing   start_review                coordinator
designed..reviewing    assign_reviewer             a QA manager of each party names reviewers of the own organisation
analysing, reviewing   declare_interests           reviewer; a conflict of interest keeps the person out of opinion, comment and verdict
reviewing              comment                     reviewer, on the round, a participant or an item, under codes
reviewing              override_verdict            reviewer, and a reviewer of another party with login and password; both passwords
reviewing and after    file_minutes                coordinator or QA manager of a party, password; complete_action: the same persons
reviewing              issue_interim               coordinator, and a QA manager of another party with login and password
reviewing              write_opinion               a reviewer (or QA manager) of each party, password
reviewing->published   release                     a QA manager of each party, password; the last one publishes and keeps the report
reviewing, published   return_to_analysis          a QA manager of each party, password and reason; a new score run follows
published->follow_up   start_follow_up             coordinator, when a verdict needs action; opens a corrective action for each
published, follow_up   open_self_check             coordinator, after a questionable verdict
after publication      request_archive             auditor, QA manager of a party, coordinator; the worker makes the zip
while a case is open   save_case, hand_over_case   technician writes versions; authoriser hands over, password
case handed over       judge_case                  reviewer of another party confirms the effect or gives it back, password
published, follow_up   raise_appeal                authoriser or QA manager of the laboratory, within the period, password
not closed             raise_complaint             the same persons, password
objection open         decide_appeal               reviewer without a part in the round, password; answer_complaint: coordinator, password
published, follow_up   close_round                 a QA manager of each party, password
before publication     cancel_round                coordinator types the code; QA manager of another party with login and password
=====================  ==========================  ==================================================================================

Conflicts of interest, refused here: who planned, sealed, drew codes, packed, or is coordinator of the organiser never enters or
signs for a participant; who entered or signed never unblinds, witnesses, scores, checks, reviews or releases; nobody signs the
own entry. "Late" means: the late policy of the protocol takes it, until unblinding; afterwards nothing is taken.
"""

from lims.rounds.service.annual import LineDraft, agree_line, open_from_line, propose_line, withdraw_line
from lims.rounds.service.appeals import answer_complaint, decide_appeal, raise_appeal, raise_complaint
from lims.rounds.service.archiving import request_archive
from lims.rounds.service.common import GateClosed
from lims.rounds.service.consequences import hand_over_case, judge_case, open_self_check, save_case
from lims.rounds.service.critical import decide_critical_error
from lims.rounds.service.desk import answer_question, ask_laboratory, decide_question, screen_for
from lims.rounds.service.distribution import Box, confirm_receipt, dispatch_round, record_dispatch
from lims.rounds.service.enrolment import decline, enrol, invite, open_enrolment, seal_truth, start_preparing, withdraw
from lims.rounds.service.entries import Entry, Problem, ValueEntry
from lims.rounds.service.evaluation import check_evaluation, evaluate_round, evaluate_round_job, request_evaluation, start_review, unblind
from lims.rounds.service.interim import issue_interim
from lims.rounds.service.lock import close_due_rounds, close_if_due, extend_deadline, lock_round
from lims.rounds.service.meeting import ActionDraft, MinutesDraft, actions_from, complete_action, file_minutes
from lims.rounds.service.overriding import override_verdict
from lims.rounds.service.planning import (
    ItemDraft,
    ProtocolWords,
    RoundPlan,
    approve_protocol,
    create_round,
    create_scheme,
    define_items,
    revise_plan,
)
from lims.rounds.service.preparation import Pasted, Preview, preview_preparation, record_preparation
from lims.rounds.service.receipt import ask_replacement, record_findings, send_replacement
from lims.rounds.service.release import cancel_round, close_round, release, return_to_analysis, start_follow_up, write_opinion
from lims.rounds.service.reviewing import assign_reviewer, comment, declare_interests
from lims.rounds.service.stock import record_stock
from lims.rounds.service.submission import declare_could_not_test, hand_over, save_draft, sign_submission, submission_problems
from lims.rounds.service.turning_back import amend_protocol, withdraw_items

__all__ = [
    "ActionDraft", "MinutesDraft", "actions_from", "assign_reviewer", "comment", "complete_action", "declare_interests", "file_minutes",
    "ask_replacement", "record_findings", "record_stock", "send_replacement",
    "LineDraft", "agree_line", "open_from_line", "propose_line", "withdraw_line",
    "issue_interim", "override_verdict", "request_archive",
    "Box", "Entry", "GateClosed", "ItemDraft", "Pasted", "Preview", "Problem", "ProtocolWords", "RoundPlan", "ValueEntry", "amend_protocol",
    "answer_complaint", "answer_question", "ask_laboratory", "decide_appeal", "decide_question", "hand_over_case", "judge_case",
    "open_self_check", "raise_appeal", "raise_complaint", "save_case", "screen_for",
    "approve_protocol", "cancel_round", "decide_critical_error",
    "check_evaluation", "close_due_rounds", "close_if_due", "close_round", "confirm_receipt", "create_round", "create_scheme",
    "declare_could_not_test", "decline", "define_items", "dispatch_round", "enrol", "evaluate_round", "evaluate_round_job",
    "extend_deadline", "hand_over", "invite", "lock_round", "open_enrolment", "preview_preparation", "record_dispatch",
    "record_preparation",
    "release", "request_evaluation",
    "return_to_analysis", "revise_plan", "save_draft", "seal_truth", "sign_submission", "start_follow_up", "start_preparing",
    "start_review", "submission_problems", "unblind", "withdraw", "withdraw_items", "write_opinion",
]  # fmt: skip
