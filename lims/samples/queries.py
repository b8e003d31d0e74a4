"""Looking up samples: always inside the actor's own laboratory. A foreign sample is "not found"."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from lims.accounts.permissions import is_allowed
from lims.db.session import Actor
from lims.errors import Invalid, NotFound
from lims.marks import N_
from lims.samples.lifecycle import states
from lims.samples.lifecycle.numbers import clean_code, half_width
from lims.samples.lifecycle.words import terms_of
from lims.samples.models import CustodyEvent, Sample, SampleWord
from lims.web.waiting import Hit, Waiting

PAGE = 50
#: A word of at most so many samples leads the search; a beginning is followed to so many.
RARE = 1000
CHUNK = 400
T = TypeVar("T")
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


@dataclass(frozen=True)
class _Part:
    """One kind of thing that waits: samples of a state, the sentence and its button."""

    status: str
    condition: ColumnElement[bool] | None
    title: str
    button: str


def sample(session: Session, actor: Actor, sample_id: uuid.UUID, *, is_locked: bool = False) -> Sample:
    """One sample of the actor's laboratory; raises NotFound. ``is_locked`` holds it against other writers."""
    query = select(Sample).where(Sample.id == sample_id, Sample.laboratory_id == actor.laboratory_id)
    row = session.scalar(_held(query) if is_locked else query)
    if row is None:
        raise NotFound("samples.not_found", N_("No such sample in this laboratory."))
    return row


def samples(session: Session, actor: Actor, sample_ids: Iterable[uuid.UUID], *, is_locked: bool = False) -> list[Sample]:
    """Several samples in the order asked for; raises NotFound when one of them is not the laboratory's."""
    wanted = list(dict.fromkeys(sample_ids))
    found: dict[uuid.UUID, Sample] = {}
    for some in _chunks(sorted(wanted)):
        query = select(Sample).where(Sample.id.in_(some), Sample.laboratory_id == actor.laboratory_id).order_by(Sample.id)
        found.update((row.id, row) for row in session.scalars(_held(query) if is_locked else query))
    if len(found) != len(wanted):
        raise NotFound("samples.not_found", N_("No such sample in this laboratory."))
    return [found[key] for key in wanted]


def by_number(session: Session, actor: Actor, number: str) -> Sample:
    """The sample with exactly this own number; raises NotFound."""
    row = session.scalar(select(Sample).where(Sample.laboratory_id == actor.laboratory_id, Sample.number == number))
    if row is None:
        raise NotFound("samples.no_sample", N_("No sample %(number)s"), number=number)
    return row


def by_numbers(session: Session, actor: Actor, codes: Iterable[str]) -> dict[str, list[Sample]]:
    """For matching scanned tubes and instrument files: every code as it was given -> the laboratory's samples it names.

    A code names a sample by its own number or by its external number, both exact after full-width characters are made
    ASCII and the space around is removed; leading zeros and case count. No sample: an empty list. Two samples with the
    same external number: both, the newer first, so that the caller asks instead of guessing. Foreign samples never appear.
    """
    asked = list(codes)
    own = _by_column(session, actor, Sample.number, (clean_code(code) for code in asked))
    external = _by_column(session, actor, Sample.external_number, (half_width(code) for code in asked))
    return {
        code: list(dict.fromkeys([*own.get(clean_code(code), []), *external.get(half_width(code), [])])) for code in asked
    }  # fmt: skip


def by_idempotency_key(session: Session, actor: Actor, key: str) -> Sample | None:
    """The sample that an earlier call with the same key registered."""
    return session.scalar(select(Sample).where(Sample.laboratory_id == actor.laboratory_id, Sample.idempotency_key == key))


def numbers_by_key(session: Session, actor: Actor, keys: Iterable[str]) -> dict[str, str]:
    """The numbers of the laboratory's samples that were registered with these keys, by key."""
    found: dict[str, str] = {}
    for some in _chunks(sorted(set(keys))):
        query = select(Sample.idempotency_key, Sample.number).where(Sample.idempotency_key.in_(some))
        found.update((str(key), number) for key, number in session.execute(query.where(Sample.laboratory_id == actor.laboratory_id)))
    return found


