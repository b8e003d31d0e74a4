"""Boxes on their way for too long and replacements asked for, on the coordinator's home page."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.marks import N_
from lims.rounds.models import Participant, Round
from lims.rounds.queries import receipt
from lims.rounds.queries.visible import visible
from lims.web.waiting import Waiting

MOST = 20
TITLES = {
    "overdue": N_("Round %(code)s: receipts of boxes are overdue"), "replacement": N_("Round %(code)s: a replacement is asked for"),
}  # fmt: skip


def overdue_boxes(session: Session, actor: Actor) -> list[Waiting]:
    """Rounds of the own organisation with a box that nobody confirmed in time, or a laboratory that waits for another one."""
    waits = exists(
        select(Participant.id).where(Participant.round_id == Round.id, Participant.state.in_(("sent", "replacement"))).correlate(Round)
    )
    rows = session.scalars(
        select(Round).where(
            visible(actor), Round.organisation_id == actor.organisation_id, Round.state.in_(("dispatched", "testing")), waits
        ).order_by(Round.id).limit(MOST)
    )  # fmt: skip
    return [one for row in rows for one in _of_round(session, row)]


def _of_round(session: Session, row: Round) -> list[Waiting]:
    waits = select(Participant.id).where(Participant.round_id == row.id, Participant.state == "replacement").limit(1)
    is_there = {"overdue": bool(receipt.overdue(session, row)), "replacement": session.scalar(waits) is not None}
    return [
        Waiting(
            title, "rounds.receipts", {"code": row.code}, number=row.code, button=N_("Open"), icon="truck", url_values={"code": row.code}
        )
        for kind, title in TITLES.items() if is_there[kind]
    ]  # fmt: skip
