"""What a person does with an upload: decide rows, override controls, accept, undo."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from flask import redirect, request, url_for

from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.errors import LimsError, RuleViolation
from lims.imports import queries, service
from lims.imports.models import UploadReading
from lims.imports.service.deciding import AUTOMATIC, UNKNOWN, Choice
from lims.imports.views.base import blueprint
from lims.imports.views.readings import chosen_list, decidable
from lims.imports.views.showing import page_of
from lims.marks import N_
from lims.samples import queries as samples
from lims.samples.lifecycle import states
from lims.web.language import _, current_language
from lims.web.pages import said, said_refusal
from lims.words import say

#: refused rows that are named one by one
MOST_NAMED = 20


@blueprint.post("/<uuid:upload_id>/decide")
@requires("imports.accept")
def decide(upload_id: uuid.UUID) -> Any:
    """Save the decisions of the table of problem rows, all or none; each row that cannot be decided is named."""
    actor, reason = current_actor(), request.form.get("reason", "").strip()
    with reading() as session:
        queries.upload(session, actor, upload_id)
        rows = {row.row: row for row in queries.readings(session, upload_id, actor)}
        decided = queries.decisions(session, upload_id, actor)
        by_key = {key: (one.decision, one.sample_id) for key, one in decided.items() if one.reason != AUTOMATIC}
    chosen, refused = _choices(rows, {number: by_key[row.id] for number, row in rows.items() if row.id in by_key})
    if refused:
        return page_of(upload_id, refused), 422
    return _saved(upload_id, lambda: service.decide_each(actor, upload_id, chosen, reason) if chosen else 0)


@blueprint.post("/<uuid:upload_id>/decide/<any(match, park, exclude):decision>")
@requires("imports.accept")
def decide_in_bulk(upload_id: uuid.UUID, decision: str) -> Any:
    """Decide the ticked rows of the table of readings, or every row of the list that is shown."""
    actor, reason = current_actor(), request.form.get("reason", "").strip()
    _upload, rows = service.review(actor, upload_id)
    known = decidable(rows, chosen_list())
    if request.form.get("all", type=int) not in (None, len(known)):
        return page_of(upload_id, [_("The list has changed since you opened it; look at it again. Nothing was saved.")]), 409
    ticked = {number for text in request.form.getlist("selected") if (number := _whole(text)) is not None}
    wanted = known if request.form.get("all") else sorted(ticked)
    return _saved(upload_id, lambda: service.decide_in_bulk(actor, upload_id, wanted, decision, reason) if wanted else 0)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _saved(upload_id: uuid.UUID, save: Callable[[], int]) -> Any:
    try:
        saved = save()
    except service.RowsRefused as error:
        sentences = [_("Row %(row)s: %(words)s", row=row, words=_said(one)) for row, one in list(error.rows.items())[:MOST_NAMED]]
        return page_of(upload_id, [_said(error), *sentences]), 422
    except RuleViolation as error:
        said_refusal(error)
        return redirect(url_for("imports.show", upload_id=upload_id))
    said(
        _("%(count)s rows are decided.", count=saved) if saved else _("No row was chosen; nothing was changed."), "ok" if saved else "info"
    )
    return redirect(url_for("imports.show", upload_id=upload_id, list=request.form.get("list")))


def _said(error: LimsError) -> str:
    """A refusal in the reader's language; the state of a sample in words."""
    if "state" in error.values:
        error.values["state"] = _(states.NAMES.get(str(error.values["state"]), str(error.values["state"])))
    return say(error, current_language())


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


def _choices(rows: dict[int, UploadReading], known: dict[int, Choice]) -> tuple[dict[int, Choice], list[str]]:
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
    return {number: choice for number, choice in {**shared, **own}.items() if known.get(number) != choice}, refused


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
