"""Writing a step of a sample's way, with its move."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from lims import clock
from lims.db.session import Actor
from lims.samples.lifecycle.states import CORRECTED, REPORTED, check_move
from lims.samples.models import CustodyEvent, Sample


def note_step(session: Session, actor: Actor, row: Sample, verb: str, **facts: Any) -> CustodyEvent:
    """Add one step to the sample's custody; ``facts`` are columns of the event, ``at`` defaults to now."""
    now = clock.now()
    event = CustodyEvent(
        laboratory_id=row.laboratory_id, sample_id=row.id, verb=verb, at=facts.pop("at", None) or now, recorded_at=now,
        actor_id=actor.user_id, actor_name=actor.name, **facts,
    )  # fmt: skip
    session.add(event)
    return event


def move(session: Session, actor: Actor, row: Sample, to: str, **facts: Any) -> None:
    """Move a sample, or refuse; the step is written with the state before and after."""
    check_move(row.number, row.status, to, row.has_been_reported)
    before, row.status, row.status_since = row.status, to, clock.now()
    if to in (REPORTED, CORRECTED):
        row.has_been_reported = True
    note_step(session, actor, row, to, status_before=before, status_after=to, **facts)
