"""The opened box: its items one by one for the bench, and what all laboratories found for the coordinator."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, request, url_for

from lims.accounts.access import requires
from lims.db.session import reading
from lims.errors import NotFound
from lims.rounds import queries, service
from lims.rounds.lifecycle.findings import CONDITIONS
from lims.rounds.models import Round
from lims.rounds.queries import receipt as found
from lims.rounds.queries import records
from lims.rounds.views.acting import Refusal, carry_out
from lims.rounds.views.base import PARTICIPANT_RINGS, blueprint, find_round, organised, participant_words, reader, typed
from lims.rounds.views.sending import UN_CLASSES
from lims.web.language import _, current_language


@blueprint.get("/<code>/receipt")
@requires("rounds.receive")
def receipt(code: str) -> str:
    """The own items with their condition on arrival."""
    return _bench_page(find_round(code))


@blueprint.post("/<code>/receipt")
@requires("rounds.receive")
def record_findings(code: str) -> Any:
    """Keep the conditions, or ask for a replacement."""
    row = find_round(code)
    with reading() as session:
        codes = [one.code for one in queries.own_bench(session, reader(), row.id).codes]
    given = {one: (request.form.get(f"condition-{one}", ""), request.form.get(f"remark-{one}", "")) for one in codes}
    if request.form.get("step") == "replace":
        done = _("The organiser is asked for another box.")
        return _carried(row, "replace", lambda: service.ask_replacement(reader(), row.id, typed("reason")), done)
    return _carried(row, "findings", lambda: service.record_findings(reader(), row.id, given), _("The items of the box are recorded."))


@blueprint.get("/<code>/packing/receipts")
@requires("rounds.dispatch")
def receipts(code: str) -> str:
    """Every box: receipt, conditions that differ, what is overdue, and the replacements asked for."""
    return _boxes_page(organised(find_round(code)))


@blueprint.post("/<code>/packing/receipts/<uuid:participant_id>")
@requires("rounds.dispatch")
def send_replacement(code: str, participant_id: uuid.UUID) -> Any:
    """Send another box to a laboratory that asked for one."""
    row = organised(find_round(code))
    box = service.Box(**{name: typed(name) for name in ("packaging", "un_class", "temperature_set", "logger", "carrier", "waybill")})
    done, then = _("The replacement is sent. Print its manifest."), url_for("rounds.receipts", code=row.code)
    send = lambda: service.send_replacement(reader(), row.id, participant_id, box)  # noqa: E731
    return carry_out(str(participant_id), send, done, then, lambda refusal: _boxes_page(row, refusal))


def _carried(row: Round, step: str, act: Any, done: str) -> Any:
    return carry_out(step, act, done, url_for("rounds.receipt", code=row.code), lambda refusal: _bench_page(row, refusal))


def _bench_page(row: Round, refusal: Refusal | None = None) -> str:
    with reading() as session:
        bench = queries.own_bench(session, reader(), row.id)
        newest = found.findings_of(session, row)
    if not bench.codes:
        raise NotFound()
    kept = request.form if refusal else None
    items = []
    for one in bench.codes:
        before = newest.get(one.id)
        condition = kept.get(f"condition-{one.code}", "") if kept else before.condition if before else ""
        remark = kept.get(f"remark-{one.code}", "") if kept else before.remark if before else ""
        items.append({"code": one.code, "condition": condition, "remark": remark, "found": before})
    return render_template(
        "rounds/receipt.html", row=row, part=bench.participant, items=items, refusal=refusal,
        conditions=[(code, _(word)) for code, word in CONDITIONS.items()], reason=kept.get("reason", "") if kept else "",
        is_open=row.state == "testing" and bench.participant.state in ("received", "draft", "submitted", "could_not_test"),
        has_damage=any(one.condition != "intact" for one in newest.values() if one.participant_id == bench.participant.id),
    )  # fmt: skip


def _boxes_page(row: Round, refusal: Refusal | None = None) -> str:
    with reading() as session:
        parts = queries.distribution(session, reader(), row.id)
        places = records.laboratories(session, [part.laboratory_id for part, _codes, _boxes in parts])
        newest = found.findings_of(session, row)
        late = {one.id for one in found.overdue(session, row)}
    tongue = current_language()
    rows = [
        {
            "part": part, "name": places[part.laboratory_id].name(tongue), "boxes": boxes, "is_overdue": part.id in late,
            "ring": PARTICIPANT_RINGS[part.state], "word": participant_words(part.state), "n_items": len(codes),
            "n_found": sum(one.id in newest for one in codes),
            "damaged": [
                (one.code, _(CONDITIONS[newest[one.id].condition]), newest[one.id].remark)
                for one in codes if one.id in newest and newest[one.id].condition != "intact"
            ],
        }
        for part, codes, boxes in parts
    ]  # fmt: skip
    return render_template(
        "rounds/receipts.html", row=row, rows=rows, un_classes=UN_CLASSES, refusal=refusal, typed=request.form if refusal else {},
    )  # fmt: skip
