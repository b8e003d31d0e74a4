"""Receiving a sample and deciding about it. A deviation or a rejection needs a second person, who signs it."""

from __future__ import annotations

import uuid
from datetime import UTC
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.queries import laboratory
from lims.accounts.service import permit
from lims.canonical import digest
from lims.catalogue.queries import find
from lims.db.session import Actor, transaction
from lims.errors import Conflict, RuleViolation
from lims.marks import N_
from lims.samples import queries
from lims.samples.lifecycle import states
from lims.samples.lifecycle.fields import Problem
from lims.samples.lifecycle.receipt import NEEDS_SECOND_PERSON, Decision, Receipt, check_decision, check_receipt, temperature
from lims.samples.models import Sample
from lims.samples.service.checks import refuse
from lims.samples.service.custody import move, note_step
from lims.signatures.service import sign


def receive_sample(actor: Actor, sample_id: uuid.UUID, receipt: Receipt) -> Sample:
    """Write down an arrival and, where ``receipt.decision`` is given, decide at once as ``decide`` does."""
    permit(actor, "samples.receive")
    with transaction(actor, reason="received a sample") as session:
        row = queries.sample(session, actor, sample_id, is_locked=True)
        zone = ZoneInfo(laboratory(session, row.laboratory_id).zone)
        problems = check_receipt(receipt, clock.now().astimezone(zone), row.sampled_at)
        refuse([*problems, *(check_decision(receipt.decision) if receipt.decision else [])])
        _arrive(session, actor, row, receipt)
        if receipt.decision is not None:
            _propose(session, actor, row, receipt.decision)
        return row


def decide(actor: Actor, sample_id: uuid.UUID, decision: Decision) -> Sample:
    """Accept a received sample, or propose to accept it with a deviation or to reject it.

    A proposal changes no state: it waits for an authoriser who did not make it (``approve_decision``).
    """
    permit(actor, "samples.receive")
    with transaction(actor, reason="decided about a sample") as session:
        row = queries.sample(session, actor, sample_id, is_locked=True)
        refuse(check_decision(decision))
        _propose(session, actor, row, decision)
        return row


def approve_decision(actor: Actor, sample_id: uuid.UUID, password: str, *, seen: str) -> Sample:
    """Sign the proposed decision as the second person, with the password typed again.

    ``seen`` is the hash of the proposal that the person read (``decision_hash``); Conflict when it is another by now.
    Raises RuleViolation for a person who proposed it, and when nothing is proposed.
    """
    permit(actor, "samples.accept_deviation")
    with transaction(actor, reason="signed the decision about a sample") as session:
        row = queries.sample(session, actor, sample_id, is_locked=True)
        decision = _proposed(row)
        if row.proposed_by == actor.user_id:
            raise RuleViolation("samples.second_person", N_("You proposed this decision; another authoriser must sign it."))
        if seen != decision_hash(row):
            raise Conflict(
                "samples.changed_meanwhile",
                N_(
                    "Not signed: the decision about %(number)s changed since you opened the page. "
                    "It is shown as it stands now: read it again and sign again."
                ),
                number=row.number,
            )
        sign(session, actor, "sample", row.id, f"decision: {decision}", seen, password)
        row.approver_id = actor.user_id
        row.proposed_decision = ""
        _settle(session, actor, row, decision)
        return row


def withdraw_decision(actor: Actor, sample_id: uuid.UUID, reason: str) -> Sample:
    """Take a proposal back, or send it back to the person who made it; the sample waits for a new decision."""
    permit(actor, "samples.receive")
    with transaction(actor, reason=reason or "withdrew a decision") as session:
        row = queries.sample(session, actor, sample_id, is_locked=True)
        decision = _proposed(row)
        note_step(session, actor, row, "decision_withdrawn", reason_code=row.reason_code, note=reason or decision)
        row.proposed_decision, row.proposed_by, row.reason_code, row.reason_note = "", None, "", ""
        return row


def decision_hash(row: Sample) -> str:
    """The hash of exactly what the second person signs."""
    return digest(
        {
            "number": row.number, "decision": row.proposed_decision, "reason": row.reason_code, "note": row.reason_note,
            "received_at": row.received_at, "arrival_temperature": row.arrival_temperature, "condition": row.condition,
        }
    )  # fmt: skip


def _arrive(session: Session, actor: Actor, row: Sample, receipt: Receipt) -> None:
    at, degrees = (receipt.received_at or clock.now()).astimezone(UTC), temperature(receipt)
    facts = {"handed_over_by": receipt.handed_over_by, "received_by": actor.name, "temperature": degrees, "raw_code": receipt.raw_code[:80]}
    move(session, actor, row, states.RECEIVED, at=at, note=receipt.condition, **facts)
    row.received_at, row.received_by, row.handed_over_by = at, actor.name, receipt.handed_over_by
    row.arrival_temperature, row.condition = degrees, receipt.condition


def _propose(session: Session, actor: Actor, row: Sample, decision: Decision) -> None:
    states.check_move(row.number, row.status, decision.decision, row.has_been_reported)
    if row.proposed_decision:
        raise RuleViolation(
            "samples.decision_open",
            N_("%(number)s: a decision waits for its signature already. Sign it or take it back first."),
            number=row.number,
        )
    if decision.decision not in NEEDS_SECOND_PERSON:
        _settle(session, actor, row, decision.decision)
        return
    refuse(_reason_problems(session, actor, decision))
    row.proposed_decision, row.proposed_by = decision.decision, actor.user_id
    row.reason_code, row.reason_note = decision.reason_code, decision.note
    note_step(session, actor, row, f"proposed_{decision.decision}", reason_code=decision.reason_code, note=decision.note)


def _reason_problems(session: Session, actor: Actor, decision: Decision) -> list[Problem]:
    reason = find(session, actor, "rejection_reasons", decision.reason_code)
    if reason is None:
        return [Problem("reason_code", N_("Read %(read)s, which the catalogue does not have."), {"read": decision.reason_code})]
    if decision.decision == states.ACCEPTED_DEVIATION and reason.columns.get("may_accept_with_deviation") != "Y":
        sentence = N_("%(read)s never allows acceptance with a deviation; reject the sample.")
        return [Problem("reason_code", sentence, {"read": decision.reason_code})]
    return []


def _proposed(row: Sample) -> str:
    if not row.proposed_decision:
        raise RuleViolation("samples.nothing_proposed", N_("%(number)s: no decision waits for a signature."), number=row.number)
    return row.proposed_decision


def _settle(session: Session, actor: Actor, row: Sample, decision: str) -> None:
    move(session, actor, row, decision, reason_code=row.reason_code, note=row.reason_note)
    row.decided_at, row.decided_by = clock.now(), actor.name
