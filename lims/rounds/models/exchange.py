"""How results came in otherwise than by the page: the workbooks that were taken over, and the answers that programs got."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned


class FormUpload(Owned, Base):
    """A filled result form that became a version of the results; the file itself lies in the file store. Only ever added."""

    __tablename__ = "form_upload"
    __table_args__ = (UniqueConstraint("submission_id"), Index("ix_form_upload_laboratory_id", "laboratory_id", "file_sha256"))

    round_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("round.id"))
    participant_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("participant.id"))
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(String(64))
    refused_rows: Mapped[int]
    accepted_at: Mapped[datetime]
    accepted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    accepted_by_name: Mapped[str] = mapped_column(String(120))


class RememberedAnswer(Owned, Base):
    """The answer to a program's request with this key: the same request again gets it again. Only ever added."""

    __tablename__ = "remembered_answer"
    __table_args__ = (UniqueConstraint("laboratory_id", "key"),)
    unaudited_columns: ClassVar[frozenset[str]] = frozenset({"answer"})

    key: Mapped[str] = mapped_column(String(80))
    request_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]]
    answered_at: Mapped[datetime]
