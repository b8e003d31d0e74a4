"""Use cases of boxes: pack, dispatch, receive, settle. Every verb passes the gate and is one transaction."""

from lims.custody.service.dispatching import BoxState, box_state, dispatch_box
from lims.custody.service.packing import give_up_box, open_box, put_in, take_out, write_transport
from lims.custody.service.receiving import AlreadyReceived, receive_box
from lims.custody.service.settling import settle_absent

__all__ = [
    "AlreadyReceived", "BoxState", "box_state", "dispatch_box", "give_up_box", "open_box", "put_in", "receive_box", "settle_absent",
    "take_out", "write_transport",
]  # fmt: skip
