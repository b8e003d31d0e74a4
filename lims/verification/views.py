"""Verification of the statistics: the list of dated records, one record, the workbook."""

from __future__ import annotations

import uuid
from io import BytesIO
from typing import Any

from flask import Blueprint, redirect, render_template, request, send_file, url_for

from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.errors import NotFound
from lims.jobs.queries import latest_for
from lims.jobs.views import sentence_of
from lims.marks import N_
from lims.verification import queries, service
from lims.web.navigation import entry

blueprint = Blueprint("verification", __name__, url_prefix="/statistics/verify")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

entry(N_("Records"), N_("Verification"), "verification.index", "verification.view", "check", 85)


@blueprint.get("/")
@requires("verification.view")
def index() -> Any:
    """The dated records of this laboratory, newest first."""
    with reading() as session:
        page = queries.page(session, current_actor(), request.args.get("at"))
    links = {
        side: url_for("verification.index", at=cursor) if cursor else None
        for side, cursor in (("earlier", page.earlier), ("later", page.later))
    }
    return render_template("verification/index.html", rows=page.rows, links=links)


@blueprint.post("/")
@requires("verification.run")
def run() -> Any:
    """Start a run; the page it leads to shows its progress and then the record."""
    return redirect(url_for("verification.show", run_id=service.request_run(current_actor())))


@blueprint.get("/<uuid:run_id>")
@requires("verification.view")
def show(run_id: uuid.UUID) -> Any:
    """The record, or how far its job is."""
    actor = current_actor()
    with reading() as session:
        row = queries.find_run(session, actor, run_id)
        if row is not None:
            return render_template("verification/show.html", row=row)
        job = latest_for(session, service.KIND, run_id)
    if job is None or job.user_id != actor.user_id:
        raise NotFound()
    url = url_for("jobs.state", job_id=job.id)
    return render_template("verification/running.html", job=job, url=url, sentence=sentence_of(job), run_id=run_id)


@blueprint.get("/<uuid:run_id>/record.xlsx")
@requires("verification.view")
def record(run_id: uuid.UUID) -> Any:
    """The verification record as a workbook."""
    row, content = service.record_file(current_actor(), run_id)
    name = f"statistics-verification-{row.run_at:%Y%m%d-%H%M}.xlsx"
    return send_file(BytesIO(content), WORKBOOK, as_attachment=True, download_name=name)
