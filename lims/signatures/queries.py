"""Looking up signatures."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from lims.signatures.models import Signature


def signatures_of(session: Session, subject: str, subject_id: uuid.UUID) -> list[Signature]:
    """The signatures under one subject, oldest first. The caller has checked that the actor may see the subject."""
    query = (
        select(Signature)
        .where(Signature.subject == subject, Signature.subject_id == subject_id)
        .order_by(Signature.signed_at, Signature.id)
    )
    return list(session.scalars(query))
