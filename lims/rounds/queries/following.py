"""Corrective actions, appeals and complaints, narrowed to what the viewer may see.

The own laboratory sees its own; a QA manager those of the own organisation's laboratories; the coordinator of the organiser, reviewers and
auditors of a party those of its rounds, under codes. Anything else is NotFound.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from lims.accounts.models import Laboratory
from lims.db.session import Actor
from lims.errors import NotFound
from lims.rounds.models import CapaCase, CapaRecord, CapaStep, Objection, ObjectionDecision, Participant, Round, SchemeParty

PAGE, MOST = 50, 1000
OPEN_STATES = ("open", "filled")
Kind = TypeVar("Kind", CapaCase, Objection)


@dataclass(frozen=True)
class Filed:
    """A case or an objection with its round and the participant's code."""

    row: Any
    round: Round
    code: str


def of_interest(actor: Actor, kind: type[Kind]) -> ColumnElement[bool]:
    """The condition on a case or an objection joined with its Round that every list carries."""
    if "system" in actor.roles:
        return true()
    found: list[ColumnElement[bool]] = []
    if actor.roles & {"technician", "authoriser", "qa_manager", "auditor"}:
        found.append(kind.laboratory_id == actor.laboratory_id)
    own = exists(select(Laboratory.id).where(Laboratory.id == kind.laboratory_id, Laboratory.organisation_id == actor.organisation_id))
    party = exists(
        select(SchemeParty.id).where(SchemeParty.scheme_id == Round.scheme_id, SchemeParty.organisation_id == actor.organisation_id)
    )
    if "qa_manager" in actor.roles:
        found.append(own)
    if "coordinator" in actor.roles:
        found.append(Round.organisation_id == actor.organisation_id)
    if actor.roles & {"reviewer", "auditor"}:
        found.append(party)
    return or_(*found) if found else ~true()


def _filed(actor: Actor, kind: type[Kind]) -> Select[Any]:
    query = select(kind, Round, Participant.code).join(Round, Round.id == kind.round_id)
    found: Any = query.join(Participant, Participant.id == kind.participant_id).where(of_interest(actor, kind))
    return found


def cases(
    session: Session, actor: Actor, *, states: Sequence[str] = (), late_at: datetime | None = None, text: str = "",
    is_due_last: bool = False, after: int = 0, limit: int = PAGE,
) -> list[Filed]:  # fmt: skip
    """Cases by their due date; ``late_at``: only those that are overdue then."""
    query = _filed(actor, CapaCase)
    if states:
        query = query.where(CapaCase.state.in_(states))
    if late_at is not None:
        query = query.where(CapaCase.state.in_(OPEN_STATES), CapaCase.due_at < late_at)
    if text.strip():
        query = query.where(or_(Round.code.ilike(f"%{text.strip()}%"), CapaCase.number.ilike(f"%{text.strip()}%")))
    order = (CapaCase.due_at.desc(), CapaCase.id.desc()) if is_due_last else (CapaCase.due_at, CapaCase.id)
    rows = session.execute(query.order_by(*order).offset(after).limit(limit))
    return [Filed(*row) for row in rows]


def case(session: Session, actor: Actor, case_id: uuid.UUID) -> Filed:
    """One case that the actor may see."""
    row = session.execute(_filed(actor, CapaCase).where(CapaCase.id == case_id)).first()
    if row is None:
        raise NotFound()
    return Filed(*row)


def records_of(session: Session, case_id: uuid.UUID) -> list[CapaRecord]:
    """Every version of the record, newest first."""
    return list(session.scalars(select(CapaRecord).where(CapaRecord.case_id == case_id).order_by(CapaRecord.version.desc())))


def steps_of(session: Session, case_id: uuid.UUID) -> list[CapaStep]:
    """The signatures under a case, oldest first."""
    return list(session.scalars(select(CapaStep).where(CapaStep.case_id == case_id).order_by(CapaStep.signed_at, CapaStep.id)))


def cases_of(session: Session, row: Round) -> list[CapaCase]:
    """Every case of a round, by number."""
    return list(session.scalars(select(CapaCase).where(CapaCase.round_id == row.id).order_by(CapaCase.opened_at, CapaCase.id)))


def objections(
    session: Session, actor: Actor, *, is_open: bool = False, text: str = "", is_oldest_first: bool = False, after: int = 0,
    limit: int = PAGE,
) -> list[Filed]:  # fmt: skip
    """Appeals and complaints, newest first."""
    query = _filed(actor, Objection)
    if is_open:
        query = query.where(~_decided())
    if text.strip():
        query = query.where(or_(Round.code.ilike(f"%{text.strip()}%"), Objection.number.ilike(f"%{text.strip()}%")))
    order = (Objection.raised_at, Objection.id) if is_oldest_first else (Objection.raised_at.desc(), Objection.id.desc())
    return [Filed(*row) for row in session.execute(query.order_by(*order).offset(after).limit(limit))]


def objection(session: Session, actor: Actor, objection_id: uuid.UUID) -> Filed:
    """One appeal or complaint that the actor may see."""
    row = session.execute(_filed(actor, Objection).where(Objection.id == objection_id)).first()
    if row is None:
        raise NotFound()
    return Filed(*row)


def decisions(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ObjectionDecision]:
    """The decisions of these objections."""
    rows = session.scalars(select(ObjectionDecision).where(ObjectionDecision.objection_id.in_(list(ids))))
    return {one.objection_id: one for one in rows}


def objections_of(session: Session, row: Round) -> list[Objection]:
    """Every appeal and complaint of a round, oldest first."""
    return list(session.scalars(select(Objection).where(Objection.round_id == row.id).order_by(Objection.raised_at, Objection.id)))


def open_appeals(session: Session, row: Round) -> dict[uuid.UUID, list[Objection]]:
    """The appeals that are not decided, by participant."""
    query = select(Objection).where(Objection.round_id == row.id, Objection.kind == "appeal", ~_decided())
    found: dict[uuid.UUID, list[Objection]] = {}
    for one in session.scalars(query):
        found.setdefault(one.participant_id, []).append(one)
    return found


def counts(session: Session, row: Round) -> tuple[int, int]:
    """How many cases and how many objections of the round are open."""
    is_open = and_(CapaCase.round_id == row.id, CapaCase.state.in_(OPEN_STATES))
    n_cases = session.scalar(select(func.count()).select_from(CapaCase).where(is_open)) or 0
    n_objections = session.scalar(select(func.count()).select_from(Objection).where(Objection.round_id == row.id, ~_decided())) or 0
    return n_cases, n_objections


def _decided() -> ColumnElement[bool]:
    return exists(select(ObjectionDecision.id).where(ObjectionDecision.objection_id == Objection.id))
