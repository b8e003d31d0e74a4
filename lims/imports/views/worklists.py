"""Worklists: the list, making one from samples, the plate, and the files for the instrument."""

from __future__ import annotations

import re
import uuid
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from markupsafe import Markup

from lims import clock
from lims.accounts.access import current_actor, requires
from lims.accounts.permissions import is_allowed
from lims.db.session import reading
from lims.errors import LimsError
from lims.imports import queries, service
from lims.imports.forms import WorklistForm
from lims.imports.models import Worklist
from lims.imports.service import Plan
from lims.imports.views.base import ROLES, blueprint
from lims.imports.worklist import SAMPLE, SIZES
from lims.marks import N_
from lims.samples import queries as samples
from lims.samples.exchange import csv_bytes, xlsx_bytes
from lims.samples.labels import qr_svg
from lims.samples.lifecycle import states
from lims.web.language import _, current_language, current_zone
from lims.web.pages import said
from lims.words import say

#: samples offered to tick
MOST_OFFERED = 200
COLUMNS = (N_("Well"), N_("Sample name"), N_("Barcode"), N_("Task"), N_("Target"), N_("Worklist no."))
#: the last digits of a sample's serial, before its check character
SERIAL = re.compile(r"(\d{1,4})(?:-[0-9A-Z])?$")
#: the words that instrument software knows for what a well holds
TASKS = {SAMPLE: "UNKNOWN", "ntc": "NTC", "positive_control": "POSITIVE"}


@blueprint.get("/worklists")
@requires("imports.view")
def worklists() -> Any:
    """One page of the laboratory's worklists, newest first."""
    actor = current_actor()
    with reading() as session:
        page = queries.worklists(session, actor, request.args.get("page"))
    moves = [url_for("imports.worklists", page=cursor) if cursor else None for cursor in (page.earlier, page.later)]
    may_make = is_allowed(actor.roles, "imports.upload")
    counts = {row.id: sum(one["role"] == SAMPLE for one in row.layout) for row in page.rows}
    return render_template("imports/worklists.html", rows=page.rows, counts=counts, earlier=moves[0], later=moves[1], may_make=may_make)


@blueprint.route("/worklists/new", methods=["GET", "POST"])
@requires("imports.upload")
def new_worklist() -> Any:
    """Make a worklist from ticked samples and typed or scanned numbers."""
    form = WorklistForm()
    if form.validate_on_submit():
        try:
            row = service.make_worklist(current_actor(), _plan(form))
        except LimsError as error:
            form.form_errors.append(say(error, current_language()))
        else:
            said(_("Worklist %(number)s is made.", number=row.number))
            return redirect(url_for("imports.show_worklist", worklist_id=row.id))
    wanted = samples.Filters(statuses=states.AWAITS_RESULTS)
    with reading() as session:
        offered = samples.all_rows(session, current_actor(), wanted, MOST_OFFERED)
    ticked = set(request.form.getlist("selected"))
    status = 400 if form.errors or form.form_errors else 200
    return render_template("imports/worklist_new.html", form=form, offered=offered, ticked=ticked, most=MOST_OFFERED), status


@blueprint.get("/worklists/<uuid:worklist_id>")
@requires("imports.view")
def show_worklist(worklist_id: uuid.UUID) -> Any:
    """One worklist as a plate and as a list."""
    with reading() as session:
        row = queries.worklist(session, current_actor(), worklist_id)
    cells = {one["well"]: _cell(one) for one in row.layout}
    rows, columns = (8, 12) if row.size == SIZES[0] else (16, 24)
    return render_template(
        "imports/worklist.html",
        row=row,
        cells=cells,
        plate_rows=rows,
        plate_columns=columns,
        roles=ROLES,
        code=Markup(qr_svg(row.number, 96)),
    )


@blueprint.get("/worklists/<uuid:worklist_id>/export.<any(csv, xlsx):form>")
@requires("imports.view")
def export_worklist(worklist_id: uuid.UUID, form: str) -> Any:
    """The worklist for the software of the instrument: the sample name is the number, so that its file matches exactly."""
    with reading() as session:
        row = queries.worklist(session, current_actor(), worklist_id)
    head = [_(name) for name in COLUMNS] if form == "xlsx" else list(COLUMNS)
    about = " · ".join(filter(None, (row.number, row.title, row.method, row.maker_name)))
    now = clock.now().astimezone(current_zone())
    body = _lines(row)
    content = csv_bytes(head, body, about) if form == "csv" else xlsx_bytes(head, body, about, row.number, now, current_language())
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{row.number}.{form}"'})


def _plan(form: WorklistForm) -> Plan:
    typed = form.numbers.data.replace(",", " ").replace("，", " ").split() if form.numbers.data else []
    return Plan(
        numbers=[*request.form.getlist("selected"), *typed], title=form.title.data or "", method=form.method.data or "",
        targets=(form.targets.data or "").replace("，", ",").split(","), size=int(form.size.data), replicates=form.replicates.data or 0,
        ntc=form.ntc.data or 0, positive=form.positive.data or 0,
    )  # fmt: skip


def _cell(one: dict[str, Any]) -> dict[str, Any]:
    is_sample = one["role"] == SAMPLE
    serial = SERIAL.search(one["text"]) if is_sample else None
    return {"kind": "c4" if is_sample else "ctl c4", "text": serial[1] if serial else one["text"], "words": one["text"]}


def _lines(row: Worklist) -> list[list[str]]:
    targets = row.targets or [""]
    return [
        [one["well"], one["text"], one["text"] if one["role"] == SAMPLE else "", TASKS[one["role"]], target, row.number]
        for one in row.layout
        for target in targets
    ]
