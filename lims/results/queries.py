"""Looking up results: always inside the actor's own laboratory."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from lims.accounts import queries as accounts
from lims.db.keyset import Page, page_of
from lims.db.session import Actor
from lims.errors import NotFound
from lims.marks import N_
from lims.results.models import Result, ResultReview, ResultWithdrawal
from lims.samples.models import Sample
from lims.web.waiting import Hit, Waiting

MOST_AT_ONCE = 500


def result(session: Session, actor: Actor, result_id: uuid.UUID) -> Result:
    """One version of a result of the actor's laboratory with its sample; raises NotFound."""
    query = select(Result).options(joinedload(Result.sample)).where(Result.id == result_id, Result.laboratory_id == actor.laboratory_id)
    row = session.scalar(query)
    if row is None:
        raise NotFound("results.not_found", N_("No such result in this laboratory."))
    return row


def versions(session: Session, actor: Actor, line_id: uuid.UUID) -> list[Result]:
    """All versions of one result line, the newest first."""
    query = select(Result).where(Result.line_id == line_id, Result.laboratory_id == actor.laboratory_id).order_by(Result.version.desc())
    return list(session.scalars(query))


def current(actor: Actor) -> Select[Any]:
    """The results that count: the newest version of each line that was not taken back, with their samples."""
    newer = aliased(Result)
    is_newest = ~exists().where(newer.line_id == Result.line_id, newer.version > Result.version)
    is_kept = ~exists().where(ResultWithdrawal.result_id == Result.id)
    return select(Result).options(joinedload(Result.sample)).where(Result.laboratory_id == actor.laboratory_id, is_newest, is_kept)


def to_review(session: Session, actor: Actor, cursor: str | None, target: str = "", is_own: bool = False) -> Page[Result]:
    """One page of the results without a review: those of other persons, or with ``is_own`` the actor's own ones."""
    query = current(actor).where(~_is_reviewed())
    query = query.where(Result.recorded_by == actor.user_id if is_own else Result.recorded_by != actor.user_id)
    if target:
        query = query.where(Result.target == target)
    return page_of(session, query, [Result.recorded_at, Result.id], cursor)


def page(session: Session, actor: Actor, cursor: str | None, target: str = "") -> Page[Result]:
    """One page of all results that count, newest first."""
    query = current(actor).where(Result.target == target) if target else current(actor)
    return page_of(session, query, [Result.recorded_at, Result.id], cursor)


def all_rows(session: Session, actor: Actor, target: str = "", limit: int = 5000) -> list[Result]:
    """The newest results that count, for an export."""
    query = current(actor).where(Result.target == target) if target else current(actor)
    return list(session.scalars(query.order_by(Result.recorded_at.desc(), Result.id.desc()).limit(limit)))


def of_samples(session: Session, actor: Actor, sample_ids: Iterable[uuid.UUID]) -> list[Result]:
    """The results of several samples that count."""
    wanted = sorted(set(sample_ids))
    found: list[Result] = []
    for start in range(0, len(wanted), MOST_AT_ONCE):
        found += session.scalars(current(actor).where(Result.sample_id.in_(wanted[start : start + MOST_AT_ONCE])))
    return found


def some(session: Session, actor: Actor, result_ids: list[uuid.UUID]) -> list[Result]:
    """Several current results; raises NotFound when one is not the laboratory's or no longer counts."""
    rows = list(session.scalars(current(actor).where(Result.id.in_(result_ids))))
    if len(rows) != len(set(result_ids)):
        raise NotFound("results.not_found", N_("No such result in this laboratory."))
    return rows


def of_sample(session: Session, actor: Actor, sample_id: uuid.UUID) -> list[Result]:
    """The results of one sample that count, oldest first."""
    query = current(actor).where(Result.sample_id == sample_id).order_by(Result.recorded_at, Result.id).limit(MOST_AT_ONCE)
    return list(session.scalars(query))


def of_upload(session: Session, actor: Actor, upload_id: uuid.UUID) -> list[Result]:
    """The results that came from one upload and still count."""
    return list(session.scalars(current(actor).where(Result.upload_id == upload_id).order_by(Result.id)))


def reviews(session: Session, actor: Actor, result_ids: list[uuid.UUID]) -> dict[uuid.UUID, ResultReview]:
    """Who reviewed which of these results."""
    query = select(ResultReview).where(ResultReview.laboratory_id == actor.laboratory_id, ResultReview.result_id.in_(result_ids))
    return {row.result_id: row for row in session.scalars(query)}


def described(session: Session, actor: Actor, rows: Iterable[Result], sample: Sample | None = None) -> list[dict[str, Any]]:
    """Results with the names of who recorded and who reviewed them."""
    known = list(rows)
    reviewed = reviews(session, actor, [row.id for row in known])
    users = {key: accounts.user_by_id(session, key) for key in {row.recorded_by for row in known}}
    return [
        {
            "result": row,
            "sample": sample or row.sample,
            "recorder": user.name if (user := users[row.recorded_by]) else "–",
            "review": reviewed.get(row.id),
            "unit": (row.unit or "").replace("{", "").replace("}", ""),
            "flags": row.flags,
        }
        for row in known
    ]


def waiting_for(session: Session, actor: Actor) -> list[Waiting]:
    """Results of other persons that wait for the actor's review."""
    if not actor.roles & {"technician", "authoriser"}:
        return []
    subject = current(actor).where(~_is_reviewed(), Result.recorded_by != actor.user_id).order_by(None).limit(MOST_AT_ONCE).subquery()
    count = session.scalar(select(func.count()).select_from(subject)) or 0
    if not count:
        return []
    text = N_("Review %(count)s results")
    return [
        Waiting(
            text, "results.index", {"count": count}, why=N_("Entered by another person; your own are not among them"), button=N_("Review")
        )
    ]


def search(session: Session, actor: Actor, text: str) -> list[Hit]:
    """Results are found through their samples and uploads."""
    return []


def _is_reviewed() -> Any:
    return exists().where(ResultReview.result_id == Result.id)
