"""Boxes between two laboratories: one received with a tube missing, one on its way, one being packed."""

from __future__ import annotations

from datetime import timedelta

from lims import clock
from lims.custody import service
from lims.custody.lifecycle import boxes
from lims.custody.lifecycle.boxes import Arrival, Transport
from lims.custody.models import Box
from lims.db.session import reading
from lims.demo.people import Cast
from lims.samples import queries
from lims.samples.lifecycle.states import ACCEPTED
from lims.samples.queries import Filters
from lims.storage import service as storage

SENDER, RECEIVER = "cusc", "cdcc"
BY_ROAD = Transport(
    category="CAT_B", packaging="P650", condition="2-8", logger_number="TL-0042", carrier="Courier 1", waybill="W-2026-0107"
)


def send_boxes(cast: Cast) -> None:
    """Three boxes of three accepted samples each."""
    sender = cast.actor(f"tech1.{SENDER}")
    with reading() as session:
        found = queries.all_rows(session, sender, Filters(statuses=(ACCEPTED,), is_ascending=True), 9)
    numbers = [row.number for row in found]
    now = clock.now()
    with clock.frozen(now - timedelta(minutes=50)):
        first = _sent(cast, numbers[:3])
    with clock.frozen(now - timedelta(minutes=20)):
        found_in_it = {1: (boxes.ARRIVED, ""), 2: (boxes.ARRIVED, ""), 3: (boxes.MISSING, "empty place")}
        arrival = Arrival("2", "5.4", "intact", found_in_it)
        service.receive_box(cast.actor(f"tech1.{RECEIVER}"), first.id, arrival, cast.password(f"tech1.{RECEIVER}"))
        _sent(cast, numbers[3:6])
    _packed(cast, numbers[6:])
    _store(cast)


def _store(cast: Cast) -> None:
    """A freezer, a storage box, and two portions of a weighed sample in it."""
    keeper = cast.actor(f"tech1.{SENDER}")
    room = storage.add_place(keeper, "room", "R101", name="Sample room")
    freezer = storage.add_place(keeper, "freezer", "F1", room.id, temperature="-80", capacity=6)
    rack = storage.add_place(keeper, "rack", "A", freezer.id)
    box = storage.add_place(keeper, "box", "B1", rack.id, rows=9, columns=9)
    with reading() as session:
        found = queries.all_rows(session, keeper, Filters(statuses=(ACCEPTED,), kind="FOD", is_ascending=True), 1)
    for row in storage.divide(keeper, found[0].number, "25.0", 2):
        storage.put_at(keeper, box.id, row.number)
    storage.put_at(keeper, box.id, found[0].number)


def _packed(cast: Cast, numbers: list[str]) -> Box:
    sender = cast.actor(f"tech1.{SENDER}")
    row = service.open_box(sender, RECEIVER.upper(), boxes.REFERRAL)
    for number in numbers:
        service.put_in(sender, row.id, number)
    return row


def _sent(cast: Cast, numbers: list[str]) -> Box:
    sender, row = cast.actor(f"tech1.{SENDER}"), _packed(cast, numbers)
    row = service.write_transport(sender, row.id, BY_ROAD)
    with reading() as session:
        seen = service.box_state(session, sender, row).content_hash
    return service.dispatch_box(sender, row.id, cast.password(f"tech1.{SENDER}"), seen=seen)
