"""Samples from a filled sheet: template, preview of every row, registration, error workbook. The page carries the file."""

from __future__ import annotations

import base64
import binascii
from io import BytesIO
from typing import Any

from flask import Response, render_template, request, send_file, url_for

from lims.accounts.access import requires
from lims.errors import LimsError
from lims.samples import service
from lims.samples.forms import SheetForm
from lims.samples.lifecycle import kinds
from lims.samples.service import Imported, Preview, templates
from lims.samples.views.base import blueprint, reader
from lims.web.language import _, current_language
from lims.words import say

MOST_BYTES = 2_500_000
MOST_SHOWN = 200
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.route("/import", methods=["GET", "POST"])
@requires("samples.register")
def import_() -> Any:
    """Upload a filled sheet and see what would become of every row; nothing is saved."""
    form = SheetForm()
    if not form.validate_on_submit():
        return _upload(form)
    content, name = _file(form)
    if not content:
        return _upload(form), 400
    try:
        preview = service.preview_sheet(reader(), name, content, form.kind.data or "")
    except LimsError as error:
        form.file.errors = [say(error, current_language())]
        return _upload(form), 400
    return _page(form, preview, name, content)


@blueprint.post("/import/accept")
@requires("samples.register")
def accept_import() -> Any:
    """Register the good rows of the sheet that was shown; every row is judged once more."""
    form = SheetForm()
    content, name = _kept()
    if not form.validate_on_submit() or not content:
        return _upload(form), 400
    try:
        imported = service.import_sheet(reader(), name, content, form.kind.data or "")
    except LimsError as error:
        form.form_errors = [say(error, current_language())]
        return _upload(form), error.status
    return _page(form, imported.preview, name, content, imported)


@blueprint.post("/import/errors.xlsx")
@requires("samples.register")
def import_errors() -> Any:
    """The refused rows with their reasons, to be corrected and imported again."""
    form = SheetForm()
    content, name = _kept()
    if not form.validate_on_submit() or not content:
        return _upload(form), 400
    preview = service.preview_sheet(reader(), name, content, form.kind.data or "")
    return _workbook(templates.error_workbook(preview, current_language()), f"{name.rsplit('.', 1)[0]}.errors.xlsx")


@blueprint.get("/import/template/<code>.xlsx")
@requires("samples.register")
def import_template(code: str) -> Any:
    """The empty sheet of a kind."""
    return _workbook(templates.template(reader(), code), f"{code}.xlsx")


def _file(form: SheetForm) -> tuple[bytes, str]:
    upload = request.files.get("file")
    content = upload.read() if upload and upload.filename else b""
    if not content:
        form.file.errors = [_("Choose a file that is not empty.")]
    elif len(content) > MOST_BYTES:
        form.file.errors = [
            _("The file has %(size)s bytes; at most %(limit)s are taken here. Divide it.", size=len(content), limit=MOST_BYTES)
        ]
        content = b""
    return content, (upload.filename or "") if upload else ""


def _kept() -> tuple[bytes, str]:
    """The file as the preview carried it."""
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
    except binascii.Error:
        content = b""
    return content, request.form.get("name", "")[:200]


def _upload(form: SheetForm) -> str:
    offered = [(one.code, _(one.name), url_for("samples.import_template", code=one.code)) for one in kinds.KINDS.values()]
    return render_template("samples/import.html", form=form, kinds=offered)


def _page(form: SheetForm, preview: Preview, name: str, content: bytes, imported: Imported | None = None) -> str:
    language = current_language()
    told = templates.reasons(preview, language)
    return render_template(
        "samples/import_rows.html", form=form, preview=preview, name=name, content=base64.b64encode(content).decode(), imported=imported,
        kind=preview.head.kind, kind_name=_(preview.head.kind.name), reasons=told[:MOST_SHOWN], hidden=max(0, len(told) - MOST_SHOWN),
        pairs=preview.head.pairs(language), first=imported.numbers[0] if imported and imported.numbers else "",
        last=imported.numbers[-1] if imported and imported.numbers else "",
    )  # fmt: skip


def _workbook(content: bytes, name: str) -> Response:
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)
