"""What did not arrive: the sender says that it was lost on the way, or that it had stayed."""

from __future__ import annotations

import uuid

from lims import clock
from lims.accounts.service import permit
from lims.custody import queries
from lims.custody.lifecycle import boxes
from lims.custody.models import Box, BoxItem
from lims.db.session import Actor, transaction
from lims.errors import Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.samples import queries as samples
from lims.samples.lifecycle import states
from lims.samples.lifecycle.fields import Refused, check_text
from lims.samples.service.custody import move, note_step


def settle_absent(actor: Actor, box_id: uuid.UUID, place: int, outcome: str, note: str) -> BoxItem:
    """End the matter of a sample that did not arrive: ``lost`` ends its way, ``stayed`` takes it back into the sender's custody."""
    permit(actor, "custody.pack")
    with transaction(actor, reason="settled what did not arrive") as session:
        row = queries.box(session, actor, box_id, is_locked=True)
        receipt = queries.receipt(session, row)
        if row.laboratory_id != actor.laboratory_id or receipt is None:
            raise NotFound("custody.no_box", N_("No such box for this laboratory."))
        _check(outcome, note)
        found = {one.place: one.found for one in queries.findings(session, receipt)}
        item = next((one for one in queries.items(session, row) if one.place == place), None)
        if item is None or found.get(place) not in (boxes.MISSING, boxes.NOT_SCANNED):
            raise NotFound("custody.no_place", N_("Nothing lies at place %(place)s of this box."), place=place)
        if item.settled:
            raise RuleViolation("custody.settled", N_("%(number)s: the matter is settled already."), number=item.number)
        item.settled, item.settled_by, item.settled_at, item.settled_note = outcome, actor.name, clock.now(), note.strip()
        sample = samples.sample(session, actor, item.sample_id, is_locked=True)
        facts = {"note": f"{row.number}: {note.strip()}"[:400]}
        if outcome == boxes.LOST:
            move(session, actor, sample, states.LOST, **facts)
        elif _came_back(row):
            move(session, actor, sample, states.RECEIVED, **{**facts, "received_by": actor.name[:60]})
        else:
            note_step(session, actor, sample, "box_stayed", **facts)
        return item


def _check(outcome: str, note: str) -> None:
    try:
        check_text(note, longest=400)
    except Refused as refused:
        raise Invalid("custody.text", refused.sentence, field="note", **refused.values) from refused
    if outcome not in boxes.SETTLED or not note.strip():
        raise Invalid("custody.settle", N_("Say how the matter ends, and what was found out."), field="note")


def _came_back(row: Box) -> bool:
    """A referred sample that had stayed is received again, so that its check and its test follow."""
    return boxes.AT_DISPATCH.get(row.purpose) == states.REFERRED
