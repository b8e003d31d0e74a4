"""Looking up the profiles of a laboratory: always inside the actor's own laboratory."""

from __future__ import annotations

import json
import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.errors import NotFound
from lims.imports.models import InstrumentProfile
from lims.marks import N_

MOST_SHOWN = 500


def profile(session: Session, actor: Actor, profile_id: uuid.UUID, *, is_locked: bool = False) -> InstrumentProfile:
    """One profile of the actor's laboratory; raises NotFound. ``is_locked`` holds it against other writers."""
    query = select(InstrumentProfile).where(InstrumentProfile.id == profile_id, InstrumentProfile.laboratory_id == actor.laboratory_id)
    row = session.scalar(query.with_for_update() if is_locked else query)
    if row is None:
        raise NotFound("imports.no_profile", N_("No such profile in this laboratory."))
    return row


def profiles(session: Session, actor: Actor) -> list[InstrumentProfile]:
    """All profiles of the laboratory by name, the newest version first; drafts before them."""
    query = select(InstrumentProfile).where(InstrumentProfile.laboratory_id == actor.laboratory_id)
    rows = session.scalars(query.order_by(InstrumentProfile.name, InstrumentProfile.id.desc()).limit(MOST_SHOWN))
    return sorted(rows, key=lambda row: (row.name, row.version is not None, -(row.version or 0)))


def offered(session: Session, actor: Actor) -> list[InstrumentProfile]:
    """The profiles that can be chosen at an upload: of each name the newest version that was not withdrawn."""
    newest: dict[str, InstrumentProfile] = {}
    for row in profiles(session, actor):
        if row.state == "saved":
            newest.setdefault(row.name, row)
    return list(newest.values())


def last_version(session: Session, actor: Actor, name: str) -> int:
    """The number of the newest version of a name, withdrawn ones too; 0 when there is none."""
    query = select(func.max(InstrumentProfile.version))
    return session.scalar(query.where(InstrumentProfile.laboratory_id == actor.laboratory_id, InstrumentProfile.name == name)) or 0


def text_of(row: InstrumentProfile, content: dict[str, Any] | None = None) -> str:
    """The profile as its file: what the parser takes, and what another laboratory can import."""
    head = {"name": row.name, "version": str(row.version or "draft"), "title": row.title, "maturity": "own"}
    return json.dumps({**(row.content if content is None else content), **head}, ensure_ascii=False, indent=1, sort_keys=True)
