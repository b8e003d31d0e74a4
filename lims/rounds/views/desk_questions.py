"""Questions before scoring: the coordinator asks and decides without seeing a value, the laboratory answers, later all judges read them."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, request, url_for

from lims.accounts.access import current_actor, requires
from lims.db.session import Actor, reading
from lims.errors import NotFound
from lims.rounds import queries, service
from lims.rounds.queries import RoundView, questions, records
from lims.rounds.queries.questions import Question
from lims.rounds.scoring.flags import EVIDENCE
from lims.rounds.scoring.questions import ANSWERS, DECISIONS, KINDS
from lims.rounds.views.acting import Refusal, carry_out, listed
from lims.rounds.views.base import blueprint, find_round, reader, typed
from lims.rounds.views.judging import head_of, seen_round
from lims.web.language import _
from lims.web.panels import panel

STATES = {"found": "dashed", "asked": "quarter", "answered": "half", "decided": "full"}


@blueprint.get("/<code>/blunders")
@requires("rounds.view")
def blunders(code: str) -> str:
    """The questions of the round for who runs or judges it; for a laboratory its own."""
    return _page(code)


@blueprint.post("/<code>/blunders/screen")
@requires("rounds.ask")
def screen(code: str) -> Any:
    """Let the rules look at the results that count now."""
    return _carry_out(code, "screen", lambda row_id: service.screen_for(reader(), row_id), _("The results are screened."))


@blueprint.post("/<code>/blunders/<int:question>/ask")
@requires("rounds.ask")
def ask_laboratory(code: str, question: int) -> Any:
    """Ask the laboratory to confirm the items."""
    done = _("The laboratory is asked.")
    return _carry_out(code, f"ask{question}", lambda row_id: service.ask_laboratory(reader(), row_id, question), done)


@blueprint.post("/<code>/blunders/<int:question>/answer")
@requires("rounds.answer")
def answer_question(code: str, question: int) -> Any:
    """Sign the answer of the own laboratory."""
    outcome, text, password = typed("outcome"), request.form.get("text", ""), request.form.get("password", "")
    done = _("Your answer is signed.")
    return _carry_out(
        code, f"answer{question}", lambda row_id: service.answer_question(reader(), row_id, question, outcome, text, password), done
    )


@blueprint.post("/<code>/blunders/<int:question>/decide")
@requires("rounds.ask")
def decide_question(code: str, question: int) -> Any:
    """Decide with a reason; the second person signs at the same screen."""
    outcome, reason, login, password = typed("outcome"), typed("reason"), typed("login"), request.form.get("password", "")
    done = _("The decision is kept.")
    return _carry_out(
        code, f"decide{question}",
        lambda row_id: service.decide_question(reader(), row_id, question, outcome, reason, login, password), done,
    )  # fmt: skip


def _carry_out(code: str, step: str, act: Any, done: str) -> Any:
    row = find_round(code)
    return carry_out(step, lambda: act(row.id), done, url_for("rounds.blunders", code=row.code), lambda refusal: _page(code, refusal))


def _page(code: str, refusal: Refusal | None = None) -> str:
    seen = seen_round(code)
    viewer = seen.viewer
    is_desk = seen.round.locked_at is not None and (viewer.is_coordinator or viewer.sees_drafts)
    with reading() as session:
        row = queries.round_by_id(session, reader(), seen.round.id)
        found = questions.questions_of(session, row) if is_desk else questions.own_questions(session, reader(), row)
        screenings = questions.screenings_of(session, row) if is_desk else []
        own = records.participant_of(session, row, current_actor().laboratory_id) if viewer.participant_id and not is_desk else None
    if not is_desk and (own is None or not found):
        raise NotFound()
    rows = [_row(one, seen) for one in found]
    return render_template(
        "rounds/blunders.html", **head_of(seen), rows=rows, is_desk=is_desk, refusal=refusal, typed=request.form if refusal else {},
        screenings=screenings, run=None, may_run=viewer.is_coordinator and seen.round.state == "locked",
        may_answer=not is_desk and "authoriser" in current_actor().roles and seen.round.state == "locked",
        answers=[(code, _(word)) for code, word in ANSWERS.items()], decisions=[(code, _(word)) for code, word in DECISIONS.items()],
        n_open=sum(one.counts and one.state != "decided" for one in found), own=own,
    )  # fmt: skip


def _row(one: Question, seen: RoundView) -> dict[str, Any]:
    """One question; what was found and what was answered in words with values only for who may see values."""
    sees_values = seen.viewer.sees_values and seen.viewer.sees_drafts
    is_own = one.participant.laboratory_id == current_actor().laboratory_id
    answer = one.steps.get("answered")
    return {
        "question": one, "number": one.flag.number, "code": one.participant.code, "kind": listed(_(KINDS[kind]) for kind in one.flag.kinds),
        "ring": STATES[one.state],
        "items": listed(one.item_codes), "state": _state(one), "evidence": _evidence(one) if sees_values else [],
        "asked": one.steps.get("asked"), "answer": answer, "decision": one.steps.get("decided"),
        "answer_word": _(ANSWERS[answer.outcome]) if answer else "", "notice": answer.text if answer and (sees_values or is_own) else "",
        "decision_word": _(DECISIONS[one.steps["decided"].outcome]) if "decided" in one.steps else "",
    }  # fmt: skip


def _state(one: Question) -> str:
    words = {"found": _("not asked yet"), "asked": _("asked"), "answered": _("answered"), "decided": _("decided")}
    return words[one.state] if one.counts else _("results were replaced")


def _evidence(one: Question) -> list[str]:
    """For each kind of sign its numbers, and whose results were the same."""
    lines = []
    for kind in one.flag.kinds:
        known = dict(one.flag.evidence[kind])
        others = known.pop("others", [])
        said = _(EVIDENCE[kind], **known) if kind in EVIDENCE else listed(f"{name} {value:.5g}" for name, value in known.items())
        lines.append(f"{_(KINDS[kind])}: {listed([said, *others])}")
    return lines


@panel("round", order=10)
def own_questions(actor: Actor, round_id: uuid.UUID) -> tuple[str, dict[str, Any]] | None:
    """On the round's page of a laboratory that was asked: how many questions wait, and the way to them."""
    with reading() as session:
        row = queries.round_by_id(session, actor, round_id)
        found = questions.own_questions(session, actor, row)
    n_open = sum(one.state == "asked" for one in found) if row.state == "locked" else 0
    return ("rounds/_questions.html", {"n": len(found), "n_open": n_open, "code": row.code}) if found else None
