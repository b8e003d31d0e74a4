"""What a joint step shows before it is signed: the proposal that stands, who signed it, and the hash of what is shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lims.rounds.models import Round
from lims.rounds.queries import joint, records
from lims.rounds.views.base import reader


def proposals(session: Session, row: Round, steps: Iterable[str]) -> dict[str, dict[str, Any]]:
    """By step, for its dialog."""
    tongue = reader().language
    names = {party.id: party.name(tongue) for party in records.parties_of(session, row)}
    found = {}
    for step in steps:
        now = joint.standing(session, row, step)
        deadline = datetime.fromisoformat(now.terms["deadline"]) if now and "deadline" in now.terms else None
        found[step] = {
            "seen": joint.seen(session, row, step), "reason": now.reason if now else "", "hash": now.hash if now else "",
            "deadline": deadline.astimezone(ZoneInfo(row.zone)) if deadline else None,
            "signed": [(names.get(one.organisation_id, ""), one.user_name, one.approved_at) for one in now.signed] if now else [],
        }  # fmt: skip
    return found
