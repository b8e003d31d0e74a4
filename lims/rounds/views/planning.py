"""Planning a round: scheme, plan, items; what was typed stays after an error; revised until the approval."""

from __future__ import annotations

import uuid
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from lims.accounts import queries as accounts
from lims.accounts.access import current_actor, requires
from lims.catalogue import queries as catalogue
from lims.catalogue.scope import MEASURANDS
from lims.db.session import reading
from lims.errors import LimsError
from lims.rounds import queries, service
from lims.rounds.forms import GROUPS, PlanForm, SchemeForm, kept
from lims.rounds.models import EndedBatch, Round
from lims.rounds.queries import gates, records
from lims.rounds.service.enrolment import truth_hash
from lims.rounds.views import grid, starting
from lims.rounds.views.base import back_to, blueprint, find_round, organised, reader
from lims.web.language import _, current_language
from lims.web.pages import said, said_refusal

WIDE = ("purpose", "contacts", "conduct_rules", "design_text", "assigned_value", "sigma_pt_text", "no_meeting")


@blueprint.route("/schemes/new", methods=["GET", "POST"])
@requires("rounds.plan")
def new_scheme() -> Any:
    """Draw up a standing agreement, then go on to its first round."""
    form = SchemeForm()
    with reading() as session:
        _offer_scheme(session, form)
    if form.validate_on_submit():
        try:
            row = service.create_scheme(
                reader(), code=form.code.data, title_en=form.title_en.data.strip(), title_zh=form.title_zh.data.strip(),
                measurand_code=form.measurand_code.data, matrix_code=form.matrix_code.data,
                party_ids=[uuid.UUID(one) for one in form.party_ids.data or []],
            )  # fmt: skip
        except LimsError as error:
            form.show(error)
        else:
            said(_("Scheme %(code)s is drawn up. Plan its first round.", code=row.code))
            return redirect(url_for("rounds.new", scheme=row.id))
    return render_template("rounds/scheme.html", form=form), 400 if form.errors else 200


@blueprint.route("/new", methods=["GET", "POST"])
@requires("rounds.plan")
def new() -> Any:
    """Plan a round of one of the schemes."""
    begun = starting.begin(reader())
    form = PlanForm(data=begun.values)
    with reading() as session:
        _offer_plan(session, form)
        if not form.scheme.choices:
            said(_("A round belongs to a scheme. Draw up the scheme first."), "info")
            return redirect(url_for("rounds.new_scheme"))
    typed = grid.typed_grid(request.form) if request.method == "POST" else begun.items
    row = _written(form, typed, lambda plan: starting.open_round(reader(), uuid.UUID(form.scheme.data), plan, begun))
    if row is None:
        return _page(form, typed, None, begun)
    said(_("Round %(code)s is planned. The QA managers of both parties approve its protocol next.", code=row.code))
    return back_to(row)


@blueprint.route("/<code>/plan", methods=["GET", "POST"])
@requires("rounds.plan")
def revise(code: str) -> Any:
    """Write the plan anew before the approval; approvals given so far no longer count."""
    row = organised(find_round(code))
    with reading() as session:
        is_open = row.state == "planned" or row.state == "designed" and not gates.is_agreed(session, row)
    if not is_open:
        said(_("The protocol of round %(code)s is approved; it cannot be revised here any more.", code=row.code), "warn")
        return back_to(row)
    form = PlanForm(data=kept(row))
    with reading() as session:
        _offer_plan(session, form, row)
        items = records.items_of(session, row)
    typed = grid.typed_grid(request.form) if request.method == "POST" else grid.kept_grid(items)
    if _written(form, typed, lambda plan: service.revise_plan(reader(), row.id, plan)) is None:
        return _page(form, typed, row)
    said(_("The plan of round %(code)s is revised. Approvals given before no longer count.", code=row.code))
    return back_to(row)


