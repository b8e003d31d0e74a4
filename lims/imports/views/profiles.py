"""Pages of profiles: the laboratory's own and the shipped ones, the page where columns get their meaning, and its live preview."""

from __future__ import annotations

import uuid
from io import BytesIO
from typing import Any

from flask import redirect, render_template, request, send_file, url_for

from instruments.generic_table.profile import shipped_profiles
from lims.accounts.access import current_actor, requires
from lims.accounts.permissions import is_allowed
from lims.db.session import reading
from lims.errors import LimsError
from lims.imports import profile_queries, service
from lims.imports.models import InstrumentProfile
from lims.imports.profile_content import content_of, fields_of, role_of_heading
from lims.imports.profile_forms import ExampleForm, NothingForm, ProfileFileForm, ProfileForm
from lims.imports.service import Example
from lims.imports.views.base import QUANTITIES, READ_AS, ROLES, blueprint, unit_words, words
from lims.marks import N_
from lims.web.forms import Form
from lims.web.language import _, place_words
from lims.web.pages import said, said_refusal

STATES = {"draft": ("half", N_("draft")), "saved": ("full", N_("saved")), "withdrawn": ("empty", N_("out of use"))}
#: what a column can mean, in the order of the list
COLUMNS = {
    "": N_("not known"), "sample": N_("sample number"), "sample_name": N_("sample name"), "position": N_("well or position"),
    "role": N_("task"), "target": N_("target or analyte"), "channel": N_("dye or channel"), "ct": N_("Ct value"),
    "concentration": N_("concentration"), "mass_fraction": N_("mass fraction"), "copies": N_("copies"), "absorbance": N_("absorbance"),
    "fluorescence": N_("fluorescence"), "result": N_("result (quantity by its unit)"), "call": N_("call in words"), "unit": N_("unit"),
    "replicate": N_("replicate"), "date": N_("date"), "ignore": N_("not to be read"),
}  # fmt: skip
NAMED = {"role": ROLES, "status": READ_AS, "quantity": QUANTITIES}
MOST_READINGS, MOST_SKIPPED = 20, 8
VERDICTS = {"pass": "ok", "fail": "error", "absent": "warn"}
SHOWN_ROWS = 8


@blueprint.get("/profiles")
@requires("imports.view")
def profiles() -> Any:
    """The laboratory's own profiles and the shipped ones."""
    return _list(ExampleForm(), ProfileFileForm())


def _list(example: Form, file: Form) -> Any:
    with reading() as session:
        rows = profile_queries.profiles(session, current_actor())
    may_edit = is_allowed(current_actor().roles, "imports.profiles")
    status = 400 if any(form.errors or form.form_errors for form in (example, file)) else 200
    return render_template(
        "imports/profiles.html", rows=rows, shipped=shipped_profiles(), states=STATES, may_edit=may_edit, example=example, file=file,
        token=NothingForm(),
    ), status  # fmt: skip


@blueprint.post("/profiles/new")
@requires("imports.profiles")
def start_profile() -> Any:
    """Begin a profile with an example file."""
    form = ExampleForm()
    sent = request.files.get("example")
    if form.validate_on_submit():
        try:
            row = service.start_profile(current_actor(), Example(sent.filename or "", sent.read()) if sent else Example("", b""))
            return redirect(url_for("imports.profile", profile_id=row.id))
        except LimsError as error:
            form.show(error)
    return _list(form, ProfileFileForm())


@blueprint.post("/profiles/import")
@requires("imports.profiles")
def import_profile() -> Any:
    """Take over a profile from its file."""
    form = ProfileFileForm()
    sent = request.files.get("profile")
    if form.validate_on_submit():
        try:
            row = service.import_profile(current_actor(), sent.read() if sent else b"")
            return redirect(url_for("imports.profile", profile_id=row.id))
        except LimsError as error:
            form.show(error)
    return _list(ExampleForm(), form)


@blueprint.post("/profiles/shipped/<name>/copy")
@requires("imports.profiles")
def copy_profile(name: str) -> Any:
    """A draft with what a shipped profile says."""
    return redirect(url_for("imports.profile", profile_id=service.copy_shipped(current_actor(), name).id))


@blueprint.get("/profiles/<uuid:profile_id>")
@requires("imports.view")
def profile(profile_id: uuid.UUID) -> Any:
    """A draft as a form, a saved profile as it is."""
    row = _row(profile_id)
    form = ProfileForm(data={**fields_of(row.content), "name": row.name, "title": row.title})
    return _page(row, form, row.content)


@blueprint.post("/profiles/<uuid:profile_id>")
@requires("imports.profiles")
def change_profile(profile_id: uuid.UUID) -> Any:
    """Keep the draft, and save it under its name when that was asked for."""
    row = _row(profile_id)
    form = ProfileForm()
    sent = request.files.get("example")
    if form.validate_on_submit():
        try:
            example = Example(sent.filename, sent.read()) if sent and sent.filename else None
            content, actor = _content(row, form), current_actor()
            row = service.change_profile(actor, row.id, form.name.data, form.title.data, content, _heading_row(row), example)
            if request.form.get("action") == "save":
                row = service.save_profile(actor, row.id)
                said(_("%(name)s is saved as version %(version)s; it can be chosen at an upload.", name=row.name, version=row.version))
            return redirect(url_for("imports.profile", profile_id=row.id))
        except LimsError as error:
            form.show(error)
    return _page(row, form, _content(row, form), 400)


