"""Pages of assay rules: what is in use, every version, drafts; the page where a rule is written; approval and withdrawal."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from io import BytesIO
from typing import Any

from flask import Response, redirect, render_template, request, send_file, url_for

from lims import clock
from lims.accounts.access import current_actor, requires
from lims.accounts.permissions import is_allowed
from lims.catalogue import queries as catalogue
from lims.catalogue.scope import MEASURANDS
from lims.db.session import reading
from lims.errors import Invalid, LimsError
from lims.imports import rule_queries, service
from lims.imports.models import AssayRule, AssayRuleDraft
from lims.imports.rule_content import BLANK, content_of, fields_of
from lims.imports.rule_forms import COMBINATIONS, CONTROL_WORDS, EXPECTATIONS, MEANINGS, NEEDED_FOR, RuleForm
from lims.imports.views.base import blueprint
from lims.marks import N_
from lims.samples.exchange import csv_bytes
from lims.signatures import queries as signatures
from lims.web.language import _, current_zone, show_instant
from lims.web.pages import said, said_refusal

STATES = {
    "in_use": ("full", N_("in use")), "coming": ("quarter", N_("not in use yet")), "replaced": ("empty", N_("replaced")),
    "withdrawn": ("cross", N_("out of use")), "draft": ("half", N_("draft")), "proposed": ("three", N_("waits for approval")),
    "approved": ("full", N_("became a version")), "discarded": ("empty", N_("discarded")),
}  # fmt: skip
WORDS = {
    "expectations": EXPECTATIONS, "combinations": COMBINATIONS, "meanings": MEANINGS, "needed_for": NEEDED_FOR, "controls": CONTROL_WORDS,
}  # fmt: skip
HEADINGS = (
    N_("Short name"), N_("Version"), N_("Name on lists"), N_("Analyte"), N_("Method"), N_("Status"), N_("In use from"), N_("Drafted by"),
    N_("Approved by"), N_("Approved at"), "SHA-256",
)  # fmt: skip
MOST_EXPORTED = 5000


@blueprint.get("/rules")
@requires("imports.view")
def rules() -> Any:
    """The versions in use, or all of them, and the drafts."""
    actor, (view, text) = current_actor(), _filter()
    with reading() as session:
        page = rule_queries.page(session, actor, request.args.get("page"), clock.now() if view == "used" else None, text)
        states = _states(session, page.rows)
        drafts = rule_queries.drafts(session, actor)
    views = [
        (word, url_for("imports.rules", view=code, q=text or None), code == view, None)
        for code, word in (("used", _("In use")), ("all", _("All versions")))
    ]
    moves = [url_for("imports.rules", view=view, q=text or None, page=one) if one else None for one in (page.earlier, page.later)]
    return render_template(
        "imports/rules.html", rows=page.rows, states=states, drafts=drafts, words=STATES, views=views, view=view, text=text,
        earlier=moves[0], later=moves[1], may_edit=is_allowed(actor.roles, "imports.rules"),
    )  # fmt: skip


@blueprint.get("/rules/export.csv")
@requires("imports.view")
def export_rules() -> Any:
    """The versions of the chosen view as CSV."""
    actor, (view, text), now = current_actor(), _filter(), clock.now()
    with reading() as session:
        rows = rule_queries.all_rows(session, actor, now if view == "used" else None, text, MOST_EXPORTED)
        states = _states(session, rows)
    cells = [
        [row.name, str(row.version), row.title, row.analyte, row.method, _(STATES[states[row.id]][1]), show_instant(row.active_from),
         row.drafter_name, row.approver_name, show_instant(row.approved_at), row.content_hash]
        for row in rows
    ]  # fmt: skip
    local = now.astimezone(current_zone())
    shown = text or (_("In use") if view == "used" else _("All versions"))
    about = _("Assay rules: %(filter)s · %(instant)s · %(person)s", filter=shown, instant=f"{local:%Y-%m-%d %H:%M}", person=actor.name)
    name = f'attachment; filename="assay-rules-{local:%Y%m%d-%H%M}.csv"'
    content = csv_bytes([_(one) for one in HEADINGS], cells, about)
    return Response(content, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


@blueprint.post("/rules/new")
@requires("imports.rules")
def start_rule() -> Any:
    """Begin a rule with empty fields."""
    return redirect(url_for("imports.rule_draft", draft_id=service.start_rule(current_actor(), BLANK).id))


@blueprint.get("/rules/drafts/<uuid:draft_id>")
@requires("imports.view")
def rule_draft(draft_id: uuid.UUID) -> Any:
    """A draft as a form for its person, a proposed rule as it is."""
    row = _draft(draft_id)
    return _draft_page(row, _form(data=fields_of(row.content)))


@blueprint.post("/rules/drafts/<uuid:draft_id>")
@requires("imports.rules")
def change_rule(draft_id: uuid.UUID) -> Any:
    """Keep the draft, and hand it over for approval when that was asked for."""
    row, form = _draft(draft_id), _form()
    status = 400
    if form.validate_on_submit():
        try:
            service.change_rule(current_actor(), row.id, content_of(form.values()))
            if request.form.get("action") == "propose":
                service.propose_rule(current_actor(), row.id)
                said(_("The rule waits for the approval of another person."))
            else:
                said(_("The draft is kept."))
            return redirect(url_for("imports.rule_draft", draft_id=row.id))
        except LimsError as error:
            form.show(error)
            status = error.status
    return _draft_page(row, form), status


@blueprint.post("/rules/drafts/<uuid:draft_id>/<verb>")
@requires("imports.rules")
def decide_rule(draft_id: uuid.UUID, verb: str) -> Any:
    """Approve a proposed rule with a signature, give it back, or give up a draft."""
    actor, row = current_actor(), _draft(draft_id)
    try:
        if verb == "approve":
            password, seen = request.form.get("password", ""), request.form.get("seen", "")
            rule = service.approve_rule(actor, row.id, password, seen=seen, active_from=_active_from())
            said(_("%(name)s, version %(version)s, is approved.", name=rule.name, version=rule.version))
            return redirect(url_for("imports.rule", rule_id=rule.id))
        if verb == "return":
            service.return_rule(actor, row.id, request.form.get("reason", ""))
        elif verb == "discard":
            service.discard_rule(actor, row.id)
            return redirect(url_for("imports.rules"))
    except LimsError as error:
        said_refusal(error)
    return redirect(url_for("imports.rule_draft", draft_id=row.id))


@blueprint.get("/rules/<uuid:rule_id>")
@requires("imports.view")
def rule(rule_id: uuid.UUID) -> Any:
    """One version: what it says, who signed it, and until when it held."""
    actor = current_actor()
    with reading() as session:
        row = rule_queries.rule(session, actor, rule_id)
        state = _states(session, [row])[row.id]
        withdrawal = rule_queries.withdrawals(session, actor, [row.id]).get(row.id)
        signed = signatures.signatures_of(session, "assay_rule", row.id)
    return render_template(
        "imports/rule.html", row=row, state=STATES[state], withdrawal=withdrawal, signed=signed, content=row.content, words=WORDS,
        may_edit=is_allowed(actor.roles, "imports.rules"), may_approve=is_allowed(actor.roles, "imports.approve_rule"),
    )  # fmt: skip


@blueprint.post("/rules/<uuid:rule_id>/version")
@requires("imports.rules")
def version_rule(rule_id: uuid.UUID) -> Any:
    """A draft of the next version."""
    return redirect(url_for("imports.rule_draft", draft_id=service.next_rule_version(current_actor(), rule_id).id))


@blueprint.post("/rules/<uuid:rule_id>/withdraw")
@requires("imports.approve_rule")
def withdraw_rule(rule_id: uuid.UUID) -> Any:
    """Take a version out of use."""
    try:
        service.withdraw_rule(current_actor(), rule_id, request.form.get("reason", ""))
        said(_("The version is withdrawn; what was interpreted with it stays."))
    except LimsError as error:
        if error.status == 404:
            raise
        said_refusal(error)
    return redirect(url_for("imports.rule", rule_id=rule_id))


@blueprint.get("/rules/<uuid:rule_id>/file")
@requires("imports.view")
def rule_file(rule_id: uuid.UUID) -> Any:
    """The version as a file, for the command line and other laboratories."""
    with reading() as session:
        row = rule_queries.rule(session, current_actor(), rule_id)
    text = json.dumps(row.content, ensure_ascii=False, indent=1, sort_keys=True)
    name = f"{row.name}-{row.version}.rule.json"
    return send_file(BytesIO(text.encode()), mimetype="application/json", as_attachment=True, download_name=name)


def _filter() -> tuple[str, str]:
    view = request.args.get("view", "used")
    return (view if view in ("used", "all") else "used"), request.args.get("q", "").strip()[:80]


def _states(session: Any, rows: list[AssayRule]) -> dict[uuid.UUID, str]:
    """Of each version: in use, coming, replaced or withdrawn."""
    actor, now = current_actor(), clock.now()
    used = {row.id for row in rule_queries.in_use(session, actor, now)}
    gone = rule_queries.withdrawals(session, actor, [row.id for row in rows])
    return {
        row.id: "withdrawn" if row.id in gone else "in_use" if row.id in used else "coming" if row.active_from > now else "replaced"
        for row in rows
    }


def _draft(draft_id: uuid.UUID) -> AssayRuleDraft:
    with reading() as session:
        return rule_queries.draft(session, current_actor(), draft_id)


def _form(data: dict[str, Any] | None = None) -> RuleForm:
    with reading() as session:
        analytes = [(one.code, f"{one.name} ({one.code})") for one in catalogue.choices(session, current_actor(), *MEASURANDS)]
        methods = [(one.code, f"{one.name} ({one.code})") for one in catalogue.choices(session, current_actor(), "methods")]
    return RuleForm(data=data, analytes=analytes, methods=methods)


def _draft_page(row: AssayRuleDraft, form: RuleForm) -> Any:
    actor = current_actor()
    is_mine = row.drafted_by == actor.user_id and is_allowed(actor.roles, "imports.rules")
    return render_template(
        "imports/rule_draft.html", row=row, form=form, state=STATES[row.state], content=row.content, words=WORDS, controls=CONTROL_WORDS,
        is_open=row.state == "draft" and is_mine, is_mine=is_mine, may_edit=is_allowed(actor.roles, "imports.rules"),
        may_approve=is_allowed(actor.roles, "imports.approve_rule") and row.drafted_by != actor.user_id,
        seen=service.content_hash(row.content),
    )  # fmt: skip


def _active_from() -> datetime | None:
    """The beginning of the chosen day in the laboratory's zone; None for at once."""
    text = request.form.get("active_from", "").strip()
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=current_zone())
    except ValueError:
        raise Invalid("imports.rule_date", N_("Read %(text)s, expected a day like 2026-05-31."), field="active_from", text=text) from None