def numbers_by_external(session: Session, actor: Actor, codes: Iterable[str]) -> dict[str, str]:
    """The laboratory's samples that carry these external numbers, by that number; cancelled ones leave theirs free."""
    found: dict[str, str] = {}
    for some in _chunks(sorted(set(codes))):
        query = select(Sample.external_number, Sample.number).where(Sample.external_number.in_(some), Sample.status != states.CANCELLED)
        rows = session.execute(query.where(Sample.laboratory_id == actor.laboratory_id).order_by(Sample.id))
        found.update((code, number) for code, number in rows)
    return found


def custody(session: Session, actor: Actor, sample_id: uuid.UUID) -> list[CustodyEvent]:
    """The way of one sample, newest step first."""
    query = select(CustodyEvent).where(CustodyEvent.sample_id == sample_id, CustodyEvent.laboratory_id == actor.laboratory_id)
    return list(session.scalars(query.order_by(CustodyEvent.id.desc()).limit(200)))


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


def waiting_for(session: Session, actor: Actor) -> list[Waiting]:
    """What the actor can do now about samples: receive, check, sign a decision of another person. The oldest first."""
    return [one for part in _waiting_parts(actor) for one in _waiting(session, actor, part)]


def waiting_count(session: Session, actor: Actor, limit: int) -> int:
    """How many entries ``waiting_for`` has, counted up to ``limit``."""
    found = 0
    for part in _waiting_parts(actor):
        query = _waiting_rows(actor, part).with_only_columns(Sample.id).limit(limit - found)
        found += session.scalar(select(func.count()).select_from(query.subquery())) or 0
        if found >= limit:
            return limit
    return found


def count_in(session: Session, actor: Actor, statuses: Sequence[str], limit: int) -> int:
    """How many samples are in these states, counted up to ``limit``."""
    query = select(Sample.id).where(Sample.laboratory_id == actor.laboratory_id, Sample.status.in_(statuses)).limit(limit)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


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


def _held(query: Select[Sample]) -> Select[Sample]:
    """Hold the rows until the transaction ends, as they are now: what was loaded before may be old."""
    return query.with_for_update().execution_options(populate_existing=True)


def _by_column(session: Session, actor: Actor, column: InstrumentedAttribute[str], values: Iterable[str]) -> dict[str, list[Sample]]:
    found: dict[str, list[Sample]] = {}
    for some in _chunks(sorted(set(values) - {""})):
        rows = session.scalars(select(Sample).where(Sample.laboratory_id == actor.laboratory_id, column.in_(some)))
        for row in sorted(rows, key=lambda one: one.id, reverse=True):
            found.setdefault(getattr(row, column.key), []).append(row)
    return found


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


def _waiting_parts(actor: Actor) -> list[_Part]:
    """What the roles of the actor may do about samples in which state, the most urgent first."""
    parts = []
    if "authoriser" in actor.roles:
        is_of_another = (Sample.proposed_decision != "") & or_(Sample.proposed_by.is_(None), Sample.proposed_by != actor.user_id)
        parts.append(_Part(states.RECEIVED, is_of_another, N_("Sign the decision on %(number)s"), N_("Sign")))
    if actor.roles & {"technician", "authoriser"}:
        parts.append(_Part(states.RECEIVED, Sample.proposed_decision == "", N_("Check %(number)s and decide"), N_("Check")))
        parts.append(_Part(states.IN_TRANSIT, None, N_("Receive %(number)s"), N_("Receive")))
    return parts


def _waiting_rows(actor: Actor, part: _Part) -> Select[Sample]:
    query = select(Sample).where(Sample.laboratory_id == actor.laboratory_id, Sample.status == part.status)
    return (query if part.condition is None else query.where(part.condition)).order_by(Sample.id)


def _waiting(session: Session, actor: Actor, part: _Part) -> list[Waiting]:
    return [
        Waiting(part.title, "samples.receive", {"number": row.number}, number=row.number, due=row.due_at, button=part.button, icon="tube",
                url_values={"sample_id": row.id})
        for row in session.scalars(_waiting_rows(actor, part).limit(PAGE))
    ]  # fmt: skip


def _chunks(wanted: Sequence[T]) -> Iterator[Sequence[T]]:
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
