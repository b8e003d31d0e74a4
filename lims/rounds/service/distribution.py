"""Boxes on their way: distribution records, dispatch with a second person, receipt with the code inside the lid."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.codes import draw_codes
from lims.rounds.models import Dispatch, Participant, Round
from lims.rounds.queries import matters, records
from lims.rounds.service.common import move, open_round, organised_round, person, record_approval, refuse_unseen, require_state
from lims.rounds.service.enrolment import become
from lims.rounds.service.lock import close_if_due
from lims.rounds.service.stock import refuse_empty_stock
from lims.signatures.service import witness


@dataclass(frozen=True)
class Box:
    """How one box is packed and carried."""

    packaging: str
    un_class: str
    temperature_set: str
    logger: str = ""
    carrier: str = ""
    waybill: str = ""


def record_dispatch(actor: Actor, round_id: uuid.UUID, participant_id: uuid.UUID, box: Box) -> Dispatch:
    """Make the distribution record of one participant; the box code is drawn here and printed inside the lid."""
    permit(actor, "rounds.dispatch")
    with transaction(actor, "made a distribution record") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("preparing",))
        one = next((part for part in records.participants_of(session, row) if part.id == participant_id), None)
        if one is None or one.state != "enrolled":
            raise NotFound()
        refuse_empty_stock(session, row)
        return new_box(session, actor, row, one, box)


def new_box(session: Session, actor: Actor, row: Round, one: Participant, box: Box) -> Dispatch:
    """The record of one more box, with a code of its own."""
    _people, taken = records.codes_so_far(session, row)
    code = draw_codes(["box"], [1], taken_item_codes=taken).items[0].code
    record = Dispatch(
        laboratory_id=row.laboratory_id, round_id=row.id, participant_id=one.id, batch=row.batch, box_code=code,
        packaging=box.packaging, un_class=box.un_class, temperature_set=box.temperature_set, logger=box.logger, carrier=box.carrier,
        waybill=box.waybill, recorded_at=clock.now(), recorded_by_id=person(actor), recorded_by_name=actor.name,
    )  # fmt: skip
    session.add(record)
    session.flush()
    return record


def dispatch_round(actor: Actor, round_id: uuid.UUID, second_login: str, second_password: str, *, seen: str) -> Round:
    """Send all boxes; a second person of the organiser's organisation signs at the same screen that boxes and codes agree.

    ``seen`` is the hash of the boxes that the page showed; Conflict when a record was made since.
    """
    permit(actor, "rounds.dispatch")
    with transaction(actor, "dispatched the items of a round") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("preparing",))
        boxes = matters.of_boxes(session, row)
        refuse_unseen(row, seen, boxes, N_("The boxes of round %(code)s changed since the page was opened. Look at them again, then sign."))
        second = witness(second_login, second_password)
        permit(second, "rounds.confirm_dispatch")
        is_other = second.user_id != actor.user_id
        if second.organisation_id != row.organisation_id:
            raise RuleViolation(
                "rounds.second_person", N_("The second person at the dispatch must belong to the organiser's organisation."),
            )  # fmt: skip
        if second.user_id in records.people_who_reported(session, row):
            raise RuleViolation("rounds.second_reported", N_("The second person reports results in this round and must not see the codes."))
        if is_other:
            record_approval(session, second, row, "dispatch", boxes, N_("confirms that boxes and codes agree"), second_password)
        row.dispatched_at = clock.now()
        move(session, actor, row, "dispatched", second=second, second_person_is_other=is_other)
        for one in records.participants_of(session, row):
            if one.state == "enrolled":
                become(actor, one, "sent")
        return row


def confirm_receipt(actor: Actor, round_id: uuid.UUID, box_code: str, *, temperature: str = "", condition: str = "") -> Participant:
    """Confirm that the own box is in hand by typing the code inside its lid; the round's first receipt opens the testing.

    After the lock the receipt is still kept, so that late results can follow where the protocol takes them; no state changes.
    """
    permit(actor, "rounds.receive")
    close_if_due(round_id)
    with transaction(actor, "confirmed the receipt of a box") as session:
        row = open_round(session, actor, round_id)
        own = records.participant_of(session, row, actor.laboratory_id)
        is_too_late = row.state == "locked" and own.state == "no_response" and own.received_at is None
        if not is_too_late:
            require_state(row, actor, ("dispatched", "testing"))
        typed = box_code.strip().upper()
        if typed not in {box.box_code for box in records.boxes_for(session, own)}:
            raise Invalid(
                "rounds.box_code", N_("Box code: read %(typed)s, expected the 6 characters printed inside the lid of your box."),
                field="box_code", typed=typed
            )
        if not is_too_late:
            become(actor, own, "received")
        own.received_at, own.received_by_id = clock.now(), person(actor)
        own.arrival_temperature, own.arrival_condition = temperature, condition
        session.flush()
        if row.state == "dispatched":
            move(session, actor, row, "testing")
        return own
