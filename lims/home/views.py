"""Home is what waits for me; the search box finds by number or word; About names the version."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from lims import clock
from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.home import queries
from lims.jobs.queries import jobs_of
from lims.jobs.views import WORDS as JOB_WORDS
from lims.marks import N_
from lims.web.language import _, show_instant
from lims.web.navigation import entry
from lims.web.waiting import Waiting

blueprint = Blueprint("home", __name__)

entry(N_("Work"), N_("Home"), "home.index", "home.view", "home", 0)


@blueprint.get("/")
@requires("home.view")
def index() -> Any:
    """What waits for me, by role, and my jobs."""
    actor, now = current_actor(), clock.now()
    with reading() as session:
        waiting = queries.waiting_for(session, actor)
        jobs = jobs_of(session, actor, 5)
    groups = [
        (_(group), len(entries) if group == queries.GROUPS[0] else 0, [_row(one, group == queries.GROUPS[0]) for one in entries])
        for group, entries in queries.grouped(waiting, now)
    ]
    overdue = sum(late for _group, late, _rows in groups)
    return render_template("home/index.html", groups=groups, total=len(waiting), overdue=overdue, jobs=jobs, job_words=JOB_WORDS)


def _row(one: Waiting, is_late: bool) -> dict[str, Any]:
    url = url_for(one.endpoint, **one.url_values)
    title = _(one.title, **one.values)
    return {
        "icon": one.icon,
        "title": title,
        "number": "" if one.number in title else one.number,
        "url": url,
        "why": _(one.why, **one.why_values) if one.why else "",
        "due": show_instant(one.due, with_zone=True) if one.due else "",
        "due_note": "",
        "late": is_late,
        "button": _(one.button or N_("Open")),
    }


@blueprint.get("/search")
@requires("home.search")
def search() -> Any:
    """Objects of this laboratory by number or word; one exact hit opens at once."""
    text = request.args.get("q", "").strip()[:100]
    with reading() as session:
        hits = queries.search(session, current_actor(), text) if text else []
    exact = [hit for hit in hits if hit.is_exact]
    if len(exact) == 1:
        return redirect(url_for(exact[0].endpoint, **exact[0].url_values))
    return render_template("home/search.html", text=text, hits=hits)


@blueprint.get("/about")
@requires("home.view")
def about() -> Any:
    """The version of the program."""
    return render_template("home/about.html")