@blueprint.post("/profiles/<uuid:profile_id>/preview")
@requires("imports.profiles")
def preview_profile(profile_id: uuid.UUID) -> Any:
    """What the profile as it stands on the page makes of its example; nothing is kept."""
    row = _row(profile_id)
    return render_template("imports/_profile_preview.html", **_preview(row, _content(row, ProfileForm())))


@blueprint.post("/profiles/<uuid:profile_id>/version")
@requires("imports.profiles")
def version_profile(profile_id: uuid.UUID) -> Any:
    """A draft of the next version."""
    return redirect(url_for("imports.profile", profile_id=service.next_version(current_actor(), profile_id).id))


@blueprint.post("/profiles/<uuid:profile_id>/withdraw")
@requires("imports.profiles")
def withdraw_profile(profile_id: uuid.UUID) -> Any:
    """Take a profile out of the choice."""
    try:
        row = service.withdraw_profile(current_actor(), profile_id)
        said(_("%(name)s is withdrawn; it can no longer be chosen at an upload.", name=row.name))
    except LimsError as error:
        if error.status == 404:
            raise
        said_refusal(error)
    return redirect(url_for("imports.profiles"))


@blueprint.get("/profiles/<uuid:profile_id>/file")
@requires("imports.view")
def profile_file(profile_id: uuid.UUID) -> Any:
    """The profile as a file."""
    row = _row(profile_id)
    name = f"{row.name}-{row.version or 'draft'}.profile.json"
    return send_file(BytesIO(profile_queries.text_of(row).encode()), mimetype="application/json", as_attachment=True, download_name=name)


def _row(profile_id: uuid.UUID) -> InstrumentProfile:
    with reading() as session:
        return profile_queries.profile(session, current_actor(), profile_id)


def _heading_row(row: InstrumentProfile) -> int:
    given = request.form.get("heading_row", "")
    return int(given) if given.isdigit() and len(given) < 3 else row.heading_row


def _content(row: InstrumentProfile, form: ProfileForm) -> dict[str, Any]:
    """The content as the page sends it: fields, and for each heading its meaning and whether it must be there."""
    headings, roles = request.form.getlist("heading"), request.form.getlist("meaning")
    pairs = zip(headings, roles, strict=False) if len(headings) == len(roles) else ()
    mapping = {heading: role for heading, role in pairs if role in COLUMNS}
    markers = [heading for heading in request.form.getlist("marker") if heading in mapping]
    return content_of(row.content, {name: field.data or "" for name, field in form._fields.items()}, mapping, markers)


def _page(row: InstrumentProfile, form: ProfileForm, content: dict[str, Any], status: int = 200) -> Any:
    first = service.first_rows(row)
    rows = first.get("rows", []) if first else []
    heading = min(_heading_row(row) if request.method == "POST" else row.heading_row, max(len(rows) - 1, 0))
    cells = rows[heading][1] if rows else {}
    may_edit = is_allowed(current_actor().roles, "imports.profiles")
    markers = content.get("markers", [])
    columns = [
        {"heading": text, "role": role_of_heading(content, text), "is_marker": text in markers, "below": _below(rows, heading, key)}
        for key, text in cells.items() if text.strip()
    ]  # fmt: skip
    return render_template(
        "imports/profile.html", row=row, state=STATES[row.state], form=form, columns=columns, meanings=COLUMNS, rows=rows, heading=heading,
        content=content, is_open=row.state == "draft" and may_edit, may_edit=may_edit, token=NothingForm(), first=first,
        **_preview(row, content),
    ), status  # fmt: skip


def _below(rows: list[Any], heading: int, column: str) -> str:
    found = [cells[column] for _where, cells in rows[heading + 1 : heading + 1 + SHOWN_ROWS] if cells.get(column, "").strip()]
    return ", ".join(found[:3])


def _preview(row: InstrumentProfile, content: dict[str, Any]) -> dict[str, Any]:
    outcome = service.read_with(row, content)
    readings = [
        {
            **one, **{name: _(words_of[one[name]]) for name, words_of in NAMED.items()}, "unit": unit_words(one["unit"]),
             "flags": ", ".join(_(flag) for flag in one["flags"]),
        }
        for one in outcome.get("readings", [])[:MOST_READINGS]
    ]  # fmt: skip
    skipped = [(place_words(one["where"]), words(one)) for one in outcome.get("rows", {}).get("skipped", [])[:MOST_SKIPPED]]
    controls = [(one["name"], VERDICTS[one["verdict"]], words(one)) for one in outcome.get("controls", [])]
    return {
        "outcome": outcome, "readings": readings, "count": len(outcome.get("readings", [])), "skipped": skipped, "controls": controls,
        "words": words, "warnings": [words(one) for one in outcome.get("warnings", [])],
    }  # fmt: skip
