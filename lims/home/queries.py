"""What waits for the actor and what the search box finds, asked of each slice in turn."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from lims import clock
from lims.custody import queries as custody
from lims.db.session import Actor, changes
from lims.imports import queries as imports
from lims.marks import N_
from lims.results import queries as results
from lims.rounds import queries as rounds
from lims.samples import queries as samples
from lims.storage import queries as storage
from lims.validation import queries as validation
from lims.web.waiting import Hit, Waiting

#: look-ups of the slices; each has ``waiting_for(session, actor)`` and ``search(session, actor, text)``
SLICES: tuple[Any, ...] = (samples, custody, imports, results, rounds, validation)

#: beyond this the head of a page says "20+"
MOST_COUNTED = 20

#: other processes (the worker) change things too; their changes are seen after this time
COUNT_LASTS = timedelta(seconds=10)
MOST_REMEMBERED = 1000


class Counted(NamedTuple):
    """A waiting count and when it was looked up."""

    changes: int
    at: datetime
    shown: str


_counted: dict[tuple[uuid.UUID | None, uuid.UUID | None], Counted] = {}

GROUPS = (N_("Overdue"), N_("Today"), N_("This week"), N_("After this week"))


def waiting_for(session: Session, actor: Actor) -> list[Waiting]:
    """Everything that waits for the actor now, the most urgent first; things without a date stand under today."""
    found = [waiting for queries in SLICES for waiting in queries.waiting_for(session, actor)]
    far = clock.now() + timedelta(days=3650)
    return sorted(found, key=lambda waiting: waiting.due or far)


def shown_waiting_count(session: Session, actor: Actor) -> str:
    """The waiting count for the head of every page: looked up again after any change this process made, at least every ten seconds."""
    key, now = (actor.user_id, actor.laboratory_id), clock.now()
    known = _counted.get(key)
    if known is not None and known.changes == changes() and abs(now - known.at) < COUNT_LASTS:
        return known.shown
    if len(_counted) >= MOST_REMEMBERED:
        _counted.clear()
    seen = changes()
    _counted[key] = Counted(seen, now, waiting_count(session, actor))
    return _counted[key].shown


def waiting_count(session: Session, actor: Actor) -> str:
    """How many things wait for the actor, counted no further than the page shows it."""
    total = 0
    for count in COUNTS:
        total += count(session, actor, MOST_COUNTED + 1 - total)
        if total > MOST_COUNTED:
            return f"{MOST_COUNTED}+"
    return str(total) if total else ""


def _rounds_waiting(session: Session, actor: Actor, limit: int) -> int:
    return len(rounds.waiting_for(session, actor)[:limit])


def grouped(waiting: list[Waiting], now: datetime) -> list[tuple[str, list[Waiting]]]:
    """The waiting list under overdue, today, this week and later."""
    groups: dict[str, list[Waiting]] = {group: [] for group in GROUPS}
    for one in waiting:
        if one.due is None or now <= one.due < now + timedelta(days=1):
            groups[GROUPS[1]].append(one)
        elif one.due < now:
            groups[GROUPS[0]].append(one)
        else:
            groups[GROUPS[2] if one.due < now + timedelta(days=7) else GROUPS[3]].append(one)
    return [(group, entries) for group, entries in groups.items() if entries]


def search(session: Session, actor: Actor, text: str) -> list[Hit]:
    """The objects of the actor's laboratory that ``text`` names; exact numbers first."""
    hits = [hit for queries in (*SLICES, storage) for hit in queries.search(session, actor, text)]
    return sorted(hits, key=lambda hit: not hit.is_exact)


#: the cheap counts of the slices, the cheapest first; each stops at its limit
COUNTS: tuple[Callable[[Session, Actor, int], int], ...] = (
    samples.waiting_count, custody.waiting_count, imports.waiting_count, results.waiting_count, _rounds_waiting,
    validation.waiting_count,
)  # fmt: skip
