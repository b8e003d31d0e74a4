"""What was found in the boxes, and boxes that nobody confirmed in time. The caller has the round from ``visible.round_by_id``."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims import clock
from lims.rounds.lifecycle.words import BEIJING
from lims.rounds.models import ItemCode, ItemFinding, Participant, Round
from lims.rounds.queries import records

TRAVEL_DAYS = 1  # expected on the working day after the dispatch
GRACE_DAYS = 2  # and overdue two working days after that


def findings_of(session: Session, row: Round) -> dict[uuid.UUID, ItemFinding]:
    """The newest finding of each item code of the present batch, by the key of the code."""
    query = (
        select(ItemFinding).join(ItemCode, ItemCode.id == ItemFinding.item_code_id)
        .where(ItemFinding.round_id == row.id, ItemCode.batch == row.batch).order_by(ItemFinding.id)
    )  # fmt: skip
    return {one.item_code_id: one for one in session.scalars(query)}


def overdue_since(sent: datetime) -> datetime:
    """When the receipt of a box sent at this instant becomes overdue: three working days later, Saturdays and Sundays left out."""
    day, left = sent.astimezone(BEIJING), TRAVEL_DAYS + GRACE_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def overdue(session: Session, row: Round) -> list[Participant]:
    """The participants whose newest box is on its way for too long."""
    if row.state not in ("dispatched", "testing") or row.dispatched_at is None:
        return []
    newest = {box.participant_id: max(box.recorded_at, row.dispatched_at) for box in records.dispatches_of(session, row)}
    now = clock.now()
    parts = records.participants_of(session, row)
    return [one for one in parts if one.state == "sent" and one.id in newest and overdue_since(newest[one.id]) <= now]
