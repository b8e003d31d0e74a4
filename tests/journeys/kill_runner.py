"""A program that works until it is killed. It forks a fresh process for each life, which prints a line before and after each act.

Commands are JSON lines on the standard input: first the plan (address of the database, folder of the files, who works on what), then
``{"work": "accept" | "sign" | "evaluate"}`` for each life. The mother process never opens the database.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher

from lims import blobs, clock, worker
from lims.accounts import passwords, queries
from lims.audit import listener
from lims.db.engine import Database
from lims.db.session import Actor, bind, reading
from lims.imports import queries as import_queries
from lims.imports import service as imports
from lims.jobs import queries as job_queries
from lims.jobs import service as jobs
from lims.rounds import service as rounds
from lims.rounds.service import Entry, ValueEntry
from lims.statistics.assessment import run as _scipy_is_loaded_before_the_first_life

assert _scipy_is_loaded_before_the_first_life

#: The lease of a killed worker's job must end within the test.
LEASE = timedelta(milliseconds=400)

Plan = dict[str, Any]


def say(act: str, what: object, is_done: bool) -> None:
    """One line in one write: lines of several lives never mix."""
    line = json.dumps({"pid": os.getpid(), "act": act, "what": str(what), "is_done": is_done}) + "\n"
    os.write(1, line.encode())


def told(act: str, work: Callable[[], Any], what: Callable[[Any], object]) -> Any:
    """Do one act between its two lines."""
    say(act, "", False)
    answer = work()
    say(act, what(answer), True)
    return answer


def actor_of(login: str) -> Actor:
    with reading() as session:
        user = queries.user_by_login(session, login)
        assert user is not None
        laboratory = queries.laboratories_of(session, user.id, clock.now())[0]
        return queries.actor_for(session, user, laboratory.id, clock.now())


def accept(plan: Plan) -> None:
    """Accept the uploads that still wait."""
    actor = actor_of(plan["accept"]["technician"])
    for key in map(uuid.UUID, plan["accept"]["uploads"]):
        with reading() as session:
            waits = import_queries.upload(session, actor, key).state == "review"
        if waits:
            told("accept", lambda key=key: imports.accept_upload(actor, key), lambda _count, key=key: key)  # type: ignore[misc]


def sign(plan: Plan) -> None:
    """Correct the results, hand them over and sign them, again and again."""
    part = plan["sign"]
    technician, authoriser, round_id = actor_of(part["technician"]), actor_of(part["authoriser"]), uuid.UUID(part["round"])
    head = {"method_code": "RT-PCR", "tested_on": f"{clock.now() - timedelta(days=1):%Y-%m-%d}", "amplification_kit": "Kit"}
    for turn in range(1_000):
        values = [ValueEntry(code, value=f"4.{turn % 100:02d}", unit=part["unit"], expanded_u="0.30", k="2") for code in part["items"]]
        entry = Entry(tuple(values), head, is_independent=True)
        told("draft", lambda entry=entry: rounds.save_draft(technician, round_id, entry), lambda row: row.version)  # type: ignore[misc]
        seen = told("hand over", lambda: rounds.hand_over(technician, round_id), lambda row: row.version).version
        told(
            "sign",
            lambda seen=seen: rounds.sign_submission(authoriser, round_id, part["password"], version=seen),  # type: ignore[misc]
            lambda row: row.version,
        )


def evaluate(plan: Plan) -> None:
    """Be the worker: do what a killed one left, then ask for a score run and do it."""
    actor, round_id = actor_of(plan["evaluate"]["coordinator"]), uuid.UUID(plan["evaluate"]["round"])
    for turn in range(1_000):
        while waits(actor):
            if not told("work", worker.work_once, lambda did: did):
                time.sleep(0.05)
        reason = f"{os.getpid()}-{turn}-{time.time_ns()}"
        told("ask", lambda reason=reason: rounds.request_evaluation(actor, round_id, reason), lambda job: job.id)  # type: ignore[misc]


def waits(actor: Actor) -> int:
    with reading() as session:
        return job_queries.open_count(session, actor)


def live(work: str, plan: Plan) -> None:
    """One life: open the database as the program does, and work."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    jobs.LEASE = LEASE
    listener.install()
    bind(Database(plan["url"], is_pooled=False))
    blobs.use(Path(plan["files"]))
    {"accept": accept, "sign": sign, "evaluate": evaluate}[work](plan)
    say("idle", "", True)
    time.sleep(600)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are buried by the kernel
    plan = json.loads(sys.stdin.readline())
    for line in sys.stdin:
        work = json.loads(line)["work"]
        if os.fork() == 0:
            say("born", work, True)
            live(work, plan)
            return


if __name__ == "__main__":
    main()
