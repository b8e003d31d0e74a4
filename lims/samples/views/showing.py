"""One sample: facts, custody, the panels of upper slices, its label."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from markupsafe import Markup

from lims.accounts.access import current_actor, requires
from lims.catalogue import queries as catalogue
from lims.db.session import reading
from lims.errors import LimsError
from lims.marks import N_
from lims.samples import labels, queries, service
from lims.samples.lifecycle import kinds, states
from lims.samples.models import CustodyEvent, Sample
from lims.samples.views.base import blueprint, common_pairs, detail_pairs, entries_of, listed, listed_codes, named, reader, state_words
from lims.web.language import _, show_instant
from lims.web.pages import said, said_refusal
from lims.web.panels import panels_of

VERBS = {
    **states.NAMES,
    states.ACCEPTED: N_("Accepted for testing"), states.TESTED: N_("Tested"), states.UNDER_TEST: N_("Test started"),
    states.RECEIVED: N_("Received"),
    "proposed_accepted_deviation": N_("Deviation proposed, a second person signs"),
    "proposed_rejected": N_("Rejection proposed, a second person signs"), "decision_withdrawn": N_("Decision taken back"),
    "label_printed": N_("Label printed"), "box_dispatched": N_("Dispatched in a box"), "box_received": N_("Received by the partner"),
    "box_stayed": N_("Had stayed, not in the box"), "stored": N_("Put into the store"), "taken_out": N_("Taken out of the store"),
    "divided": N_("Divided"),
}  # fmt: skip
DEVIATIONS = frozenset(
    {states.ACCEPTED_DEVIATION, states.REJECTED, states.LOST, states.RETEST, "proposed_accepted_deviation", "proposed_rejected"}
)
NEXT_STEPS = {
    states.REGISTERED: N_("Next: send or receive"), states.IN_TRANSIT: N_("Next: receive"), states.RECEIVED: N_("Next: check and decide"),
    states.ACCEPTED: N_("Next: test"), states.ACCEPTED_DEVIATION: N_("Next: test"), states.UNDER_TEST: N_("Next: results"),
    states.RETEST: N_("Next: results of the retest"), states.TESTED: N_("Next: review by a second person"),
    states.REVIEWED: N_("Next: report"), states.REPORTED: N_("Next: retain or dispose"), states.CORRECTED: N_("Next: retain or dispose"),
    states.REJECTED: N_("Next: return or dispose"),
}  # fmt: skip


@blueprint.get("/<uuid:sample_id>")
@requires("samples.view")
def show(sample_id: uuid.UUID) -> Any:
    """The page of one sample."""
    actor = reader()
    with reading() as session:
        row = queries.sample(session, actor, sample_id)
        matrices, measurands = entries_of(session, [row])
        reasons = catalogue.names(session, actor, "rejection_reasons", filter(None, [row.reason_code]))
        entries = catalogue.find_pairs(session, actor, listed_codes(row))
        way = queries.custody(session, actor, sample_id)
    analytes = listed(named(measurands, code) for code in row.analytes)
    known = entries.get(("units_ucum", row.unit))
    unit = str(known.columns.get("display", row.unit)) if known else row.unit
    return render_template(
        "samples/show.html", row=row, state=state_words(row.status), ring=states.RINGS[row.status], kind=_(kinds.KINDS[row.kind].name),
        matrix=named(matrices, row.matrix), analytes=analytes, amount=f"{row.quantity_text} {unit}".strip(),
        details=detail_pairs(row, entries),
        common=common_pairs(row, entries), reason=reasons.get(row.reason_code, ""), way=_timeline(way, row, reasons),
        qr=Markup(labels.qr_svg(row.number)), panels=panels_of("sample", current_actor(), row.id),
        can_receive=row.status in (states.REGISTERED, states.IN_TRANSIT, states.RECEIVED),
        can_send=row.status == states.REGISTERED, can_cancel=states.CANCELLED in states.moves(row.status, row.has_been_reported),
    )  # fmt: skip


@blueprint.get("/by-number/<number>")
@requires("samples.view")
def by_number(number: str) -> Any:
    """Open a sample by its own number."""
    with reading() as session:
        row = queries.by_number(session, current_actor(), number)
    return redirect(url_for("samples.show", sample_id=row.id))


@blueprint.post("/<uuid:sample_id>/send")
@requires("samples.register")
def send(sample_id: uuid.UUID) -> Any:
    """The sample leaves the place where it was taken."""
    service.send_sample(current_actor(), sample_id)
    said(_("The sample is on its way."))
    return redirect(url_for("samples.show", sample_id=sample_id))


@blueprint.post("/<uuid:sample_id>/cancel")
@requires("samples.register")
def cancel(sample_id: uuid.UUID) -> Any:
    """Give the sample up; its number has to be typed."""
    with reading() as session:
        number = queries.sample(session, current_actor(), sample_id).number
    if request.form.get("typed", "").strip().upper() != number:
        said(_("Not cancelled: the typed text is not %(number)s.", number=number), "error")
        return redirect(url_for("samples.show", sample_id=sample_id))
    try:
        service.cancel_sample(current_actor(), sample_id, "")
        said(_("%(number)s is cancelled; its record stays.", number=number))
    except LimsError as error:
        said_refusal(error)
    return redirect(url_for("samples.show", sample_id=sample_id))


def _timeline(way: list[CustodyEvent], row: Sample, reasons: dict[str, str]) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    if row.status in NEXT_STEPS:
        due = show_instant(row.due_at).split(" ") if row.due_at else ["", ""]
        at = (due[1], _("due")) if row.due_at else ("", "")
        step = N_("Next: an authoriser signs the decision") if row.proposed_decision else NEXT_STEPS[row.status]
        entries.append({"at": at, "kind": "next", "text": Markup('<span class="strong">{}</span>').format(_(step))})
    return entries + [_step(event, reasons) for event in way]


def _step(event: CustodyEvent, reasons: dict[str, str]) -> dict[str, Any]:
    text = Markup('<span class="strong">{}</span>').format(_(VERBS.get(event.verb, event.verb)))
    if event.reason_code:
        text += Markup(", {} {}").format(event.reason_code, reasons.get(event.reason_code, ""))
    if event.note and event.verb not in ("label_printed", states.RECEIVED):
        text += Markup('<div class="soft">{}</div>').format(event.note)
    facts = [("user", event.actor_name, False)]
    if event.temperature is not None:
        facts.insert(0, ("thermometer", f"{event.temperature:f} ℃".replace("-", "−"), False))
    if event.verb == states.RECEIVED:
        facts.append(("box", _(kinds.CONDITIONS.get(event.note, event.note)), event.note != "intact"))
    if event.handed_over_by:
        facts.append(("pen", _("handed over: %(person)s", person=event.handed_over_by), False))
    if event.status_after == states.ACCEPTED_DEVIATION or event.status_after == states.REJECTED:
        facts.append(("lock", _("signed"), False))
    if event.verb == "label_printed":
        facts.append(("printer", _("label no. %(count)s", count=event.note), False))
    return {"instant": event.at, "kind": "dev" if event.verb in DEVIATIONS else None, "text": text, "facts": facts}
