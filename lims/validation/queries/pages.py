"""Lists of studies for pages and the command line: keyset pages, nothing counted."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.errors import Invalid, NotFound
from lims.marks import N_
from lims.validation.models import ValidationStudy
from lims.validation.queries.visible import visible

PAGE = 50


@dataclass(frozen=True)
class StudyPage:
    """A page of the list. ``earlier`` and ``later`` are the keys to go on with, None at an end."""

    rows: list[ValidationStudy]
    earlier: str | None
    later: str | None


def list_studies(
    session: Session, actor: Actor, *, states: tuple[str, ...] = (), text: str = "", after: str = "", before: str = "", limit: int = PAGE,
    is_oldest_first: bool = False,
) -> StudyPage:  # fmt: skip
    """One page of the studies that the actor may see, newest or oldest first, from a key on or up to a key."""
    key = _key(before or after)
    query = select(ValidationStudy).where(visible(actor))
    if states:
        query = query.where(ValidationStudy.state.in_(states))
    if text.strip():
        like = f"%{text.strip()}%"
        columns = (ValidationStudy.code, ValidationStudy.title_en, ValidationStudy.title_zh, ValidationStudy.method_name)
        query = query.where(or_(*(column.ilike(like) for column in columns)))
    is_upward = bool(before) != is_oldest_first
    if key is not None:
        query = query.where(ValidationStudy.id > key if is_upward else ValidationStudy.id < key)
    order = ValidationStudy.id.asc() if is_upward else ValidationStudy.id.desc()
    rows = list(session.scalars(query.order_by(order).limit(limit + 1)))
    has_more = len(rows) > limit
    rows = rows[:limit][::-1] if before else rows[:limit]
    has_earlier, has_later = (has_more, True) if before else (bool(after), has_more)
    return StudyPage(rows, str(rows[0].id) if rows and has_earlier else None, str(rows[-1].id) if rows and has_later else None)


def every_study(session: Session) -> list[ValidationStudy]:
    """Every study of the installation, oldest first: for the command line of the machine's owner."""
    return list(session.scalars(select(ValidationStudy).order_by(ValidationStudy.id)))


def study_of_owner(session: Session, code: str) -> ValidationStudy:
    """A study by its code: for the command line of the machine's owner."""
    row = session.scalar(select(ValidationStudy).where(ValidationStudy.code == code.strip().upper()))
    if row is None:
        raise NotFound()
    return row


def study_codes(session: Session, prefix: str) -> list[str]:
    """The study codes of the installation that begin with ``prefix``."""
    return list(session.scalars(select(ValidationStudy.code).where(ValidationStudy.code.startswith(prefix))))


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError as error:
        raise Invalid("validation.page", N_("The address of the page is not one of this list. Open the list anew."), field=None) from error
