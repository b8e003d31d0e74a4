"""What the pages of boxes share: the blueprint, the reader, words of a box."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import Blueprint, url_for
from sqlalchemy.orm import Session

from lims.accounts.access import current_actor
from lims.accounts.models import Laboratory
from lims.accounts.queries import all_laboratories
from lims.custody import queries
from lims.custody.lifecycle import boxes
from lims.custody.models import Box
from lims.db.session import Actor
from lims.web.language import _, current_language, show_instant

blueprint = Blueprint("custody", __name__, url_prefix="/custody")


def reader() -> Actor:
    """The actor, with the language of this page."""
    return replace(current_actor(), language=current_language())


def places_of(session: Session) -> dict[uuid.UUID, Laboratory]:
    """The laboratories, which are a register of partners known to all of them."""
    return {row.id: row for row in all_laboratories(session)}


def rows_of(session: Session, found: Iterable[Box]) -> list[dict[str, Any]]:
    """What a list shows of boxes, in words."""
    known = list(found)
    places, counts = places_of(session), queries.counts(session, known)
    here = reader().laboratory_id
    return [
        {
            "number": row.number, "url": url_for("custody.show", box_id=row.id), "state": _(boxes.STATES[row.state]),
            "ring": boxes.RINGS[row.state], "purpose": _(boxes.PURPOSES[row.purpose]),
            "sender": places[row.laboratory_id].name(current_language()),
            "receiver": places[row.receiver_id].name(current_language()), "count": counts.get(row.id, 0),
            "dispatched": show_instant(row.dispatched_at), "received": show_instant(row.received_at), "opened": show_instant(row.opened_at),
            "is_ours": row.laboratory_id == here,
        }
        for row in known
    ]  # fmt: skip
