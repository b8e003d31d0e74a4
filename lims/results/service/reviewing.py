"""Review by a second person, release by an authoriser; the sample's state follows its results."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Invalid, RuleViolation
from lims.marks import N_
from lims.results import queries
from lims.results.models import Result, ResultReview
from lims.samples import queries as samples
from lims.samples.lifecycle import states
from lims.samples.models import Sample
from lims.samples.service import mark_reported, mark_reviewed, request_retest
from lims.signatures.service import sign


def review_results(actor: Actor, result_ids: list[uuid.UUID]) -> int:
    """Review results that another person entered; all of them or none. A sample all of whose results are reviewed is reviewed.

    Raises RuleViolation for an own entry, Conflict when somebody has reviewed or corrected one meanwhile, NotFound for a
    foreign one.
    """
    permit(actor, "results.review")
    if not result_ids:
        raise Invalid("results.none_chosen", N_("No result is ticked. Tick the results you have compared with their raw data."))
    with transaction(actor, f"reviewed {len(result_ids)} results") as session:
        rows = _held(session, actor, list(dict.fromkeys(result_ids)))
        own = [row for row in rows if row.recorded_by == actor.user_id]
        if own:
            raise RuleViolation(
                "results.own_entry", N_("You entered %(count)s of these results; another person must review them."), count=len(own)
            )
        for row in rows:
            session.add(
                ResultReview(
                    laboratory_id=row.laboratory_id, result_id=row.id, reviewed_by=actor.user_id, reviewer_name=actor.name,
                    reviewed_at=clock.now(),
                )
            )  # fmt: skip
        session.flush()
        settle_samples(session, actor, {row.sample_id for row in rows}, "every result is reviewed")
    return len(rows)


def release_results(actor: Actor, sample_id: uuid.UUID, password: str, *, seen: str) -> Sample:
    """Release the reviewed results of a sample with a signature: the sample is reported, or corrected when it was before.

    Raises RuleViolation while a result has no review, and for an authoriser who entered one of them; Conflict when the
    results are not those that the person has seen (``seen`` is ``results_hash`` of them).
    """
    permit(actor, "results.release")
    with transaction(actor, "released the results of a sample") as session:
        row = samples.sample(session, actor, sample_id, is_locked=True)
        found = queries.of_sample(session, actor, sample_id)
        if row.status != states.REVIEWED:
            raise RuleViolation(
                "results.not_reviewed", N_("%(number)s: not every result is reviewed, so nothing can be released."), number=row.number
            )
        if any(one.recorded_by == actor.user_id for one in found):
            raise RuleViolation(
                "results.own_release", N_("You entered results of %(number)s; another authoriser must release them."), number=row.number
            )
        content = results_hash(row, found)
        if seen != content:
            raise Conflict(
                "results.changed", N_("Not released: the results of %(number)s changed since you opened the page. Read them again."),
                number=row.number,
            )  # fmt: skip
        sign(session, actor, "sample", row.id, "release of results", content, password)
        return mark_reported(actor, [row.id], "results released")[0]


def results_hash(row: Sample, found: Sequence[Result]) -> str:
    """The hash of exactly what is released."""
    lines = [[one.id.hex, one.version, one.target, one.status, one.value_text, one.unit] for one in found]
    return digest({"number": row.number, "results": sorted(lines)})


def settle_samples(session: Session, actor: Actor, sample_ids: Iterable[uuid.UUID], note: str) -> None:
    """Let tested samples follow their results: all reviewed is reviewed, none left is tested again."""
    tested = [row.id for row in samples.samples(session, actor, sample_ids, is_locked=True) if row.status == states.TESTED]
    by_sample: dict[uuid.UUID, list[uuid.UUID]] = {key: [] for key in tested}
    for one in queries.of_samples(session, actor, tested):
        by_sample[one.sample_id].append(one.id)
    reviewed = queries.reviews(session, actor, [key for keys in by_sample.values() for key in keys])
    request_retest(actor, [key for key, found in by_sample.items() if not found], note)
    mark_reviewed(actor, [key for key, found in by_sample.items() if found and all(one in reviewed for one in found)], note)


def _held(session: Session, actor: Actor, result_ids: list[uuid.UUID]) -> list[Result]:
    """The results while their samples are held against other writers; each one counts and has no review."""
    rows = queries.some(session, actor, result_ids)
    samples.samples(session, actor, {row.sample_id for row in rows}, is_locked=True)
    if queries.reviews(session, actor, result_ids):
        raise Conflict("results.reviewed", N_("Somebody has reviewed some of these results meanwhile. Load the list again."))
    if len(queries.count_as_current(session, actor, result_ids)) != len(rows):
        raise Conflict("results.changed_meanwhile", N_("Somebody has corrected some of these results meanwhile. Load the list again."))
    return rows
