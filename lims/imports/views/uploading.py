"""Uploading files, reading a kept file again, and taking the kept file out as it came."""

from __future__ import annotations

import uuid
from io import BytesIO
from typing import Any

from flask import redirect, render_template, request, send_file, url_for

from lims import blobs
from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.errors import LimsError
from lims.imports import queries, service
from lims.imports.forms import AnswersForm, UploadForm
from lims.imports.service import Stored
from lims.imports.views.base import STATES, blueprint, own_profiles, parser_title, words
from lims.jobs.queries import latest_for
from lims.jobs.views import sentence_of
from lims.web.language import _, current_language
from lims.web.pages import said, said_refusal
from lims.words import say

MOST_FILES = 20


@blueprint.route("/new", methods=["GET", "POST"])
@requires("imports.upload")
def upload() -> Any:
    """Upload files; one file leads to its review page, several to the page that follows all of them."""
    form = UploadForm(profiles=own_profiles())
    if form.validate_on_submit():
        stored = _store(form)
        if stored and not form.form_errors:
            kept = list(dict.fromkeys(str(one.upload.id) for one in stored))
            return redirect(url_for("imports.show", upload_id=kept[0]) if len(kept) == 1 else url_for("imports.together", upload=kept))
    return render_template("imports/upload.html", form=form), 400 if form.errors or form.form_errors else 200


@blueprint.get("/together")
@requires("imports.upload")
def together() -> Any:
    """Files that were uploaded together: each with its own reading and its progress."""
    keys = [key for text in request.args.getlist("upload")[:MOST_FILES] if (key := _key(text)) is not None]
    actor = current_actor()
    with reading() as session:
        found = queries.some_uploads(session, actor, keys)
        rows = [(found[key], latest_for(session, "imports.parse", key)) for key in keys if key in found]
    lines = [(row, job, sentence_of(job) if job else "") for row, job in rows]
    waiting = sum(row.state == "queued" for row, _job in rows)
    return render_template(
        "imports/together.html", lines=lines, states=STATES, words=words, title_of=parser_title, waiting=waiting, me=actor.user_id
    )


@blueprint.post("/<uuid:upload_id>/again")
@requires("imports.upload")
def again(upload_id: uuid.UUID) -> Any:
    """Read the kept file once more with other answers."""
    form = AnswersForm(profiles=own_profiles())
    if not form.validate_on_submit():
        said(_("Not read again: choose from the lists."), "error")
        return redirect(url_for("imports.show", upload_id=upload_id))
    try:
        new = service.read_again(current_actor(), upload_id, form.answers())
        said(_("%(name)s is read again as %(number)s.", name=new.file_name, number=new.number))
        return redirect(url_for("imports.show", upload_id=new.id))
    except LimsError as error:
        if error.status == 404:
            raise
        said_refusal(error)
        return redirect(url_for("imports.show", upload_id=upload_id))


@blueprint.get("/<uuid:upload_id>/original")
@requires("imports.view")
def original(upload_id: uuid.UUID) -> Any:
    """The file exactly as it was uploaded; its hash is checked while it is read."""
    with reading() as session:
        row = queries.upload(session, current_actor(), upload_id)
    content = blobs.store().get(row.sha256)
    return send_file(BytesIO(content), mimetype="application/octet-stream", as_attachment=True, download_name=row.file_name)


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _store(form: UploadForm) -> list[Stored]:
    """Keep each file on its own: one that is refused does not keep the others out."""
    files = [one for one in request.files.getlist("files") if one.filename]
    if not files or len(files) > MOST_FILES:
        form.files.errors = (
            [
                _("Choose at least one file."),
            ]
            if not files
            else [_("%(count)s files are chosen; at most %(most)s are taken at once.", count=len(files), most=MOST_FILES)]
        )
        form.form_errors = form.form_errors or []
        return []
    stored = []
    for one in files:
        try:
            kept = service.store_upload(current_actor(), one.filename or "", one.read(), form.answers())
        except LimsError as error:
            form.form_errors.append(say(error, current_language()))
            continue
        stored.append(kept)
        if kept.is_new:
            said(_("%(name)s is uploaded as %(number)s.", name=kept.upload.file_name, number=kept.upload.number))
        else:
            said(_("This file was uploaded before as %(number)s; nothing was added.", number=kept.upload.number), "info")
    return stored
