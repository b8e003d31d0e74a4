"""On the round's page: its corrective actions, appeals and complaints, as far as the reader may see them."""

from __future__ import annotations

import uuid
from typing import Any

from lims.accounts.permissions import is_allowed
from lims.db.session import Actor, reading
from lims.rounds import queries
from lims.rounds.models import Round
from lims.rounds.queries import following, records
from lims.rounds.scoring.consequences import CASE_KINDS, CASE_STATES, OBJECTION_KINDS, OUTCOMES
from lims.web.language import _
from lims.web.panels import panel


@panel("round", order=30)
def consequences(actor: Actor, round_id: uuid.UUID) -> tuple[str, dict[str, Any]] | None:
    """None before anything can follow, and for who takes no part and judges nothing."""
    with reading() as session:
        row = queries.round_by_id(session, actor, round_id)
        viewer = queries.viewer_of(session, actor, row)
        own = records.participant_of(session, row, actor.laboratory_id) if viewer.participant_id else None
        cases = following.cases(session, actor, text=row.code, limit=following.MOST)
        found = following.objections(session, actor, text=row.code, limit=following.MOST)
        decided = following.decisions(session, [one.row.id for one in found])
        questionable = _questionable(session, row) if viewer.is_coordinator else []
    shown = [_case(one) for one in cases if one.round.id == row.id]
    raised = [_objection(one, decided.get(one.row.id)) for one in found if one.round.id == row.id]
    is_running = row.state not in ("planned", "designed", "closed", "cancelled")
    may_raise = own is not None and is_running and own.enrolled_at is not None and is_allowed(actor.roles, "appeals.raise")
    if not (shown or raised or questionable or may_raise):
        return None
    return "rounds/following/_panel.html", {
        "cases": shown, "objections": raised, "questionable": questionable, "may_raise": may_raise, "round": row.code,
    }  # fmt: skip


def _questionable(session: Any, row: Round) -> list[str]:
    """Codes with a questionable verdict and no case, while the round is published."""
    run = records.newest_evaluation(session, row) if row.state in ("published", "follow_up") else None
    if run is None:
        return []
    codes = {one.id: one.code for one in records.participants_of(session, row)}
    known = {codes[one.participant_id] for one in following.cases_of(session, row) if one.state != "void"}
    warned = [str(one["participant_code"]) for one in run.outcome["overall"] if one["verdict"] == "warning"]
    return [code for code in warned if code not in known]


def _case(one: following.Filed) -> dict[str, Any]:
    return {
        "id": one.row.id, "number": one.row.number, "code": one.code, "kind": _(CASE_KINDS[one.row.kind]),
        "state": _(CASE_STATES[one.row.state]), "due": f"{one.row.due_at:%Y-%m-%d}", "is_over": one.row.state in ("confirmed", "void"),
    }  # fmt: skip


def _objection(one: following.Filed, decision: Any) -> dict[str, Any]:
    return {
        "id": one.row.id, "number": one.row.number, "code": one.code or "", "kind": _(OBJECTION_KINDS[one.row.kind]),
        "outcome": _(OUTCOMES[decision.outcome]) if decision else _("not decided yet"), "is_over": decision is not None,
    }  # fmt: skip
