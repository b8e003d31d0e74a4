"""The page of one study: state, facts, gates, what can be done now, the record; and the moves that need no form."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.marks import N_
from lims.validation import scope as scopes
from lims.validation import service
from lims.validation.lifecycle.gates import describe
from lims.validation.lifecycle.moves import allowed_moves, check_move
from lims.validation.lifecycle.states import DECISION_WORDS, STUDY_STATES
from lims.validation.models import ValidationStudy
from lims.validation.queries import records, standing
from lims.validation.service.judging import WATCHES
from lims.validation.views.base import RINGS, blueprint, carry_out, decision_words, find_study, reader, state_words, typed
from lims.web.language import _, current_language, current_zone

STEP_WORDS = {
    "approve_plan": N_("signed the plan"), "drop_amendment": N_("took back the amendment"), "opinion": N_("signed an opinion"),
    "decision": N_("signed the decision"),
    "scope": N_("signed the scope"), "lot_check": N_("checked a lot"),
    "round_check": N_("looked at a round"),
    "agreement_check": N_("looked at the agreement"),
}  # fmt: skip

WATCH_WORDS = {"lot_check": N_("Lot check"), "round_check": N_("Result of a round"), "agreement_check": N_("Agreement over time")}


@blueprint.get("/<study>")
@requires("validation.view")
def show(study: str) -> Any:
    """The page of a study."""
    return show_page(study)


def show_page(study: str, refusal: str = "") -> str:
    """The page, with a refusal above it and what was typed kept."""
    row, actor = find_study(study), current_actor()
    with reading() as session:
        facts, steps = standing.facts(session, reader(), row), records.steps_of(session, row)
        found = {
            "parties": records.parties_of(session, row), "analysis": records.newest_analysis(session, row),
            "plan": records.plan_in_force(session, row), "waiting": records.open_plan(session, row),
            "opinions": standing.opinions(session, row), "decision": standing.proposal(session, row, "decision"),
            "scopes": [(one, scopes.scope_of(one.content)) for one in records.scopes_of(session, row)],
            "proposed": standing.proposal(session, row, "scope"),
            "seen": {step: standing.seen(session, row, step) for step in ("decision", "scope")},
        }  # fmt: skip
    is_leader = "coordinator" in actor.roles and row.organisation_id == actor.organisation_id
    return render_template(
        "validation/show.html", row=row, refusal=refusal, typed=request.form, facts=facts, **found,
        steps=[_step(one) for one in reversed(steps)], stepper=_stepper(row, steps), gates=_gates(row, facts),
        state=state_words(row.state), ring=RINGS[row.state], decided=decision_words(row.decision), is_leader=is_leader, roles=actor.roles,
        watches=[(one, _(WATCH_WORDS[one])) for one in WATCHES], decisions=[(code, _(word)) for code, word in DECISION_WORDS.items()],
        title=row.title(current_language()),
    )  # fmt: skip


@blueprint.post("/<study>/open-collection")
@requires("validation.plan")
def open_collection(study: str) -> Any:
    """Open the data collection."""
    row, reason = find_study(study), typed("reason")
    return carry_out(row, lambda: service.open_collection(reader(), row.id, reason), _("The data collection is open."), show_page)


@blueprint.post("/<study>/lock")
@requires("validation.plan")
def lock(study: str) -> Any:
    """Lock the data."""
    row = find_study(study)
    return carry_out(row, lambda: service.lock_data(reader(), row.id), _("The data are locked."), show_page)


@blueprint.post("/<study>/analyse")
@requires("validation.analyse")
def analyse(study: str) -> Any:
    """Run and freeze the analysis."""
    row = find_study(study)
    done = _("The analysis is frozen.")
    return carry_out(row, lambda: service.analyse_study(reader(), row.id), done, show_page, "validation.analysis")


@blueprint.post("/<study>/send")
@requires("validation.analyse")
def send(study: str) -> Any:
    """Send the analysis to review."""
    row = find_study(study)
    return carry_out(row, lambda: service.send_to_review(reader(), row.id), _("The reviewers of both parties have it now."), show_page)


@blueprint.post("/<study>/revalidate")
@requires("validation.plan")
def revalidate(study: str) -> Any:
    """Begin a re-validation."""
    row, reason = find_study(study), typed("reason")
    return carry_out(row, lambda: service.revalidate(reader(), row.id, reason), _("The re-validation has begun."), show_page)


@blueprint.post("/<study>/withdraw")
@requires("validation.withdraw")
def withdraw(study: str) -> Any:
    """Withdraw the study or the method at once."""
    row, reason, password = find_study(study), typed("reason"), request.form.get("password", "")
    return carry_out(row, lambda: service.withdraw_study(reader(), row.id, reason, password), _("The study is withdrawn."), show_page)


def _step(one: Any) -> dict[str, Any]:
    """One entry of the record."""
    text = state_words(one.target) if one.step == "move" else _(STEP_WORDS[one.step])
    facts = [("pen" if one.signature_id else None, one.user_name, False)]
    facts += [(None, one.reason, False)] if one.reason else []
    return {"instant": one.done_at, "text": text, "facts": facts}


def _stepper(row: ValidationStudy, steps: list[Any]) -> list[tuple[str, str, str]]:
    at = STUDY_STATES.index(row.state)
    entered = {one.target: one.done_at.astimezone(current_zone()) for one in steps if one.step == "move" and one.cycle == row.cycle}
    shown = [state for state in STUDY_STATES if state != "withdrawn" or row.state == "withdrawn"]
    marks = ["done" if number < at else "now" if number == at else "later" for number in range(len(STUDY_STATES))]
    return [
        (state_words(state), f"{entered[state]:%m-%d}" if state in entered else "", marks[STUDY_STATES.index(state)]) for state in shown
    ]


def _gates(row: ValidationStudy, facts: Any) -> list[dict[str, Any]]:
    """The gates of the next move on the straight way."""
    ahead = next((move for move in allowed_moves(row.state) if move.target not in ("withdrawn",)), None)
    if ahead is None:
        return []
    where = url_for("validation.data", study=row.code) if row.state == "data_collection" else None
    return [
        {"ok": gate.is_met, "text": describe(gate, current_language()), "url": None if gate.is_met else where}
        for gate in check_move(row.state, ahead.target, facts)
    ]
