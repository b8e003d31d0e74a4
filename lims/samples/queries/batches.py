"""Batches of scanned tubes: each is its opener's own."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.errors import NotFound
from lims.marks import N_
from lims.samples.models import ScanBatch, ScannedTube


def batch(session: Session, actor: Actor, batch_id: uuid.UUID, *, is_locked: bool = False) -> ScanBatch:
    """A batch that the actor opened in this laboratory; raises NotFound. ``is_locked`` holds it against a second scan."""
    query = select(ScanBatch).where(ScanBatch.id == batch_id, *_own(actor))
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound("samples.no_batch", N_("No such batch of scans of yours in this laboratory."))
    return row


def open_batches(session: Session, actor: Actor) -> list[ScanBatch]:
    """The batches that the actor has not finished, newest first."""
    query = select(ScanBatch).where(*_own(actor), ScanBatch.state == "open").order_by(ScanBatch.id.desc()).limit(20)
    return list(session.scalars(query))


def tubes(session: Session, row: ScanBatch) -> list[ScannedTube]:
    """The scans of a batch in their order."""
    return list(session.scalars(select(ScannedTube).where(ScannedTube.batch_id == row.id).order_by(ScannedTube.number)))


def _own(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    return ScanBatch.laboratory_id == actor.laboratory_id, ScanBatch.opened_by == actor.user_id
