"""The list of samples, page by page, and what the search box finds."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_
from sqlalchemy.orm import Session

from lims.accounts.permissions import is_allowed
from lims.db.session import Actor
from lims.errors import Invalid
from lims.marks import N_
from lims.samples.lifecycle.words import terms_of
from lims.samples.models import Sample, SampleWord
from lims.samples.queries.finding import by_numbers
from lims.web.waiting import Hit

PAGE = 50
#: A word of at most so many samples leads the search; a beginning is followed to so many.
RARE = 1000
SORTS = {"registered": None, "received": Sample.received_at, "due": Sample.due_at}


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed by, and its order. ``received_from`` and ``received_to`` are instants, the end excluded."""

    statuses: tuple[str, ...] = ()
    kind: str = ""
    matrix: str = ""
    received_from: datetime | None = None
    received_to: datetime | None = None
    text: str = ""
    sort: str = "registered"
    is_ascending: bool = False

    @property
    def order(self) -> str:
        """What the list is ordered by: a range of receipts is read in its own order, so that its index serves both."""
        has_range = self.received_from is not None or self.received_to is not None
        return "received" if has_range and self.sort == "registered" else self.sort


@dataclass(frozen=True)
class Page:
    """A page of a list. ``earlier`` and ``later`` are the keys to go on with, None at an end."""

    rows: list[Sample]
    earlier: str | None
    later: str | None


def page(session: Session, actor: Actor, filters: Filters, after: str = "", before: str = "", limit: int = PAGE) -> Page:
    """One page of the list, from a key on or up to a key. Nothing is counted.

    Sorting by "received" or "due" shows the samples that have such an instant.
    """
    is_backwards = bool(before)
    turned = replace(filters, is_ascending=not filters.is_ascending) if is_backwards else filters
    rows = list(session.scalars(_listing(session, actor, turned, before or after).limit(limit + 1)))
    has_more = len(rows) > limit
    rows = rows[:limit][::-1] if is_backwards else rows[:limit]
    has_earlier, has_later = (has_more, True) if is_backwards else (bool(after), has_more)
    earlier = _key(filters, rows[0]) if rows and has_earlier else None
    return Page(rows, earlier, _key(filters, rows[-1]) if rows and has_later else None)


def all_rows(session: Session, actor: Actor, filters: Filters, limit: int) -> list[Sample]:
    """The first ``limit`` samples of the list, for an export."""
    return list(session.scalars(_listing(session, actor, filters, "").limit(limit)))


def search(session: Session, actor: Actor, text: str) -> list[Hit]:
    """What the search box finds: an exact own or external number first, else samples by their words, newest first."""
    if not text.strip() or not is_allowed(actor.roles, "samples.view"):
        return []
    exact = by_numbers(session, actor, [text])[text][:10]
    rows = exact or list(session.scalars(_listing(session, actor, Filters(text=text), "").limit(10)))
    return [
        Hit("sample", row.number, row.external_number or row.matrix, "samples.show", {"sample_id": row.id}, is_exact=bool(exact))
        for row in rows
    ]


def _listing(session: Session, actor: Actor, filters: Filters, key: str) -> Select[Sample]:
    query = select(Sample).where(Sample.laboratory_id == actor.laboratory_id)
    if filters.statuses:
        query = query.where(Sample.status.in_(filters.statuses))
    if filters.kind:
        query = query.where(Sample.kind == filters.kind)
    if filters.matrix:
        query = query.where(Sample.matrix == filters.matrix)
    if filters.received_from is not None:
        query = query.where(Sample.received_at >= filters.received_from)
    if filters.received_to is not None:
        query = query.where(Sample.received_at < filters.received_to)
    for term, may_begin in terms_of(filters.text):
        query = query.where(_has_word(session, actor, term, may_begin))
    column = SORTS[filters.order]
    keys: list[ColumnElement[object]] = [Sample.id] if column is None else [column, Sample.id]  # type: ignore[list-item]
    if column is not None:
        query = query.where(column.is_not(None))
    if key:
        values = _values(filters, key)
        place = tuple_(*keys)
        query = query.where(place > values if filters.is_ascending else place < values)
    return query.order_by(*(one.asc() if filters.is_ascending else one.desc() for one in keys))


def _has_word(session: Session, actor: Actor, term: str, may_begin: bool) -> ColumnElement[bool]:
    own = SampleWord.laboratory_id == actor.laboratory_id
    whole = select(SampleWord.sample_id).where(own, SampleWord.word == term)
    count = session.scalar(select(func.count()).select_from(whole.limit(RARE + 1).subquery())) or 0
    if count == 0 and may_begin:
        beginning = select(SampleWord.sample_id).where(own, SampleWord.word >= term, SampleWord.word < term + "\U0010ffff")
        return Sample.id.in_(beginning.limit(RARE))
    if count <= RARE:
        return Sample.id.in_(whole)
    return exists().where(own, SampleWord.word == term, SampleWord.sample_id == Sample.id)


def _key(filters: Filters, row: Sample) -> str:
    column = SORTS[filters.order]
    instant: datetime | None = None if column is None else getattr(row, column.key)
    return row.id.hex if instant is None else f"{instant:%Y%m%dT%H%M%S.%f%z}~{row.id.hex}"


def _values(filters: Filters, key: str) -> tuple[object, ...]:
    try:
        if SORTS[filters.order] is None:
            return (uuid.UUID(hex=key),)
        instant, _, row = key.partition("~")
        return datetime.strptime(instant, "%Y%m%dT%H%M%S.%f%z"), uuid.UUID(hex=row)
    except ValueError:
        sentence = N_("Read the page key %(key)s, which is none of this list. Start at its first page.")
        raise Invalid("samples.page_key", sentence, key=key) from None
