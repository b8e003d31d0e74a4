"""Reading the audit trail: the own laboratory's events, and those of the system for an administrator."""

from __future__ import annotations

import uuid
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from lims.audit.models import AuditEvent
from lims.db.keyset import Page, page_of
from lims.db.session import Actor
from lims.rounds.queries.visible import opened_to_the_trail

#: what participants reported and under which codes: shown once the round's report was issued, lest a round be read before
SEALED = ("reported_value", "submission", "item_code")


def visible(actor: Actor) -> Select[Any]:
    """The events this actor may read: of the own laboratory; an administrator reads system events only."""
    subject, subject_id = cast(ColumnElement[str], AuditEvent.subject), cast(ColumnElement[uuid.UUID], AuditEvent.subject_id)
    query = select(AuditEvent).where(or_(subject.not_in(SEALED), opened_to_the_trail(subject, subject_id)))
    if actor.roles == frozenset({"administrator"}):
        return query.where(AuditEvent.laboratory_id.is_(None))
    if "administrator" in actor.roles:
        return query.where(or_(AuditEvent.laboratory_id == actor.laboratory_id, AuditEvent.laboratory_id.is_(None)))
    return query.where(AuditEvent.laboratory_id == actor.laboratory_id)


def page(session: Session, actor: Actor, cursor: str | None, subject: str = "", action: str = "", person: str = "") -> Page[AuditEvent]:
    """One page of the trail, newest first, narrowed by table, kind of change and person."""
    query = visible(actor)
    if subject:
        query = query.where(AuditEvent.subject == subject)
    if action:
        query = query.where(AuditEvent.action == action)
    if person:
        query = query.where(AuditEvent.actor_name == person)
    return page_of(session, query, [AuditEvent.recorded_at, AuditEvent.id], cursor)


def of_subject(session: Session, actor: Actor, subject_id: uuid.UUID, limit: int = 50) -> list[AuditEvent]:
    """The newest events of one object, as far as the actor may read them."""
    query = (
        visible(actor).where(AuditEvent.subject_id == subject_id).order_by(AuditEvent.recorded_at.desc(), AuditEvent.id.desc()).limit(limit)
    )
    return list(session.scalars(query))
