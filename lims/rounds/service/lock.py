"""The lock: at the deadline instant by itself, earlier by the coordinator when everybody has submitted; and its extension."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import SYSTEM, Actor, reading, transaction
from lims.errors import Invalid, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.participants import state_after_reopening, state_at_lock
from lims.rounds.models import Round
from lims.rounds.queries import records, visible
from lims.rounds.service import desk
from lims.rounds.service.common import approve_jointly, move, open_round, organised_round, require_party, require_state


def close_if_due(round_id: uuid.UUID) -> bool:
    """Lock the round if it is dispatched or under test and its deadline instant has come; True when this call locked it."""
    with reading() as session:
        if round_id not in records.due_rounds(session, clock.now()):
            return False
    with transaction(SYSTEM, "the deadline came") as session:
        row = visible.round_by_id(session, SYSTEM, round_id, for_change=True)
        if row.state not in records.LOCKABLE or row.deadline > clock.now():
            return False
        _lock(session, SYSTEM, row)
    desk.screen_round(round_id)
    return True


def close_due_rounds() -> int:
    """Lock every round whose deadline has come; for the worker's clock. Returns how many this call locked."""
    with reading() as session:
        due = records.due_rounds(session, clock.now())
    return sum(close_if_due(round_id) for round_id in due)


def lock_round(actor: Actor, round_id: uuid.UUID) -> Round:
    """Lock before the deadline, once every participant has submitted."""
    permit(actor, "rounds.score")
    with transaction(actor, "locked a round") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("testing",))
        _lock(session, actor, row)
    desk.screen_round(round_id)
    return row


def extend_deadline(actor: Actor, round_id: uuid.UUID, deadline: datetime, reason: str, password: str, *, seen: str) -> Round:
    """Sign a later deadline for the own party; the last party's signature sets it, and reopens a locked round before unblinding.

    Every party signs the same instant and reason; old and new instant, reason and persons stay on record. ``seen``: see
    ``common.approve_jointly``.
    """
    permit(actor, "rounds.approve")
    reason = reason.strip()
    close_if_due(round_id)
    with transaction(actor, reason) as session:
        row = open_round(session, actor, round_id)
        require_party(session, actor, row)
        require_state(row, actor, ("preparing", "dispatched", "testing", "locked"))
        _check_extension(row, deadline, reason)
        terms, meaning = {"deadline": deadline.astimezone(UTC).isoformat()}, N_("approves the later deadline")
        yes = approve_jointly(session, actor, row, "deadline", meaning, reason, password, seen, terms)
        if {party.code for party in records.parties_of(session, row)} <= yes:
            row.deadline = deadline
            if row.state == "locked":
                _reopen(session, actor, row, reason, yes)
        return row


def _check_extension(row: Round, deadline: datetime, reason: str) -> None:
    if not reason.strip():
        raise Invalid("rounds.extension_reason", N_("Reason: it is empty. Say why the deadline is extended."), field="reason")
    if deadline.tzinfo is None or deadline <= row.deadline or deadline <= clock.now():
        raise Invalid(
            "rounds.extension", N_("Deadline: expected an instant with its zone, later than the present deadline and later than now."),
            field="deadline",
        )  # fmt: skip
    if row.unblinded_at is not None:
        raise RuleViolation("rounds.unblinded", N_("Round %(code)s has been unblinded; submissions cannot be reopened."), code=row.code)


def _lock(session: Session, actor: Actor, row: Round) -> None:
    """Give every participant its state, then move; the gates see the states as they were before."""
    signed = records.last_signed(session, row)
    row.locked_at = clock.now()
    move(session, actor, row, "locked")
    for one in records.participants_of(session, row):
        settled = state_at_lock(one.state, records.signed_at(signed, one), row.deadline)  # type: ignore[arg-type]
        if settled is not None:
            one.state = settled
    session.flush()


def _reopen(session: Session, actor: Actor, row: Round, reason: str, yes: frozenset[str]) -> None:
    row.locked_at = None
    move(session, actor, row, "testing", reason=reason, approved_by=yes)
    signed = records.last_signed(session, row)
    for one in records.participants_of(session, row):
        one.state = state_after_reopening(
            one.state, has_receipt=one.received_at is not None,  # type: ignore[arg-type]
            has_version=records.newest_version(session, row, one) is not None, signed_at=records.signed_at(signed, one),
            deadline=row.deadline,
        )  # fmt: skip
    session.flush()
