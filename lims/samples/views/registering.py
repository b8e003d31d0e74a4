"""Registering one sample: fields by kind, input kept after an error, "save and next" keeps the shared fields."""

from __future__ import annotations

import uuid
from typing import Any

from flask import abort, redirect, render_template, request, url_for

from lims.accounts.access import current_actor, requires
from lims.catalogue import queries as catalogue
from lims.db.session import reading
from lims.errors import NotFound
from lims.samples import queries, service
from lims.samples.forms import SampleForm, sample_form, show_problems
from lims.samples.lifecycle import kinds
from lims.samples.lifecycle.common import COMMON, GROUPS, columns
from lims.samples.models import Sample
from lims.samples.service import SampleInvalid
from lims.samples.service.checks import lists_of
from lims.samples.views.base import blueprint, reader
from lims.web.language import _, current_zone
from lims.web.pages import said


@blueprint.route("/new", methods=["GET", "POST"])
@requires("samples.register")
def new() -> Any:
    """Register one sample of a kind."""
    kind = kinds.KINDS.get(request.args.get("kind", "TRV")) or abort(404)
    form = sample_form(kind)(data=None if request.method == "POST" else _carried_over(kind))
    _offer(form, kind)
    if form.validate_on_submit():
        draft, problems = form.draft(kind)
        show_problems(form, problems)
        row = None if problems else _register(form, draft)
        if row is not None:
            said(_("%(number)s is registered.", number=row.number))
            if request.form.get("next"):
                return redirect(url_for("samples.new", kind=kind.code, like=row.id))
            return redirect(url_for("samples.show", sample_id=row.id))
    return _page(form, kind), 400 if form.errors else 200


def _register(form: SampleForm, draft: service.NewSample) -> Sample | None:
    try:
        return service.register_sample(current_actor(), draft)
    except SampleInvalid as refused:
        show_problems(form, refused.problems)
        return None


def _page(form: SampleForm, kind: kinds.Kind) -> str:
    segments = [(_(one.name), url_for("samples.new", kind=one.code), one is kind) for one in kinds.KINDS.values()]
    groups = [(_(title), [form[name] for name in names]) for title, names in GROUPS]
    groups.insert(1, (_(kind.name), [form[field.code] for field in kind.fields]))
    units = {field.code: field.unit for field in kind.fields if field.unit}
    return render_template("samples/new.html", form=form, kind=kind, segments=segments, groups=groups, units=units)


def _offer(form: SampleForm, kind: kinds.Kind) -> None:
    with reading() as session:
        offered = {one: catalogue.choices(session, reader(), one) for one in lists_of(kind)}
        form.offer(kind, offered, catalogue.choices(session, reader(), *kind.measurands))


def _carried_over(kind: kinds.Kind) -> dict[str, Any]:
    """The shared fields of the sample before."""
    try:
        with reading() as session:
            before = queries.sample(session, current_actor(), uuid.UUID(request.args.get("like", "")))
    except (ValueError, NotFound):
        return {}
    shared = {one.code: getattr(before, one.code) for one in COMMON}
    shared["quantity"] = before.quantity_text
    for name in ("sampled_at", "due_at"):
        instant = shared[name]
        shared[name] = f"{instant.astimezone(current_zone()):%Y-%m-%d %H:%M}" if instant else ""
    details = before.details if before.kind == kind.code else {}
    own = {one.code for one in columns(kind) if one.is_own}
    return {name: value for name, value in {**shared, **details}.items() if name not in own}
