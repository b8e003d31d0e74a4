"""What of the studies waits for a person, and what the search box finds of them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims.accounts.models import Organisation
from lims.db.session import Actor
from lims.marks import N_
from lims.validation.models import ValidationStudy
from lims.validation.queries import records, standing
from lims.validation.queries.pages import list_studies
from lims.validation.queries.visible import visible
from lims.web.waiting import Hit, Waiting

SHOW = "validation.show"
MOST = 100
COORDINATOR = {
    "registered": N_("Study %(code)s: write the plan"),
    "plan_approved": N_("Study %(code)s: open the data collection"),
    "data_locked": N_("Study %(code)s: run the analysis"),
    "analysis": N_("Study %(code)s: send the analysis to review"),
}
COLLECT = N_("Study %(code)s: add data")
APPROVE = N_("Study %(code)s: approve the plan")
OPINION = N_("Study %(code)s: write the opinion")
DECIDE = N_("Study %(code)s: sign the decision")
SCOPE = N_("Study %(code)s: sign the authorised scope")


def waiting_for(session: Session, actor: Actor) -> list[Waiting]:
    """What the actor can do now about studies, by role."""
    states = (*COORDINATOR, "planned", "data_collection", "review", "decision")
    query = select(ValidationStudy).where(visible(actor), ValidationStudy.state.in_(states)).order_by(ValidationStudy.id).limit(MOST)
    found = [(row, _title(session, actor, row)) for row in session.scalars(query)]
    return [_waiting(row, title) for row, title in found if title]


def waiting_count(session: Session, actor: Actor, limit: int) -> int:
    """How many of them there are, up to ``limit``."""
    return len(waiting_for(session, actor)[:limit])


def search(session: Session, actor: Actor, text: str) -> list[Hit]:
    """Studies by code, title or method."""
    if not text.strip():
        return []
    rows = list_studies(session, actor, text=text, limit=10).rows
    wanted = text.strip().upper()
    return [Hit("study", row.code, row.title(actor.language), SHOW, {"study": row.code}, is_exact=row.code == wanted) for row in rows]


def _title(session: Session, actor: Actor, row: ValidationStudy) -> str:
    if "coordinator" in actor.roles and actor.organisation_id == row.organisation_id and row.state in COORDINATOR:
        return COORDINATOR[row.state]
    if "technician" in actor.roles and row.state == "data_collection":
        return COLLECT
    own = session.scalar(select(Organisation.code).where(Organisation.id == actor.organisation_id)) or ""
    if "reviewer" in actor.roles and row.state == "review":
        return "" if own in standing.facts(session, actor, row).opinions else OPINION
    return _to_sign(session, actor, row, own) if "qa_manager" in actor.roles else ""


def _to_sign(session: Session, actor: Actor, row: ValidationStudy, own: str) -> str:
    if row.state in ("planned", "data_collection"):
        is_open = records.open_plan(session, row) is not None
        return APPROVE if is_open and own not in standing.amendment_signed_by(session, row) else ""
    now = standing.facts(session, actor, row)
    if row.state == "review":
        return DECIDE if now.opinions >= now.parties and own not in now.decided_by else ""
    if row.state == "decision" and row.decision in ("approved", "approved_with_limits"):
        return SCOPE if own not in now.scope_signed_by else ""
    return ""


def _waiting(row: ValidationStudy, title: str) -> Waiting:
    return Waiting(title, SHOW, {"code": row.code}, number=row.code, button=N_("Open"), icon="list", url_values={"study": row.code})
