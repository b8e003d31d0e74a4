"""What of the rounds waits for a person, and what the search box finds of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims import clock
from lims.db.session import Actor
from lims.errors import NotFound
from lims.marks import N_
from lims.rounds.lifecycle.participants import check_submission
from lims.rounds.models import Participant, Round
from lims.rounds.queries import annual, gates
from lims.rounds.queries.bench import round_of_item_code
from lims.rounds.queries.desk import JudgingDesk, judging_desk, newest_status
from lims.rounds.queries.followup_home import waiting_for as followed
from lims.rounds.queries.overdue import overdue_boxes
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
#: the technician's after the lock, by the newest version, where the protocol still takes late results
LATE_PART = {None: OWN_PART["testing", "received"], "draft": OWN_PART["testing", "draft"]}
#: the states in which the lock leaves a participant whose results may still come late
LATE_STATES = ("no_response", "late")
SIGN = N_("Round %(code)s: sign the results")


def waiting_for(session: Session, actor: Actor) -> list[Waiting]:
    """What the actor can do now about rounds, by role."""
    return [*_own_part(session, actor), *_coordination(session, actor), *_judging(session, actor), *followed(session, actor),
            *annual.waiting_for(session, actor)]  # fmt: skip


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
    may_be_late = (Round.state == "locked") & Participant.state.in_(LATE_STATES)
    rows = session.execute(
        select(Round, Participant.state, Participant.received_at, newest_status()).join(Participant, Participant.round_id == Round.id)
        .where(
            Participant.laboratory_id == actor.laboratory_id, visible(actor),
            Round.state.in_(("enrolling", "dispatched", "testing")) | may_be_late,
        )
        .order_by(Round.deadline).limit(MOST)
    )  # fmt: skip
    found = []
    for row, state, received_at, newest in rows:
        if row.state == "locked":
            role, title = _late_part(row, received_at, newest)
        elif newest == "handed_over":
            role, title = ("authoriser", SIGN) if row.state == "testing" else ("", "")
        else:
            role, title = OWN_PART.get((row.state, state), ("", ""))
        if role in actor.roles:
            found.append(_waiting(row, title, row.deadline))
    return found


def _late_part(row: Round, received_at: datetime | None, newest: str | None) -> tuple[str, str]:
    """Role and sentence of what the protocol still takes late between lock and unblinding; empty when nothing."""
    check = check_submission("locked", row.late_policy, clock.now(), row.deadline)  # type: ignore[arg-type]
    if check.acceptance != "late":
        return "", ""
    if received_at is None:
        return OWN_PART["testing", "sent"]
    return ("authoriser", SIGN) if newest == "handed_over" else LATE_PART.get(newest, ("", ""))


def _coordination(session: Session, actor: Actor) -> list[Waiting]:
    if "coordinator" not in actor.roles:
        return []
    rows = _rounds(session, actor, COORDINATOR)
    own = [_waiting(row, COORDINATOR[row.state]) for row in rows if row.organisation_id == actor.organisation_id]
    return [*own, *overdue_boxes(session, actor)]


def _judging(session: Session, actor: Actor) -> list[Waiting]:
    """What waits for QA managers and reviewers of a party; a fixed number of queries, however many rounds there are."""
    if not actor.roles & {"qa_manager", "reviewer"}:
        return []
    rows = _rounds(session, actor, ("planned", "designed", "analysing", "reviewing"))
    desk = judging_desk(session, rows)
    found = [(row, _judging_title(actor, row, desk)) for row in rows if actor.organisation_id in desk.parties[row.scheme_id]]
    return [_waiting(row, title) for row, title in found if title]


def _judging_title(actor: Actor, row: Round, desk: JudgingDesk) -> str:
    if row.state in ("planned", "designed"):
        basis = gates.basis_of(row, desk.items.get(row.id, []))
        is_approved = (row.id, "protocol", basis, actor.organisation_id) in desk.approved
        return "" if is_approved or "qa_manager" not in actor.roles else N_("Round %(code)s: approve the protocol")
    run = desk.runs.get(row.id)
    if run is None:
        return ""
    if row.state == "analysing":
        is_checked = any(key[:3] == (row.id, "score_check", run.outcome_hash) for key in desk.approved)
        return "" if is_checked or "reviewer" not in actor.roles else N_("Round %(code)s: check the score run")
    opinions = desk.opinions.get(run.id, set())
    if "reviewer" in actor.roles:
        return "" if actor.organisation_id in opinions else N_("Round %(code)s: write the opinion")
    is_released = actor.organisation_id in desk.releases.get(run.id, set())
    return N_("Round %(code)s: release the report") if desk.parties[row.scheme_id] <= opinions and not is_released else ""


def _rounds(session: Session, actor: Actor, states: Iterable[str]) -> list[Round]:
    return list(session.scalars(select(Round).where(visible(actor), Round.state.in_(list(states))).order_by(Round.id).limit(MOST)))
