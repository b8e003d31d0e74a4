"""What becomes of each reading: proposed by exact matching, decided by a person where the file leaves a doubt."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, reading, transaction
from lims.errors import Invalid, LimsError, NotFound, RuleViolation
from lims.imports import queries
from lims.imports.matching import Matched, match
from lims.imports.models import ReadingDecision, Upload, UploadReading
from lims.imports.service.planning import Planned
from lims.marks import N_
from lims.samples import queries as samples
from lims.samples.lifecycle import states
from lims.samples.models import Sample

UNKNOWN = "unknown"
DECISIONS = ("match", "park", "exclude")
#: the reason of a decision that no person has made
AUTOMATIC = "exact match"
#: what many rows at once can be taken with: the sample is exact, and the value says what it is
TAKEN_IN_BULK = ("", "invalid")

#: what becomes of a reading: the decision and, for a match, the sample
Choice = tuple[str, uuid.UUID | None]

PROBLEMS = {
    "unknown": N_("No sample has this number. An import never makes samples; keep the row parked and match it after registration."),
    "look_alike": N_(
        "No sample has this number, but one looks alike (letters and digits that are taken for each other). Compare with the tube."
    ),
    "several": N_("Several samples have this external number. Choose the right one."),
    "damaged": N_("This number lost digits or was written as a power of ten by a spreadsheet. Compare with the tube."),
    "empty": N_("The row names no sample."),
    "missing": N_('The value is empty. Empty is not "not detected": park the row, leave it out, or look at the curve.'),
    "invalid": N_("The instrument's text is no value (%(raw)s). Take it as not usable, park the row, or leave it out."),
    "planned": N_("The worklist %(worklist)s has %(planned)s in this well, the file says otherwise. Compare with the plate, then choose."),
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
        """A person must still decide: nothing is decided, or what was matched by itself has met a doubt since."""
        return not self.is_control and (
            self.decision is None or (self.decision.reason == AUTOMATIC and self.problem in ("closed", "state"))
        )

    @property
    def is_matched(self) -> bool:
        """It is matched to a sample, by itself or by a person."""
        return self.decision is not None and self.decision.decision == "match"

    @property
    def is_taken_in_bulk(self) -> bool:
        """It can be taken together with others: it is matched already, or its text names one ready sample."""
        is_settled = self.is_matched and not self.is_open
        return not self.is_control and self.sample is not None and (is_settled or self.problem in TAKEN_IN_BULK)


def propose(session: Session, actor: Actor, upload: Upload) -> None:
    """Decide every reading whose sample is exact and ready and whose value is there; leave the others to a person."""
    for one in proposals_of(session, actor, upload):
        if one.is_open and not one.problem and one.sample is not None:
            _decide(actor, _new_decision(session, upload, one.reading), "match", one.sample.id, AUTOMATIC)


def review(actor: Actor, upload_id: uuid.UUID) -> tuple[Upload, list[Proposal]]:
    """The upload and all its readings with problems, candidates and decisions."""
    permit(actor, "imports.view")
    with reading() as session:
        upload = queries.upload(session, actor, upload_id)
        return upload, proposals_of(session, actor, upload)


class RowsRefused(RuleViolation):
    """Some of the rows cannot be decided as asked, so none was; ``rows`` says of each why not."""

    def __init__(self, rows: Mapping[int, LimsError]) -> None:
        super().__init__("imports.rows_refused", N_("%(count)s rows cannot be decided so; nothing was saved."), count=len(rows))
        self.rows = dict(rows)


def decide_readings(
    actor: Actor, upload_id: uuid.UUID, rows: list[int], decision: str, sample_id: uuid.UUID | None = None, reason: str = ""
) -> int:
    """Decide readings by their row numbers, all in the same way; raises what ``decide_each`` says of the first refused row."""
    try:
        return decide_each(actor, upload_id, dict.fromkeys(rows, (decision, sample_id)), reason)
    except RowsRefused as error:
        raise next(iter(error.rows.values())) from None


def decide_each(actor: Actor, upload_id: uuid.UUID, choices: Mapping[int, Choice], reason: str = "") -> int:
    """Decide readings by their row numbers, each in its own way: match to a sample of this laboratory, park, or leave out.

    All or none: one row that cannot be decided so leaves every row as it was (RowsRefused names each). Returns how many changed.
    """
    permit(actor, "imports.accept")
    words = ", ".join(sorted({decision for decision, _sample in choices.values()}))
    with transaction(actor, f"decided {len(choices)} readings: {words}") as session:
        upload = queries.upload(session, actor, upload_id, is_locked=True)
        _refuse_unless_under_review(upload)
        by_row = {row.row: row for row in queries.readings(session, upload_id, actor)}
        if refused := _refused(session, actor, by_row, choices):
            raise RowsRefused(refused)
        decided, changed = queries.decisions(session, upload_id, actor), 0
        for number, (decision, sample_id) in choices.items():
            known = decided.get(by_row[number].id)
            if known is None or (known.decision, known.sample_id, known.reason == AUTOMATIC) != (decision, sample_id, False):
                _decide(actor, known or _new_decision(session, upload, by_row[number]), decision, sample_id, reason)
                changed += 1
    return changed


def decide_in_bulk(actor: Actor, upload_id: uuid.UUID, rows: Collection[int], decision: str, reason: str = "") -> int:
    """Take, park or leave out many rows at once, all or none.

    Taken is what names its sample exactly and is no empty value; a row with another doubt wants a choice of its own and
    refuses the whole (RowsRefused). A row that is matched already stays with its sample.
    """
    permit(actor, "imports.accept")
    with transaction(actor, f"decided {len(rows)} readings: {decision}") as session:
        if decision != "match":
            return decide_each(actor, upload_id, dict.fromkeys(rows, (decision, None)), reason)
        upload, wanted = queries.upload(session, actor, upload_id, is_locked=True), set(rows)
        proposals = {one.reading.row: one for one in proposals_of(session, actor, upload) if one.reading.row in wanted}
        refused: dict[int, LimsError] = {number: _no_row() for number in wanted - set(proposals)}
        refused |= {number: _wants_a_choice(one) for number, one in proposals.items() if not one.is_taken_in_bulk}
        if refused:
            raise RowsRefused(dict(sorted(refused.items())))
        taken = {number: one.sample for number, one in sorted(proposals.items()) if not one.is_matched}
        return decide_each(actor, upload_id, {number: ("match", row.id) for number, row in taken.items() if row}, reason)


def _refused(session: Session, actor: Actor, by_row: Mapping[int, UploadReading], choices: Mapping[int, Choice]) -> dict[int, LimsError]:
    """Why rows cannot be decided as chosen, in the order of the file."""
    samples_said: dict[uuid.UUID, LimsError | None] = {}
    found: dict[int, LimsError] = {}
    for number, (decision, sample_id) in sorted(choices.items()):
        row = by_row.get(number)
        if sample_id is not None and sample_id not in samples_said:
            samples_said[sample_id] = _unready(session, actor, sample_id)
        refusal = _no_row() if row is None else _misfit(row, decision, sample_id) or (samples_said[sample_id] if sample_id else None)
        if refusal is not None:
            found[number] = refusal
    return found


def _misfit(row: UploadReading, decision: str, sample_id: uuid.UUID | None) -> LimsError | None:
    if decision not in DECISIONS or (decision == "match") != (sample_id is not None):
        return Invalid("imports.decision", N_("Decision: read %(decision)s, expected a sample, park or leave out."), decision=decision)
    if row.role != UNKNOWN:
        return RuleViolation("imports.control_row", N_("This row is a control; controls are judged, not decided."))
    return None


def _unready(session: Session, actor: Actor, sample_id: uuid.UUID) -> LimsError | None:
    try:
        refuse_unready(samples.sample(session, actor, sample_id))
    except LimsError as error:
        return error
    return None


def _no_row() -> LimsError:
    return NotFound("imports.no_row", N_("This row is not in the upload."))


def _wants_a_choice(one: Proposal) -> LimsError:
    if one.is_control:
        return RuleViolation("imports.control_row", N_("This row is a control; controls are judged, not decided."))
    return RuleViolation("imports.own_choice", PROBLEMS[one.problem], **one.problem_values)


def proposals_of(session: Session, actor: Actor, upload: Upload) -> list[Proposal]:
    """All readings of an upload with problems, candidates and decisions, inside the caller's session."""
    rows = queries.readings(session, upload.id, actor)
    decided = queries.decisions(session, upload.id, actor)
    known = queries.codes(session, actor, {row.sample or "" for row in rows if row.role == UNKNOWN})
    by_id = {sample.id: sample for found in known.values() for sample in found}
    keys = {code: [sample.id for sample in found] for code, found in known.items()}
    plan = Planned(session, actor, upload, by_id)
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
        _explain(one, plan.matched(row) or matched[text], by_id)
        plan.contradict(one)
    _name_decided(session, actor, proposals, by_id)
    for one in proposals if upload.state != "review" else ():  # the samples of accepted rows have moved on since
        one.problem = "" if one.problem in ("state", "closed") and one.is_matched else one.problem
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
    elif one.reading.status in ("missing", "invalid"):
        one.problem, one.problem_values = one.reading.status, {"raw": one.reading.raw.strip()}
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
