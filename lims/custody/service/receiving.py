"""Receiving a box: count, temperature and the condition of every tube, the receiver's signature, and the samples of the receiver.

The hand-over is one transaction for both sides: what arrived leaves the sender's custody in the moment in which it enters the
receiver's. Of two persons who receive the same box one wins; the other reads the difference.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.canonical import digest
from lims.custody import queries
from lims.custody.lifecycle import boxes
from lims.custody.lifecycle.boxes import Arrival
from lims.custody.models import Box, BoxFinding, BoxItem, BoxManifest, BoxReceipt
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Invalid, NotFound
from lims.marks import N_
from lims.samples.lifecycle.fields import Refused, check_text, read_decimal
from lims.samples.lifecycle.kinds import CONDITIONS
from lims.samples.lifecycle.numbers import clean_code
from lims.samples.models import Sample
from lims.samples.service import NewSample, Receipt, receive_sample, register_sample
from lims.samples.service.custody import move, note_step
from lims.signatures.service import sign

MOST_SURPLUS = 50
#: what of the manifest becomes the receiver's sample as it is
TAKEN_OVER = (
    "kind", "matrix", "unit", "container", "medium", "priority", "hazard_class", "biosafety_level", "transport_category", "inactivation",
    "purpose", "confidentiality", "event_number", "port", "sampling_point",
)  # fmt: skip


class AlreadyReceived(Conflict):
    """Somebody received the box first; ``differences`` says place, code, what is stored and what was typed."""

    def __init__(self, row: Box, receipt: BoxReceipt, differences: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(
            "custody.already_received",
            N_("Box %(number)s was received by %(person)s already; nothing of yours was saved. Places that differ: %(count)s."),
            number=row.number, person=receipt.signed_by, count=len(differences),
        )  # fmt: skip
        self.differences = tuple(differences)


def receive_box(actor: Actor, box_id: uuid.UUID, arrival: Arrival, password: str) -> BoxReceipt:
    """Take a box over, with the password typed again. Raises AlreadyReceived when somebody else was first."""
    permit(actor, "custody.receive")
    with transaction(actor, reason="received a box") as session:
        row = queries.box(session, actor, box_id, is_locked=True)
        if row.receiver_id != actor.laboratory_id:
            raise NotFound("custody.no_box", N_("No such box for this laboratory."))
        items, manifest = queries.items(session, row), queries.manifest(session, row)
        if manifest is None:
            raise NotFound("custody.no_box", N_("No such box for this laboratory."))
        known = queries.receipt(session, row)
        if known is not None:
            raise AlreadyReceived(row, known, _difference(session, known, items, arrival))
        degrees = _check(arrival, items)
        signed = _signed(actor, row, items, arrival, degrees)
        sign(session, actor, "box", row.id, "receipt", signed.content_hash, password)
        session.add(signed)
        session.flush()
        row.state, row.received_at = boxes.RECEIVED, signed.signed_at
        for item in items:
            _take_over(session, actor, row, item, signed, manifest, arrival)
        session.add_all(_surplus(signed, arrival))
        return signed


def _check(arrival: Arrival, items: Sequence[BoxItem]) -> Decimal | None:
    """The temperature, when all that was typed can be taken; Invalid at the first thing that cannot."""
    places = {one.place for one in items}
    if set(arrival.found) - places or any(state not in boxes.FOUND for state, _note in arrival.found.values()):
        raise Invalid("custody.found", N_("The page is not of this manifest. Load it again."))
    if arrival.condition not in CONDITIONS:
        raise Invalid("custody.condition", N_("Condition of the box: choose one of the list."), field="condition")
    if len(arrival.surplus) > MOST_SURPLUS:
        raise Invalid("custody.surplus", N_("At most %(most)s surplus tubes can be written down."), field="surplus", most=MOST_SURPLUS)
    shown = boxes.shown_count(arrival)
    if arrival.counted.strip() != str(shown):
        sentence = N_("Counted: read %(read)s, but %(marked)s tubes are marked as here. Count again, then correct the marks or the count.")
        raise Invalid("custody.count", sentence, field="counted", read=arrival.counted.strip() or "–", marked=shown)
    try:
        for text, longest in [(arrival.note, 400), *((note, 200) for _state, note in arrival.found.values())]:
            check_text(text, longest=longest)
        for code in arrival.surplus:
            check_text(code, is_code=True, longest=80)
        return read_decimal(arrival.temperature, may_be_negative=True) if arrival.temperature.strip() else None
    except Refused as refused:
        raise Invalid("custody.text", refused.sentence, field="note", **refused.values) from refused


def _signed(actor: Actor, row: Box, items: Sequence[BoxItem], arrival: Arrival, degrees: Decimal | None) -> BoxReceipt:
    content = {
        "box": row.number, "counted": arrival.counted.strip(), "temperature": degrees, "condition": arrival.condition,
        "found": {str(one.place): list(_found(arrival, one.place)) for one in items}, "surplus": list(arrival.surplus),
        "note": arrival.note,
    }  # fmt: skip
    return BoxReceipt(
        laboratory_id=row.receiver_id, box_id=row.id, counted=int(arrival.counted), expected=len(items), temperature=degrees,
        condition=arrival.condition, note=arrival.note.strip(), content_hash=digest(content), signed_by=actor.name, signed_at=clock.now(),
    )  # fmt: skip


def _found(arrival: Arrival, place: int) -> tuple[str, str]:
    return arrival.found.get(place, (boxes.NOT_SCANNED, ""))


def _take_over(
    session: Session, actor: Actor, row: Box, item: BoxItem, signed: BoxReceipt, manifest: BoxManifest, arrival: Arrival
) -> None:
    """One place of the manifest: what was found, the receiver's sample, and the other half of the sender's hand-over."""
    state, note = _found(arrival, item.place)
    number = ""
    if state in boxes.IS_HERE:
        facts = next(one for one in manifest.content["items"] if one["place"] == item.place)
        number = _registered(actor, row, facts, signed, state).number
        _leave_sender(session, actor, row, item, signed)
    session.add(
        BoxFinding(
            laboratory_id=signed.laboratory_id, receipt_id=signed.id, place=item.place, code=item.number, found=state, note=note.strip(),
            sample_number=number,
        )
    )  # fmt: skip


def _registered(actor: Actor, row: Box, facts: Mapping[str, Any], signed: BoxReceipt, state: str) -> Sample:
    """The receiver's own sample with the sender's number as its external number, received at once; its check follows."""
    kept = {name: facts[name] for name in TAKEN_OVER}
    draft = NewSample(
        **kept, details=facts["details"], external_number=facts["number"], quantity=facts["quantity_text"],
        analytes=tuple(facts["analytes"]), sampled_at=_instant(facts["sampled_at"]), due_at=_instant(facts["due_at"]),
    )  # fmt: skip
    draft = replace(draft, sending_laboratory=_sender_name(facts, row), transport_condition=row.condition, logger_number=row.logger_number)
    sample = register_sample(actor, draft, f"box:{row.id}:{facts['place']}")
    degrees = "" if signed.temperature is None else f"{signed.temperature:f}"
    condition = "damaged" if state == boxes.DAMAGED else "intact"
    return receive_sample(
        actor, sample.id, Receipt(handed_over_by=row.dispatched_by[:60], arrival_temperature=degrees, condition=condition)
    )  # fmt: skip


def _sender_name(facts: Mapping[str, Any], row: Box) -> str:
    """The code of the sender's laboratory, with which its numbers begin."""
    return str(facts["number"]).partition("-")[0] or row.number.partition("-")[0]


