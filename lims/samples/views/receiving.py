"""Receiving: scan a tube, write down its arrival, decide; a second person signs a deviation or a rejection."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for

from lims.accounts.access import current_actor, requires
from lims.catalogue import queries as catalogue
from lims.db.session import reading
from lims.errors import Conflict, Forbidden, LimsError
from lims.samples import queries, service
from lims.samples.forms import ArrivalForm, DecisionForm, show_problems
from lims.samples.lifecycle import kinds, states
from lims.samples.lifecycle.numbers import clean_code, is_valid, looks_like_number
from lims.samples.lifecycle.receipt import DECISIONS
from lims.samples.models import Sample
from lims.samples.service import SampleInvalid
from lims.samples.views.base import blueprint, entries_of, listed, named, reader, state_words
from lims.web.language import _, current_language
from lims.web.pages import said, said_refusal
from lims.words import say

ARRIVING = (states.REGISTERED, states.IN_TRANSIT, states.REFERRED)


@blueprint.get("/receive")
@requires("samples.receive")
def scan() -> Any:
    """Scan a tube and go to its receipt; a code that names nothing, or too much, is answered here."""
    raw = request.args.get("code", "")
    code = clean_code(raw)
    if not code:
        return render_template("samples/scan.html", code="", sentence="", found=[])
    with reading() as session:
        found = queries.by_numbers(session, current_actor(), [code])[code]
        matrices, _measurands = entries_of(session, found)
    if len(found) == 1:
        original = request.args.get("code_raw", "") or raw
        return redirect(url_for("samples.receive", sample_id=found[0].id, raw=original if original != code else None))
    rows = [(row, named(matrices, row.matrix), state_words(row.status)) for row in found]
    return render_template("samples/scan.html", code=code, sentence=_scan_sentence(code, bool(found)), found=rows)


@blueprint.route("/<uuid:sample_id>/receive", methods=["GET", "POST"])
@requires("samples.receive")
def receive(sample_id: uuid.UUID) -> Any:
    """Arrival and decision of one sample, or the decision alone once it has arrived."""
    actor = reader()
    with reading() as session:
        row = queries.sample(session, actor, sample_id)
        reasons = catalogue.choices(session, actor, "rejection_reasons")
    form: ArrivalForm | DecisionForm = ArrivalForm() if row.status in ARRIVING else DecisionForm()
    form.offer(reasons, may_wait=isinstance(form, ArrivalForm))
    if row.status not in (*ARRIVING, states.RECEIVED):
        said(_("%(number)s was decided already: %(state)s.", number=row.number, state=state_words(row.status)), "info")
        return redirect(url_for("samples.show", sample_id=sample_id))
    if form.validate_on_submit():
        done = _write(form, sample_id)
        if done is not None:
            said(_said(done))
            return redirect(url_for("samples.show", sample_id=sample_id))
    return _page(row, form, {one.code: one.name for one in reasons}), 400 if form.errors else 200


@blueprint.post("/<uuid:sample_id>/approve")
@requires("samples.accept_deviation")
def approve(sample_id: uuid.UUID) -> Any:
    """Sign the proposed decision as the second person."""
    try:
        seen, password = request.form.get("seen", ""), request.form.get("password", "")
        row = service.approve_decision(current_actor(), sample_id, password, seen=seen)
    except (Conflict, Forbidden) as error:
        return _signing_page(sample_id, say(error, current_language())), error.status
    except LimsError as error:
        if error.status == 404:
            raise
        said_refusal(error)
        return redirect(url_for("samples.receive", sample_id=sample_id))
    said(_said(row))
    return redirect(url_for("samples.show", sample_id=sample_id))


@blueprint.post("/<uuid:sample_id>/withdraw")
@requires("samples.receive")
def withdraw(sample_id: uuid.UUID) -> Any:
    """Take the proposed decision back."""
    row = service.withdraw_decision(current_actor(), sample_id, "")
    said(_("The decision on %(number)s is taken back; decide again.", number=row.number))
    return redirect(url_for("samples.receive", sample_id=sample_id))


def _write(form: ArrivalForm | DecisionForm, sample_id: uuid.UUID) -> Sample | None:
    """Call the service; None when something has to be corrected, shown at its field."""
    decision = form.decided()
    try:
        if isinstance(form, ArrivalForm):
            receipt, problems = form.receipt(decision, request.args.get("raw", ""))
            show_problems(form, problems)
            return None if problems else service.receive_sample(current_actor(), sample_id, receipt)
        if decision is None:
            form.form_errors.append(_("Choose a decision."))
            return None
        return service.decide(current_actor(), sample_id, decision)
    except SampleInvalid as refused:
        show_problems(form, refused.problems)
        return None


def _signing_page(sample_id: uuid.UUID, error: str) -> str:
    actor = reader()
    with reading() as session:
        row = queries.sample(session, actor, sample_id)
        reasons = catalogue.names(session, actor, "rejection_reasons", filter(None, [row.reason_code]))
    return _page(row, DecisionForm(), reasons, error)


def _page(row: Sample, form: ArrivalForm | DecisionForm, reasons: dict[str, str], error: str = "") -> str:
    with reading() as session:
        matrices, measurands = entries_of(session, [row])
    actor = current_actor()
    proposed = _(DECISIONS[row.proposed_decision]) if row.proposed_decision else ""
    return render_template(
        "samples/receive.html", row=row, form=form, state=state_words(row.status), ring=states.RINGS[row.status],
        matrix=named(matrices, row.matrix), analytes=listed(named(measurands, code) for code in row.analytes),
        transport=_(kinds.TRANSPORT_CONDITIONS.get(row.transport_condition, "–")),
        is_arriving=isinstance(form, ArrivalForm), proposed=proposed,
        reason=f"{row.reason_code} {reasons.get(row.reason_code, '')}".strip(),
        may_sign="authoriser" in actor.roles and row.proposed_by != actor.user_id, content_hash=service.decision_hash(row), error=error,
    )  # fmt: skip


def _said(row: Sample) -> str:
    if row.proposed_decision:
        return _("%(number)s: the decision waits for the signature of an authoriser who did not propose it.", number=row.number)
    return _("%(number)s: %(state)s.", number=row.number, state=state_words(row.status))


def _scan_sentence(code: str, is_several: bool) -> str:
    if is_several:
        return _("Several samples have this external number. Choose the one in your hand.")
    if looks_like_number(code) and not is_valid(code):
        return _("The check character does not fit: one character was misread. Scan again or compare with the label.")
    return _("No sample %(number)s", number=code)
