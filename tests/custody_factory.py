"""Boxes as the tests need them, made through the service."""

from __future__ import annotations

from lims.custody import queries, service
from lims.custody.lifecycle import boxes
from lims.custody.lifecycle.boxes import Arrival, Transport
from lims.custody.models import Box, BoxReceipt
from lims.db.session import Actor, reading
from lims.storage import service as storage
from tests.factories import PASSWORD, OneLaboratory, accepted_sample
from tests.sample_factory import registered

BY_ROAD = Transport(category="CAT_B", packaging="P650", condition="2-8", carrier="Courier", logger_number="L-1")


def packed(actor: Actor, numbers: list[str], receiver: str = "CDCB", purpose: str = boxes.REFERRAL) -> Box:
    """A box with these samples, ready for its dispatch unless a gate says no."""
    box = service.open_box(actor, receiver, purpose)
    for number in numbers:
        service.put_in(actor, box.id, number)
    return service.write_transport(actor, box.id, BY_ROAD)


def hash_of(actor: Actor, box: Box) -> str:
    """The hash of the manifest as it stands."""
    with reading() as session:
        return service.box_state(session, actor, queries.box(session, actor, box.id)).content_hash


def dispatched(actor: Actor, numbers: list[str], receiver: str = "CDCB", purpose: str = boxes.REFERRAL) -> Box:
    """A box on its way."""
    box = packed(actor, numbers, receiver, purpose)
    return service.dispatch_box(actor, box.id, PASSWORD, seen=hash_of(actor, box))


def all_here(count: int) -> dict[int, tuple[str, str]]:
    """Every place arrived."""
    return dict.fromkeys(range(1, count + 1), (boxes.ARRIVED, ""))


def hand_over(sender: OneLaboratory, receiver: OneLaboratory) -> BoxReceipt:
    """A box of one sample that went from one laboratory to the other."""
    box = dispatched(sender["technician"], [accepted_sample(sender).number], receiver.row.code)
    return service.receive_box(receiver["technician"], box.id, Arrival("1", found=all_here(1)), PASSWORD)


def store_a_portion(laboratory: OneLaboratory) -> None:
    """A portion of a sample in a storage box."""
    actor = laboratory["technician"]
    room = storage.add_place(actor, "room", "R1")
    freezer = storage.add_place(actor, "freezer", "F1", room.id)
    rack = storage.add_place(actor, "rack", "A", freezer.id)
    box = storage.add_place(actor, "box", "B1", rack.id, rows=2, columns=2)
    portion = storage.divide(actor, registered(actor, quantity="1.0").number, "0.4")[0]
    storage.put_at(actor, box.id, portion.number)
