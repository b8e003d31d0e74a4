"""The result form without a network: download it, upload it filled, see every row and difference, accept. The page carries the file."""

from __future__ import annotations

import base64
import binascii
from io import BytesIO
from typing import Any

from flask import Response, abort, redirect, render_template, request, send_file, url_for
from flask_wtf.file import FileField
from wtforms import HiddenField, IntegerField

from lims.accounts.access import current_actor, requires
from lims.errors import LimsError
from lims.marks import N_
from lims.rounds.exchange.layout import FIELD_WORDS, ITEM_WORDS, STATEMENT
from lims.rounds.report.terms import RESULT_CODES
from lims.rounds.service import exchange
from lims.rounds.service.exchange import MOST_BYTES, Difference, Judged
from lims.rounds.views.base import blueprint, find_round, reader, show_deadline
from lims.web.forms import Form
from lims.web.language import _, current_language
from lims.web.pace import Pace
from lims.web.pages import said
from lims.words import say

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
pace = Pace(times=20, seconds=60)


class UploadForm(Form):
    """One filled form; on the way to acceptance the page carries it."""

    file = FileField(N_("Filled result form"), description=N_("The workbook that was downloaded here, or its error workbook; at most 5 MB"))
    name = HiddenField()
    content = HiddenField()
    base_version = IntegerField()


@blueprint.get("/<code>/submit/form.xlsx")
@requires("rounds.submit")
def offline_form(code: str) -> Any:
    """The own result form as a workbook, filled with the newest version."""
    name, content = exchange.offline_form(reader(), find_round(code).id)
    return _workbook(content, name)


@blueprint.route("/<code>/submit/form", methods=["GET", "POST"])
@requires("rounds.submit")
def upload_form(code: str) -> Any:
    """Upload a filled form and see what would become of every row; nothing is saved."""
    form, round_id = UploadForm(), find_round(code).id
    if not form.validate_on_submit():
        return _upload(code, form)
    if not pace.admits(current_actor().user_id):
        abort(429)
    upload = request.files.get("file")
    name, content = (upload.filename or "", upload.stream.read(MOST_BYTES + 1)) if upload else ("", b"")
    if not content:
        form.file.errors = [_("Choose a file that is not empty.")]
        return _upload(code, form), 400
    try:
        told = exchange.judge_form(reader(), round_id, name, content)
    except LimsError as error:
        return _refused(code, form, error)
    return _rows(form, told, content)


@blueprint.post("/<code>/submit/form/accept")
@requires("rounds.submit")
def accept_form(code: str) -> Any:
    """Take the good rows over as a new version; every row is judged once more."""
    form, content = UploadForm(), _kept()
    if not form.validate_on_submit() or not content:
        return _upload(code, form), 400
    try:
        told, saved = exchange.accept_form(
            reader(), find_round(code).id, request.form.get("name", ""), content, form.base_version.data or 0
        )
    except LimsError as error:
        return _refused(code, form, error)
    if saved is None:
        said(_("The form says what version %(version)s says already; nothing was changed.", version=told.open.version))
    elif told.filled.refused:
        said(_("Saved as version %(version)s without the refused rows: %(n)s.", version=saved.version, n=len(told.filled.refused)))
    else:
        said(_("The form was taken over as version %(version)s. Look at it, then hand it over.", version=saved.version))
    return redirect(url_for("rounds.submit", code=code))


@blueprint.post("/<code>/submit/form/errors.xlsx")
@requires("rounds.submit")
def error_form(code: str) -> Any:
    """The refused rows with their reasons, to be corrected and uploaded like the form."""
    form, content = UploadForm(), _kept()
    row = find_round(code)
    if not form.validate_on_submit() or not content:
        return _upload(code, form), 400
    name = request.form.get("name", "")
    try:
        filled = exchange.error_form(reader(), row.id, name, content)
    except LimsError as error:
        return _refused(code, form, error)
    return _workbook(filled, f"{name.rsplit('.', 1)[0]}.errors.xlsx")


def _kept() -> bytes:
    try:
        return base64.b64decode(request.form.get("content", ""), validate=True)
    except binascii.Error:
        return b""


def _refused(code: str, form: UploadForm, error: LimsError) -> Any:
    """A refusal stays on the page of the upload; what is not there for the reader stays not found."""
    if error.status in (404, 500):
        raise error
    form.file.errors = [say(error, current_language())]
    return _upload(code, form), error.status


def _upload(code: str, form: UploadForm) -> str:
    found = exchange.open_form(reader(), find_round(code).id)
    return render_template("rounds/form_upload.html", form=form, round=found.round, deadline=show_deadline(found.round))


def _rows(form: UploadForm, told: Judged, content: bytes) -> str:
    tongue = current_language()
    refused = [(_row_name(row.name), problem.say(tongue)) for row in told.filled.refused for problem in row.problems]
    strays = [("", stray.say(tongue)) for stray in told.filled.strays]
    good = [row for row in (*told.filled.fields, *told.filled.items) if not row.problems]
    return render_template(
        "rounds/form_rows.html", form=form, told=told, round=told.open.round, content=base64.b64encode(content).decode(),
        reasons=[*strays, *refused], notes=[note.say(tongue) for note in told.filled.notes],
        differences=[(_row_name(one.row) or _("Method and reagents"), column_name(one), shown(one, one.before), shown(one, one.after))
                     for one in told.differences], good=len(good), deadline=show_deadline(told.open.round),
    )  # fmt: skip


def _row_name(name: str) -> str:
    return _(FIELD_WORDS[name]) if name in FIELD_WORDS else name


def column_name(one: Difference) -> str:
    """The name of the cell that differs, in the reader's language."""
    if one.name.startswith("ct-"):
        return f"{one.name[3:]} Ct"
    return _(FIELD_WORDS[one.name] if not one.row else ITEM_WORDS[one.name])


def shown(one: Difference, text: str) -> str:
    """A value as it is shown; the statement and the codes in words."""
    if one.name == STATEMENT:
        return _("yes") if text else _("no")
    if one.name == "result_code" and text in RESULT_CODES:
        return f"{text} {_(RESULT_CODES[text])}"
    return text


def _workbook(content: bytes, name: str) -> Response:
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)
