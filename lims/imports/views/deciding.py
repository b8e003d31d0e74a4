"""What a person does with an upload: decide rows, override controls, accept, undo."""

from __future__ import annotations

import uuid
from collections import defaultdict
from typing import Any

from flask import redirect, request, url_for

from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.errors import LimsError, RuleViolation
from lims.imports import queries, service
from lims.imports.models import UploadReading
from lims.imports.service.deciding import UNKNOWN
from lims.imports.views.base import blueprint
from lims.marks import N_
from lims.samples import queries as samples
from lims.web.language import _, current_language
from lims.web.pages import said, said_refusal
from lims.words import say

#: what is done with a set of rows: the decision and, for a match, the sample
Choice = tuple[str, uuid.UUID | None]


@blueprint.post("/<uuid:upload_id>/decide")
@requires("imports.accept")
def decide(upload_id: uuid.UUID) -> Any:
    """Save the decisions of the table of problem rows; each row that cannot be decided is named, the others are saved."""
    actor, reason = current_actor(), request.form.get("reason", "").strip()
    with reading() as session:
        queries.upload(session, actor, upload_id)
        rows = {row.row: row for row in queries.readings(session, upload_id, actor)}
        by_key = {key: (one.decision, one.sample_id) for key, one in queries.decisions(session, upload_id, actor).items()}
    chosen, refused = _choices(rows, {number: by_key[row.id] for number, row in rows.items() if row.id in by_key})
    saved = 0
    for (decision, sample_id), numbers in chosen.items():
        try:
            saved += service.decide_readings(actor, upload_id, sorted(numbers), decision, sample_id, reason)
        except LimsError as error:
            refused.append(say(error, current_language()))
    if saved:
        said(_("%(count)s rows are decided.", count=saved))
    for sentence in refused:
        said(sentence, "error")
    if not saved and not refused:
        said(_("No row was chosen; nothing was changed."), "info")
    return redirect(url_for("imports.show", upload_id=upload_id))


@blueprint.post("/<uuid:upload_id>/override")
@requires("imports.override_control")
def override(upload_id: uuid.UUID) -> Any:
    """Let the run count although a control failed."""
    return _done(upload_id, lambda: _overridden(upload_id))


@blueprint.post("/<uuid:upload_id>/accept")
@requires("imports.accept")
def accept(upload_id: uuid.UUID) -> Any:
    """Record the results of the upload."""
    return _done(upload_id, lambda: _accepted(upload_id))


@blueprint.post("/<uuid:upload_id>/undo")
@requires("imports.undo")
def undo(upload_id: uuid.UUID) -> Any:
    """Take the whole upload back."""
    return _done(upload_id, lambda: _undone(upload_id))


@blueprint.post("/<uuid:upload_id>/rows/<int:row>/match")
@requires("imports.accept")
def match_parked(upload_id: uuid.UUID, row: int) -> Any:
    """Match a parked row of an accepted upload to the sample whose number was typed."""
    typed = request.form.get("number", "").strip()
    with reading() as session:
        queries.upload(session, current_actor(), upload_id)
    try:
        if not typed:
            raise RuleViolation("imports.no_number", N_("Type the number of the sample."))
        repeat, reason = request.form.get("repeat", ""), request.form.get("reason", "")
        service.match_parked(current_actor(), upload_id, row, _sample_by_number(typed), repeat, reason)
        said(_("The row is matched; its result waits for the review of another person."))
    except LimsError as error:
        if error.status == 404:
            raise
        said_refusal(error)
    return redirect(url_for("imports.parked"))


def _overridden(upload_id: uuid.UUID) -> str:
    service.override_controls(current_actor(), upload_id, request.form.get("reason", ""))
    return _("The failed controls are overridden; the reason is kept with the upload.")


def _accepted(upload_id: uuid.UUID) -> str:
    repeat, reason = request.form.get("repeat", ""), request.form.get("reason", "")
    count = service.accept_upload(current_actor(), upload_id, repeat, reason)
    return _("%(count)s results are accepted and wait for the review of another person.", count=count)


def _undone(upload_id: uuid.UUID) -> str:
    count = service.undo_upload(current_actor(), upload_id, request.form.get("reason", ""))
    return _("The upload is undone; %(count)s results were taken back.", count=count)


def _done(upload_id: uuid.UUID, act: Any) -> Any:
    try:
        said(act())
    except LimsError as error:
        if error.status == 404:
            raise
        said_refusal(error)
    return redirect(url_for("imports.show", upload_id=upload_id))


def _choices(rows: dict[int, UploadReading], known: dict[int, Choice]) -> tuple[dict[Choice, set[int]], list[str]]:
    """What the form says of each row; a row's own new choice goes before one for all rows of its sample text."""
    own: dict[int, Choice] = {}
    shared: dict[int, Choice] = {}
    refused: list[str] = []
    for number, row in rows.items():
        try:
            choice = _choice(number)
        except LimsError as error:
            refused.append(_("Row %(row)s: %(words)s", row=number, words=say(error, current_language())))
            continue
        if choice is None:
            continue
        if known.get(number) != choice:
            own[number] = choice
        if request.form.get(f"all-{number}"):
            alike = (other.row for other in rows.values() if other.role == UNKNOWN and other.sample == row.sample)
            shared.update(dict.fromkeys(alike, choice))
    by_choice: dict[Choice, set[int]] = defaultdict(set)
    for number, choice in {**shared, **own}.items():
        if known.get(number) != choice:
            by_choice[choice].add(number)
    return dict(by_choice), refused


def _choice(number: int) -> Choice | None:
    """``match:<key>``, ``park``, ``exclude``, or a sample number typed beside; None where nothing was chosen."""
    typed = request.form.get(f"number-{number}", "").strip()
    chosen = request.form.get(f"row-{number}", "")
    if typed:
        return "match", _sample_by_number(typed)
    if chosen.startswith("match:"):
        try:
            return "match", uuid.UUID(chosen.removeprefix("match:"))
        except ValueError:
            raise RuleViolation("imports.no_such_choice", N_("Choose from the list.")) from None
    return (chosen, None) if chosen in ("park", "exclude") else None


def _sample_by_number(text: str) -> uuid.UUID:
    with reading() as session:
        found = samples.by_numbers(session, current_actor(), [text])[text]
    if len(found) != 1:
        sentence = N_("Several samples have the number %(text)s; type the own number.") if found else N_("No sample %(text)s")
        raise RuleViolation("imports.typed_number", sentence, text=text)
    return found[0].id
