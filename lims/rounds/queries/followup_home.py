"""What of questions, corrective actions and appeals waits for a person."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.marks import N_
from lims.rounds.queries import questions
from lims.web.waiting import Waiting

MOST = 100


def waiting_for(session: Session, actor: Actor) -> list[Waiting]:
    """By role: questions to decide or to answer."""
    return [*_questions(session, actor)]


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
