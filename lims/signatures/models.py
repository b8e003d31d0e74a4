"""Electronic signatures: who signed what, when, and what the signature means."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Owned


class Signature(Owned, Base):
    """One act of signing. ``content_hash`` is the hash of exactly what was shown to the person."""

    __tablename__ = "signature"
    __table_args__ = (Index("ix_signature_subject", "subject", "subject_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("app_user.id"))
    name: Mapped[str] = mapped_column(String(120))
    roles: Mapped[str] = mapped_column(String(120))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    subject: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[uuid.UUID]
    meaning: Mapped[str] = mapped_column(String(200))
    content_hash: Mapped[str] = mapped_column(String(64))
    algorithm: Mapped[str] = mapped_column(String(10), default="sha256")
    signed_at: Mapped[datetime]
