"""Looking up boxes: the sender sees its own, the receiver one that was dispatched to it. Any other is "not found"."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from lims.accounts.permissions import is_allowed
from lims.custody.lifecycle import boxes
from lims.custody.models import Box, BoxFinding, BoxItem, BoxManifest, BoxReceipt
from lims.db.keyset import Page, page_of
from lims.db.session import Actor
from lims.errors import NotFound
from lims.marks import N_
from lims.samples.lifecycle.numbers import clean_code
from lims.samples.models import CustodyEvent, Sample
from lims.web.waiting import Hit, Waiting

ON_THE_WAY = (boxes.DISPATCHED, boxes.RECEIVED)
MOST_WAITING = 50
SENT, TO_US = "sent", "to_us"


@dataclass(frozen=True)
class Filters:
    """What the list of boxes is narrowed by, and its order."""

    state: str = ""
    way: str = ""
    purpose: str = ""
    text: str = ""
    is_ascending: bool = False


def visible(actor: Actor) -> ColumnElement[bool]:
    """The boxes that the actor's laboratory sends, and those that are on their way to it or came."""
    return or_(Box.laboratory_id == actor.laboratory_id, _comes_to(actor))


def _comes_to(actor: Actor) -> ColumnElement[bool]:
    return and_(Box.receiver_id == actor.laboratory_id, Box.state.in_(ON_THE_WAY))


def box(session: Session, actor: Actor, box_id: uuid.UUID, *, is_locked: bool = False) -> Box:
    """One box that the actor may see; raises NotFound. ``is_locked`` holds it against other writers."""
    query = select(Box).where(Box.id == box_id, visible(actor))
    if is_locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise NotFound("custody.no_box", N_("No such box for this laboratory."))
    return row


def box_by_number(session: Session, actor: Actor, code: str) -> Box | None:
    """The box with this code that the actor may see."""
    return session.scalar(select(Box).where(Box.number == clean_code(code).upper(), visible(actor)))


def page(session: Session, actor: Actor, filters: Filters, cursor: str | None, size: int = 50) -> Page[Box]:
    """One page of boxes, the newest first unless asked otherwise."""
    return page_of(session, _listing(actor, filters), [Box.id], cursor, size, is_descending=not filters.is_ascending)


def _listing(actor: Actor, filters: Filters) -> Select[Box]:
    conditions = {"": visible(actor), SENT: Box.laboratory_id == actor.laboratory_id, TO_US: _comes_to(actor)}
    query = select(Box).where(conditions[filters.way])
    if filters.state:
        query = query.where(Box.state == filters.state)
    if filters.purpose:
        query = query.where(Box.purpose == filters.purpose)
    if filters.text:
        query = query.where(Box.number.startswith(clean_code(filters.text).upper(), autoescape=True))
    return query


def items(session: Session, row: Box) -> list[BoxItem]:
    """What lies in a box that the caller has found for its actor, in the order of its places."""
    return list(session.scalars(select(BoxItem).where(BoxItem.box_id == row.id).order_by(BoxItem.place)))


def counts(session: Session, rows: Sequence[Box]) -> dict[uuid.UUID, int]:
    """How many samples lie in each of these boxes."""
    keys = [row.id for row in rows]
    found = session.execute(select(BoxItem.box_id, func.count()).where(BoxItem.box_id.in_(keys)).group_by(BoxItem.box_id))
    return {row[0]: int(row[1]) for row in found}


def manifest(session: Session, row: Box) -> BoxManifest | None:
    """What the sender signed; None before the dispatch."""
    return session.scalar(select(BoxManifest).where(BoxManifest.box_id == row.id))


def receipt(session: Session, row: Box) -> BoxReceipt | None:
    """The receipt of a box; None before it came."""
    return session.scalar(select(BoxReceipt).where(BoxReceipt.box_id == row.id))


def findings(session: Session, row: BoxReceipt) -> list[BoxFinding]:
    """What was found, in the order of the places; surplus tubes last."""
    found = session.scalars(select(BoxFinding).where(BoxFinding.receipt_id == row.id).order_by(BoxFinding.id))
    return sorted(found, key=lambda one: (one.place is None, one.place or 0))


