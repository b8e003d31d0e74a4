"""Score runs, opinions, releases and issued reports: versions that are only ever added."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned


class Evaluation(Owned, Base):
    """A score run with everything it was given and gave. It stays out of the audit trail's text; its hash is in it."""

    __tablename__ = "evaluation"
    __table_args__ = (UniqueConstraint("round_id", "version"), Index("ix_evaluation_laboratory_id", "laboratory_id"))
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"input_text", "outcome"})

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    version: Mapped[int]
    n_scored: Mapped[int]
    protocol_version: Mapped[int]
    options: Mapped[dict[str, Any]]
    input_text: Mapped[str] = mapped_column(Text)
    input_hash: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[dict[str, Any]]
    outcome_hash: Mapped[str] = mapped_column(String(64))
    software_version: Mapped[str] = mapped_column(String(40))
    started_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    started_by_name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(400), default="")


class Opinion(Owned, Base):
    """What a reviewer of one party signed about one score run."""

    __tablename__ = "opinion"
    __table_args__ = (UniqueConstraint("evaluation_id", "user_id"), Index("ix_opinion_laboratory_id", "laboratory_id"))
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"text"})

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    function: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime]
    signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))


class Release(Owned, Base):
    """The signature of one party's QA manager under one score run; the last one publishes."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("evaluation_id", "organisation_id"), Index("ix_release_laboratory_id", "laboratory_id"))

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
    content_hash: Mapped[str] = mapped_column(String(64))
    signed_at: Mapped[datetime]
    signature_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signature.id"))


class Report(Owned, Base):
    """An issued report: its bytes lie in the file store under ``blob_sha256``."""

    __tablename__ = "round_report"
    __table_args__ = (UniqueConstraint("round_id", "version"), Index("ix_round_report_laboratory_id", "laboratory_id"))

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    evaluation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evaluation.id"))
    version: Mapped[int]
    number: Mapped[str] = mapped_column(String(40))
    blob_sha256: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime]
    changes: Mapped[str] = mapped_column(Text, default="")  # every return since the issue before, oldest first
