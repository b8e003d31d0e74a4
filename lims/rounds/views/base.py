"""What the pages of rounds share: the blueprint, the reader, the round of an address, and refusals that stay on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, request, url_for

from lims import clock
from lims.accounts.access import current_actor
from lims.db.session import Actor, reading
from lims.errors import LimsError, NotFound
from lims.rounds import queries
from lims.rounds.lifecycle.states import PARTICIPANT_WORDS, ROUND_WORDS
from lims.rounds.models import Round
from lims.web.language import WEEKDAYS, _, current_language, zone_label
from lims.web.pages import said, said_refusal

blueprint = Blueprint("rounds", __name__, url_prefix="/rounds")

ROUND_RINGS = {
    "planned": "dashed", "designed": "empty", "enrolling": "empty", "preparing": "quarter", "dispatched": "quarter", "testing": "half",
    "locked": "half", "analysing": "three", "reviewing": "three", "published": "full", "follow_up": "triangle", "closed": "full",
    "cancelled": "cross",
}  # fmt: skip
PARTICIPANT_RINGS = {
    "invited": "dashed", "enrolled": "empty", "declined": "cross", "withdrawn": "cross", "sent": "empty", "received": "quarter",
    "replacement": "triangle", "draft": "half", "submitted": "full", "late": "triangle", "could_not_test": "triangle",
    "no_response": "cross",
}  # fmt: skip


def reader() -> Actor:
    """The actor, with the language of this page."""
    return replace(current_actor(), language=current_language())


def find_round(code: str) -> Round:
    """The round of an address; NotFound when the actor may not see it."""
    with reading() as session:
        return queries.round_by_code(session, reader(), code)


def organised(row: Round) -> Round:
    """The round, when the reader coordinates it; for any other coordinator it is not there."""
    if row.organisation_id != current_actor().organisation_id:
        raise NotFound()
    return row


def back_to(row: Round) -> Any:
    """To the round's page."""
    return redirect(url_for("rounds.show", code=row.code))


def attempt(row: Round, act: Callable[[], object], done: str) -> Any:
    """Do an act and go back to the round's page with what was done, or with the sentence of the refusal; "not found" stays one."""
    try:
        act()
    except LimsError as error:
        if error.status == 404:
            raise
        said_refusal(error)
    else:
        said(done)
    return back_to(row)


def typed(name: str) -> str:
    """A field of the posted form without the blanks around it."""
    return request.form.get(name, "").strip()


def state_words(state: str) -> str:
    """The round state's name in the reader's language."""
    return _(ROUND_WORDS[state])


def participant_words(state: str) -> str:
    """The participant state's name in the reader's language."""
    return _(PARTICIPANT_WORDS[state])


def show_deadline(row: Round) -> str:
    """The deadline with date, weekday, hour and zone, in the zone of the protocol."""
    zone = ZoneInfo(row.zone)
    local = row.deadline.astimezone(zone)
    day = WEEKDAYS[current_language()][local.weekday()]
    weekday = f"周{day}" if current_language() == "zh_CN" else day
    return f"{local:%Y-%m-%d} {weekday} {local:%H:%M} ({zone_label(row.deadline, zone)})"


def time_left(deadline: datetime) -> str:
    """How long until the deadline, in days and hours or hours and minutes; or that it has passed."""
    minutes = int((deadline - clock.now()).total_seconds() // 60)
    if minutes < 0:
        return _("passed")
    days, rest = divmod(minutes, 1440)
    if days:
        return _("%(days)s d %(hours)s h left", days=days, hours=rest // 60)
    return _("%(hours)s h %(minutes)s min left", hours=rest // 60, minutes=rest % 60)
