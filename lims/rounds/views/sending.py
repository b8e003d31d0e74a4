"""From the codes to the box in hand: sealing, packing, dispatch, receipt, a later deadline, cancellation."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from markupsafe import Markup

from lims import clock
from lims.accounts.access import requires
from lims.db.session import reading
from lims.errors import Invalid
from lims.marks import N_
from lims.rounds import queries, service
from lims.rounds.models import Round
from lims.rounds.queries import records
from lims.rounds.views.acting import Refusal, carry_out
from lims.rounds.views.base import blueprint, find_round, organised, participant_words, reader, typed
from lims.rounds.views.enrolling import in_dialog
from lims.rounds.views.offers import BEFORE_DISPATCH
from lims.samples import labels
from lims.samples.labels import Label
from lims.web.language import _, current_language, show_day, show_instant

UN_CLASSES = ("UN3373", "UN2814", "UN2900", "UN3245", "-")


@blueprint.post("/<code>/prepare")
@requires("rounds.code")
def prepare(code: str) -> Any:
    """Close the enrolment and draw the codes."""
    row = organised(find_round(code))
    done = _("The codes of round %(code)s are drawn. Seal the truth and pack the boxes.", code=row.code)
    return in_dialog(row, "prepare", lambda: service.start_preparing(reader(), row.id), done)


@blueprint.post("/<code>/seal")
@requires("rounds.code")
def seal(code: str) -> Any:
    """Seal the truth for good."""
    row = organised(find_round(code))
    return in_dialog(row, "seal", lambda: service.seal_truth(reader(), row.id), _("The truth of round %(code)s is sealed.", code=row.code))


@blueprint.get("/<code>/packing")
@requires("rounds.dispatch")
def packing(code: str) -> Any:
    """The packing table: each participant's code, its item codes in their random order, its boxes."""
    return _packing_page(organised(find_round(code)))


@blueprint.post("/<code>/packing/<uuid:participant_id>")
@requires("rounds.dispatch")
def record_box(code: str, participant_id: uuid.UUID) -> Any:
    """Make the distribution record of one participant; its box code is drawn here."""
    row = organised(find_round(code))
    box = service.Box(**{name: typed(name) for name in ("packaging", "un_class", "temperature_set", "logger", "carrier", "waybill")})

    def act() -> None:
        missing = [name for name in ("packaging", "un_class", "temperature_set") if not getattr(box, name)]
        if missing:
            sentence = N_("Packaging, transport class and temperature are needed for each box. Fill them in.")
            raise Invalid("rounds.box_fields", sentence, field=missing[0])
        service.record_dispatch(reader(), row.id, participant_id, box)

    done = _("The distribution record is made. Print the box code and lay it inside the lid.")
    return carry_out(str(participant_id), act, done, url_for("rounds.packing", code=row.code), lambda refusal: _packing_page(row, refusal))


@blueprint.get("/<code>/labels")
@requires("rounds.dispatch")
def item_labels(code: str) -> Any:
    """Labels of items and lids for the printer: code, round and participant; no truth, no laboratory."""
    row = organised(find_round(code))
    with reading() as session:
        parts = queries.distribution(session, reader(), row.id)
    drawn = []
    for part, codes, boxes in parts:
        drawn += [Label(one.code, row.code, f"{part.code} · {one.position}/{len(codes)}") for one in codes]
        drawn += [Label(box.box_code, row.code, f"{part.code} · " + _("inside the lid")) for box in boxes[:1]]
    pages = [Markup(page) for page in labels.sheet_svgs(drawn)]
    return render_template("rounds/labels.html", row=row, pages=pages, count=len(drawn))


@blueprint.post("/<code>/dispatch")
@requires("rounds.dispatch")
def dispatch(code: str) -> Any:
    """Send all boxes; the second person signs at the same screen."""
    row = organised(find_round(code))
    done = _("Round %(code)s is dispatched. The laboratories confirm the receipt next.", code=row.code)
    second, password = typed("login"), request.form.get("password", "")
    return in_dialog(row, "dispatch", lambda: service.dispatch_round(reader(), row.id, second, password, seen=typed("seen")), done)


@blueprint.post("/<code>/receive")
@requires("rounds.receive")
def receive(code: str) -> Any:
    """Confirm the receipt of the own box by the code inside its lid."""
    row = find_round(code)
    done = _("The receipt of the box of round %(code)s is confirmed. Results can be entered now.", code=row.code)

    def act() -> None:
        service.confirm_receipt(reader(), row.id, typed("box_code"), temperature=typed("temperature"), condition=typed("condition"))

    return in_dialog(row, "receive", act, done)


@blueprint.post("/<code>/extend")
@requires("rounds.approve")
def extend(code: str) -> Any:
    """Sign a later deadline for the own party."""
    row = find_round(code)

    def act() -> None:
        deadline, reason, password = _typed_deadline(row), typed("reason"), request.form.get("password", "")
        service.extend_deadline(reader(), row.id, deadline, reason, password, seen=typed("seen"))

    return in_dialog(row, "extend", act, _("You have signed the later deadline. It holds once every party has signed the same one."))


@blueprint.post("/<code>/cancel")
@requires("rounds.cancel")
def cancel(code: str) -> Any:
    """Cancel before publication; the code is typed, and the QA manager of the other party signs at the same screen."""
    row = organised(find_round(code))

    def act() -> None:
        login, password = typed("login"), request.form.get("password", "")
        service.cancel_round(reader(), row.id, typed("typed"), typed("reason"), login, password, seen=typed("seen"))

    return in_dialog(row, "cancel", act, _("Round %(code)s is cancelled; its record stays.", code=row.code))


def _typed_deadline(row: Round) -> datetime:
    """Day and hour as typed, in the zone of the protocol."""
    read = f"{typed('day')} {typed('hour')}"
    try:
        return datetime.strptime(read, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(row.zone))
    except ValueError:
        sentence = N_("Deadline: read %(read)s, expected a day and an hour such as 2026-05-22 17:00.")
        raise Invalid("rounds.deadline_read", sentence, field="day", read=read) from None


def _packing_page(row: Round, refusal: Refusal | None = None) -> str:
    with reading() as session:
        parts = queries.distribution(session, reader(), row.id)
        places = records.laboratories(session, [part.laboratory_id for part, _codes, _boxes in parts])
        numbers = {item.id: item.number for item in records.items_of(session, row)}
    tongue = current_language()
    rows = [
        {
            "part": part, "name": places[part.laboratory_id].name(tongue), "word": participant_words(part.state), "boxes": boxes,
            "codes": [(one.position, one.code, numbers[one.item_id], Markup(labels.qr_svg(one.code, 56))) for one in codes],
            "can_record": row.state == "preparing" and part.state == "enrolled",
        }
        for part, codes, boxes in parts
    ]  # fmt: skip
    return render_template(
        "rounds/packing.html", row=row, rows=rows, un_classes=UN_CLASSES, refusal=refusal, typed=request.form if refusal else {},
        is_open=row.state in BEFORE_DISPATCH, printed=show_instant(clock.now()), deadline=show_day(row.deadline),
    )  # fmt: skip
