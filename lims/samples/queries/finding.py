"""One sample, or some: by key, by number, by what was registered. A foreign sample is "not found"."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lims.db.session import Actor
from lims.errors import NotFound
from lims.marks import N_
from lims.samples.lifecycle import states
from lims.samples.lifecycle.numbers import clean_code, half_width
from lims.samples.models import CustodyEvent, Sample

CHUNK = 400
T = TypeVar("T")


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


def _chunks(wanted: Sequence[T]) -> Iterator[Sequence[T]]:
    return (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
