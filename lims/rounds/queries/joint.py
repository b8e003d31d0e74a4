"""Steps that all parties sign together: what stands proposed, by whom, and the one content that everybody signs.

The content covers the step, where the round stands, the reason and every other term; a different text is another proposal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import Any

from sqlalchemy.orm import Session

from lims.canonical import digest
from lims.rounds.models import Round, RoundApproval
from lims.rounds.queries import matters, records

STEPS = ("return", "close", "amend", "withdraw_items", "deadline", "cancel")


@dataclass(frozen=True)
class Proposal:
    """What the newest signature of a step says, with everybody who signed the same."""

    reason: str
    terms: dict[str, Any]
    hash: str
    signed: tuple[RoundApproval, ...]


def content(session: Session, row: Round, step: str, reason: str, terms: dict[str, Any] | None = None) -> str:
    """The hash that every party signs."""
    return digest({**_position(session, row, step), "reason": reason, "terms": terms or {}})


def standing(session: Session, row: Round, step: str) -> Proposal | None:
    """The newest proposal, as long as the round stands where it was made."""
    given = records.approvals_of(session, row, step)
    if not given or content(session, row, step, given[-1].reason, given[-1].terms) != given[-1].basis:
        return None
    last = given[-1]
    return Proposal(last.reason, last.terms, last.basis, tuple(one for one in given if one.basis == last.basis))


def signed_by(session: Session, row: Round, step: str) -> frozenset[str]:
    """Codes of the parties that signed the standing proposal."""
    now = standing(session, row, step)
    codes = {party.id: party.code for party in records.parties_of(session, row)}
    return frozenset(codes[one.organisation_id] for one in now.signed if one.organisation_id in codes) if now else frozenset()


def seen(session: Session, row: Round, step: str) -> str:
    """The hash of what the page of a step shows: where the round stands, and the proposal."""
    now = standing(session, row, step)
    return digest({**_position(session, row, step), "standing": now.hash if now else ""})


def returns(session: Session, row: Round) -> list[tuple[int, str]]:
    """Every return to the analysis, oldest first: after how many publications, and its day, reason and signatories."""
    given, found, published = records.approvals_of(session, row, "return"), [], 0
    for move in records.moves_of(session, row):
        published += move.target == "published"
        if move.target != "analysing" or move.source == "locked":
            continue
        before = [one for one in given if one.place < move.place]
        names = [one.user_name for one in before if before and one.basis == before[-1].basis]
        found.append((published, f"{move.moved_at.date().isoformat()}: {move.reason} ({', '.join(names)})"))
    return found


def extensions(session: Session, row: Round) -> list[str]:
    """Every later deadline that all parties signed, with its reason."""
    parties = {party.id for party in records.parties_of(session, row)}
    given = records.approvals_of(session, row, "deadline")
    signed = {one.basis: one for one in given if parties <= {other.organisation_id for other in given if other.basis == one.basis}}
    return [f"{one.terms.get('deadline', '')}: {one.reason}" for one in signed.values()]


def _position(session: Session, row: Round, step: str) -> dict[str, Any]:
    """Where the round stands. A deadline is extended from the present one, in whatever state the clock has put the round meanwhile."""
    where: dict[str, Any] = {"deadline": row.deadline.astimezone(UTC), "batch": row.batch}
    if step != "deadline":
        where = {"state": row.state, "moves": len(records.moves_of(session, row)), "run": matters.of_newest_run(session, row)}
    return {"round": row.id, "code": row.code, "step": step, **where}