@blueprint.route("/<code>/items", methods=["GET", "POST"])
@requires("rounds.code")
def items(code: str) -> Any:
    """The panel's items and their truth: written until the seal, shown to the coordinator afterwards."""
    row = organised(find_round(code))
    with reading() as session:
        known = records.items_of(session, row)
        earlier = [_earlier(session, row, ended) for ended in records.ended_batches(session, row)]
    is_open = row.sealed_at is None and row.state in ("planned", "designed", "enrolling", "preparing")
    typed = grid.typed_grid(request.form) if request.method == "POST" else grid.kept_grid(known)
    status = 200
    if request.method == "POST":
        drafts = typed.drafts()
        status = 400 if typed.problems else 200
        if not typed.problems:
            try:
                service.define_items(reader(), row.id, drafts)
            except LimsError as error:
                if error.status == 404:
                    raise
                said_refusal(error)
                status = error.status
            else:
                said(_("The items of round %(code)s are saved.", code=row.code))
                return back_to(row)
    return render_template(
        "rounds/items.html", row=row, table=typed.table(is_readonly=not is_open), columns=grid.columns(), problems=_problems(typed),
        is_open=is_open, earlier=earlier,
    ), status  # fmt: skip


def _earlier(session: Session, row: Round, ended: EndedBatch) -> dict[str, Any]:
    """The panel of a batch that ended, as it was, and whether its seal still fits."""
    panel = records.items_of(session, row, ended.batch)
    sent, kept = _("Withdrawn panel, batch %(n)s", n=ended.batch), _("Panel of the earlier protocol, batch %(n)s", n=ended.batch)
    return {
        "title": sent if ended.dispatched_at else kept, "ended": ended, "is_intact": truth_hash(panel) == ended.truth_hash,
        "table": grid.kept_grid(panel).table(is_readonly=True),
    }  # fmt: skip


def _written(form: PlanForm, typed: grid.Grid, write: Any) -> Round | None:
    """Write the plan; None when the form is not sent yet or something has to be corrected, shown at its place."""
    if not form.is_submitted():
        return None
    is_valid, drafts = form.validate(), typed.drafts()
    if not is_valid or typed.problems:
        return None
    try:
        row: Round = write(form.plan(drafts))
    except LimsError as error:
        if error.status == 404:
            raise
        form.show(error)
        return None
    return row


def _page(form: PlanForm, typed: grid.Grid, row: Round | None, begun: starting.Start | None = None) -> Any:
    groups = [(_(title), [form[name] for name in names if row is None or name != "scheme"]) for title, names in GROUPS]
    errors = [
        *((field.id, _("%(label)s: %(words)s", label=field.label.text, words=sentence)) for field in form for sentence in field.errors),
        *((None, sentence) for sentence in form.form_errors), *_problems(typed),
    ]  # fmt: skip
    page = render_template(
        "rounds/plan.html", form=form, groups=groups, table=typed.table(), columns=grid.columns(), errors=errors, row=row, wide=WIDE,
        begun=begun,
    )  # fmt: skip
    return page, 400 if errors else 200


def _problems(typed: grid.Grid) -> list[tuple[str, str]]:
    return [(grid.cell_name(number, column), sentence) for number, (column, sentence) in sorted(typed.problems.items())]


def _offer_plan(session: Session, form: PlanForm, row: Round | None = None) -> None:
    actor, tongue = reader(), current_language()
    form.scheme.choices = [(str(one.id), f"{one.code} {one.title(tongue)}") for one in queries.schemes(session, actor)]
    form.template_code.choices = [(one.code, f"{one.code} {one.name}") for one in catalogue.choices(session, actor, "round_templates")]
    units = [(one.code, str(one.columns.get("display", one.code))) for one in catalogue.choices(session, actor, "units_ucum")]
    chosen = row.unit if row else "1"
    known = {code for code, _name in units}
    form.unit.choices = [*units, *([] if chosen in known else [(chosen, chosen)])]
    if row is not None:
        form.scheme.validate_choice = False


def _offer_scheme(session: Session, form: SchemeForm) -> None:
    actor = current_actor()
    form.measurand_code.choices = [(one.code, one.name) for one in catalogue.choices(session, reader(), *MEASURANDS)]
    form.matrix_code.choices = [(one.code, one.name) for one in catalogue.choices(session, reader(), "sample_matrices")]
    tongue = current_language()
    form.party_ids.choices = [
        (str(one.id), one.name(tongue)) for one in accounts.all_organisations(session) if one.id != actor.organisation_id
    ]  # fmt: skip
