"""What of the rounds waits for a person, and what the search box finds of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.errors import NotFound
from lims.marks import N_
from lims.rounds.models import Participant, Round
from lims.rounds.queries import gates, records
from lims.rounds.queries.bench import round_of_item_code
from lims.rounds.queries.pages import list_rounds
from lims.rounds.queries.visible import visible
from lims.web.waiting import Hit, Waiting

SHOW = "rounds.show"
MOST = 100
COORDINATOR = {
    "planned": N_("Round %(code)s: wait for the approvals of the protocol"),
    "designed": N_("Round %(code)s: invite laboratories and open the enrolment"),
    "enrolling": N_("Round %(code)s: close the enrolment and draw the codes"),
    "preparing": N_("Round %(code)s: seal the truth, pack and dispatch"),
    "locked": N_("Round %(code)s: unblind with a witness of the other party"),
    "analysing": N_("Round %(code)s: evaluate, have it checked, open the review"),
}
OWN_PART = {
    ("enrolling", "invited"): ("authoriser", N_("Round %(code)s: enrol the laboratory or decline")),
    ("dispatched", "sent"): ("technician", N_("Round %(code)s: confirm the receipt of the box")),
    ("testing", "sent"): ("technician", N_("Round %(code)s: confirm the receipt of the box")),
    ("testing", "received"): ("technician", N_("Round %(code)s: enter results")),
    ("testing", "draft"): ("technician", N_("Round %(code)s: complete the results and hand them over")),
}
SIGN = N_("Round %(code)s: sign the results")


def waiting_for(session: Session, actor: Actor) -> list[Waiting]:
    """What the actor can do now about rounds, by role."""
    return [*_own_part(session, actor), *_coordination(session, actor), *_judging(session, actor)]


def search(session: Session, actor: Actor, text: str) -> list[Hit]:
    """Rounds by code or title, or the round of one of the own item codes."""
    if not text.strip():
        return []
    try:
        row, _ = round_of_item_code(session, actor, text)
        return [_hit(actor, row, is_exact=True)]
    except NotFound:
        pass
    rows = list_rounds(session, actor, text=text, limit=10).rows
    return [_hit(actor, row, is_exact=row.code == text.strip().upper()) for row in rows]


def _hit(actor: Actor, row: Round, *, is_exact: bool) -> Hit:
    return Hit("round", row.code, row.title(actor.language), SHOW, {"code": row.code}, is_exact=is_exact)


def _waiting(row: Round, title: str, due: datetime | None = None) -> Waiting:
    where = {"code": row.code}
    return Waiting(title, SHOW, {"code": row.code}, number=row.code, due=due, button=N_("Open"), icon="rings", url_values=where)


def _own_part(session: Session, actor: Actor) -> list[Waiting]:
    if not actor.roles & {"technician", "authoriser"}:
        return []
    rows = session.execute(
        select(Round, Participant).join(Participant, Participant.round_id == Round.id)
        .where(Participant.laboratory_id == actor.laboratory_id, Round.state.in_(("enrolling", "dispatched", "testing")), visible(actor))
        .order_by(Round.deadline).limit(MOST)
    )  # fmt: skip
    found = []
    for row, own in rows:
        role, title = OWN_PART.get((row.state, own.state), ("", ""))
        if role in actor.roles:
            found.append(_waiting(row, title, row.deadline))
        if "authoriser" in actor.roles and own.state in ("draft", "submitted") and _is_handed_over(session, own):
            found.append(_waiting(row, SIGN, row.deadline))
    return found


def _is_handed_over(session: Session, own: Participant) -> bool:
    newest = next(iter(records.versions_of(session, own)), None)
    return newest is not None and newest.status == "handed_over"


def _coordination(session: Session, actor: Actor) -> list[Waiting]:
    if "coordinator" not in actor.roles:
        return []
    rows = _rounds(session, actor, COORDINATOR)
    return [_waiting(row, COORDINATOR[row.state]) for row in rows if row.organisation_id == actor.organisation_id]


def _judging(session: Session, actor: Actor) -> list[Waiting]:
    """What waits for QA managers and reviewers of a party."""
    found = []
    for row in _rounds(session, actor, ("planned", "analysing", "reviewing")) if actor.roles & {"qa_manager", "reviewer"} else ():
        title = _judging_title(session, actor, row)
        if title:
            found.append(_waiting(row, title))
    return found


def _judging_title(session: Session, actor: Actor, row: Round) -> str:
    own = next((party.code for party in records.parties_of(session, row) if party.id == actor.organisation_id), None)
    if own is None:
        return ""
    if row.state == "planned":
        is_open = "qa_manager" in actor.roles and own not in gates.approved_by(session, row, "protocol", gates.protocol_basis(session, row))
        return N_("Round %(code)s: approve the protocol") if is_open else ""
    run = records.newest_evaluation(session, row)
    if run is None:
        return ""
    if row.state == "analysing":
        is_checked = any(one.basis == run.outcome_hash for one in records.approvals_of(session, row, "score_check"))
        return "" if is_checked or "reviewer" not in actor.roles else N_("Round %(code)s: check the score run")
    opinions = {one.organisation_id for one in records.opinions_of(session, run)}
    if "reviewer" in actor.roles:
        return "" if actor.organisation_id in opinions else N_("Round %(code)s: write the opinion")
    is_released = actor.organisation_id in {one.organisation_id for one in records.releases_of(session, run)}
    parties = {party.id for party in records.parties_of(session, row)}
    return N_("Round %(code)s: release the report") if parties <= opinions and not is_released else ""


def _rounds(session: Session, actor: Actor, states: Iterable[str]) -> list[Round]:
    return list(session.scalars(select(Round).where(visible(actor), Round.state.in_(list(states))).order_by(Round.id).limit(MOST)))
