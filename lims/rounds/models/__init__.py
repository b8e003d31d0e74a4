"""What is kept of comparison rounds. Rows of what people signed, sent or computed are only ever added."""

from lims.rounds.models.annual import PlanConsent, PlanLine
from lims.rounds.models.consequences import CapaCase, CapaRecord, CapaStep, Objection, ObjectionDecision
from lims.rounds.models.exchange import FormUpload, RememberedAnswer
from lims.rounds.models.followup import BlunderFlag, BlunderScreening, BlunderStep
from lims.rounds.models.judgement import Evaluation, Opinion, Release, Report
from lims.rounds.models.lengths import guard
from lims.rounds.models.participation import Dispatch, ItemCode, Participant, ReportedValue, Submission
from lims.rounds.models.plan import EndedBatch, PTItem, Round, RoundApproval, RoundMove, Scheme, SchemeParty
from lims.rounds.models.preparation import PreparationRecord
from lims.rounds.models.receipt import ItemFinding
from lims.rounds.models.review import (
    ConflictDeclaration,
    InterimReport,
    ReviewAction,
    ReviewComment,
    ReviewerAssignment,
    ReviewMinutes,
    RoundArchive,
    VerdictOverride,
)
from lims.rounds.models.stock import StockEntry

#: Tables that the database itself protects against change and removal.
APPEND_ONLY = (
    "round_approval", "round_move", "ended_batch", "dispatch", "submission", "reported_value", "evaluation", "opinion", "release",
    "round_report",
)  # fmt: skip

guard(
    Scheme, Round, RoundMove, RoundApproval, EndedBatch, PTItem, Participant, ItemCode, Dispatch, Submission, ReportedValue, Evaluation,
    Opinion, Release, Report, PreparationRecord, BlunderScreening, BlunderFlag, BlunderStep, FormUpload, RememberedAnswer, CapaCase,
    CapaRecord, CapaStep, Objection, ObjectionDecision, ReviewerAssignment, ConflictDeclaration, ReviewComment, ReviewMinutes, ReviewAction,
    VerdictOverride, InterimReport, RoundArchive, PlanLine, PlanConsent,
    StockEntry, ItemFinding,
)  # fmt: skip

__all__ = [
    "APPEND_ONLY", "BlunderFlag", "BlunderScreening", "BlunderStep", "CapaCase", "CapaRecord", "CapaStep", "ConflictDeclaration",
    "Dispatch", "EndedBatch",
    "Evaluation", "FormUpload", "InterimReport", "ItemCode", "ItemFinding", "Objection", "ObjectionDecision", "Opinion", "PTItem",
    "Participant", "PreparationRecord", "Release",
    "RememberedAnswer", "Report", "ReportedValue", "ReviewAction", "ReviewComment", "ReviewMinutes", "ReviewerAssignment", "Round",
    "StockEntry",
    "PlanConsent", "PlanLine", "RoundApproval", "RoundArchive", "RoundMove", "Scheme", "SchemeParty", "Submission", "VerdictOverride",
]  # fmt: skip