def _leave_sender(session: Session, actor: Actor, row: Box, item: BoxItem, signed: BoxReceipt) -> None:
    sample = queries.travelling_sample(session, item)
    facts = {
        "handed_over_by": row.dispatched_by[:60], "received_by": actor.name[:60], "temperature": signed.temperature, "note": row.number,
    }  # fmt: skip
    to = boxes.AT_RECEIPT.get(row.purpose)
    if to:
        move(session, actor, sample, to, **facts)
    else:
        note_step(session, actor, sample, "box_received", **facts)


def _surplus(signed: BoxReceipt, arrival: Arrival) -> list[BoxFinding]:
    return [
        BoxFinding(laboratory_id=signed.laboratory_id, receipt_id=signed.id, place=None, code=clean_code(code), found=boxes.SURPLUS)
        for code in arrival.surplus
    ]  # fmt: skip


def _difference(session: Session, known: BoxReceipt, items: Sequence[BoxItem], arrival: Arrival) -> list[tuple[str, str, str]]:
    stored = {one.place: one.found for one in queries.findings(session, known) if one.place is not None}
    typed = {place: state for place, (state, _note) in arrival.found.items()}
    numbers = {one.place: one.number for one in items}
    return [(numbers[place], theirs, mine) for place, theirs, mine in boxes.differences(sorted(numbers), stored, typed)]


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
