"""Units of items: made, used for tests, broken; nothing is used that is not there."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.stock import STOCK_KINDS
from lims.rounds.models import Round, StockEntry
from lims.rounds.queries import records, stock
from lims.rounds.service.common import organised_round, person, require_state

MOST = 100_000


def record_stock(actor: Actor, round_id: uuid.UUID, number: int, kind: str, units: int, note: str = "") -> StockEntry:
    """Enter units of one item; what is used up or lost must have been there."""
    permit(actor, "rounds.code")
    with transaction(actor, "entered the stock of an item") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("planned", "designed", "enrolling", "preparing", "dispatched", "testing"))
        items = records.items_of(session, row)
        if kind not in STOCK_KINDS or number not in {item.number for item in items}:
            raise NotFound()
        if not 0 < units <= MOST:
            sentence = N_("Units: read %(units)s, expected a whole number from 1 to 100000.")
            raise Invalid("rounds.units", sentence, field="units", units=units)
        left = next(one.left for one in stock.stock_of(session, row, items) if one.number == number)
        if kind != "made" and units > left:
            sentence = N_("Item %(item)s: %(units)s units cannot be used, %(left)s are left. Enter first what was made.")
            raise RuleViolation("rounds.stock_short", sentence, item=number, units=units, left=left)
        entry = StockEntry(
            laboratory_id=row.laboratory_id, round_id=row.id, batch=row.batch, item_number=number, kind=kind, units=units,
            note=note.strip(), recorded_at=clock.now(), recorded_by_id=person(actor), recorded_by_name=actor.name,
        )  # fmt: skip
        session.add(entry)
        session.flush()
        return entry


def refuse_empty_stock(session: Session, row: Round) -> None:
    """Refuse to pack a box for which a unit is not there; where no stock is kept nothing is refused."""
    items = records.items_of(session, row)
    if not stock.entries(session, row):
        return
    empty = [str(one.number) for one in stock.stock_of(session, row, items) if one.left < 1]
    if empty:
        sentence = N_("No box can be packed: no unit is left of items %(items)s. Make more and enter them on the stock page.")
        raise RuleViolation("rounds.stock_empty", sentence, items=", ".join(empty))
