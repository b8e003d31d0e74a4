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


def take_results(actor: Actor, sample_ids: Iterable[uuid.UUID], note: str = "") -> list[Sample]:
    """Samples get results and await review: accepted ones go under test, reviewed or reported ones are opened again."""
    permit(actor, "results.record")
    with transaction(actor, reason=note or "samples got results") as session:
        rows = queries.samples(session, actor, sample_ids, is_locked=True)
        for row in rows:
            for step in states.way_to_tested(row.status):
                move(session, actor, row, step, note=note[:400])
        return rows


def request_retest(actor: Actor, sample_ids: Iterable[uuid.UUID], note: str = "") -> list[Sample]:
    """Results were doubted or taken back: the samples are tested again; one in retest already stays so."""
    return _move_all(actor, sample_ids, "results.record", states.RETEST, {states.RETEST}, note)


def mark_reviewed(actor: Actor, sample_ids: Iterable[uuid.UUID], note: str = "") -> list[Sample]:
    """Every result of the samples was reviewed; one that is reviewed already stays so."""
    return _move_all(actor, sample_ids, "results.review", states.REVIEWED, {states.REVIEWED}, note)


def mark_reported(actor: Actor, sample_ids: Iterable[uuid.UUID], note: str = "") -> list[Sample]:
    """Reviewed samples are reported; one that was reported before becomes ``corrected``, never silently reported again."""
    permit(actor, "results.release")
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
