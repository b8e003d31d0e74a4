"""What the journeys find beside the demonstration, made by its services: a round ready for the lock, one still planned,
results that wait for review with a parked row, a record of the verification, and an archive of a round.

``python -m tests.browser.prepared SIGN_INS.json`` in the environment of the demonstration prints the rounds' codes as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from lims import clock, worker
from lims.accounts import queries
from lims.app import open_database
from lims.db.session import reading
from lims.demo.people import LABORATORIES, Cast, Person
from lims.demo.rounds import LEVELS, PANEL, QUALITATIVE, QUANTITATIVE, REPORTED, plan_of, receive, start, submit
from lims.imports import service as imports
from lims.rounds import service
from lims.rounds.queries import distribution, list_rounds, review, visible
from lims.settings import read_settings
from lims.verification import queries as verifications
from lims.verification import service as verification

PLATE = Path(__file__).parent / "data" / "plate.csv"
A_SAMPLE_OF_CUSB = "0051000"
PATIENCE = 300  # seconds


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
        for code, answers in (dict(REPORTED) | {"CUSC": ("5.48", "4.47", "3.30")}).items():  # without the slip that is asked about
            submit(running, code, answers)
    receive_the_last_box(cast, now)
    planned = service.create_round(coordinator, scheme_id, plan_of(QUALITATIVE, PANEL, "NAT5", now + timedelta(days=60)))
    with reading() as session:
        return {"ready": visible.round_by_id(session, coordinator, running.id).code, "planned": planned.code}


def receive_the_last_box(cast: Cast, now: datetime) -> None:
    """The laboratory whose box of the open round is under way has it in hand, so that it can report."""
    coordinator, place = cast.actor("coordinator.cus"), cast.places["CDCC"]
    with reading() as session:
        row = list_rounds(session, coordinator, states=("testing",), is_oldest_first=True).rows[0]
        boxes = next(boxes for part, _codes, boxes in distribution(session, coordinator, row.id) if part.laboratory_id == place.id)
    with clock.frozen(now - timedelta(hours=2)):
        service.confirm_receipt(cast.actor("tech1.cdcc"), row.id, boxes[0].box_code, temperature="-18.5", condition="intact")


def accept_a_plate(cast: Cast) -> None:
    """The worklist of a run, results of a sample that wait for review, and a row that is parked."""
    technician = cast.actor("tech1.cusb")
    imports.make_worklist(technician, imports.Plan([A_SAMPLE_OF_CUSB], "Prepared run", "RT-PCR", ["N"]))
    content = PLATE.read_text("utf-8").replace("@SAMPLE@", A_SAMPLE_OF_CUSB)
    upload = imports.store_upload(technician, "plate-prepared.csv", content.encode()).upload
    work_until(lambda: imports.review(technician, upload.id)[0].state == "review")
    _upload, rows = imports.review(technician, upload.id)
    imports.decide_readings(technician, upload.id, [one.reading.row for one in rows if one.is_open], "park", reason="not registered yet")
    imports.accept_upload(technician, upload.id)


def verify(cast: Cast) -> None:
    """A record of the verification."""
    manager = cast.actor("qa.cus")
    run_id = verification.request_run(manager)

    def is_done() -> bool:
        with reading() as session:
            return verifications.find_run(session, manager, run_id) is not None

    work_until(is_done)


def archive(cast: Cast) -> None:
    """An archive of the published quantitative round."""
    manager = cast.actor("qa.cus")
    with reading() as session:
        published = list_rounds(session, manager, states=("published",)).rows
        row = next(one for one in published if one.kind == "quantitative")
    service.request_archive(manager, row.id)

    def is_done() -> bool:
        with reading() as session:
            return bool(review.archives_of(session, manager, row))

    work_until(is_done)


def work_until(is_done: Callable[[], bool]) -> None:
    """Do waiting jobs, or let the worker of the demonstration do them, until it is done."""
    end = time.monotonic() + PATIENCE
    while not is_done():
        assert time.monotonic() < end, "the jobs were not done in time"
        if not worker.work_once():
            time.sleep(0.3)


if __name__ == "__main__":
    open_database(read_settings(os.environ))
    people = cast_of(Path(sys.argv[1]))
    accept_a_plate(people)
    verify(people)
    archive(people)
    sys.stdout.write(json.dumps(prepare(people)))
