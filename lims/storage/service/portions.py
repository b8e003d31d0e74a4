"""Portions: divide, pool, thaw, use, end. The source is held, so that two persons never take the same drop twice."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.queries import laboratory
from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.samples import queries as samples
from lims.samples.lifecycle.fields import Refused, check_text, read_decimal
from lims.samples.lifecycle.numbers import format_number
from lims.samples.lifecycle.states import TERMINAL
from lims.samples.models import Sample
from lims.samples.service.custody import note_step
from lims.samples.service.registering import next_serial
from lims.storage import queries
from lims.storage.lifecycle import portions
from lims.storage.models import Aliquot, AliquotSource, AliquotStep, StorageMove


@dataclass(frozen=True)
class Part:
    """What a pool takes of one sample or portion: its number, and the amount as typed."""

    number: str
    amount: str


def divide(actor: Actor, number: str, amount: str, count: int = 1) -> list[Aliquot]:
    """Make ``count`` portions of ``amount`` each of a sample or of a portion; together never more than is left of it."""
    permit(actor, "storage.portion")
    if not 1 <= count <= portions.MOST_AT_ONCE:
        raise Invalid("storage.count", N_("Number of portions: expected 1 to %(most)s."), field="count", most=portions.MOST_AT_ONCE)
    each = _read(amount)
    with transaction(actor, reason="divided a sample") as session:
        source = _source(session, actor, number)
        first = len(queries.taken_of(session, source)) + 1
        return [
            _made(session, actor, portions.aliquot_number(source.number, first + place), [(source, each)], is_pool=False)
            for place in range(count)
        ]


def pool(actor: Actor, parts: Sequence[Part]) -> Aliquot:
    """Make one portion of several samples or portions of one unit; it gets a number of its own."""
    permit(actor, "storage.portion")
    if len(parts) < 2 or len({part.number for part in parts}) != len(parts) or len(parts) > portions.MOST_AT_ONCE:
        raise Invalid("storage.pool", N_("A pool has 2 to %(most)s different sources."), field="parts", most=portions.MOST_AT_ONCE)
    with transaction(actor, reason="pooled samples") as session:
        taken = [(_source(session, actor, part.number), _read(part.amount)) for part in sorted(parts, key=lambda one: one.number)]
        if len({source.unit for source, _amount in taken}) != 1:
            raise RuleViolation("storage.units", N_("The sources have different units. A pool takes one unit."))
        home = laboratory(session, taken[0][0].laboratory_id)
        local = clock.now().astimezone(ZoneInfo(home.zone))
        number = format_number(home.code, local.year, "POL", next_serial(session, home.id, local, "POL"))
        return _made(session, actor, number, taken, is_pool=True)


def thaw(actor: Actor, aliquot_id: uuid.UUID, note: str = "") -> Aliquot:
    """Count one thaw."""
    permit(actor, "storage.portion")
    with transaction(actor, reason="thawed a portion") as session:
        row = _here(session, actor, aliquot_id)
        row.thaws += 1
        _step(session, actor, row, portions.THAWED, note=note)
        return row


def use(actor: Actor, aliquot_id: uuid.UUID, amount: str, note: str = "") -> Aliquot:
    """Use some of a portion; one of which nothing is left is used up and leaves its position."""
    permit(actor, "storage.portion")
    with transaction(actor, reason="used a portion") as session:
        row = _here(session, actor, aliquot_id)
        _taken(session, actor, row, _read(amount), portions.TAKEN, note)
        return row


def end_aliquot(actor: Actor, aliquot_id: uuid.UUID, how: str, note: str) -> Aliquot:
    """A portion is lost or destroyed; the reason is kept."""
    permit(actor, "storage.portion")
    with transaction(actor, reason="lost a portion") as session:
        row = _here(session, actor, aliquot_id)
        if how != portions.LOST or not note.strip():
            raise Invalid("storage.end", N_("Write down what happened."), field="note")
        row.state = how
        _step(session, actor, row, how, note=note)
        _leave(session, actor, row)
        return row


def left_of(session: Session, sample: Sample) -> Decimal | None:
    """What is left of a sample after its portions; None where no amount was written down."""
    return None if sample.quantity is None else portions.left(sample.quantity, queries.taken_of(session, sample))


def _made(session: Session, actor: Actor, number: str, taken: Sequence[tuple[Sample | Aliquot, Decimal]], *, is_pool: bool) -> Aliquot:
    volume = sum((amount for _source_row, amount in taken), Decimal(0))
    row = Aliquot(
        laboratory_id=taken[0][0].laboratory_id, number=number, is_pool=is_pool, volume=volume, left=volume, unit=taken[0][0].unit,
        state=portions.AVAILABLE, thaws=max((one.thaws for one, _amount in taken if isinstance(one, Aliquot)), default=0),
        made_at=clock.now(), made_by=actor.name,
    )  # fmt: skip
    session.add(row)
    session.flush()
    for source, amount in taken:
        _take_of(session, actor, source, amount, number)
        key = {"sample_id": source.id} if isinstance(source, Sample) else {"parent_id": source.id}
        session.add(AliquotSource(laboratory_id=row.laboratory_id, aliquot_id=row.id, source_number=source.number, amount=amount, **key))
    session.flush()
    _step(session, actor, row, portions.MADE, amount=volume)
    return row


def _take_of(session: Session, actor: Actor, source: Sample | Aliquot, amount: Decimal, number: str) -> None:
    if isinstance(source, Aliquot):
        _taken(session, actor, source, amount, portions.DIVIDED, number)
        return
    available = left_of(session, source)
    if available is None:
        raise RuleViolation(
            "storage.no_amount", N_("%(number)s has no amount written down. Correct the sample first."), number=source.number
        )  # fmt: skip
    rest = portions.take(source.number, available, amount, source.unit)
    note_step(session, actor, source, "divided", quantity_left=rest, note=number)


def _taken(session: Session, actor: Actor, row: Aliquot, amount: Decimal, verb: str, note: str) -> None:
    row.left = portions.take(row.number, row.left, amount, row.unit)
    if not row.left:
        row.state = portions.USED_UP
    _step(session, actor, row, verb, amount=amount, note=note)
    if row.state == portions.USED_UP:
        _leave(session, actor, row)


def _step(session: Session, actor: Actor, row: Aliquot, verb: str, *, amount: Decimal | None = None, note: str = "") -> None:
    try:
        check_text(note, longest=200)
    except Refused as refused:
        raise Invalid("storage.text", refused.sentence, field="note", **refused.values) from refused
    session.add(
        AliquotStep(
            laboratory_id=row.laboratory_id, aliquot_id=row.id, verb=verb, amount=amount, left=row.left, at=clock.now(),
            actor_name=actor.name, note=note.strip(),
        )
    )  # fmt: skip


def _leave(session: Session, actor: Actor, row: Aliquot) -> None:
    """What is gone frees its position."""
    known = queries.stay_of(session, actor, row.number)
    if known is None:
        return
    before = row.location
    session.delete(known)
    row.location = ""
    session.add(
        StorageMove(
            laboratory_id=row.laboratory_id, number=row.number, from_place=before, to_place="", at=clock.now(), actor_name=actor.name,
            note=row.state,
        )
    )  # fmt: skip


def _source(session: Session, actor: Actor, number: str) -> Sample | Aliquot:
    portion = queries.aliquot_by_number(session, actor, number)
    if portion is not None:
        return _here(session, actor, portion.id)
    found = [one for one in samples.by_numbers(session, actor, [number])[number] if one.number == number]
    if not found:
        raise NotFound("samples.no_sample", N_("No sample %(number)s"), number=number[:60])
    row = samples.sample(session, actor, found[0].id, is_locked=True)
    if row.status in TERMINAL:
        raise RuleViolation("storage.gone", N_("%(number)s is not here any more; nothing can be stored."), number=row.number)
    return row


def _here(session: Session, actor: Actor, aliquot_id: uuid.UUID) -> Aliquot:
    row = queries.aliquot(session, actor, aliquot_id, is_locked=True)
    if row.state != portions.AVAILABLE:
        raise RuleViolation("storage.gone", N_("%(number)s is not here any more; nothing can be stored."), number=row.number)
    return row


def _read(amount: str) -> Decimal:
    try:
        return read_decimal(amount)
    except Refused as refused:
        raise Invalid("storage.amount", refused.sentence, field="amount", **refused.values) from refused
