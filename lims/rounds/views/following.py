"""Corrective actions and self-checks: list with filter, order and export; one case with its record, versions and signatures."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from lims import clock
from lims.accounts.access import current_actor, requires
from lims.catalogue import queries as catalogue
from lims.db.session import reading
from lims.marks import N_
from lims.rounds import service
from lims.rounds.queries import following, records
from lims.rounds.queries.following import Filed
from lims.rounds.scoring.consequences import CASE_KINDS, CASE_STATES, EFFECTIVENESS, FIELDS, STEP_WORDS, fields_of
from lims.rounds.views.acting import Refusal, carry_out, listed
from lims.rounds.views.base import attempt, find_round, reader, typed
from lims.rounds.views.base import blueprint as rounds
from lims.rounds.views.tables import as_csv, offset_of, pages_of, row_address
from lims.web.language import _, current_language
from lims.web.navigation import entry

blueprint = Blueprint("capa", __name__, url_prefix="/capa")
entry(N_("Work"), N_("Corrective actions"), "capa.index", "capa.view", "shield", 42)

RINGS = {"open": "quarter", "filled": "three", "confirmed": "full", "void": "cross"}
VIEWS: tuple[tuple[str, str], ...] = ((N_("All"), ""), (N_("Open"), "open"), (N_("Overdue"), "late"), (N_("Closed"), "closed"))
STATES = {"open": ("open", "filled"), "closed": ("confirmed", "void")}


@blueprint.get("/")
@requires("capa.view")
def index() -> str:
    """The cases that the reader may see, the first due first."""
    after = offset_of()
    with reading() as session:
        found = _found(session, after, following.PAGE + 1)
    view, turned = request.args.get("view", ""), request.args.get("direction") == "descending"
    rows = [_line(one) for one in found[: following.PAGE]]
    return render_template(
        "rounds/following/cases.html", rows=rows, text=request.args.get("q", "").strip()[:40], view=view,
        views=[(_(word), row_address("capa.index", view=code or None), code == view, None) for word, code in VIEWS],
        pages=pages_of("capa.index", after, len(found), following.PAGE), direction="descending" if turned else "ascending",
        sort_url=row_address("capa.index", direction=None if turned else "descending"), export_url=row_address("capa.export"),
    )  # fmt: skip


@blueprint.get("/export.csv")
@requires("capa.view")
def export() -> Response:
    """The filtered cases as a file."""
    with reading() as session:
        rows = [_line(one) for one in _found(session, 0, following.MOST)]
    head = [_("Case"), _("Round"), _("Code"), _("Kind"), _("Verdict"), _("Items"), _("Due"), _("Outer limit"), _("Status")]
    names = ("number", "round", "code", "kind", "verdict_word", "items", "due", "limit", "state")
    return as_csv("corrective-actions", head, [[row[name] for name in names] for row in rows], request.args.get("q", ""))


@blueprint.get("/<uuid:case_id>")
@requires("capa.view")
def show(case_id: uuid.UUID) -> str:
    """One case."""
    return _page(case_id)


@blueprint.post("/<uuid:case_id>/save")
@requires("capa.fill")
def save(case_id: uuid.UUID) -> Any:
    """Keep the next version of the record."""
    seen = int(typed("seen")) if typed("seen").isdecimal() else 0
    done = _("The record is saved as a new version.")
    return _carry_out(case_id, "save", lambda: service.save_case(reader(), case_id, request.form, seen=seen), done)


@blueprint.post("/<uuid:case_id>/hand-over")
@requires("capa.hand_over")
def hand_over(case_id: uuid.UUID) -> Any:
    """Sign the newest version and hand it over."""
    done = _("The record is handed to the reviewer.")
    password = request.form.get("password", "")
    return _carry_out(case_id, "hand_over", lambda: service.hand_over_case(reader(), case_id, password), done)


@blueprint.post("/<uuid:case_id>/judge")
@requires("capa.confirm")
def judge(case_id: uuid.UUID) -> Any:
    """Confirm the effect, or give the record back."""
    step, text, password, seen = typed("step"), typed("text"), request.form.get("password", ""), typed("seen")
    act = lambda: service.judge_case(reader(), case_id, step, text, password, seen=seen)  # noqa: E731
    return _carry_out(case_id, "judge", act, _("Your judgement is signed."))


@rounds.post("/<code>/self-check")
@requires("capa.open")
def open_self_check(code: str) -> Any:
    """Ask a laboratory with a questionable verdict for a self-check."""
    row = find_round(code)
    done = _("The laboratory is asked for a self-check.")
    return attempt(row, lambda: service.open_self_check(reader(), row.id, typed("participant"), typed("reason")), done)


def _found(session: Any, after: int, limit: int) -> list[Filed]:
    view = request.args.get("view", "")
    return following.cases(
        session, reader(), states=STATES.get(view, ()), late_at=clock.now() if view == "late" else None, after=after, limit=limit,
        text=request.args.get("q", "")[:40], is_due_last=request.args.get("direction") == "descending",
    )  # fmt: skip


def _line(filed: Filed) -> dict[str, Any]:
    row = filed.row
    is_late = row.state in following.OPEN_STATES and row.due_at < clock.now()
    return {
        "id": row.id, "number": row.number, "round": filed.round.code, "code": filed.code, "kind": _(CASE_KINDS[row.kind]),
        "verdict": row.verdict, "verdict_word": _("Unsatisfactory") if row.verdict == "action" else _("Questionable"),
        "items": listed(str(one) for one in row.item_numbers) or "–", "due": f"{row.due_at:%Y-%m-%d}", "limit": f"{row.limit_at:%Y-%m-%d}",
        "is_late": is_late, "is_past": row.state in following.OPEN_STATES and row.limit_at < clock.now(),
        "state": _(CASE_STATES[row.state]), "ring": RINGS[row.state], "is_own": row.laboratory_id == current_actor().laboratory_id,
        "title": filed.round.title(current_language()),
    }  # fmt: skip


def _carry_out(case_id: uuid.UUID, step: str, act: Any, done: str) -> Any:
    return carry_out(step, act, done, url_for("capa.show", case_id=case_id), lambda refusal: _page(case_id, refusal))


def _page(case_id: uuid.UUID, refusal: Refusal | None = None) -> str:
    with reading() as session:
        filed = following.case(session, reader(), case_id)
        versions, steps = following.records_of(session, case_id), following.steps_of(session, case_id)
        causes = catalogue.all_of(session, reader(), ["capa_root_causes"])
        place = records.laboratories(session, [filed.row.laboratory_id])[filed.row.laboratory_id]
        n_parties = len(records.parties_of(session, filed.round))
    words = {entry.code: entry.name(current_language()) for entry in causes.values()}
    newest, roles, line = (versions[0] if versions else None), current_actor().roles, _line(filed)
    content = dict(request.form) if refusal and refusal.step == "save" else (newest.content if newest else {})
    is_judge = "reviewer" in roles and not line["is_own"] and (place.organisation_id != current_actor().organisation_id or n_parties < 2)
    ways = [(code, _(word)) for code, word in EFFECTIVENESS.items()]
    chosen = {"cause_code": sorted(words.items(), key=lambda pair: pair[1]), "effectiveness_kind": ways}
    return render_template(
        "rounds/following/case.html", filed=filed, one=line, newest=newest, versions=versions, refusal=refusal, content=content,
        fields=[(name, _(FIELDS[name]), chosen.get(name)) for name in fields_of(filed.row.kind)],
        shown=[(_(FIELDS[name]), _text(name, newest.content if newest else {}, words)) for name in fields_of(filed.row.kind)],
        steps=[(one, _(STEP_WORDS[one.step])) for one in steps], side=place.side, sees_names=line["is_own"] or "auditor" in roles,
        may_fill=line["is_own"] and filed.row.state == "open" and bool(roles & {"technician", "authoriser"}),
        may_hand_over=line["is_own"] and filed.row.state == "open" and "authoriser" in roles and newest is not None,
        may_judge=is_judge and filed.row.state == "filled", typed=request.form if refusal else {},
    )  # fmt: skip


def _text(name: str, content: dict[str, Any], causes: dict[str, str]) -> str:
    value = str(content.get(name, ""))
    if name == "cause_code" and value:
        return f"{value} {causes.get(value, '')}"
    return _(EFFECTIVENESS[value]) if name == "effectiveness_kind" and value in EFFECTIVENESS else value
