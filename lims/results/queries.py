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
from lims.samples import queries as samples
from lims.samples.lifecycle import states
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
    """The results that count: of each line the newest version that was not taken back, with their samples."""
    newer, taken_back = aliased(Result), aliased(ResultWithdrawal)
    is_newest = ~exists().where(
        newer.line_id == Result.line_id, newer.version > Result.version, ~exists().where(taken_back.result_id == newer.id)
    )
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
    """Several versions of results with their samples; raises NotFound when one is not the laboratory's."""
    query = select(Result).options(joinedload(Result.sample)).where(Result.laboratory_id == actor.laboratory_id)
    rows = list(session.scalars(query.where(Result.id.in_(result_ids)).order_by(Result.id)))
    if len(rows) != len(set(result_ids)):
        raise NotFound("results.not_found", N_("No such result in this laboratory."))
    return rows


def count_as_current(session: Session, actor: Actor, result_ids: list[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these versions count now."""
    return {row.id for row in session.scalars(current(actor).where(Result.id.in_(result_ids)))}


def current_of_line(session: Session, actor: Actor, line_id: uuid.UUID) -> Result | None:
    """The version of a line that counts now; None when all were taken back."""
    return session.scalar(current(actor).where(Result.line_id == line_id))


def newest_versions(session: Session, actor: Actor, line_ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    """The highest version of each line, taken back or not."""
    found: dict[uuid.UUID, int] = {}
    for start in range(0, len(line_ids), MOST_AT_ONCE):
        some_lines = line_ids[start : start + MOST_AT_ONCE]
        query = select(Result.line_id, func.max(Result.version)).where(
            Result.laboratory_id == actor.laboratory_id, Result.line_id.in_(some_lines)
        )
        found.update((line_id, version) for line_id, version in session.execute(query.group_by(Result.line_id)))
    return found


def every_version_of_upload(session: Session, actor: Actor, upload_id: uuid.UUID) -> list[Result]:
    """All versions that came from one upload, corrections too, that were not taken back."""
    is_kept = ~exists().where(ResultWithdrawal.result_id == Result.id)
    query = select(Result).where(Result.laboratory_id == actor.laboratory_id, Result.upload_id == upload_id, is_kept)
    return list(session.scalars(query.order_by(Result.id)))


def of_sample(session: Session, actor: Actor, sample_id: uuid.UUID) -> list[Result]:
    """The results of one sample that count, oldest first."""
    query = current(actor).where(Result.sample_id == sample_id).order_by(Result.recorded_at, Result.id).limit(MOST_AT_ONCE)
    return list(session.scalars(query))


def of_upload(session: Session, actor: Actor, upload_id: uuid.UUID) -> list[Result]:
    """The results that came from one upload and still count."""
    return list(session.scalars(current(actor).where(Result.upload_id == upload_id).order_by(Result.id)))


def reviews(session: Session, actor: Actor, result_ids: list[uuid.UUID]) -> dict[uuid.UUID, ResultReview]:
    """Who reviewed which of these results."""
    found: dict[uuid.UUID, ResultReview] = {}
    for start in range(0, len(result_ids), MOST_AT_ONCE):
        wanted = ResultReview.result_id.in_(result_ids[start : start + MOST_AT_ONCE])
        query = select(ResultReview).where(ResultReview.laboratory_id == actor.laboratory_id, wanted)
        found.update((row.result_id, row) for row in session.scalars(query))
    return found


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
    """Results of other persons that wait for the actor's review, and reviewed samples that wait for their release."""
    found = []
    count = _count_to_review(session, actor) if actor.roles & {"technician", "authoriser"} else 0
    if count:
        title, why = N_("Review %(count)s results"), N_("Entered by another person; your own are not among them")
        found.append(Waiting(title, "results.index", {"count": count}, why=why, button=N_("Review")))
    count = samples.count_in(session, actor, (states.REVIEWED,), MOST_AT_ONCE) if "authoriser" in actor.roles else 0
    if count:
        title, where = N_("Release the results of %(count)s samples"), {"status": states.REVIEWED}
        found.append(Waiting(title, "samples.index", {"count": count}, button=N_("Open"), icon="pen", url_values=where))
    return found


def waiting_count(session: Session, actor: Actor, limit: int) -> int:
    """How many entries ``waiting_for`` has, without counting what stands behind them."""
    has_review = bool(actor.roles & {"technician", "authoriser"}) and _count_to_review(session, actor, 1)
    return int(bool(has_review)) + ("authoriser" in actor.roles and samples.count_in(session, actor, (states.REVIEWED,), 1))


def _count_to_review(session: Session, actor: Actor, limit: int = MOST_AT_ONCE) -> int:
    query = current(actor).where(~_is_reviewed(), Result.recorded_by != actor.user_id).order_by(None).limit(limit)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def search(session: Session, actor: Actor, text: str) -> list[Hit]:
    """Results are found through their samples and uploads."""
    return []


def _is_reviewed() -> Any:
    return exists().where(ResultReview.result_id == Result.id)
