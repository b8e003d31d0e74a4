"""Rounds beside those of the demonstration, made by its services: one ready for the lock, one still planned.

``python -m tests.browser.prepared SIGN_INS.json`` in the environment of the demonstration prints their codes as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from pathlib import Path

from lims import clock
from lims.accounts import queries
from lims.app import open_database
from lims.db.session import reading
from lims.demo.people import LABORATORIES, Cast, Person
from lims.demo.rounds import LEVELS, PANEL, QUALITATIVE, QUANTITATIVE, REPORTED, plan_of, receive, start, submit
from lims.rounds import service
from lims.rounds.queries import list_rounds, visible
from lims.settings import read_settings


def cast_of(sign_ins: Path) -> Cast:
    """The people of a loaded demonstration."""
    people = json.loads(sign_ins.read_text("utf-8"))["sign_ins"]
    with reading() as session:
        places = {place.code: place for place in queries.all_laboratories(session)}
        cast = Cast({code: places[code] for code, *_rest in LABORATORIES})
        for one in people:
            user = queries.user_by_login(session, one["user"])
            assert user is not None
            actor = queries.actor_for(session, user, places[one["laboratory"]].id, clock.now())
            cast.people[one["user"]] = Person(one["user"], one["password"], tuple(one["roles"]), one["laboratory"], actor)
    return cast


def prepare(cast: Cast) -> dict[str, str]:
    """A quantitative round in which all six laboratories have submitted before the deadline, and a planned qualitative one."""
    coordinator, now = cast.actor("coordinator.cus"), clock.now()
    with reading() as session:
        scheme_id = list_rounds(session, coordinator).rows[0].scheme_id
    running = start(cast, scheme_id, plan_of(QUANTITATIVE, LEVELS, "QUANT2", now + timedelta(days=5)), now - timedelta(days=4))
    with clock.frozen(now - timedelta(days=2)):
        receive(running)
    with clock.frozen(now - timedelta(days=1)):
        for code, answers in REPORTED.items():
            submit(running, code, answers)
    planned = service.create_round(coordinator, scheme_id, plan_of(QUALITATIVE, PANEL, "NAT5", now + timedelta(days=60)))
    with reading() as session:
        return {"ready": visible.round_by_id(session, coordinator, running.id).code, "planned": planned.code}


if __name__ == "__main__":
    open_database(read_settings(os.environ))
    sys.stdout.write(json.dumps(prepare(cast_of(Path(sys.argv[1])))))
