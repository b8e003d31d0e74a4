"""Scan-first registration: one box, every scan kept at once, the shared values beside it, the tubes below."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for

from lims.accounts.access import requires
from lims.catalogue import queries as catalogue
from lims.db.session import reading
from lims.errors import LimsError, RuleViolation
from lims.samples import queries, service
from lims.samples.forms import SampleForm, sample_form
from lims.samples.lifecycle import kinds, scanning
from lims.samples.lifecycle.common import GROUPS
from lims.samples.lifecycle.fields import CHOICE, MANY, Problem
from lims.samples.service import BatchState, JudgedTube, Typed
from lims.samples.service.checks import lists_of
from lims.samples.views.base import blueprint, reader
from lims.web.language import _
from lims.web.pages import said, said_refusal

SHOWN = 30


@blueprint.get("/batch")
@requires("samples.register")
def batches() -> Any:
    """Begin a batch, or go on with one that is not finished."""
    with reading() as session:
        found = [(row, len(queries.tubes(session, row))) for row in queries.open_batches(session, reader())]
    started = [(row, _(kinds.KINDS[row.kind].name), count) for row, count in found]
    return render_template("samples/batches.html", started=started, kinds=[(one.code, _(one.name)) for one in kinds.KINDS.values()])


@blueprint.post("/batch")
@requires("samples.register")
def begin_batch() -> Any:
    """Begin a batch of one kind."""
    row = service.open_batch(reader(), request.form.get("kind", ""))
    return redirect(url_for("samples.batch", batch_id=row.id))


@blueprint.get("/batch/<uuid:batch_id>")
@requires("samples.register")
def batch(batch_id: uuid.UUID) -> Any:
    """The batch as it stands; the newest scan on top."""
    with reading() as session:
        state = service.batch_state(session, reader(), queries.batch(session, reader(), batch_id))
        numbers = [one.row.sample_number for one in state.registered]
        samples = [found[0] for found in queries.by_numbers(session, reader(), numbers).values() if found]
    return _page(state, ",".join(one.id.hex for one in samples))


@blueprint.post("/batch/<uuid:batch_id>")
@requires("samples.register")
def scan_batch(batch_id: uuid.UUID) -> Any:
    """Keep what was typed, then do what was asked: take a scan, take it back, register. A scan is what Enter in the box does."""
    actor, code = reader(), request.form.get("code", "")
    try:
        if _act() != "give_up":
            service.save_typed(actor, batch_id, _typed(batch_id))
        done = _asked(batch_id, scanning.command_of(code) or _act(), code)
    except RuleViolation as refused:
        said_refusal(refused)
        done = None
    except LimsError as error:
        if error.status == 404:
            raise
        said_refusal(error)
        return redirect(url_for("samples.batches"))
    if done:
        said(done)
    return redirect(url_for("samples.batches") if request.form.get("act") == "give_up" else url_for("samples.batch", batch_id=batch_id))


def _act() -> str:
    return {"undo": scanning.UNDO, "register": scanning.REGISTER}.get(request.form.get("act", ""), request.form.get("act", "scan"))


def _asked(batch_id: uuid.UUID, act: str, code: str) -> str | None:
    """Carry it out; what to say about it, None where the page itself shows it."""
    actor = reader()
    if dropped := request.form.get("drop", type=int):
        code = service.drop_scan(actor, batch_id, dropped)
        return _("Scan %(number)s, %(code)s, is taken out of the batch.", number=dropped, code=code) if code else None
    if act == scanning.UNDO:
        code = service.undo_scan(actor, batch_id)
        return _("The last scan, %(code)s, is taken back.", code=code) if code else _("There is no scan to take back.")
    if act == scanning.REGISTER:
        numbers = service.register_batch(actor, batch_id)
        if not numbers:
            return _("No tube can be registered yet.")
        return _("%(n)s samples are registered, %(first)s to %(last)s.", n=len(numbers), first=numbers[0], last=numbers[-1])
    if act == "give_up":
        service.give_up_batch(actor, batch_id)
        return _("The batch is given up.")
    if act == "save":
        return _("Saved.")
    service.scan(actor, batch_id, code, request.form.get("code_raw", "") or code)
    return None


def _typed(batch_id: uuid.UUID) -> Typed:
    with reading() as session:
        row = queries.batch(session, reader(), batch_id)
        numbers = [one.number for one in queries.tubes(session, row)]
    kind = kinds.KINDS[row.kind]
    shared = {
        one.code: request.form.getlist(one.code) if one.takes == MANY else request.form.get(one.code, "").strip()
        for one in scanning.shared_fields(kind)
    }
    names = [one.code for one in scanning.tube_fields(kind)]
    cells = {number: {name: _cell(number, name) for name in names if _cell_name(number, name) in request.form} for number in numbers}
    return Typed(shared, request.form.get("expected", "").strip(), request.form.get("rack", 0, type=int), cells)


def _cell_name(number: int, name: str) -> str:
    return f"tube-{number}-{name}"


def _cell(number: int, name: str) -> str:
    return request.form.get(_cell_name(number, name), "").strip()


def _page(state: BatchState, registered: str) -> str:
    row, kind = state.batch, state.kind
    form = sample_form(kind)(data=row.shared)
    with reading() as session:
        offered = {one: catalogue.choices(session, reader(), one) for one in lists_of(kind)}
        form.offer(kind, offered, catalogue.choices(session, reader(), *kind.measurands))
    newest = state.tubes[-1] if state.tubes else None
    open_tubes = [one for one in reversed(state.tubes) if not one.row.sample_number]
    is_all = request.args.get("all") == "yes"
    shown = open_tubes if is_all else [one for place, one in enumerate(open_tubes) if place < SHOWN or one.problems]
    return render_template(
        "samples/batch.html", row=row, kind=kind, kind_name=_(kind.name), form=form, groups=_groups(form, kind), state=state, newest=newest,
        columns=[(_(one.label), None) for one in scanning.tube_fields(kind)], rows=[_row(row, kind, one) for one in shown],
        hidden=len(open_tubes) - len(shown), outcome=_outcome(row, newest), clashes=[(one.row, say(one.code_problem)) for one in
        reversed(state.pending) if one.code_problem], missing=max(0, (row.expected or 0) - len(state.tubes)),
        racks=[(0, _("no rack")), (50, _("%(n)s places", n=50)), (96, _("%(n)s places", n=96))], plate=_plate(state),
        registered=registered,
    )  # fmt: skip


def _groups(form: SampleForm, kind: kinds.Kind) -> list[tuple[str, list[Any]]]:
    """The shared fields: the kind's own first, then the common ones by group; the rare groups last."""
    shared = {one.code for one in scanning.shared_fields(kind)}
    own = [form[one.code] for one in kind.fields if one.code in shared]
    common = [(_(title), [form[name] for name in names if name in shared]) for title, names in GROUPS]
    return [(title, fields) for title, fields in [common[0], (_(kind.name), own), *common[1:]] if fields]


