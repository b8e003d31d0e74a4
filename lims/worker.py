"""The worker: takes jobs and hands each to the one handler of its kind.

A handler does its work in one transaction and calls ``jobs.service.finish`` inside it, so a worker killed at any
moment leaves either nothing or everything; the job is then taken again when its lease ends.
"""

from __future__ import annotations

import importlib
import logging
import threading
from collections.abc import Callable

from lims.errors import LimsError
from lims.jobs import service as jobs
from lims.jobs.service import ClaimedJob, Progress
from lims.rounds.service import close_due_rounds

log = logging.getLogger(__name__)

Handler = Callable[[ClaimedJob, Progress], None]

#: kind of job -> module and function that does it; imported when first needed
HANDLERS: dict[str, str] = {
    "imports.parse": "lims.imports.service:parse_upload_job",
    "rounds.archive": "lims.audit.service:archive_round_job",
    "rounds.evaluate": "lims.rounds.service:evaluate_round_job",
    "verification.run": "lims.verification.service:verify_job",
}


def handler_of(kind: str) -> Handler:
    """The handler of a kind; raises KeyError for an unknown one."""
    module, _, name = HANDLERS[kind].partition(":")
    handler: Handler = getattr(importlib.import_module(module), name)
    return handler


def work_once() -> bool:
    """Do the oldest waiting job; False when nothing waits."""
    job = jobs.claim()
    if job is None:
        return False
    try:
        handler_of(job.kind)(job, lambda done, total: jobs.report_progress(job, done, total))
    except LimsError as error:
        jobs.fail(job, error)
    except Exception as error:
        log.exception("job %s (%s) failed", job.id, job.kind)
        jobs.fail(job, error)
    return True


def work_forever(stop: threading.Event, pause: float = 0.5) -> None:
    """Work until ``stop`` is set: lock rounds at their deadline and do waiting jobs, looking again every ``pause`` seconds."""
    while not stop.is_set():
        try:
            close_due_rounds()
            if work_once():
                continue
        except Exception:
            log.exception("the worker could not take a job")
        stop.wait(pause)
