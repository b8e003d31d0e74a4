"""What becomes of each reading: proposed by exact matching, decided by a person where the file leaves a doubt."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, reading, transaction
from lims.errors import Invalid, NotFound, RuleViolation
from lims.imports import queries
from lims.imports.matching import Matched, match
from lims.imports.models import ReadingDecision, Upload, UploadReading
from lims.marks import N_
from lims.samples import queries as samples
from lims.samples.lifecycle import states
from lims.samples.models import Sample

UNKNOWN = "unknown"

PROBLEMS = {
    "unknown": N_("No sample has this number. An import never makes samples; keep the row parked and match it after registration."),
    "look_alike": N_(
        "No sample has this number, but one looks alike (letters and digits that are taken for each other). Compare with the tube."
    ),
    "several": N_("Several samples have this external number. Choose the right one."),
    "damaged": N_("This number lost digits or was written as a power of ten by a spreadsheet. Compare with the tube."),
    "empty": N_("The row names no sample."),
    "missing": N_('The value is empty. Empty is not "not detected": park the row, leave it out, or look at the curve.'),
    "closed": N_(
        "The results of this sample are complete (%(state)s). Choose it all the same to open it again: it is reviewed again, and a report "
        "becomes a corrected one."
    ),
    "state": N_("The sample is not ready for results (%(state)s). Receive and accept it first, or park the row."),
}


@dataclass
class Proposal:
    """One reading on the review page: the problem if there is one, the candidates, and what was decided."""

    reading: UploadReading
    decision: ReadingDecision | None
    sample: Sample | None = None
    problem: str = ""
    problem_values: dict[str, str] = field(default_factory=dict)
    candidates: list[Sample] = field(default_factory=list)

    @property
    def is_control(self) -> bool:
        return self.reading.role != UNKNOWN

    @property
    def is_open(self) -> bool:
        """A person must still decide."""
        return not self.is_control and self.decision is None


def propose(session: Session, actor: Actor, upload: Upload) -> None:
    """Decide every reading whose sample is exact and ready and whose value is there; leave the others to a person."""
    for one in _proposals(session, actor, upload):
        if one.is_open and not one.problem and one.sample is not None:
            _decide(actor, _new_decision(session, upload, one.reading), "match", one.sample.id, "exact match")


def review(actor: Actor, upload_id: uuid.UUID) -> tuple[Upload, list[Proposal]]:
    """The upload and all its readings with problems, candidates and decisions."""
    permit(actor, "imports.view")
    with reading() as session:
        upload = queries.upload(session, actor, upload_id)
        return upload, _proposals(session, actor, upload)


def decide_readings(
    actor: Actor, upload_id: uuid.UUID, rows: list[int], decision: str, sample_id: uuid.UUID | None = None, reason: str = ""
) -> int:
    """Decide readings by their row numbers: match them to a sample of this laboratory, park them or leave them out.

    Raises RuleViolation when the upload is no longer under review or the sample is not ready, NotFound for a row or a
    sample that is not there.
    """
    permit(actor, "imports.accept")
    if decision not in ("match", "park", "exclude") or (decision == "match") != (sample_id is not None):
        raise Invalid("imports.decision", N_("Decision: read %(decision)s, expected a sample, park or leave out."), decision=decision)
    with transaction(actor, f"decided {len(rows)} readings: {decision}") as session:
        upload = queries.upload(session, actor, upload_id, is_locked=True)
        _refuse_unless_under_review(upload)
        if sample_id is not None:
            refuse_unready(samples.sample(session, actor, sample_id))
        by_row = {row.row: row for row in queries.readings(session, upload_id, actor)}
        if not set(rows) <= set(by_row):
            raise NotFound("imports.no_row", N_("This row is not in the upload."))
        decided = queries.decisions(session, upload_id, actor)
        for row in (by_row[number] for number in rows):
            _decide(actor, decided.get(row.id) or _new_decision(session, upload, row), decision, sample_id, reason)
    return len(rows)


def _proposals(session: Session, actor: Actor, upload: Upload) -> list[Proposal]:
    rows = queries.readings(session, upload.id, actor)
    decided = queries.decisions(session, upload.id, actor)
    known = queries.codes(session, actor, {row.sample or "" for row in rows if row.role == UNKNOWN})
    by_id = {sample.id: sample for found in known.values() for sample in found}
    keys = {code: [sample.id for sample in found] for code, found in known.items()}
    matched: dict[str, Matched[uuid.UUID]] = {}
    proposals = []
    for row in rows:
        one = Proposal(row, decided.get(row.id))
        proposals.append(one)
        if one.is_control:
            continue
        text = row.sample or ""
        if text not in matched:
            matched[text] = match(text, keys)
        _explain(one, matched[text], by_id)
    _name_decided(session, actor, proposals, by_id)
    return proposals


def _explain(one: Proposal, matched: Matched[uuid.UUID], by_id: dict[uuid.UUID, Sample]) -> None:
    one.sample = by_id[matched.key] if matched.key else None
    one.candidates = [by_id[key] for key in matched.candidates]
    if matched.outcome != "exact":
        one.problem = matched.outcome
    elif one.sample is not None and one.sample.status not in states.TAKES_RESULTS:
        is_closed = one.sample.status in states.OPENS_AGAIN
        one.problem, one.problem_values = "closed" if is_closed else "state", {"state": one.sample.status}
        one.candidates = [one.sample] if is_closed else []
    elif one.reading.status == "missing":
        one.problem = "missing"
        one.candidates = [one.sample] if one.sample else []


def _name_decided(session: Session, actor: Actor, proposals: list[Proposal], by_id: dict[uuid.UUID, Sample]) -> None:
    wanted = {one.decision.sample_id for one in proposals if one.decision and one.decision.sample_id} - set(by_id)
    by_id.update({row.id: row for row in samples.samples(session, actor, [key for key in wanted if key])})
    for one in proposals:
        if one.decision is not None and one.decision.sample_id:
            one.sample = by_id[one.decision.sample_id]


def _new_decision(session: Session, upload: Upload, row: UploadReading) -> ReadingDecision:
    decision = ReadingDecision(laboratory_id=upload.laboratory_id, reading_id=row.id, upload_id=upload.id)
    session.add(decision)
    return decision


def _decide(actor: Actor, known: ReadingDecision, decision: str, sample_id: uuid.UUID | None, reason: str) -> None:
    known.decision, known.sample_id, known.reason = decision, sample_id, reason[:400]
    known.decided_by, known.decided_at = actor.name, clock.now()


def _refuse_unless_under_review(upload: Upload) -> None:
    if upload.state != "review":
        raise RuleViolation(
            "imports.not_in_review", N_("Upload %(number)s is no longer under review; nothing was changed."), number=upload.number
        )


def refuse_unready(sample: Sample) -> None:
    """Refuse a sample that cannot take results: not accepted yet, rejected, or gone."""
    if sample.status not in (*states.TAKES_RESULTS, *states.OPENS_AGAIN):
        raise RuleViolation(
            "imports.sample_not_ready", N_("Sample %(number)s is not ready for results. Receive and accept it first."), number=sample.number
        )
