"""The annual plan: list by month, a line with its consents, the proposal, and the file."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, redirect, render_template, request, url_for

from lims import clock
from lims.accounts.access import current_actor, requires
from lims.catalogue import queries as catalogue
from lims.db.session import reading
from lims.marks import N_
from lims.rounds import queries, service
from lims.rounds.lifecycle.turns import LINE_STATES, LINE_WORDS
from lims.rounds.models import PlanLine
from lims.rounds.queries import annual
from lims.rounds.queries.annual import LineFilter, Neighbourhood
from lims.rounds.views.acting import Refusal, carry_out, refused
from lims.rounds.views.base import blueprint, reader, typed
from lims.samples.exchange import xlsx_bytes
from lims.web.language import _, current_language, current_zone
from lims.web.navigation import entry
from lims.web.pages import said

entry(N_("Work"), N_("Annual plan"), "rounds.annual_plan", "plan.view", "calendar", 5, parent="rounds.index")
LINE_RINGS = {"proposed": "dashed", "agreed": "half", "opened": "full", "withdrawn": "cross"}
COLUMNS = (
    ("month", N_("Month")), ("scheme", N_("Scheme")), ("measurand", N_("Analyte")), ("matrix", N_("Matrix")), ("template", N_("Template")),
    ("organiser", N_("Organiser")), ("turn", N_("Turn")), ("state", N_("Status")), ("round", N_("Round")), ("signed", N_("Signed by")),
)  # fmt: skip
MOST_EXPORTED = 1000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/plan")
@requires("plan.view")
def annual_plan() -> str:
    """One page of the plan, by month."""
    is_descending = request.args.get("direction") == "descending"
    with reading() as session:
        page = annual.list_lines(session, reader(), _wanted(), request.args.get("at"), is_descending=is_descending)
        rows = _rows(session, page.rows)
        schemes = [(str(one.id), f"{one.code} {one.title(current_language())}") for one in queries.schemes(session, reader())]
    this_year = clock.now().astimezone(current_zone()).year
    return render_template(
        "rounds/annual.html", rows=rows, schemes=schemes, chips=_chips(dict(schemes)), years=range(this_year - 3, this_year + 3),
        states=[(state, _(LINE_WORDS[state])) for state in LINE_STATES], chosen=request.args, export_url=_address("rounds.export_plan"),
        direction="descending" if is_descending else "ascending",
        sort_url=_address("rounds.annual_plan", direction=None if is_descending else "descending"),
        earlier=_address("rounds.annual_plan", at=page.earlier) if page.earlier else None,
        later=_address("rounds.annual_plan", at=page.later) if page.later else None,
    )  # fmt: skip


@blueprint.get("/plan/export.xlsx")
@requires("plan.view")
def export_plan() -> Response:
    """The filtered plan as a workbook, with filter, time and person."""
    is_descending = request.args.get("direction") == "descending"
    with reading() as session:
        page = annual.list_lines(session, reader(), _wanted(), size=MOST_EXPORTED, is_descending=is_descending)
        rows = _rows(session, page.rows)
        schemes = {str(one.id): one.code for one in queries.schemes(session, reader())}
    now = clock.now().astimezone(current_zone())
    chips = "; ".join(f"{name} {value}" for name, value, _url in _chips(schemes)) or _("All")
    about = _("Annual plan: %(filter)s · %(instant)s · %(person)s", filter=chips, instant=f"{now:%Y-%m-%d %H:%M}", person=reader().name)
    if page.later:
        about += " · " + _("the first %(most)s rows; narrow the filter for the rest", most=MOST_EXPORTED)
    body = [[str(row[name]) for name, _label in COLUMNS] for row in rows]
    content = xlsx_bytes([_(label) for _name, label in COLUMNS], body, about, _("Annual plan"), now, current_language())
    name = f'attachment; filename="plan-{now:%Y%m%d-%H%M}.xlsx"'
    return Response(content, content_type=XLSX, headers={"Content-Disposition": name})


@blueprint.route("/plan/new", methods=["GET", "POST"])
@requires("plan.propose")
def propose_line() -> Any:
    """Propose a line; what was typed stays after a refusal."""
    if request.method == "GET":
        return _form_page(None)
    made: list[PlanLine] = []
    refusal = refused("propose", lambda: made.append(service.propose_line(reader(), _draft())))
    if refusal is not None:
        return _form_page(refusal), refusal.status
    said(_("The line stands in the plan. The QA managers of all parties sign it next."))
    return redirect(url_for("rounds.plan_line", line_id=made[0].id))


@blueprint.get("/plan/<uuid:line_id>")
@requires("plan.view")
def plan_line(line_id: uuid.UUID) -> str:
    """One line: what is planned, whose turn it is, who signed."""
    return _line_page(line_id, None)


@blueprint.post("/plan/<uuid:line_id>/agree")
@requires("plan.agree")
def agree_line(line_id: uuid.UUID) -> Any:
    """Sign the line for the own organisation."""
    _seen(line_id)
    done, then = _("You have signed this line of the plan for your organisation."), url_for("rounds.plan_line", line_id=line_id)
    password, seen = request.form.get("password", ""), typed("seen")
    return carry_out(
        "agree",
        lambda: service.agree_line(reader(), line_id, password, seen=seen),
        done,
        then,
        lambda refusal: _line_page(line_id, refusal),
    )


@blueprint.post("/plan/<uuid:line_id>/withdraw")
@requires("plan.propose")
def withdraw_line(line_id: uuid.UUID) -> Any:
    """Take the line out of the plan, with a reason."""
    _seen(line_id)
    done, then = _("The line is withdrawn from the plan; its record stays."), url_for("rounds.plan_line", line_id=line_id)
    reason = typed("reason")
    return carry_out(
        "withdraw", lambda: service.withdraw_line(reader(), line_id, reason), done, then, lambda refusal: _line_page(line_id, refusal)
    )


def _seen(line_id: uuid.UUID) -> PlanLine:
    """The line of an address; NotFound when the reader may not see it, before anything else is said."""
    with reading() as session:
        return annual.line_by_id(session, reader(), line_id)


def _line_page(line_id: uuid.UUID, refusal: Refusal | None) -> str:
    actor = current_actor()
    with reading() as session:
        line = annual.line_by_id(session, reader(), line_id)
        near = annual.around(session, [line])
        row = _rows(session, [line])[0]
        basis = annual.basis_of(line)
    tongue, signed = current_language(), {one.organisation_id: one for one in near.consents[line.id]}
    parties = [(near.organisations[key].name(tongue), signed.get(key)) for key in near.parties[line.scheme_id]]
    is_own = line.organisation_id == actor.organisation_id
    may_agree = line.state == "proposed" and "qa_manager" in actor.roles and actor.organisation_id not in signed
    return render_template(
        "rounds/annual_line.html", line=line, row=row, parties=parties, basis=basis, refusal=refusal, may_agree=may_agree,
        may_withdraw=line.state in ("proposed", "agreed") and "coordinator" in actor.roles,
        may_open=line.state == "agreed" and is_own and "coordinator" in actor.roles,
    )  # fmt: skip


def _form_page(refusal: Refusal | None) -> str:
    tongue = current_language()
    with reading() as session:
        schemes = queries.schemes(session, reader())
        parties = annual.parties_by_scheme(session, [one.id for one in schemes])
        names = annual.organisations(session, {key for keys in parties.values() for key in keys})
        templates = [(one.code, f"{one.code} {one.name}") for one in catalogue.choices(session, reader(), "round_templates")]
    return render_template(
        "rounds/annual_form.html", refusal=refusal, kept=request.form, templates=templates,
        schemes=[(str(one.id), f"{one.code} {one.title(tongue)}") for one in schemes],
        organisers=sorted((str(key), one.name(tongue)) for key, one in names.items()),
    )  # fmt: skip


def _draft() -> service.LineDraft:
    return service.LineDraft(
        scheme_id=_key(typed("scheme")) or uuid.UUID(int=0), month=typed("month"), template_code=typed("template"),
        organisation_id=_key(typed("organisation_id")), reason=typed("reason"),
    )  # fmt: skip


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None


def _wanted() -> LineFilter:
    """The filters of this address; values that no list offers are ignored."""
    year, state = request.args.get("year", ""), request.args.get("state", "")
    return LineFilter(
        year=year if len(year) == 4 and year.isdigit() else "", state=state if state in LINE_STATES else "",
        scheme_id=_key(request.args.get("scheme", "")),
    )  # fmt: skip


def _rows(session: Any, lines: list[PlanLine]) -> list[dict[str, Any]]:
    near, actor = annual.around(session, lines), reader()
    measurands = catalogue.measurands(session, actor, {line.measurand_code for line in lines})
    matrices = catalogue.names(session, actor, "sample_matrices", {line.matrix_code for line in lines})
    analytes = {code: one.name(actor.language) for code, one in measurands.items()}
    return [_row(line, near, analytes, matrices) for line in lines]


def _row(line: PlanLine, near: Neighbourhood, analytes: dict[str, str], matrices: dict[str, str]) -> dict[str, Any]:
    tongue, code = current_language(), near.rounds.get(line.round_id) if line.round_id else None
    scheme, signed = near.schemes[line.scheme_id], near.consents[line.id]
    in_turn, organiser = line.organisation_id == line.turn_id, near.organisations[line.organisation_id]
    return {
        "month": line.month, "scheme": scheme.code, "title": scheme.title(tongue), "template": line.template_code,
        "measurand": analytes.get(line.measurand_code, line.measurand_code), "matrix": matrices.get(line.matrix_code, line.matrix_code),
        "organiser": organiser.name(tongue), "turn": _("in turn") if in_turn else _("out of turn: %(reason)s", reason=line.reason),
        "state": _(LINE_WORDS[line.state]), "ring": LINE_RINGS[line.state], "round": code or "",
        "signed": f"{len(signed)} / {len(near.parties[line.scheme_id])}", "url": url_for("rounds.plan_line", line_id=line.id),
        "round_url": url_for("rounds.show", code=code) if code else "",
    }  # fmt: skip


def _address(endpoint: str, **changes: Any) -> str:
    """The list's address with its filter and order; the place in it falls away."""
    kept: dict[str, Any] = {name: request.args.get(name) for name in ("year", "state", "scheme", "direction")}
    return url_for(endpoint, **{name: value for name, value in (kept | changes).items() if value})


def _chips(schemes: dict[str, str]) -> list[tuple[str, str, str]]:
    wanted = _wanted()
    shown = (
        ("year", _("Year"), wanted.year), ("state", _("Status"), _(LINE_WORDS[wanted.state]) if wanted.state else ""),
        ("scheme", _("Scheme"), schemes.get(str(wanted.scheme_id), "") if wanted.scheme_id else ""),
    )  # fmt: skip
    return [(label, value, _address("rounds.annual_plan", **{name: None})) for name, label, value in shown if value]
