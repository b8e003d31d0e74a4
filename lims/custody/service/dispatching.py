"""Dispatching a box: the gates, the frozen manifest with the sender's signature, and the first half of the hand-over."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.queries import laboratory
from lims.accounts.service import permit
from lims.canonical import digest, plain
from lims.custody import queries
from lims.custody.lifecycle import boxes
from lims.custody.lifecycle.transport import UN_NUMBERS, Gate, Load, gates
from lims.custody.models import Box, BoxItem, BoxManifest
from lims.custody.service.packing import packable, transport_of
from lims.db.session import Actor, transaction
from lims.errors import Conflict, RuleViolation
from lims.marks import N_
from lims.samples import queries as samples
from lims.samples.models import Sample
from lims.samples.service.custody import move, note_step
from lims.signatures.service import sign
from lims.storage.service import take_away
from lims.words import translate

#: what of a sample travels with it; its details hold a pseudonym at most
TRAVELS = (
    "number", "external_number", "kind", "matrix", "quantity_text", "unit", "container", "medium", "priority", "hazard_class",
    "biosafety_level", "transport_category", "inactivation", "purpose", "confidentiality", "event_number", "port", "sampling_point",
    "analytes", "details", "sampled_at", "due_at",
)  # fmt: skip


@dataclass(frozen=True)
class BoxState:
    """A box as it stands for its sender: its places with their samples, and the gates of its dispatch."""

    row: Box
    lying: Sequence[tuple[BoxItem, Sample]]
    gates: Sequence[Gate]
    content_hash: str


def box_state(session: Session, actor: Actor, row: Box) -> BoxState:
    """What the sender's page shows, and what the signature at the dispatch signs."""
    lying = _lying(session, actor, row)
    return BoxState(row, lying, _gates(row, lying), digest(_content(session, row, lying)))


def dispatch_box(actor: Actor, box_id: uuid.UUID, password: str, *, seen: str) -> Box:
    """Hand the box over to its way: every gate must be met, the manifest is signed and frozen, the samples leave.

    ``seen`` is the hash of the manifest that the person read; Conflict when it is another by now.
    """
    permit(actor, "custody.pack")
    with transaction(actor, reason="dispatched a box") as session:
        row = packable(session, actor, box_id)
        lying = _lying(session, actor, row, is_locked=True)
        unmet = [gate for gate in _gates(row, lying) if not gate.is_met]
        if unmet:
            sentences = " ".join(translate(gate.sentence, actor.language or "en", **gate.values) for gate in unmet)
            raise RuleViolation("custody.gates", N_("Not dispatched. %(sentences)s"), sentences=sentences)
        content = _content(session, row, lying)
        if seen != digest(content):
            sentence = N_("Box %(number)s was changed while you looked at it. Read it again, then sign.")
            raise Conflict("custody.changed_meanwhile", sentence, number=row.number)
        sign(session, actor, "box", row.id, "dispatch", seen, password)
        now = clock.now()
        session.add(
            BoxManifest(
                laboratory_id=row.laboratory_id, box_id=row.id, content=plain(content) or {}, content_hash=seen, signed_by=actor.name,
                signed_at=now,
            )
        )  # fmt: skip
        row.state, row.dispatched_at, row.dispatched_by = boxes.DISPATCHED, now, actor.name
        for _item, sample in lying:
            _leave(session, actor, row, sample)
        return row


def _leave(session: Session, actor: Actor, row: Box, sample: Sample) -> None:
    take_away(actor, sample.number, row.number)
    facts = {"handed_over_by": actor.name, "note": row.number, "quantity_left": sample.quantity}
    to = boxes.AT_DISPATCH.get(row.purpose)
    if to:
        move(session, actor, sample, to, **facts)
    else:
        note_step(session, actor, sample, "box_dispatched", **facts)


def _lying(session: Session, actor: Actor, row: Box, *, is_locked: bool = False) -> list[tuple[BoxItem, Sample]]:
    items = queries.items(session, row)
    found = samples.samples(session, actor, [one.sample_id for one in items], is_locked=is_locked)
    return list(zip(items, found, strict=True))


def _gates(row: Box, lying: Sequence[tuple[BoxItem, Sample]]) -> list[Gate]:
    loads = [
        Load(one.number, one.status, one.hazard_class, one.transport_category, one.inactivation, one.confidentiality)
        for _item, one in lying
    ]
    return gates(loads, transport_of(row), row.purpose)


def _content(session: Session, row: Box, lying: Sequence[tuple[BoxItem, Sample]]) -> dict[str, Any]:
    sender, receiver = laboratory(session, row.laboratory_id), laboratory(session, row.receiver_id)
    return {
        "number": row.number, "purpose": row.purpose, "transport": dataclasses.asdict(transport_of(row)),
        "un_number": UN_NUMBERS.get(row.category, ""),
        "sender": {"code": sender.code, "zh_CN": sender.name("zh_CN"), "en": sender.name("en")},
        "receiver": {"code": receiver.code, "zh_CN": receiver.name("zh_CN"), "en": receiver.name("en")},
        "items": [{"place": item.place, **{name: getattr(sample, name) for name in TRAVELS}} for item, sample in lying],
    }  # fmt: skip
