"""The laboratory's own verification records."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lims.db.keyset import Page, page_of
from lims.db.session import Actor
from lims.errors import NotFound
from lims.verification.models import VerificationRun


def visible(actor: Actor) -> Select[Any]:
    """The records this actor may read: those of the own laboratory."""
    return select(VerificationRun).where(VerificationRun.laboratory_id == actor.laboratory_id)


def page(session: Session, actor: Actor, cursor: str | None) -> Page[VerificationRun]:
    """One page of records, newest first."""
    return page_of(session, visible(actor), [VerificationRun.run_at, VerificationRun.id], cursor)


def run_of(session: Session, actor: Actor, run_id: uuid.UUID) -> VerificationRun:
    """One record; a foreign one is NotFound."""
    row = session.scalar(visible(actor).where(VerificationRun.id == run_id))
    if row is None:
        raise NotFound()
    return row


def find_run(session: Session, actor: Actor, run_id: uuid.UUID) -> VerificationRun | None:
    """One record, or None while its job is still at work."""
    return session.scalar(visible(actor).where(VerificationRun.id == run_id))
