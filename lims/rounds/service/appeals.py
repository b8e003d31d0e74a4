"""Appeals against a verdict, and complaints: two ways, each with a signed end.

An appeal is raised by the laboratory's manager within the period after publication and decided by a reviewer who had no part in the round
and no tie to the laboratory. A complaint is answered by the coordinator.
"""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.periods import periods
from lims.rounds.models import Objection, ObjectionDecision, Participant, Report, Round
from lims.rounds.queries import following, records
from lims.rounds.queries.following import Filed
from lims.rounds.scoring.consequences import LONGEST
from lims.rounds.service.common import open_round, person, require_state
from lims.signatures.service import sign

APPEAL_OUTCOMES = ("upheld", "partly", "rejected")


def raise_appeal(actor: Actor, round_id: uuid.UUID, text: str, password: str, *, item_number: int | None = None) -> Objection:
    """Sign an appeal of the own laboratory against its verdict for the round or for one item."""
    permit(actor, "appeals.raise")
    with transaction(actor, "raised an appeal") as session:
        row = open_round(session, actor, round_id)
        own = records.participant_of(session, row, actor.laboratory_id)
        require_state(row, actor, ("published", "follow_up"))
        issue = records.reports_of(session, row)[0]
        _refuse_late(issue)
        verdict = _verdict(session, row, issue, own, item_number)
        if any(one.item_number == item_number for one in following.open_appeals(session, row).get(own.id, [])):
            raise Conflict("appeals.open", N_("An appeal against this verdict is open already."))
        raised = _raise(session, actor, row, own, "appeal", text)
        raised.evaluation_id, raised.item_number, raised.verdict = issue.evaluation_id, item_number, verdict
        return _signed(session, actor, raised, N_("appeals against a verdict"), password)


def raise_complaint(actor: Actor, round_id: uuid.UUID, text: str, password: str) -> Objection:
    """Sign a complaint of the own laboratory about how the round is run."""
    permit(actor, "appeals.raise")
    with transaction(actor, "raised a complaint") as session:
        row = open_round(session, actor, round_id)
        own = records.participant_of(session, row, actor.laboratory_id)
        if row.state in ("closed", "cancelled"):
            raise RuleViolation("appeals.closed", N_("Round %(code)s is closed; write to the organiser."), code=row.code)
        return _signed(session, actor, _raise(session, actor, row, own, "complaint", text), N_("raises a complaint"), password)


def decide_appeal(actor: Actor, objection_id: uuid.UUID, outcome: str, text: str, password: str) -> ObjectionDecision:
    """Sign the decision of an appeal, as a reviewer who had no part in the round and no conflict."""
    permit(actor, "appeals.decide")
    with transaction(actor, "decided an appeal") as session:
        filed = _open_objection(session, actor, objection_id, "appeal")
        _refuse_involved(session, actor, filed)
        if outcome not in APPEAL_OUTCOMES:
            raise Invalid("appeals.outcome", N_("Decision: nothing is chosen. Choose one of the three."), field="outcome")
        return _decide(session, actor, filed, outcome, text, N_("decides an appeal"), password)


def answer_complaint(actor: Actor, objection_id: uuid.UUID, text: str, password: str) -> ObjectionDecision:
    """Sign the answer to a complaint, as coordinator of the organiser."""
    permit(actor, "complaints.answer")
    with transaction(actor, "answered a complaint") as session:
        filed = _open_objection(session, actor, objection_id, "complaint")
        if filed.round.organisation_id != actor.organisation_id:
            raise NotFound()
        return _decide(session, actor, filed, "answered", text, N_("answers a complaint"), password)


def why_not_decide(session: Session, actor: Actor, filed: Filed) -> bool:
    """Whether the actor had a part in the round or has a tie to the laboratory, and so cannot decide its appeal."""
    row, involved = filed.round, records.people_who_reported(session, filed.round) | records.people_who_know(session, filed.round)
    involved |= records.opinion_writers(session, row) | {one.user_id for one in records.approvals_of(session, row)}
    for run in records.evaluations_of(session, row):
        involved |= {run.started_by_id, *(one.user_id for one in records.releases_of(session, run))}
    return actor.user_id in involved or actor.laboratory_id == filed.row.laboratory_id or actor.user_id == filed.row.user_id


def _refuse_involved(session: Session, actor: Actor, filed: Filed) -> None:
    if why_not_decide(session, actor, filed):
        sentence = N_("You had a part in round %(code)s or belong to the laboratory, so another reviewer must decide this appeal.")
        raise Forbidden("appeals.involved", sentence, code=filed.round.code)


def _refuse_late(issue: Report) -> None:
    last = issue.issued_at + periods().appeal
    if clock.now() > last:
        sentence = N_("The period for an appeal ended on %(day)s, %(days)s days after publication. Raise a complaint instead.")
        raise RuleViolation("appeals.late", sentence, day=f"{last:%Y-%m-%d}", days=periods().appeal.days)


def _verdict(session: Session, row: Round, issue: Report, own: Participant, item_number: int | None) -> str:
    run = next(one for one in records.evaluations_of(session, row) if one.id == issue.evaluation_id)
    pool = run.outcome["overall"] if item_number is None else run.outcome["scores"]
    mine = [one for one in pool if one["participant_code"] == own.code and (item_number is None or one["item_number"] == item_number)]
    if not mine:
        raise NotFound()
    return str(mine[0]["verdict"])


def _raise(session: Session, actor: Actor, row: Round, own: Participant, kind: str, text: str) -> Objection:
    _refuse_text(text)
    letter, earlier = ("A" if kind == "appeal" else "B"), [one for one in following.objections_of(session, row) if one.kind == kind]
    return Objection(
        laboratory_id=own.laboratory_id, round_id=row.id, participant_id=own.id, number=f"{row.code}-{letter}{len(earlier) + 1}", kind=kind,
        text=text.strip(), user_id=person(actor), user_name=actor.name, raised_at=clock.now(),
    )  # fmt: skip


def _signed(session: Session, actor: Actor, raised: Objection, meaning: str, password: str) -> Objection:
    session.add(raised)
    session.flush()
    sign(session, actor, "objection", raised.id, meaning, digest({"number": raised.number, "text": raised.text}), password)
    return raised


def _open_objection(session: Session, actor: Actor, objection_id: uuid.UUID, kind: str) -> Filed:
    filed = following.objection(session, actor, objection_id)
    if filed.row.kind != kind:
        raise NotFound()
    if following.decisions(session, [objection_id]):
        raise Conflict("appeals.decided", N_("%(number)s was decided already."), number=filed.row.number)
    return filed


def _decide(session: Session, actor: Actor, filed: Filed, outcome: str, text: str, meaning: str, password: str) -> ObjectionDecision:
    _refuse_text(text)
    content = digest({"number": filed.row.number, "outcome": outcome, "text": text.strip()})
    signature = sign(session, actor, "objection", filed.row.id, meaning, content, password)
    kept = ObjectionDecision(
        laboratory_id=actor.laboratory_id, objection_id=filed.row.id, outcome=outcome, text=text.strip(), user_id=person(actor),
        user_name=actor.name, organisation_id=actor.organisation_id, decided_at=signature.signed_at, content_hash=content,
        signature_id=signature.id,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept


def _refuse_text(text: str) -> None:
    if not text.strip():
        raise Invalid("appeals.text", N_("Reason: it is empty. Write it down."), field="text")
    if len(text) > LONGEST:
        raise Invalid("appeals.long", N_("The text is longer than %(limit)s characters. Shorten it."), field="text", limit=LONGEST)
