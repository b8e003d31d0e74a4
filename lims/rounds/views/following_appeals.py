"""Appeals and complaints: raising, list, decision or answer."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for

from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.errors import NotFound
from lims.marks import N_
from lims.rounds import service
from lims.rounds.lifecycle.periods import periods
from lims.rounds.models import ObjectionDecision
from lims.rounds.queries import following, records
from lims.rounds.queries.following import Filed
from lims.rounds.scoring.consequences import OBJECTION_KINDS, OUTCOMES
from lims.rounds.service.appeals import APPEAL_OUTCOMES, why_not_decide
from lims.rounds.views.acting import Refusal, carry_out
from lims.rounds.views.base import blueprint as rounds
from lims.rounds.views.base import find_round, reader, typed
from lims.rounds.views.judging import head_of, seen_round
from lims.rounds.views.tables import as_csv, offset_of, pages_of, row_address
from lims.web.language import _, current_language
from lims.web.navigation import entry

blueprint = Blueprint("appeals", __name__, url_prefix="/appeals")
entry(N_("Work"), N_("Appeals"), "appeals.index", "appeals.view", "bell", 44)
VIEWS: tuple[tuple[str, str], ...] = ((N_("All"), ""), (N_("Open"), "open"))


@blueprint.get("/")
@requires("appeals.view")
def index() -> str:
    """The appeals and complaints that the reader may see, newest first."""
    after, view = offset_of(), request.args.get("view", "")
    rows, n = _rows(after, following.PAGE + 1)
    turned = request.args.get("direction") == "ascending"
    return render_template(
        "rounds/following/appeals.html", rows=rows[: following.PAGE], text=request.args.get("q", "").strip()[:40], view=view,
        views=[(_(word), row_address("appeals.index", view=code or None), code == view, None) for word, code in VIEWS],
        pages=pages_of("appeals.index", after, n, following.PAGE), direction="ascending" if turned else "descending",
        sort_url=row_address("appeals.index", direction=None if turned else "ascending"), export_url=row_address("appeals.export"),
    )  # fmt: skip


@blueprint.get("/export.csv")
@requires("appeals.view")
def export() -> Response:
    """The filtered appeals and complaints as a file."""
    rows, _n = _rows(0, following.MOST)
    head = [_("No."), _("Round"), _("Code"), _("Kind"), _("Against"), _("Raised"), _("Outcome")]
    names = ("number", "round", "code", "kind", "against", "raised", "outcome")
    return as_csv("appeals", head, [[row[name] for name in names] for row in rows], request.args.get("q", ""))


@blueprint.get("/<uuid:objection_id>")
@requires("appeals.view")
def show(objection_id: uuid.UUID) -> str:
    """One appeal or complaint."""
    return _page(objection_id)


@blueprint.post("/<uuid:objection_id>/decide")
@requires("appeals.decide")
def decide(objection_id: uuid.UUID) -> Any:
    """Sign the decision of an appeal."""
    outcome, text, password = typed("outcome"), request.form.get("text", ""), request.form.get("password", "")
    act = lambda: service.decide_appeal(reader(), objection_id, outcome, text, password)  # noqa: E731
    return _carry_out(objection_id, act, _("The decision is signed."))


@blueprint.post("/<uuid:objection_id>/answer")
@requires("complaints.answer")
def answer(objection_id: uuid.UUID) -> Any:
    """Sign the answer to a complaint."""
    text, password = request.form.get("text", ""), request.form.get("password", "")
    return _carry_out(
        objection_id, lambda: service.answer_complaint(reader(), objection_id, text, password), _("Your answer is signed.")
    )


@rounds.get("/<code>/appeal")
@requires("appeals.raise")
def appeal_form(code: str) -> str:
    """The form of an appeal or a complaint of the own laboratory."""
    return _form(code)


@rounds.post("/<code>/appeal")
@requires("appeals.raise")
def raise_objection(code: str) -> Any:
    """Sign an appeal or a complaint."""
    row, text, password = find_round(code), request.form.get("text", ""), request.form.get("password", "")
    item = int(typed("item")) if typed("item").isdecimal() else None

    def act() -> None:
        if typed("kind") == "complaint":
            service.raise_complaint(reader(), row.id, text, password)
        else:
            service.raise_appeal(reader(), row.id, text, password, item_number=item)

    done = _("It is signed and waits for the decision.")
    return carry_out("raise", act, done, url_for("appeals.index"), lambda refusal: _form(code, refusal))


def _form(code: str, refusal: Refusal | None = None) -> str:
    seen = seen_round(code)
    if seen.viewer.participant_id is None:
        raise NotFound()
    numbers = [item.number for item in seen.items] if seen.reports and seen.viewer.is_published else []
    last = seen.reports[0].issued_at + periods().appeal if seen.reports else None
    return render_template(
        "rounds/following/appeal_form.html", **head_of(seen), numbers=numbers, last=last, refusal=refusal,
        typed=request.form if refusal else {}, may_appeal=seen.round.state in ("published", "follow_up"),
    )  # fmt: skip


def _rows(after: int, limit: int) -> tuple[list[dict[str, Any]], int]:
    with reading() as session:
        found = following.objections(
            session, reader(), is_open=request.args.get("view") == "open", text=request.args.get("q", "")[:40], after=after, limit=limit,
            is_oldest_first=request.args.get("direction") == "ascending",
        )  # fmt: skip
        decided = following.decisions(session, [one.row.id for one in found])
    return [_line(one, decided.get(one.row.id)) for one in found], len(found)


def _line(filed: Filed, decision: ObjectionDecision | None) -> dict[str, Any]:
    row = filed.row
    against = _("the round's verdict") if row.item_number is None else _("item %(n)s", n=row.item_number)
    against = "–" if row.kind == "complaint" else against
    return {
        "id": row.id, "number": row.number, "round": filed.round.code, "code": filed.code or "–", "kind": _(OBJECTION_KINDS[row.kind]),
        "against": against, "raised": f"{row.raised_at:%Y-%m-%d}",
        "outcome": _(OUTCOMES[decision.outcome]) if decision else _("not decided yet"),
        "ring": "full" if decision else "half", "title": filed.round.title(current_language()), "verdict": row.verdict,
    }  # fmt: skip


def _carry_out(objection_id: uuid.UUID, act: Any, done: str) -> Any:
    return carry_out("decide", act, done, url_for("appeals.show", objection_id=objection_id), lambda refusal: _page(objection_id, refusal))


def _page(objection_id: uuid.UUID, refusal: Refusal | None = None) -> str:
    with reading() as session:
        filed = following.objection(session, reader(), objection_id)
        decision = following.decisions(session, [objection_id]).get(objection_id)
        is_involved = why_not_decide(session, reader(), filed)
        place = records.laboratories(session, [filed.row.laboratory_id])[filed.row.laboratory_id]
    actor = current_actor()
    is_appeal, is_organiser = filed.row.kind == "appeal", filed.round.organisation_id == actor.organisation_id
    is_own = filed.row.laboratory_id == actor.laboratory_id
    return render_template(
        "rounds/following/appeal.html", filed=filed, one=_line(filed, decision), decision=decision, refusal=refusal, side=place.side,
        typed=request.form if refusal else {}, sees_names=is_own or "auditor" in actor.roles, is_appeal=is_appeal,
        may_decide=is_appeal and decision is None and "reviewer" in actor.roles and not is_involved,
        is_involved=is_appeal and decision is None and "reviewer" in actor.roles and is_involved,
        may_answer=not is_appeal and decision is None and "coordinator" in actor.roles and is_organiser,
        outcomes=[(code, _(OUTCOMES[code])) for code in APPEAL_OUTCOMES],
        may_correct=decision is not None and decision.outcome in ("upheld", "partly") and "qa_manager" in actor.roles and not is_own,
    )  # fmt: skip
