"""One box: for its sender while it is packed, for both sides afterwards; and the hand-over form on A4."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.access import requires
from lims.accounts.permissions import is_allowed
from lims.catalogue import queries as catalogue
from lims.custody import queries, service
from lims.custody.forms import TransportForm
from lims.custody.lifecycle import boxes
from lims.custody.lifecycle.transport import PACKAGINGS
from lims.custody.models import Box, BoxFinding
from lims.custody.views.base import blueprint, places_of, reader, rows_of
from lims.db.session import reading
from lims.samples.labels import qr_svg
from lims.samples.lifecycle.kinds import CONDITIONS, KINDS, TRANSPORT_CONDITIONS
from lims.web.language import _, current_language, show_instant


@blueprint.get("/<uuid:box_id>")
@requires("custody.view")
def show(box_id: uuid.UUID) -> Any:
    """A box; while it is packed this is the page on which it is packed."""
    with reading() as session:
        row = queries.box(session, reader(), box_id)
    return sender_page(box_id) if row.state == boxes.PACKING else _sent_page(box_id)


@blueprint.get("/<uuid:box_id>/print")
@requires("custody.view")
def print_form(box_id: uuid.UUID) -> Any:
    """The manifest as hand-over form (流转单) on A4, with both signatures where they are given."""
    with reading() as session:
        row = queries.box(session, reader(), box_id)
        context = _manifest_context(session, row)
    return render_template("custody/print.html", printed=show_instant(clock.now()), **context)


def sender_page(box_id: uuid.UUID, form: TransportForm | None = None, last: Any = None, error: str = "") -> str:
    """The page on which a box is packed."""
    actor = reader()
    with reading() as session:
        row = queries.box(session, actor, box_id)
        if row.state != boxes.PACKING:
            return _sent_page(box_id)
        state = service.box_state(session, actor, row)
        matrices = _matrices(session, [sample.matrix for _item, sample in state.lying])
        line = rows_of(session, [row])[0]
    return render_template(
        "custody/pack.html", row=row, line=line, form=form or TransportForm(obj=row), last=last, error=error, seen=state.content_hash,
        lying=[(item, sample, matrices.get(sample.matrix, sample.matrix), url_for("samples.show", sample_id=sample.id))
               for item, sample in state.lying],
        gates=[{"ok": gate.is_met, "text": _(gate.sentence, **gate.values)} for gate in state.gates],
        is_ready=all(gate.is_met for gate in state.gates), qr=Markup(qr_svg(row.number, 96)),
        may_pack=is_allowed(actor.roles, "custody.pack"),
    )  # fmt: skip


def _sent_page(box_id: uuid.UUID) -> str:
    with reading() as session:
        row = queries.box(session, reader(), box_id)
        context = _manifest_context(session, row)
    actor = reader()
    return render_template(
        "custody/box.html", may_receive=row.state == boxes.DISPATCHED and row.receiver_id == actor.laboratory_id
        and is_allowed(actor.roles, "custody.receive"), may_settle=is_allowed(actor.roles, "custody.pack"),
        settled_words={code: _(name) for code, name in boxes.SETTLED.items()}, **context,
    )  # fmt: skip


def _manifest_context(session: Session, row: Box) -> dict[str, Any]:
    """A box as it was signed: its places with what was found, and who signed."""
    manifest, receipt = queries.manifest(session, row), queries.receipt(session, row)
    found = queries.findings(session, receipt) if receipt else []
    by_place = {one.place: one for one in found if one.place is not None}
    facts = manifest.content["items"] if manifest else []
    matrices = _matrices(session, [one["matrix"] for one in facts])
    is_sender = row.laboratory_id == reader().laboratory_id
    items = {one.place: one for one in queries.items(session, row)}
    lines = [
        {
            **one, "kind": kind_words(one), "matrix": matrices.get(one["matrix"], one["matrix"]), "found": by_place.get(one["place"]),
            "word": found_words(by_place.get(one["place"])), "item": items.get(one["place"]) if is_sender else None,
        }
        for one in facts
    ]  # fmt: skip
    places = places_of(session)
    return {
        "row": row, "line": rows_of(session, [row])[0], "manifest": manifest, "receipt": receipt, "lines": lines, "is_sender": is_sender,
        "surplus": [one for one in found if one.place is None], "qr": Markup(qr_svg(row.number, 96)),
        "condition": _(TRANSPORT_CONDITIONS.get(row.condition, "–")), "packaging": _(PACKAGINGS.get(row.packaging, "–")),
        "un_number": manifest.content["un_number"] if manifest else "",
        "box_condition": _(CONDITIONS[receipt.condition]) if receipt else "",
        "sender": places[row.laboratory_id], "receiver": places[row.receiver_id], "here": boxes.IS_HERE,
        "differing": sum(1 for one in found if one.found != boxes.ARRIVED),
    }  # fmt: skip


def kind_words(facts: dict[str, Any]) -> str:
    """The kind of a sample of a manifest in the reader's language."""
    kind = KINDS[facts["kind"]]
    return _(kind.name)


def found_words(finding: BoxFinding | None) -> str:
    """What was found, in the reader's language; empty before the receipt."""
    return _(boxes.FOUND[finding.found]) if finding else ""


def _matrices(session: Session, codes: list[str]) -> dict[str, str]:
    found = catalogue.find_many(session, reader(), ("sample_matrices",), codes)
    return {code: entry.name(current_language()) for code, entry in found.items()}
