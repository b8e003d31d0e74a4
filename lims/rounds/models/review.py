"""The joint review of a round: who reviews, their conflicts, comments, the meeting with its actions, and verdicts changed by hand."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned, Versioned


class ReviewerAssignment(Owned, Base):
    """A party's QA manager names a reviewer of the own organisation for one round. Only ever added."""

    __tablename__ = "reviewer_assignment"
    __table_args__ = (UniqueConstraint("round_id", "user_id"), Index("ix_reviewer_assignment_laboratory_id", "laboratory_id"))

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    assigned_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    assigned_by_name: Mapped[str] = mapped_column(String(120))
    assigned_at: Mapped[datetime]


class ConflictDeclaration(Owned, Base):
    """What a reviewer declares about the own interests in one round; the newest counts. Only ever added."""

    __tablename__ = "conflict_declaration"
    __table_args__ = (
        Index("ix_conflict_declaration_laboratory_id", "laboratory_id"),
        Index("ix_conflict_declaration_round_id", "round_id"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    has_conflict: Mapped[bool]
    text: Mapped[str] = mapped_column(String(400))
    declared_at: Mapped[datetime]


class ReviewComment(Owned, Base):
    """A reviewer's comment on the round, one participant or one item, under codes. Only ever added; its text stays out of the trail."""

    __tablename__ = "review_comment"
    __table_args__ = (Index("ix_review_comment_laboratory_id", "laboratory_id"), Index("ix_review_comment_evaluation_id", "evaluation_id"))
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"text"})

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    participant_code: Mapped[str] = mapped_column(String(6))
    item_number: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    written_at: Mapped[datetime]


class ReviewMinutes(Owned, Base):
    """One version of the minutes of the review meeting, signed when filed. Only ever added; their text stays out of the trail."""

    __tablename__ = "review_minutes"
    __table_args__ = (UniqueConstraint("round_id", "version"), Index("ix_review_minutes_laboratory_id", "laboratory_id"))
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"content"})

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    version: Mapped[int]
    held_on: Mapped[str] = mapped_column(String(10))
    content: Mapped[dict[str, Any]]
    content_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    filed_at: Mapped[datetime]
    signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))


class ReviewAction(Owned, Versioned, Base):
    """What the meeting decided to be done: by whom, until when, and that it was done."""

    __tablename__ = "review_action"
    __table_args__ = (UniqueConstraint("round_id", "number"), Index("ix_review_action_laboratory_id", "laboratory_id"))

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    number: Mapped[int]
    minutes_version: Mapped[int]
    what: Mapped[str] = mapped_column(String(400))
    person: Mapped[str] = mapped_column(String(120))
    due_on: Mapped[str] = mapped_column(String(10))
    done_at: Mapped[datetime | None]
    done_by_name: Mapped[str] = mapped_column(String(120), default="")
    done_note: Mapped[str] = mapped_column(String(400), default="")


class VerdictOverride(Owned, Base):
    """A verdict of one score run changed by reviewers of two parties; the computed one stays beside it. Only ever added."""

    __tablename__ = "verdict_override"
    __table_args__ = (
        CheckConstraint("changed_to IN ('acceptable', 'warning', 'action', 'not_evaluated')", name="changed_to"),
        CheckConstraint("user_id <> second_user_id", name="two_persons"),
        CheckConstraint("organisation_id <> second_organisation_id", name="two_parties"),
        Index("ix_verdict_override_laboratory_id", "laboratory_id"),
        UniqueConstraint("evaluation_id", "participant_code", "item_number"),
    )

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    participant_code: Mapped[str] = mapped_column(String(6))
    item_number: Mapped[int]  # 0: the overall verdict
    computed: Mapped[str] = mapped_column(String(16))
    changed_to: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(400))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    second_organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    second_user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    second_user_name: Mapped[str] = mapped_column(String(120))
    changed_at: Mapped[datetime]
    content_hash: Mapped[str] = mapped_column(String(64))
    signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))
    second_signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))


class InterimReport(Owned, Base):
    """A report before the final one, signed by the organiser and another party; never a certificate. Only ever added."""

    __tablename__ = "interim_report"
    __table_args__ = (UniqueConstraint("round_id", "version"), Index("ix_interim_report_laboratory_id", "laboratory_id"))

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    version: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    blob_sha256: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    second_laboratory_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("laboratory.id"))
    second_user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    second_user_name: Mapped[str] = mapped_column(String(120))
    content_hash: Mapped[str] = mapped_column(String(64))
    signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))
    second_signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))


class RoundArchive(Owned, Base):
    """The archive of a round as one person asked for it, cut to what that person may see. Only ever added."""

    __tablename__ = "round_archive"
    __table_args__ = (Index("ix_round_archive_laboratory_id", "laboratory_id"), Index("ix_round_archive_round_id", "round_id", "user_id"))

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    blob_sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    n_files: Mapped[int]
    made_at: Mapped[datetime]
