"""After the box is open: its items one by one, a replacement asked for, and the box that replaces it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.findings import CONDITIONS
from lims.rounds.models import Dispatch, ItemFinding, Participant
from lims.rounds.queries import receipt, records
from lims.rounds.service.common import open_round, organised_round, person, require_state
from lims.rounds.service.distribution import Box, new_box
from lims.rounds.service.enrolment import become
from lims.rounds.service.lock import close_if_due
from lims.rounds.service.stock import refuse_empty_stock


def record_findings(actor: Actor, round_id: uuid.UUID, found: Mapping[str, tuple[str, str]]) -> list[ItemFinding]:
    """Keep the condition and a remark of the own items, by item code; only what differs from the newest finding is added."""
    permit(actor, "rounds.receive")
    close_if_due(round_id)
    with transaction(actor, "recorded the items of a box") as session:
        row = open_round(session, actor, round_id)
        own = records.participant_of(session, row, actor.laboratory_id)
        require_state(row, actor, ("testing",))
        if own.received_at is None:
            sentence = N_("The receipt of the box is not confirmed yet. Type the code inside its lid first.")
            raise RuleViolation("rounds.box_first", sentence)
        codes, newest, added = {one.code: one for one in records.item_codes_of(session, own)}, receipt.findings_of(session, row), []
        for code, (condition, remark) in found.items():
            if code not in codes:
                raise NotFound()
            if condition not in CONDITIONS:
                sentence = N_("Item %(code)s: no condition is chosen. Choose one for each item.")
                raise Invalid("rounds.condition", sentence, field=f"condition-{code}", code=code)
            before = newest.get(codes[code].id)
            if before is None or (before.condition, before.remark) != (condition, remark.strip()):
                added.append(
                    ItemFinding(
                        laboratory_id=own.laboratory_id, round_id=row.id, participant_id=own.id, item_code_id=codes[code].id,
                        condition=condition, remark=remark.strip(), found_at=clock.now(), found_by_id=person(actor),
                        found_by_name=actor.name,
                    )
                )  # fmt: skip
        session.add_all(added)
        session.flush()
        return added


def ask_replacement(actor: Actor, round_id: uuid.UUID, reason: str) -> Participant:
    """Ask the organiser for another box; only where an item was found that is not intact."""
    permit(actor, "rounds.receive")
    close_if_due(round_id)
    with transaction(actor, "asked for a replacement of items") as session:
        row = open_round(session, actor, round_id)
        own = records.participant_of(session, row, actor.laboratory_id)
        require_state(row, actor, ("testing",))
        keys = {one.id for one in records.item_codes_of(session, own)}
        if not any(one.condition != "intact" for key, one in receipt.findings_of(session, row).items() if key in keys):
            sentence = N_("No item of the box is recorded as damaged or missing. Record the items first.")
            raise RuleViolation("rounds.nothing_damaged", sentence)
        if not reason.strip():
            raise Invalid("rounds.replacement_reason", N_("Reason: empty. Say what is to be replaced."), field="reason")
        become(actor, own, "replacement")
        own.reason = reason.strip()
        return own


def send_replacement(actor: Actor, round_id: uuid.UUID, participant_id: uuid.UUID, box: Box) -> Dispatch:
    """Send another box out of the reserve; its items bear the same codes, and its receipt is confirmed like that of the first."""
    permit(actor, "rounds.dispatch")
    with transaction(actor, "sent a replacement box") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("testing",))
        one = next((part for part in records.participants_of(session, row) if part.id == participant_id), None)
        if one is None or one.state != "replacement":
            raise NotFound()
        refuse_empty_stock(session, row)
        record = new_box(session, actor, row, one, box)
        become(actor, one, "sent")
        return record
