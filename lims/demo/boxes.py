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


def _packed(cast: Cast, numbers: list[str]) -> Box:
    sender = cast.actor(f"tech1.{SENDER}")
    row = service.open_box(sender, RECEIVER.upper(), boxes.REFERRAL)
    for number in numbers:
        service.put_in(sender, row.id, number)
    return row


def _sent(cast: Cast, numbers: list[str]) -> Box:
    sender, row = cast.actor(f"tech1.{SENDER}"), _packed(cast, numbers)
    service.write_transport(sender, row.id, BY_ROAD)
    with reading() as session:
        seen = service.box_state(session, sender, row).content_hash
    return service.dispatch_box(sender, row.id, cast.password(f"tech1.{SENDER}"), seen=seen)
