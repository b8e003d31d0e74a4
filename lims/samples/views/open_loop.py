"""The open-loop list: samples that are late in their step, the longest waiting first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response, current_app, render_template, request, url_for

from lims import clock
from lims.accounts.access import requires
from lims.db.session import reading
from lims.marks import N_
from lims.samples import queries
from lims.samples.exchange import csv_bytes
from lims.samples.lifecycle.open_loop import STEPS, bounds, hours_of
from lims.samples.models import Sample
from lims.samples.views.base import blueprint, entries_of, reader, row_of, shown
from lims.web.language import _, current_zone

MOST_COUNTED = 100
MOST_EXPORTED = 5000
COLUMNS = (N_("Sample no."), N_("External no."), N_("Matrix"), N_("Status"), N_("Since"), N_("Hours over the limit"))


@blueprint.get("/open-loop")
@requires("samples.view")
def open_loop() -> Any:
    """One step's late samples; the first step that has some when none is asked for."""
    hours, now = _hours(), clock.now()
    before = bounds(hours, now)
    with reading() as session:
        counts = queries.late_counts(session, reader(), before, MOST_COUNTED)
        step = _step(counts)
        page = queries.late(session, reader(), step, before[step], request.args.get("after", ""))
        rows = _rows(page.rows, entries_of(session, page.rows), before[step])
    tabs = [
        (_(one.name), url_for("samples.open_loop", step=code), code == step, _count(counts[code])) for code, one in STEPS.items()
    ]  # fmt: skip
    later = url_for("samples.open_loop", step=step, after=page.later) if page.later else None
    first = url_for("samples.open_loop", step=step) if request.args.get("after") else None
    return render_template(
        "samples/open_loop.html", tabs=tabs, rows=rows, step=step, name=_(STEPS[step].name), hours=hours[step], later=later, first=first
    )


@blueprint.get("/open-loop.csv")
@requires("samples.view")
def open_loop_csv() -> Any:
    """The late samples of a step as a file."""
    now = clock.now()
    before = bounds(_hours(), now)
    step = _step({})
    with reading() as session:
        page = queries.late(session, reader(), step, before[step], limit=MOST_EXPORTED)
        rows = _rows(page.rows, entries_of(session, page.rows), before[step])
    body = [[row["number"], row["external_number"], row["matrix"], row["state"], shown(row["since"]), str(row["over"])] for row in rows]
    when = f"{now.astimezone(current_zone()):%Y-%m-%d %H:%M}"
    about = _("Open loop, %(step)s · %(instant)s · %(person)s", step=_(STEPS[step].name), instant=when, person=reader().name)
    head = {"Content-Disposition": f'attachment; filename="open-loop-{step}-{now:%Y%m%d-%H%M}.csv"'}
    return Response(csv_bytes([_(one) for one in COLUMNS], body, about), content_type="text/csv; charset=utf-8", headers=head)


def _hours() -> dict[str, int]:
    return hours_of(current_app.config["LIMS_SETTINGS"].open_loop_hours)


def _step(counts: dict[str, int]) -> str:
    asked = request.args.get("step", "")
    return asked if asked in STEPS else next((code for code, count in counts.items() if count), next(iter(STEPS)))


def _count(count: int) -> str:
    return f"{count}+" if count == MOST_COUNTED else str(count)


def _rows(found: list[Sample], entries: Any, before: datetime) -> list[dict[str, Any]]:
    """What the list shows, with the hours by which each is over its limit."""
    return [
        {**row_of(row, *entries), "since": row.status_since, "over": int((before - row.status_since).total_seconds() // 3600)}
        for row in found
    ]  # fmt: skip
