"""Packing a box: open it for another laboratory, scan samples into it, say how it travels. Nothing moves before the dispatch."""

from __future__ import annotations

import dataclasses
import uuid
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.queries import laboratory, laboratory_by_code
from lims.accounts.service import permit
from lims.custody import queries
from lims.custody.lifecycle import boxes
from lims.custody.lifecycle.boxes import Transport
from lims.custody.lifecycle.transport import ORDER, PACKAGINGS
from lims.custody.models import Box, BoxItem
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.samples import queries as samples
from lims.samples.lifecycle.fields import Refused, check_text
from lims.samples.lifecycle.kinds import TRANSPORT_CONDITIONS
from lims.samples.lifecycle.numbers import format_number
from lims.samples.models import Sample
from lims.samples.service.registering import next_serial

MOST_IN_A_BOX = 200
#: the longest a field of the transport may be
LIMITS = {
    "permit_number": 60, "escort": 60, "second_escort": 60, "dry_ice_kg": 12, "logger_number": 40, "carrier": 80, "waybill": 60,
    "remarks": 400,
}  # fmt: skip


def open_box(actor: Actor, receiver: str, purpose: str) -> Box:
    """Begin a box for the laboratory with the code ``receiver``; it gets its number at once."""
    permit(actor, "custody.pack")
    if actor.laboratory_id is None:
        raise Forbidden("custody.no_laboratory", N_("A box belongs to a laboratory; open one first."))
    if purpose not in boxes.PURPOSES:
        raise Invalid("custody.purpose", N_("Purpose: read %(read)s. Choose one of the list."), field="purpose", read=purpose)
    with transaction(actor, reason="began a box") as session:
        home, other = laboratory(session, actor.laboratory_id), laboratory_by_code(session, receiver)
        if other is None or other.id == home.id:
            raise Invalid("custody.receiver", N_("Receiver: choose another laboratory of the list."), field="receiver")
        now = clock.now()
        local = now.astimezone(ZoneInfo(home.zone))
        number = format_number(home.code, local.year, "BOX", next_serial(session, home.id, local, "BOX"))
        row = Box(
            laboratory_id=home.id, number=number, receiver_id=other.id, purpose=purpose, state=boxes.PACKING, opened_at=now,
            opened_by=actor.name,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row


def put_in(actor: Actor, box_id: uuid.UUID, code: str) -> BoxItem:
    """Scan a sample into the box; refused with a sentence when it may not travel, or lies in another box."""
    permit(actor, "custody.pack")
    with transaction(actor, reason="packed a sample") as session:
        row = packable(session, actor, box_id)
        sample = _scanned(session, actor, code)
        if sample.status not in boxes.MAY_TRAVEL[row.purpose]:
            raise RuleViolation(
                "custody.may_not_travel",
                N_("%(number)s is not in a state in which it may travel for this purpose. Open the sample to see what comes next."),
                number=sample.number,
            )
        elsewhere = queries.open_boxes_of(session, actor, [sample.id]).get(sample.id)
        if elsewhere is not None:
            raise Conflict(
                "custody.in_a_box", N_("%(number)s lies in box %(box)s already."), number=sample.number, box=elsewhere.number
            )  # fmt: skip
        lying = queries.items(session, row)
        if len(lying) >= MOST_IN_A_BOX:
            raise RuleViolation("custody.full", N_("The box is full: at most %(most)s samples. Begin another one."), most=MOST_IN_A_BOX)
        place = max((one.place for one in lying), default=0) + 1
        item = BoxItem(laboratory_id=row.laboratory_id, box_id=row.id, sample_id=sample.id, place=place, number=sample.number)
        session.add(item)
        return item


def take_out(actor: Actor, box_id: uuid.UUID, place: int) -> None:
    """Take what lies at a place out of a box that is being packed."""
    permit(actor, "custody.pack")
    with transaction(actor, reason="took a sample out of a box") as session:
        row = packable(session, actor, box_id)
        item = next((one for one in queries.items(session, row) if one.place == place), None)
        if item is None:
            raise NotFound("custody.no_place", N_("Nothing lies at place %(place)s of this box."), place=place)
        session.delete(item)


def write_transport(actor: Actor, box_id: uuid.UUID, transport: Transport) -> Box:
    """Say how the box travels; the gates judge it at the dispatch."""
    permit(actor, "custody.pack")
    with transaction(actor, reason="described the transport of a box") as session:
        row = packable(session, actor, box_id)
        for name, codes in (("category", ORDER), ("packaging", PACKAGINGS), ("condition", TRANSPORT_CONDITIONS)):
            if getattr(transport, name) and getattr(transport, name) not in codes:
                raise Invalid("custody.choice", N_("Read %(read)s. Choose one of the list."), field=name, read=getattr(transport, name))
        for name, longest in LIMITS.items():
            try:
                check_text(getattr(transport, name), longest=longest)
            except Refused as refused:
                raise Invalid("custody.text", refused.sentence, field=name, **refused.values) from refused
        for field in dataclasses.fields(Transport):
            value = getattr(transport, field.name)
            setattr(row, field.name, value.strip() if isinstance(value, str) else value)
        return row


def give_up_box(actor: Actor, box_id: uuid.UUID) -> Box:
    """Give a box up that was not dispatched: its samples are free again, its number stays used."""
    permit(actor, "custody.pack")
    with transaction(actor, reason="gave up a box") as session:
        row = packable(session, actor, box_id)
        row.state = boxes.GIVEN_UP
        return row


def packable(session: Session, actor: Actor, box_id: uuid.UUID) -> Box:
    """The sender's box, held, while it may be packed; a dispatched one is frozen."""
    row = queries.box(session, actor, box_id, is_locked=True)
    if row.laboratory_id != actor.laboratory_id:
        raise NotFound("custody.no_box", N_("No such box for this laboratory."))
    if row.state != boxes.PACKING:
        raise RuleViolation("custody.frozen", N_("Box %(number)s is dispatched or given up; its manifest is frozen."), number=row.number)
    return row


def transport_of(row: Box) -> Transport:
    """How the box travels."""
    return Transport(**{field.name: getattr(row, field.name) for field in dataclasses.fields(Transport)})


def _scanned(session: Session, actor: Actor, code: str) -> Sample:
    found = samples.by_numbers(session, actor, [code])[code]
    if not found:
        raise NotFound("samples.no_sample", N_("No sample %(number)s"), number=code[:60])
    if len(found) > 1:
        raise Conflict("custody.several", N_("Several samples have the external number %(code)s. Scan the own number."), code=code[:60])
    return samples.sample(session, actor, found[0].id, is_locked=True)
