"""My jobs and how far they are."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, jsonify, render_template

from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.jobs import queries
from lims.jobs.models import Job
from lims.marks import N_
from lims.web.language import _

blueprint = Blueprint("jobs", __name__, url_prefix="/jobs")

WORDS = {
    "imports.parse": N_("Reading an instrument file"),
    "rounds.archive": N_("Archiving a round"),
    "rounds.evaluate": N_("Evaluating a round"),
    "verification.run": N_("Verifying the statistics"),
}
STATES = {
    "queued": ("dashed", N_("queued")),
    "running": ("half", N_("running")),
    "done": ("full", N_("done")),
    "failed": ("cross", N_("failed")),
}


def sentence_of(job: Job) -> str:
    """How far the job is, or why it failed, in words."""
    if job.failure:
        sentence, values = job.failure["sentence"], job.failure["values"]
        return _(sentence, **values)
    if job.state == "running" and job.total:
        return _("row %(done)s of %(total)s", done=job.done, total=job.total)
    return _(STATES[job.state][1])


@blueprint.get("/")
@requires("jobs.view")
def index() -> Any:
    """The newest of my jobs."""
    with reading() as session:
        rows = queries.jobs_of(session, current_actor())
    return render_template("jobs/index.html", rows=rows, words=WORDS, states=STATES, sentence_of=sentence_of)


@blueprint.get("/<uuid:job_id>")
@requires("jobs.view")
def show(job_id: uuid.UUID) -> Any:
    """One of my jobs, polling itself until it ends."""
    with reading() as session:
        job = queries.job_of(session, current_actor(), job_id)
    return render_template("jobs/show.html", job=job, words=WORDS, sentence=sentence_of(job))


@blueprint.get("/<uuid:job_id>/state")
@requires("jobs.view")
def state(job_id: uuid.UUID) -> Any:
    """The state of one of my jobs for the polling script."""
    with reading() as session:
        job = queries.job_of(session, current_actor(), job_id)
    return jsonify({"state": job.state, "done": job.done, "total": job.total, "text": sentence_of(job)})
