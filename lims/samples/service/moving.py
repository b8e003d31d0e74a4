"""Moves that the results of a sample bring about. They join the caller's transaction and take many samples at once."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.samples import queries
from lims.samples.lifecycle import states
from lims.samples.models import Sample
from lims.samples.service.custody import move


def start_test(actor: Actor, sample_ids: Iterable[uuid.UUID], note: str = "") -> list[Sample]:
    """Accepted samples go under test; one that is under test or in retest already stays so."""
    return _move_all(actor, sample_ids, "results.record", states.UNDER_TEST, {states.UNDER_TEST, states.RETEST}, note)


def mark_tested(actor: Actor, sample_ids: Iterable[uuid.UUID], note: str = "") -> list[Sample]:
    """Samples under test have their results and await review; one that is tested already stays so."""
    return _move_all(actor, sample_ids, "results.record", states.TESTED, {states.TESTED}, note)


def request_retest(actor: Actor, sample_ids: Iterable[uuid.UUID], note: str = "") -> list[Sample]:
    """Results were doubted or taken back: the samples are tested again; one in retest already stays so."""
    return _move_all(actor, sample_ids, "results.record", states.RETEST, {states.RETEST}, note)


def mark_reviewed(actor: Actor, sample_ids: Iterable[uuid.UUID], note: str = "") -> list[Sample]:
    """Every result of the samples was reviewed; one that is reviewed already stays so."""
    return _move_all(actor, sample_ids, "results.review", states.REVIEWED, {states.REVIEWED}, note)


def mark_reported(actor: Actor, sample_ids: Iterable[uuid.UUID], note: str = "") -> list[Sample]:
    """Reviewed samples are reported; one that was reported before becomes ``corrected``, never silently reported again."""
    permit(actor, "results.review")
    with transaction(actor, reason=note or "reported samples") as session:
        rows = queries.samples(session, actor, sample_ids, is_locked=True)
        for row in rows:
            move(session, actor, row, states.CORRECTED if row.has_been_reported else states.REPORTED, note=note)
        return rows


def _move_all(actor: Actor, sample_ids: Iterable[uuid.UUID], action: str, to: str, staying: set[str], note: str) -> list[Sample]:
    permit(actor, action)
    with transaction(actor, reason=note or f"moved samples to {to}") as session:
        rows = queries.samples(session, actor, sample_ids, is_locked=True)
        for row in rows:
            if row.status not in staying:
                move(session, actor, row, to, note=note[:400])
        return rows
