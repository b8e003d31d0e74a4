"""Looking up places, what lies in them, and portions: always inside the actor's own laboratory."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lims.accounts.permissions import is_allowed
from lims.db.keyset import Page, page_of
from lims.db.session import Actor
from lims.errors import NotFound
from lims.marks import N_
from lims.samples.lifecycle.numbers import clean_code
from lims.samples.models import Sample
from lims.storage.models import Aliquot, AliquotSource, AliquotStep, StorageMove, StoragePlace, StorageStay
from lims.web.waiting import Hit

MOST_PLACES = 500


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by, and its order: the beginning of a number, a place and all in it, a state."""

    text: str = ""
    path: str = ""
    state: str = ""
    is_ascending: bool = False


def places(session: Session, actor: Actor, parent_id: uuid.UUID | None) -> list[StoragePlace]:
    """What stands in a place, by path; the rooms where no place is given."""
    query = select(StoragePlace).where(StoragePlace.laboratory_id == actor.laboratory_id, StoragePlace.parent_id == parent_id)
    return list(session.scalars(query.order_by(StoragePlace.path).limit(MOST_PLACES)))


def place(session: Session, actor: Actor, place_id: uuid.UUID, *, is_locked: bool = False) -> StoragePlace:
    """One place of the laboratory; raises NotFound. ``is_locked`` holds it against other writers."""
    query = select(StoragePlace).where(StoragePlace.id == place_id, StoragePlace.laboratory_id == actor.laboratory_id)
    row = session.scalar(query.with_for_update() if is_locked else query)
    if row is None:
        raise NotFound("storage.no_place", N_("No such storage place in this laboratory."))
    return row


def place_by_path(session: Session, actor: Actor, path: str) -> StoragePlace | None:
    """The place whose path was scanned."""
    code = clean_code(path).upper()
    return session.scalar(select(StoragePlace).where(StoragePlace.laboratory_id == actor.laboratory_id, StoragePlace.path == code))


def inside_count(session: Session, row: StoragePlace) -> int:
    """How many places stand, or things lie, in a place that the caller has found for its actor."""
    places_in = select(func.count()).select_from(StoragePlace).where(StoragePlace.parent_id == row.id)
    things_in = select(func.count()).select_from(StorageStay).where(StorageStay.place_id == row.id)
    return (session.scalar(places_in) or 0) + (session.scalar(things_in) or 0)


def stays(session: Session, row: StoragePlace) -> list[StorageStay]:
    """What lies in a box that the caller has found for its actor."""
    return list(session.scalars(select(StorageStay).where(StorageStay.place_id == row.id)))


def stay_of(session: Session, actor: Actor, number: str) -> StorageStay | None:
    """Where the thing with this number lies."""
    return session.scalar(select(StorageStay).where(StorageStay.laboratory_id == actor.laboratory_id, StorageStay.number == number))


def stored(session: Session, actor: Actor, filters: Filters, cursor: str | None, size: int = 50) -> Page[StorageStay]:
    """One page of what lies in the store, by number."""
    query = select(StorageStay).where(StorageStay.laboratory_id == actor.laboratory_id)
    if filters.text:
        query = query.where(StorageStay.number.startswith(clean_code(filters.text).upper(), autoescape=True))
    if filters.path:
        query = query.where(StorageStay.path.startswith(clean_code(filters.path).upper(), autoescape=True))
    return page_of(session, query, [StorageStay.number, StorageStay.id], cursor, size, is_descending=not filters.is_ascending)


def moves(session: Session, actor: Actor, filters: Filters, cursor: str | None, size: int = 50) -> Page[StorageMove]:
    """One page of the moves, the newest first; of one number where it is given."""
    query = select(StorageMove).where(StorageMove.laboratory_id == actor.laboratory_id)
    if filters.text:
        query = query.where(StorageMove.number == clean_code(filters.text).upper())
    return page_of(session, query, [StorageMove.id], cursor, size, is_descending=not filters.is_ascending)


def aliquots(session: Session, actor: Actor, filters: Filters, cursor: str | None, size: int = 50) -> Page[Aliquot]:
    """One page of the portions, the newest first."""
    query: Select[Aliquot] = select(Aliquot).where(Aliquot.laboratory_id == actor.laboratory_id)
    if filters.state:
        query = query.where(Aliquot.state == filters.state)
    if filters.text:
        query = query.where(Aliquot.number.startswith(clean_code(filters.text).upper(), autoescape=True))
    return page_of(session, query, [Aliquot.id], cursor, size, is_descending=not filters.is_ascending)


def aliquot(session: Session, actor: Actor, aliquot_id: uuid.UUID, *, is_locked: bool = False) -> Aliquot:
    """One portion of the laboratory; raises NotFound. ``is_locked`` holds it against other writers."""
    query = select(Aliquot).where(Aliquot.id == aliquot_id, Aliquot.laboratory_id == actor.laboratory_id)
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True) if is_locked else query)
    if row is None:
        raise NotFound("storage.no_aliquot", N_("No such portion in this laboratory."))
    return row


def aliquot_by_number(session: Session, actor: Actor, number: str) -> Aliquot | None:
    """The portion with exactly this number."""
    code = clean_code(number).upper()
    return session.scalar(select(Aliquot).where(Aliquot.laboratory_id == actor.laboratory_id, Aliquot.number == code))


def taken_of(session: Session, source: Sample | Aliquot) -> list[Decimal]:
    """The amounts that were taken of a sample or a portion that the caller has found for its actor."""
    column = AliquotSource.sample_id if isinstance(source, Sample) else AliquotSource.parent_id
    return list(session.scalars(select(AliquotSource.amount).where(column == source.id)))


def portions_of(session: Session, source: Sample | Aliquot) -> list[Aliquot]:
    """The portions made of a sample or a portion that the caller has found for its actor, by number."""
    column = AliquotSource.sample_id if isinstance(source, Sample) else AliquotSource.parent_id
    query = select(Aliquot).join(AliquotSource, AliquotSource.aliquot_id == Aliquot.id).where(column == source.id)
    return list(session.scalars(query.order_by(Aliquot.number).limit(200)))


def sources_of(session: Session, row: Aliquot) -> list[AliquotSource]:
    """What a portion was made of."""
    return list(session.scalars(select(AliquotSource).where(AliquotSource.aliquot_id == row.id).order_by(AliquotSource.id)))


def steps_of(session: Session, row: Aliquot) -> Sequence[AliquotStep]:
    """What was done with a portion, the newest first."""
    return list(session.scalars(select(AliquotStep).where(AliquotStep.aliquot_id == row.id).order_by(AliquotStep.id.desc()).limit(200)))


def search(session: Session, actor: Actor, text: str) -> list[Hit]:
    """The portion or the place whose code was scanned or typed."""
    if not text.strip() or not is_allowed(actor.roles, "storage.view"):
        return []
    portion, found = aliquot_by_number(session, actor, text), place_by_path(session, actor, text)
    hits = [Hit("portion", portion.number, "", "storage.aliquot", {"aliquot_id": portion.id}, is_exact=True)] if portion else []
    return [*hits, Hit("storage place", found.path, found.name, "storage.place", {"place_id": found.id}, is_exact=True)] if found else hits