def _row(batch_row: Any, kind: kinds.Kind, one: JudgedTube) -> dict[str, Any]:
    empty = {field.code for field in scanning.tube_fields(kind) if not one.row.values.get(field.code)}
    wrong = {problem.field: say(problem) for problem in one.problems if problem.field not in empty}
    lacking = {problem.field for problem in one.problems} & empty
    place = scanning.place_name(one.row.place, batch_row.rack)
    cells = [
        {
            "name": _cell_name(one.row.number, field.code), "value": one.row.values.get(field.code, ""),
            "state": "err" if field.code in wrong else "wrn" if field.code in lacking else "",
            "options": [("", "–"), *((code, _(name)) for code, name in field.choices)] if field.takes == CHOICE else None,
        }
        for field in scanning.tube_fields(kind)
    ]  # fmt: skip
    told = "; ".join(f"{_label(kind, name)}: {sentence}" if name != scanning.CODE else sentence for name, sentence in wrong.items())
    head = f"{one.row.number} · {one.row.code}" + (f" · {place}" if place else "")
    wide = _("Full-width characters were turned into half-width") if one.tube.was_wide else ""
    message = "; ".join(part for part in (told, wide) if part)
    return {"head": head, "cells": cells, "message": ("error" if told else "warn", message) if message else None}


def _label(kind: kinds.Kind, name: str) -> str:
    return next((_(one.label) for one in (*kind.fields, *scanning.shared_fields(kind)) if one.code == name), name)


def _outcome(row: Any, newest: JudgedTube | None) -> tuple[bool, str, str] | None:
    if newest is None:
        return None
    if newest.row.sample_number:
        return True, newest.row.code, _("registered as %(number)s", number=newest.row.sample_number)
    if newest.code_problem:
        return False, newest.row.code, say(newest.code_problem)
    place = scanning.place_name(newest.row.place, row.rack)
    told = _("scan %(n)s, place %(place)s", n=newest.row.number, place=place or "–")
    return True, newest.row.code, f"{told}. {_('Full-width characters were turned into half-width')}" if newest.tube.was_wide else told


def _plate(state: BatchState) -> dict[str, Any] | None:
    """The rack in which the last tube stands."""
    size = state.batch.rack
    places = [one for one in state.tubes if one.row.place is not None]
    if not size:
        return None
    rows, width = scanning.RACKS[size]
    rack = (places[-1].row.place or 0) // size if places else 0
    here = {scanning.place_name(one.row.place, size).partition("-")[2]: one for one in places if (one.row.place or 0) // size == rack}
    cells = {well: {"kind": "c3", "words": one.row.code, **({"problem": "bad"} if one.code_problem else {})} for well, one in here.items()}
    current = scanning.place_name(places[-1].row.place, size).partition("-")[2] if places else None
    return {"rack": rack + 1, "rows": rows, "columns": width, "cells": cells, "current": current}


def say(problem: Problem | None) -> str:
    """A problem in the reader's language."""
    return _(problem.sentence, **problem.values) if problem else ""
