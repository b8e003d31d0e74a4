"""The one place where studies are narrowed to what a person may see: the parties' own people, nobody else."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.errors import NotFound
from lims.validation.models import ValidationParty, ValidationStudy


def visible(actor: Actor) -> ColumnElement[bool]:
    """The condition on ValidationStudy that every query of this slice carries."""
    if "system" in actor.roles:
        return true()
    return exists(
        select(ValidationParty.id)
        .where(ValidationParty.study_id == ValidationStudy.id, ValidationParty.organisation_id == actor.organisation_id)
        .correlate(ValidationStudy)
    )


def study_by_id(session: Session, actor: Actor, study_id: uuid.UUID, *, for_change: bool = False) -> ValidationStudy:
    """A study that the actor may see; any other is NotFound. ``for_change`` takes its lock."""
    query = select(ValidationStudy).where(ValidationStudy.id == study_id, visible(actor))
    if for_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound()
    return row


def study_by_code(session: Session, actor: Actor, code: str) -> ValidationStudy:
    """The study with this code that the actor may see; any other is NotFound."""
    row = session.scalar(select(ValidationStudy).where(ValidationStudy.code == code.strip().upper(), visible(actor)))
    if row is None:
        raise NotFound()
    return row
