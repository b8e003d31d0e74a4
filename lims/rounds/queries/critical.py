"""Critical errors that the protocol sends to review: whose they are in a score run, and what a reviewer decided about each."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lims.canonical import digest
from lims.marks import N_
from lims.rounds.models import Evaluation, Round, RoundApproval
from lims.rounds.queries import records, review

STEP = "critical_error"
DECISIONS = {"stands": N_("the computed verdict stands"), "unsatisfactory": N_("to be regarded as unsatisfactory")}


@dataclass(frozen=True)
class Case:
    """One participant's critical errors, with the decision once there is one."""

    code: str
    side: str
    items: str
    verdict: str
    decided: RoundApproval | None


def cases(session: Session, row: Round, run: Evaluation) -> list[Case]:
    """The cases of a score run, by code."""
    given = {str(one.terms.get("participant")): one for one in records.approvals_of(session, row, STEP) if _fits(run, one)}
    found = []
    for one in run.outcome["overall"]:
        reason = next((part for part in one["reasons"] if part["code"] == "critical_error_review"), None)
        if reason is not None:
            code = str(one["participant_code"])
            found.append(Case(code, str(one["side"]), str(reason["params"]["items"]), str(one["verdict"]), given.get(code)))
    return sorted(found, key=lambda case: case.code)


def standing_verdicts(session: Session, row: Round, run: Evaluation) -> dict[str, str]:
    """The overall verdicts by code that have consequences: as computed, or as the review decided about a critical error or the verdict."""
    verdicts = {str(one["participant_code"]): str(one["verdict"]) for one in run.outcome["overall"]}
    decided = {one.code: one.decided for one in cases(session, row, run) if one.decided is not None}
    verdicts |= {code: "action" for code, one in decided.items() if one.terms.get("decision") == "unsatisfactory"}
    return verdicts | {one.participant_code: one.changed_to for one in review.overrides_of(session, run) if not one.item_number}


def content(run: Evaluation, code: str, decision: str, reason: str) -> str:
    """The hash that the reviewer signs: the score run, whose error, and the decision with its reason."""
    return digest({"round": run.round_id, "score_run": run.version, "input": run.input_hash, "outcome": run.outcome_hash,
                   "participant": code, "decision": decision, "reason": reason})  # fmt: skip


def _fits(run: Evaluation, one: RoundApproval) -> bool:
    return one.basis == content(run, str(one.terms.get("participant")), str(one.terms.get("decision")), one.reason)
