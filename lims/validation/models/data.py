"""The data of a study: rows, exclusions, repeats of discordant results, blinded readings, frozen analyses. Only ever added."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned
from lims.validation.models.study import one_of

SOURCES = ("manual", "paste", "sheet", "upload", "round", "reading")
RETESTS = ("test_again", "reference_again", "third_method")


class ValidationRow(Owned, Base):
    """One data row as it came in; ``laboratory_id`` is the laboratory that gave it, ``raw_hash`` covers all of it."""

    __tablename__ = "validation_row"
    __table_args__ = (
        UniqueConstraint("study_id", "number"),
        CheckConstraint(one_of("source", SOURCES), name="source"),
        Index("ix_validation_row_laboratory_id", "laboratory_id"),
    )

    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("validation_study.id"))
    cycle: Mapped[int]
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    raw_hash: Mapped[str] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(8))
    source_note: Mapped[str] = mapped_column(String(200), default="")  # file name, upload, round
    source_hash: Mapped[str] = mapped_column(String(64), default="")  # of the file the row came from
    entered_at: Mapped[datetime]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))


class ValidationExclusion(Owned, Base):
    """A row left out of the analysis, with the reason; the row itself stays."""

    __tablename__ = "validation_exclusion"
    __table_args__ = (UniqueConstraint("study_id", "row_number"), Index("ix_validation_exclusion_laboratory_id", "laboratory_id"))

    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("validation_study.id"))
    row_number: Mapped[int]
    reason_code: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(400))
    excluded_at: Mapped[datetime]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))


class ValidationRetest(Owned, Base):
    """A repeat or the third method on a discordant result; the results before it stay where they are."""

    __tablename__ = "validation_retest"
    __table_args__ = (
        UniqueConstraint("study_id", "row_number", "kind"),
        CheckConstraint(one_of("kind", RETESTS), name="kind"),
        Index("ix_validation_retest_laboratory_id", "laboratory_id"),
    )

    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("validation_study.id"))
    row_number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    result: Mapped[str] = mapped_column(String(16))
    method_name: Mapped[str] = mapped_column(String(200), default="")
    retested_at: Mapped[datetime]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))


class ValidationReading(Owned, Base):
    """What one of two readers saw on one item, without knowing what the other saw or what is expected."""

    __tablename__ = "validation_reading"
    __table_args__ = (
        UniqueConstraint("study_id", "cycle", "item", "reader"),
        UniqueConstraint("study_id", "cycle", "item", "user_id"),
        CheckConstraint("reader IN (1, 2)", name="reader"),
        Index("ix_validation_reading_laboratory_id", "laboratory_id"),
    )

    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("validation_study.id"))
    cycle: Mapped[int]
    item: Mapped[str] = mapped_column(String(40))
    reader: Mapped[int]
    result: Mapped[str] = mapped_column(String(16))
    read_at: Mapped[datetime]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))


class ValidationAnalysis(Owned, Base):
    """A frozen analysis with everything it was given and gave."""

    __tablename__ = "validation_analysis"
    __table_args__ = (UniqueConstraint("study_id", "version"), Index("ix_validation_analysis_laboratory_id", "laboratory_id"))

    study_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("validation_study.id"))
    cycle: Mapped[int]
    version: Mapped[int]
    plan_version: Mapped[int]
    data_hash: Mapped[str] = mapped_column(String(64))
    input_text: Mapped[str] = mapped_column(Text)
    input_hash: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[dict[str, Any]]
    outcome_hash: Mapped[str] = mapped_column(String(64))
    software_version: Mapped[str] = mapped_column(String(40))
    analysed_at: Mapped[datetime]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    user_name: Mapped[str] = mapped_column(String(120))
