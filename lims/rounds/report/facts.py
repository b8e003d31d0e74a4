"""What a round report is given: plain frozen values, gathered by the caller; no database row reaches the report.

Participants stand here under the round's code. ``identity`` is filled by the caller only where the laboratory signed the
mutual-disclosure consent; the report prints what it is given and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lims.statistics.assessment.outcome import Verdict
from lims.statistics.assessment.plan import ItemPlan, ParticipantState, ReportedInput, ScoringPlan, Side
from lims.statistics.assessment.round_score import RoundScore

Language = Literal["zh_CN", "en", "bilingual"]
Status = Literal["interim", "final", "corrected"]


@dataclass(frozen=True, slots=True)
class Provider:
    """Who organised the round. Names of persons stand here because the report must name who answers for it."""

    name: str
    contact: str = ""
    coordinator: str = ""
    subcontracted: str = ""  # empty: nothing was subcontracted


@dataclass(frozen=True, slots=True)
class RoundHead:
    """The round and this issue of its report. ``instant`` dates the report and every file inside the workbook."""

    code: str
    title: str
    scheme: str
    report_no: str
    version: int
    status: Status
    instant: datetime
    time_zone: str = "Asia/Shanghai"
    dispatched_at: datetime | None = None
    deadline: datetime | None = None
    locked_at: datetime | None = None
    unblinded_at: datetime | None = None
    replaces: str = ""  # report number and version of the issue that this one corrects


@dataclass(frozen=True, slots=True)
class ProtocolFacts:
    """What the protocol says in words; its statistical part is the scoring plan."""

    version: str
    purpose: str
    design: str
    assigned_value: str = ""  # how it was set, in the protocol's own words
    sigma_pt: str = ""
    matrix: str = ""
    unit_text: str = ""  # display text of the plan's unit
    approved_at: datetime | None = None
    deviations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """One item in words, beside its ``ItemPlan``. An empty text prints as "not recorded"."""

    number: int
    label: str
    description: str = ""
    preparation: str = ""
    homogeneity: str = ""
    stability: str = ""
    traceability: str = ""


@dataclass(frozen=True, slots=True)
class ParticipantFacts:
    """One participant under the round's code."""

    code: str
    side: Side
    state: ParticipantState
    is_organiser: bool = False
    identity: str | None = None  # only with the signed consent
    received_at: datetime | None = None
    arrival_temperature: str = ""
    arrival_condition: str = ""
    submitted_at: datetime | None = None
    submission_version: int | None = None
    reason: str = ""  # why it could not test, or withdrew


@dataclass(frozen=True, slots=True)
class SubmittedValue:
    """One reported value as submitted; every number is the text that was signed."""

    participant_code: str
    item_number: int
    result_code: str = ""
    relation: str = "="
    value: str = ""
    unit: str = ""
    expanded_u: str = ""
    k: str = ""
    replicates: tuple[str, ...] = ()
    ct: str = ""
    internal_control: str = ""
    method: str = ""
    kit: str = ""
    kit_lot: str = ""
    instrument: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a named reviewer of one party wrote."""

    side: Side
    reviewer: str
    function: str
    text: str
    signed_at: datetime
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class Release:
    """A signature that authorises the report."""

    side: Side
    name: str
    function: str
    meaning: str
    signed_at: datetime
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class WaivedGate:
    """A gate of the round's life cycle that was passed without its record, and why."""

    gate: str
    reason: str


@dataclass(frozen=True, slots=True)
class Override:
    """A verdict changed by hand; the computed one stays visible beside it."""

    participant_code: str
    item_number: int | None
    computed: str
    changed_to: str
    reason: str
    signed_by: str = ""  # the reviewers of both parties
    signed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CommentFacts:
    """A reviewer's comment on the round (no code), on a participant (no item) or on one of its items."""

    side: Side
    participant_code: str
    item_number: int | None
    text: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """An action item of the review meeting."""

    number: int
    what: str
    person: str
    due_on: str
    done_at: datetime | None
    done_note: str = ""


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """The minutes of the review meeting as filed, with its action items."""

    version: int
    held_on: str
    place: str
    attendance: str
    agenda: str
    decisions: str
    filed_at: datetime
    content_hash: str
    actions: tuple[ActionFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedBeforeScoring:
    """A sign of a slip found before the unblinding: what was asked, answered and decided. A correction notice is printed, never scored."""

    participant_code: str
    item_numbers: tuple[int, ...]
    kind: str
    answer: str = ""
    notice: str = ""
    decision: str = ""
    reason: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A corrective action or self-check: no name of a person."""

    number: str
    participant_code: str
    kind: str
    verdict: Verdict
    item_numbers: tuple[int, ...]
    opened_at: datetime
    due_at: datetime
    state: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class ObjectionFacts:
    """An appeal or a complaint: no name of a person."""

    number: str
    participant_code: str
    kind: str
    item_number: int | None
    raised_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Where the numbers come from."""

    evaluation_id: str
    evaluation_no: int
    evaluated_at: datetime
    software: str = "LIMS"
    software_version: str = ""
    changes: tuple[str, ...] = ()  # against the earlier issue
    recipients: tuple[str, ...] = ()  # participant codes and functions, never names
    key_fingerprint: str = ""  # of the key that seals the report; empty: not sealed


@dataclass(frozen=True, slots=True)
class RoundReport:
    """Everything the workbook prints."""

    provider: Provider
    head: RoundHead
    protocol: ProtocolFacts
    plan: ScoringPlan
    item_plans: tuple[ItemPlan, ...]
    items: tuple[ItemFacts, ...]
    participants: tuple[ParticipantFacts, ...]
    submitted: tuple[SubmittedValue, ...]
    score: RoundScore
    trace: Trace
    opinions: tuple[Opinion, ...] = ()
    releases: tuple[Release, ...] = ()
    waived: tuple[WaivedGate, ...] = ()
    overrides: tuple[Override, ...] = ()
    comments: tuple[CommentFacts, ...] = ()
    meeting: MeetingFacts | None = None
    no_meeting: str = ""  # the protocol's reason why no review meeting is held
    asked: tuple[AskedBeforeScoring, ...] = ()
    n_screenings: int = 0
    cases: tuple[CaseFacts, ...] = ()
    objections: tuple[ObjectionFacts, ...] = ()
    capa_days: tuple[int, int] | None = None  # until a corrective action is due, and its outer limit
    provider_comment: str = ""
    reported: tuple[ReportedInput, ...] = ()  # what the score run was given, beside ``submitted`` as it was signed
    language: Language = "bilingual"
