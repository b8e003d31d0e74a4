"""Everything that a validation report is made of, as plain values; the analyses are computed from the parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from lims.rounds.report.facts import Language
from lims.validation.analysis.design import StudyInput

Decision = Literal["", "approved", "approved_with_limits", "more_data", "rejected"]
Topic = Literal["cut_off", "robustness", "stability", "turnaround", "cost"]
TOPICS: tuple[Topic, ...] = ("cut_off", "robustness", "stability", "turnaround", "cost")


@dataclass(frozen=True)
class Head:
    """What names the report."""

    code: str
    title: str
    report_no: str
    version: int
    instant: datetime
    language: Language = "bilingual"
    time_zone: str = "Asia/Shanghai"
    software: str = "LIMS"
    software_version: str = ""


@dataclass(frozen=True)
class MethodFacts:
    """The method under validation and what it is compared with."""

    name: str
    purpose: str
    intended_use: str
    principle: str
    kit: str
    lots: tuple[str, ...]
    instrument: str
    comparator: str
    comparator_reason: str
    measurand: str = ""
    matrices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """An amendment of the plan before the data lock, or a deviation after it."""

    number: int
    at: datetime
    what: str
    reason: str
    by: str


@dataclass(frozen=True)
class PlanFacts:
    """The plan that both parties approved."""

    version: int
    approved_at: datetime | None
    content_hash: str
    sample_size_reason: str = ""
    amendments: tuple[Change, ...] = ()
    deviations: tuple[Change, ...] = ()


@dataclass(frozen=True)
class WorkFacts:
    """Where, by whom, when and how blinded the data were collected."""

    sites: tuple[str, ...]
    analysts: tuple[str, ...]
    began_on: str
    ended_on: str
    blinding: str
    ethics_number: str = ""
    locked_at: datetime | None = None
    data_hash: str = ""


@dataclass(frozen=True)
class Discordant:
    """A discordant result with what came after: both methods again, then a third one."""

    row: int
    item: str
    test: str
    comparator: str
    test_again: str = ""
    comparator_again: str = ""
    third_method: str = ""
    resolved: str = ""


@dataclass(frozen=True)
class Statement:
    """What is known about a topic that no design of this study measures."""

    topic: Topic
    text: str


@dataclass(frozen=True)
class Scope:
    """Where the method may be used."""

    laboratories: tuple[str, ...] = ()
    analysts: tuple[str, ...] = ()
    matrices: tuple[str, ...] = ()
    lots: tuple[str, ...] = ()
    valid_until: str = ""
    conditions: str = ""


@dataclass(frozen=True)
class Signed:
    """A review or an approval with its signature."""

    function: str
    name: str
    organisation: str
    signed_at: datetime
    meaning: str
    content_hash: str
    text: str = ""


@dataclass(frozen=True)
class RawSource:
    """A file or a run of entries that rows came from."""

    name: str
    kind: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class StudyPart:
    """One design of the study with its plan and data; the report computes its analysis."""

    name: str
    study: StudyInput


@dataclass(frozen=True)
class ValidationReport:
    """The report. conclusion and limits of use are the words of those who decided."""

    head: Head
    method: MethodFacts
    plan: PlanFacts
    work: WorkFacts
    parts: tuple[StudyPart, ...]
    discordants: tuple[Discordant, ...] = ()
    statements: tuple[Statement, ...] = ()
    decision: Decision = ""
    conclusion: str = ""
    limits_of_use: str = ""
    scope: Scope = field(default_factory=Scope)
    reviews: tuple[Signed, ...] = ()
    approvals: tuple[Signed, ...] = ()
    raw: tuple[RawSource, ...] = ()
