"""Going back before results count: the protocol is amended before dispatch, or an unsuitable panel is withdrawn."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.marks import N_
from lims.rounds.lifecycle.participants import state_after_withdrawal_of_items
from lims.rounds.lifecycle.states import RoundState
from lims.rounds.models import EndedBatch, PTItem, Round
from lims.rounds.queries import records
from lims.rounds.service.common import approve_jointly, judged, move, open_round, refuse_closed, require_party, require_state
from lims.rounds.service.enrolment import draw
from lims.rounds.service.lock import close_if_due


def amend_protocol(actor: Actor, round_id: uuid.UUID, reason: str, password: str, *, seen: str) -> Round:
    """Sign for the own party that the protocol is amended; with all parties the round is "designed" under a new version.

    Enrolments stay; codes and seal are void.
    ``seen``: see ``common.approve_jointly``. The new version is written by ``revise_plan`` and approved by every party.
    """
    permit(actor, "rounds.approve")
    reason = reason.strip()
    with transaction(actor, reason) as session:
        row = open_round(session, actor, round_id)
        require_state(row, actor, ("preparing",))
        if _agreed(session, actor, row, "amend", "designed", N_("agrees to amend the protocol"), reason, password, seen):
            _end_batch(session, row, reason, is_same_panel=True)
            row.protocol_version += 1
            for one in records.participants_of(session, row):
                one.code = None
            session.flush()
        return row


def withdraw_items(actor: Actor, round_id: uuid.UUID, reason: str, password: str, *, seen: str) -> Round:
    """Sign for the own party that the panel is withdrawn; with all parties a new batch is prepared under new codes.

    Versions saved so far stay readable for their laboratory and never count.
    """
    permit(actor, "rounds.approve")
    reason = reason.strip()
    close_if_due(round_id)
    with transaction(actor, reason) as session:
        row = open_round(session, actor, round_id)
        require_state(row, actor, ("dispatched", "testing"))
        if _agreed(session, actor, row, "withdraw_items", "preparing", N_("agrees to withdraw the items"), reason, password, seen):
            _end_batch(session, row, reason, is_same_panel=False)
            _send_back(session, row)
        return row


def _agreed(
    session: Session, actor: Actor, row: Round, step: str, target: RoundState, meaning: str, reason: str, password: str,
    seen: str,
) -> bool:  # fmt: skip
    """Keep one party's signature; the last one moves the round. True when it moved."""
    require_party(session, actor, row)
    refuse_closed(actor, row, judged(session, actor, row, target, reason=reason), but=("approved_by_all",))
    yes = approve_jointly(session, actor, row, step, meaning, reason, password, seen)
    if not {party.code for party in records.parties_of(session, row)} <= yes:
        return False
    move(session, actor, row, target, reason=reason, approved_by=yes)
    return True


def _end_batch(session: Session, row: Round, reason: str, *, is_same_panel: bool) -> None:
    """Codes and seal hold no longer and stay on record with the items as they were; the next batch begins unsealed.

    The next batch has the items that the parties approved; their truth is carried over only where the panel stays the same.
    """
    names = (
        "batch", "protocol", "protocol_version", "truth_hash", "sealed_at", "sealed_by_id", "sealed_after", "codes_drawn_at",
        "codes_drawn_after", "dispatched_at",
    )  # fmt: skip
    kept = {name: getattr(row, name) for name in names}
    session.add(EndedBatch(laboratory_id=row.laboratory_id, round_id=row.id, ended_at=clock.now(), reason=reason, **kept))
    copied = (*PTItem.CRITERIA, *PTItem.TRUTH) if is_same_panel else PTItem.CRITERIA
    for item in records.items_of(session, row):
        values = {name: getattr(item, name) for name in copied}
        session.add(PTItem(laboratory_id=row.laboratory_id, round_id=row.id, batch=row.batch + 1, **values))
    row.batch += 1
    row.truth_hash = row.sealed_at = row.sealed_by_id = row.sealed_after = None
    row.codes_drawn_at = row.codes_drawn_after = row.dispatched_at = None
    session.flush()


def _send_back(session: Session, row: Round) -> None:
    """Everybody who took part is enrolled again, without a receipt, under new codes."""
    parts = records.participants_of(session, row)
    for one in parts:
        one.state = state_after_withdrawal_of_items(one.state)  # type: ignore[arg-type]
        if one.state == "enrolled":
            one.received_at = one.received_by_id = None
            one.arrival_temperature = one.arrival_condition = one.reason = ""
    session.flush()
    draw(session, row, [one for one in parts if one.state == "enrolled"], records.items_of(session, row))