def travelling_sample(session: Session, item: BoxItem) -> Sample:
    """The sender's sample at a place of a box that the caller has found for its actor, held against other writers."""
    return session.get_one(Sample, item.sample_id, with_for_update=True)


def open_boxes_of(session: Session, actor: Actor, sample_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Box]:
    """The boxes in which samples of the laboratory lie now, being packed or on the way."""
    keys = list(sample_ids)
    found: dict[uuid.UUID, Box] = {}
    for start in range(0, len(keys), 400):
        query = select(BoxItem.sample_id, Box).join(Box, Box.id == BoxItem.box_id).where(
            BoxItem.sample_id.in_(keys[start : start + 400]), BoxItem.laboratory_id == actor.laboratory_id,
            Box.state.in_((boxes.PACKING, boxes.DISPATCHED)),
        )  # fmt: skip
        found.update((key, row) for key, row in session.execute(query))
    return found


def boxes_of(session: Session, actor: Actor, sample_id: uuid.UUID) -> list[Box]:
    """The boxes in which a sample of the laboratory lay or lies, the newest first."""
    query = select(Box).join(BoxItem, BoxItem.box_id == Box.id)
    query = query.where(BoxItem.sample_id == sample_id, Box.laboratory_id == actor.laboratory_id)
    return list(session.scalars(query.order_by(Box.id.desc()).limit(20)))


def way_of(session: Session, actor: Actor, row: Sample) -> list[CustodyEvent]:
    """The whole way of a sample, the oldest step first."""
    query = select(CustodyEvent).where(CustodyEvent.sample_id == row.id, CustodyEvent.laboratory_id == actor.laboratory_id)
    return list(session.scalars(query.order_by(CustodyEvent.id)))


def unsettled(session: Session, actor: Actor) -> Select[Box]:
    """The sender's boxes of which something did not arrive and has not been settled."""
    absent = select(BoxItem.box_id).join(BoxReceipt, BoxReceipt.box_id == BoxItem.box_id)
    absent = absent.join(BoxFinding, and_(BoxFinding.receipt_id == BoxReceipt.id, BoxFinding.place == BoxItem.place))
    absent = absent.where(
        BoxItem.laboratory_id == actor.laboratory_id, BoxItem.settled == "", BoxFinding.found.in_((boxes.MISSING, boxes.NOT_SCANNED))
    )
    return select(Box).where(Box.laboratory_id == actor.laboratory_id, Box.state == boxes.RECEIVED, Box.id.in_(absent))


def waiting_for(session: Session, actor: Actor) -> list[Waiting]:
    """Boxes to receive, boxes begun, and boxes of which something did not arrive."""
    if not is_allowed(actor.roles, "custody.pack"):
        return []
    coming = select(Box).where(_comes_to(actor), Box.state == boxes.DISPATCHED)
    begun = select(Box).where(Box.laboratory_id == actor.laboratory_id, Box.state == boxes.PACKING)
    parts = (
        (coming, N_("Receive box %(number)s"), N_("Receive"), "custody.receive"),
        (unsettled(session, actor), N_("Box %(number)s: settle what did not arrive"), N_("Settle"), "custody.show"),
        (begun, N_("Finish packing box %(number)s"), N_("Pack"), "custody.show"),
    )
    return [
        Waiting(title, endpoint, {"number": row.number}, number=row.number, due=row.dispatched_at, button=button, icon="box",
                url_values={"box_id": row.id})
        for query, title, button, endpoint in parts
        for row in session.scalars(query.order_by(Box.id).limit(MOST_WAITING))
    ]  # fmt: skip


def waiting_count(session: Session, actor: Actor, limit: int) -> int:
    """How many entries ``waiting_for`` has, counted up to ``limit``."""
    return len(waiting_for(session, actor)[:limit])


def search(session: Session, actor: Actor, text: str) -> list[Hit]:
    """The box whose code was scanned or typed."""
    if not text.strip() or not is_allowed(actor.roles, "custody.view"):
        return []
    row = box_by_number(session, actor, text)
    return [Hit("box", row.number, row.carrier, "custody.show", {"box_id": row.id}, is_exact=True)] if row else []
