"""Homogeneity and transport stability of an item: evaluated and shown first, then checked and signed by another person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.permissions import is_allowed
from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, reading, transaction
from lims.errors import NotFound, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.states import RoundState
from lims.rounds.models import PreparationRecord, Round
from lims.rounds.queries import preparation, records, visible
from lims.rounds.scoring.preparation import KINDS, Basis, Conclusion, Grid, conclude, read_grid
from lims.rounds.service.common import organised_round, person, refuse_unseen, require_state
from lims.signatures.service import sign, witness

OPEN: tuple[RoundState, ...] = ("designed", "enrolling", "preparing")
CHANGED = N_(
    "Not signed: the item, its limit or its records in round %(code)s changed since the figures were shown. They are shown as they come "
    "out now: read them again and sign again."
)


@dataclass(frozen=True)
class Pasted:
    """Results as pasted: of homogeneity, one unit a line; of stability, ``first`` before transport and ``second`` after it."""

    item_number: int
    kind: str
    first: str
    second: str = ""


@dataclass(frozen=True)
class Preview:
    """What comes out of pasted results, nothing of it kept yet; ``seen`` is the hash that the checker signs."""

    pasted: Pasted
    version: int
    measured: dict[str, Grid]
    judged_by: dict[str, Any]
    found: Conclusion
    seen: str


def preview_preparation(actor: Actor, round_id: uuid.UUID, pasted: Pasted) -> Preview:
    """Evaluate pasted results of one item for the page, before anybody signs them."""
    permit(actor, "rounds.code")
    with reading() as session:
        row = visible.round_by_id(session, actor, round_id)
        if row.organisation_id != actor.organisation_id:
            raise NotFound()
        return _evaluated(session, actor, row, pasted)


def record_preparation(actor: Actor, round_id: uuid.UUID, pasted: Pasted, *, checker: str, password: str, seen: str) -> PreparationRecord:
    """Keep pasted results with their figures as the next version; the checker signs at the same screen.

    ``seen`` is the hash of the figures that the checker read; Conflict when others come out by now.
    """
    permit(actor, "rounds.code")
    with transaction(actor, "recorded the preparation of an item") as session:
        row = organised_round(session, actor, round_id)
        now = _evaluated(session, actor, row, pasted)
        other = witness(checker, password)
        _refuse_checker(actor, other, row, records.people_who_reported(session, row))
        refuse_unseen(row, seen, now.seen, CHANGED)
        signature = sign(session, other, "round", row.id, N_("has checked the record of an item's preparation"), now.seen, password)
        found = now.found
        record = PreparationRecord(
            laboratory_id=row.laboratory_id, round_id=row.id, batch=row.batch, item_number=pasted.item_number, kind=pasted.kind,
            version=now.version, measured=now.measured, figures=found.figures, u=found.u, judged_by=now.judged_by,
            conclusion=found.conclusion, reason=found.reason, analyst_id=person(actor), analyst_name=actor.name,
            checker_id=person(other), checker_name=other.name, recorded_at=clock.now(), content_hash=now.seen, signature_id=signature.id,
        )  # fmt: skip
        session.add(record)
        session.flush()
        return record


def _evaluated(session: Session, actor: Actor, row: Round, pasted: Pasted) -> Preview:
    """The figures, and the hash over everything that goes into the record."""
    require_state(row, actor, OPEN)
    number, kind = pasted.item_number, pasted.kind
    item = next((one for one in records.items_of(session, row) if one.number == number), None)
    if item is None or kind not in KINDS:
        raise NotFound()
    judged_by = preparation.judged_by(row, item)
    if judged_by.get("expected_code", "") is None:
        sentence = N_("Item %(item)s has no expected result yet, by which its results are judged. Write it on the page of the items first.")
        raise RuleViolation("rounds.truth_first", sentence, item=number)
    measured = {"first": read_grid(pasted.first, "first"), "second": read_grid(pasted.second, "second")}
    found = conclude(kind, measured["first"], measured["second"], _basis(judged_by))
    earlier = preparation.newest(session, row).get((number, kind))
    version = earlier.version + 1 if earlier else 1
    seen = digest({"round": str(row.id), "batch": row.batch, "item": number, "kind": kind, "version": version, "measured": measured,
                   "judged_by": judged_by, "figures": found.figures, "u": found.u, "conclusion": found.conclusion,
                   "reason": found.reason})  # fmt: skip
    return Preview(pasted, version, measured, judged_by, found, seen)


def _basis(judged_by: dict[str, Any]) -> Basis:
    """What the protocol and the item say about the limit."""
    if "expected_code" in judged_by:
        return Basis(expected_code=judged_by["expected_code"])
    sigma = judged_by["sigma_pt"]
    return Basis(sigma_pt=None if sigma is None else Decimal(sigma))


def _refuse_checker(actor: Actor, other: Actor, row: Round, reported: set[uuid.UUID]) -> None:
    if other.user_id == actor.user_id:
        raise RuleViolation("rounds.checker_is_analyst", N_("Nobody checks the own record. Another person must sign as checker."))
    if not is_allowed(other.roles, "rounds.check_preparation") or other.roles & {"auditor", "administrator"}:
        sentence = N_("%(name)s cannot check the record: an authoriser, the QA manager or a coordinator of the organiser does.")
        raise RuleViolation("rounds.checker_role", sentence, name=other.name)
    if other.organisation_id != row.organisation_id or other.user_id in reported:
        sentence = N_("The checker must belong to the organiser's organisation and report no results in round %(code)s.")
        raise RuleViolation("rounds.checker_unfit", sentence, code=row.code)
