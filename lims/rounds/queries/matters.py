"""The content hash of each matter that is signed: its page shows and posts it, the verb compares it with what is there."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lims.canonical import digest
from lims.rounds.models import Evaluation, Round
from lims.rounds.queries import critical, gates, records, review


def of_protocol(session: Session, row: Round) -> str:
    """The protocol with its items, the truth excepted."""
    return gates.protocol_basis(session, row)


def of_boxes(session: Session, row: Round) -> str:
    """Every box of the present batch with its participant and the codes of the items in it."""
    inside: dict[str, list[str]] = {}
    for one in records.all_item_codes(session, row):
        inside.setdefault(str(one.participant_id), []).append(one.code)
    boxes = [
        {"participant": box.participant_id, "box": box.box_code, "items": sorted(inside.get(str(box.participant_id), []))}
        for box in records.dispatches_of(session, row)
    ]  # fmt: skip
    return digest({"round": row.code, "batch": row.batch, "boxes": boxes})


def of_run(run: Evaluation) -> str:
    """One score run: which it is, from what it was computed, and what came out."""
    return digest({"round": run.round_id, "score_run": run.version, "input": run.input_hash, "outcome": run.outcome_hash})


def of_release(session: Session, row: Round, run: Evaluation) -> str:
    """A score run together with the opinions signed on it and the verdicts changed by the review."""
    opinions = [one.content_hash for one in records.opinions_of(session, run)]
    decided = [one.decided.basis for one in critical.cases(session, row, run) if one.decided]
    changed = [one.content_hash for one in review.overrides_of(session, run)]
    content = {"round": row.code, "score_run": of_run(run), "opinions": opinions, "critical_errors": decided, "changed": changed}
    return digest(content)


def of_newest_run(session: Session, row: Round) -> str:
    """The newest score run; empty before the first."""
    run = records.newest_evaluation(session, row)
    return of_run(run) if run else ""


def of_newest_release(session: Session, row: Round) -> str:
    """The release of the newest score run; empty before the first."""
    run = records.newest_evaluation(session, row)
    return of_release(session, row, run) if run else ""
