"""Results: the review bench, all results with their export, one result with its versions."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from lims import clock
from lims.accounts.access import current_actor, requires
from lims.accounts.permissions import is_allowed
from lims.db.session import reading
from lims.errors import Conflict, LimsError
from lims.marks import N_
from lims.results import queries, service
from lims.results.forms import AmendForm
from lims.results.models import STATUS_WORDS
from lims.samples.exchange import csv_bytes
from lims.web.language import _, current_zone, show_instant, step_words
from lims.web.navigation import entry
from lims.web.pages import said, said_refusal

blueprint = Blueprint("results", __name__, url_prefix="/results")

entry(N_("Work"), N_("Results"), "results.index", "results.view", "list", 30)
entry(N_("Work"), N_("All results"), "results.all_results", "results.view", "list", 10, parent="results.index")

COLUMNS = (
    N_("Sample no."), N_("External no."), N_("Target"), N_("Value"), N_("Means"), N_("Unit"), N_("Version"), N_("Reviewed by"),
    N_("Recorded by"), N_("Recorded at"), N_("Place in the file"), "SHA-256",
)  # fmt: skip
MOST_EXPORTED = 5000


@blueprint.get("/")
@requires("results.view")
def index() -> Any:
    """Results that wait for a second person: those of others to review, one's own locked."""
    actor, is_own = current_actor(), request.args.get("own") == "1"
    with reading() as session:
        page = queries.to_review(session, actor, request.args.get("page"), is_own=is_own)
        rows = queries.described(session, current_actor(), page.rows)
    moves = [url_for("results.index", own=1 if is_own else None, page=cursor) if cursor else None for cursor in (page.earlier, page.later)]
    return render_template(
        "results/index.html", rows=rows, is_own=is_own, statuses=STATUS_WORDS, earlier=moves[0], later=moves[1],
        may_review=is_allowed(actor.roles, "results.review"), views=_views("own" if is_own else "review"),
    )  # fmt: skip


@blueprint.get("/all")
@requires("results.view")
def all_results() -> Any:
    """All results of the laboratory that count, newest first."""
    target = request.args.get("target", "").strip()[:120]
    with reading() as session:
        page = queries.page(session, current_actor(), request.args.get("page"), target)
        rows = queries.described(session, current_actor(), page.rows)
    moves = [url_for("results.all_results", target=target or None, page=one) if one else None for one in (page.earlier, page.later)]
    return render_template(
        "results/all.html", rows=rows, target=target, statuses=STATUS_WORDS, earlier=moves[0], later=moves[1], views=_views("all")
    )


@blueprint.get("/export.csv")
@requires("results.view")
def export() -> Any:
    """The results that count as CSV, the value exactly as it was read."""
    actor, target, now = current_actor(), request.args.get("target", "").strip()[:120], clock.now().astimezone(current_zone())
    with reading() as session:
        rows = queries.described(session, current_actor(), queries.all_rows(session, actor, target, MOST_EXPORTED))
    about = _(
        "Results: %(filter)s · %(instant)s · %(person)s", filter=target or _("All"), instant=f"{now:%Y-%m-%d %H:%M}", person=actor.name
    )
    content = csv_bytes([_(name) for name in COLUMNS], [_cells(row) for row in rows], about)
    name = f'attachment; filename="results-{now:%Y%m%d-%H%M}.csv"'
    return Response(content, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


@blueprint.post("/review")
@requires("results.review")
def review() -> Any:
    """Review the ticked results, all or none."""
    try:
        chosen = [uuid.UUID(text) for text in request.form.getlist("selected")]
        count = service.review_results(current_actor(), chosen)
        said(_("%(count)s results are reviewed.", count=count))
    except ValueError:
        said(_("No such result in this laboratory."), "error")
    except LimsError as error:
        said_refusal(error)
        if isinstance(error, Conflict):
            return index(), error.status
    return redirect(url_for("results.index"))


@blueprint.get("/<uuid:result_id>")
@requires("results.view")
def show(result_id: uuid.UUID) -> Any:
    """One result: the value, where it comes from, its versions."""
    return _page_of(result_id, AmendForm())


@blueprint.post("/<uuid:result_id>/amend")
@requires("results.record")
def amend(result_id: uuid.UUID) -> Any:
    """Correct a result as a new version with a reason."""
    form, status = AmendForm(), 400
    if form.validate_on_submit():
        try:
            new = service.amend_result(current_actor(), result_id, form.value.data or "", form.reason.data or "")
            said(_("Version %(version)s is recorded and waits for a review.", version=new.version))
            return redirect(url_for("results.show", result_id=new.id))
        except LimsError as error:
            form.show(error)
            status = error.status
    return _page_of(result_id, form), status


@blueprint.post("/of-sample/<uuid:sample_id>/release")
@requires("results.release")
def release(sample_id: uuid.UUID) -> Any:
    """Release the reviewed results of a sample with a signature."""
    try:
        password, seen = request.form.get("password", ""), request.form.get("seen", "")
        row = service.release_results(current_actor(), sample_id, password, seen=seen)
        said(_("The results of %(number)s are released.", number=row.number))
    except LimsError as error:
        if error.status == 404:
            raise
        said_refusal(error)
    return redirect(url_for("samples.show", sample_id=sample_id))


def _page_of(result_id: uuid.UUID, form: AmendForm) -> str:
    actor = current_actor()
    with reading() as session:
        row = queries.result(session, actor, result_id)
        versions = queries.versions(session, actor, row.line_id)
        is_current = bool(queries.count_as_current(session, actor, [row.id]))
        shown = queries.described(session, actor, versions, row.sample)
        standing = queries.current_of_line(session, actor, row.line_id)
    this = next(one for one in shown if one["result"].id == row.id)
    return render_template(
        "results/show.html", row=row, this=this, versions=shown, form=form, statuses=STATUS_WORDS, is_current=is_current, newest=standing,
        may_amend=is_allowed(actor.roles, "results.record") and is_current,
        steps=[step_words(one) for one in (row.reasoning or {}).get("steps", ())],
    )  # fmt: skip


def _views(here: str) -> list[tuple[str, str, bool, None]]:
    places: tuple[tuple[str, str, dict[str, Any]], ...] = (("review", _("To review"), {}), ("own", _("Entered by you"), {"own": 1}))
    views: list[tuple[str, str, bool, None]] = [
        (word, url_for("results.index", **values), code == here, None) for code, word, values in places
    ]
    return [*views, (_("All"), url_for("results.all_results"), here == "all", None)]


def _cells(row: dict[str, Any]) -> list[str]:
    result, review = row["result"], row["review"]
    return [
        row["sample"].number, row["sample"].external_number, result.target, result.value_text,
        _(STATUS_WORDS[result.status][1]), row["unit"],
        str(result.version), review.reviewer_name if review else "", row["recorder"], show_instant(result.recorded_at), result.source or "",
        result.file_sha256 or "",
    ]  # fmt: skip
