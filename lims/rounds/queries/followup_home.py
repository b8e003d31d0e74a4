"""What of questions, corrective actions and appeals waits for a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.marks import N_
from lims.rounds.queries import following, questions, records, review
from lims.web.waiting import Waiting

MOST = 100


def waiting_for(session: Session, actor: Actor) -> list[Waiting]:
    """By role: questions to decide or answer, records to write, hand over or judge, appeals and complaints to decide."""
    return [*_questions(session, actor), *_cases(session, actor), *_objections(session, actor), *_actions(session, actor)]


def _cases(session: Session, actor: Actor) -> list[Waiting]:
    """The own laboratory's open cases, and the handed-over ones of the other party for its reviewers; due and overdue by their date."""
    titles = {"open": N_("Corrective action %(number)s: write the record"), "filled": N_("Corrective action %(number)s: judge the effect")}
    found, cases = [], following.cases(session, actor, states=following.OPEN_STATES, limit=MOST)
    places = records.laboratories(session, [one.row.laboratory_id for one in cases])
    for one in cases:
        is_own = one.row.laboratory_id == actor.laboratory_id
        is_mine = is_own and bool(actor.roles & {"technician", "authoriser"}) if one.row.state == "open" else False
        is_own_party = places[one.row.laboratory_id].organisation_id == actor.organisation_id
        is_to_judge = one.row.state == "filled" and "reviewer" in actor.roles and not is_own_party
        if is_mine or is_to_judge:
            values = {"number": one.row.number}
            found.append(Waiting(
                titles[one.row.state], "capa.show", values, number=one.row.number, due=one.row.due_at, button=N_("Open"), icon="shield",
                why=N_("Round %(code)s"), why_values={"code": one.round.code}, url_values={"case_id": one.row.id},
            ))  # fmt: skip
    return found


def _objections(session: Session, actor: Actor) -> list[Waiting]:
    kinds = {"appeal": "reviewer", "complaint": "coordinator"}
    titles = {"appeal": N_("Appeal %(number)s: decide"), "complaint": N_("Complaint %(number)s: answer")}
    if not actor.roles & set(kinds.values()):
        return []
    return [
        Waiting(
            titles[one.row.kind], "appeals.show", {"number": one.row.number}, number=one.row.number, button=N_("Open"), icon="bell",
            why=N_("Round %(code)s"), why_values={"code": one.round.code}, url_values={"objection_id": one.row.id},
        )
        for one in following.objections(session, actor, is_open=True, limit=MOST)
        if kinds[one.row.kind] in actor.roles and one.row.laboratory_id != actor.laboratory_id
    ]  # fmt: skip


def _actions(session: Session, actor: Actor) -> list[Waiting]:
    """Open action items of review meetings, for who keeps the minutes."""
    if not actor.roles & {"coordinator", "qa_manager"}:
        return []
    return [
        Waiting(
            N_("Action item %(number)s: %(what)s"), "rounds.meeting", {"number": one.number, "what": one.what}, number=row.code,
            why=N_("Review meeting of round %(code)s, due %(due)s"), why_values={"code": row.code, "due": one.due_on}, button=N_("Open"),
            icon="list", url_values={"code": row.code}, due=datetime.combine(date.fromisoformat(one.due_on), time(23, 59), UTC),
        )
        for one, row in review.open_actions(session, actor)
    ]  # fmt: skip


def _questions(session: Session, actor: Actor) -> list[Waiting]:
    is_coordinator = "coordinator" in actor.roles
    title = N_("Round %(code)s: decide the questions before scoring") if is_coordinator else N_("Round %(code)s: confirm items")
    return [
        Waiting(
            title, "rounds.blunders", {"code": row.code}, number=row.code, why=N_("%(n)s questions are open"), why_values={"n": n},
            button=N_("Open"), icon="alert", url_values={"code": row.code},
        )
        for row, n in questions.waiting_questions(session, actor, MOST)
    ]  # fmt: skip
