"""Homogeneity and transport stability of an item: entered by one person, checked and signed by another."""

from __future__ import annotations

import uuid
from decimal import Decimal

from lims import clock
from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, transaction
from lims.errors import NotFound, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.states import RoundState
from lims.rounds.models import PreparationRecord, PTItem, Round
from lims.rounds.queries import preparation, records
from lims.rounds.queries.scoring import plan_of
from lims.rounds.scoring.preparation import KINDS, Basis, conclude, read_grid
from lims.rounds.service.common import organised_round, person, require_state
from lims.signatures.service import sign, witness

OPEN: tuple[RoundState, ...] = ("designed", "enrolling", "preparing")


def record_preparation(
    actor: Actor, round_id: uuid.UUID, item_number: int, kind: str, first: str, second: str = "", *, checker: str, password: str,
) -> PreparationRecord:  # fmt: skip
    """Evaluate pasted results of one item and keep them as the next version; the checker signs at the same screen.

    first: homogeneity, one unit a line with its repeated results; stability, the results before transport, second those after.
    """
    permit(actor, "rounds.code")
    with transaction(actor, "recorded the preparation of an item") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, OPEN)
        item = next((one for one in records.items_of(session, row) if one.number == item_number), None)
        if item is None or kind not in KINDS:
            raise NotFound()
        other = witness(checker, password)
        _refuse_checker(actor, other, row, records.people_who_reported(session, row))
        measured = {"first": read_grid(first, "first"), "second": read_grid(second, "second")}
        found = conclude(kind, measured["first"], measured["second"], basis_of(row, item))
        earlier = preparation.newest(session, row).get((item_number, kind))
        content = digest({"round": str(row.id), "batch": row.batch, "item": item_number, "kind": kind, "measured": measured,
                          "figures": found.figures, "conclusion": found.conclusion})  # fmt: skip
        signature = sign(session, other, "round", row.id, N_("has checked the record of an item's preparation"), content, password)
        record = PreparationRecord(
            laboratory_id=row.laboratory_id, round_id=row.id, batch=row.batch, item_number=item_number, kind=kind,
            version=earlier.version + 1 if earlier else 1, measured=measured, figures=found.figures, u=found.u,
            conclusion=found.conclusion, reason=found.reason, analyst_id=person(actor), analyst_name=actor.name,
            checker_id=person(other), checker_name=other.name, recorded_at=clock.now(), content_hash=content, signature_id=signature.id,
        )  # fmt: skip
        session.add(record)
        session.flush()
        return record


def basis_of(row: Round, item: PTItem) -> Basis:
    """What the protocol and the item say about the limit."""
    if row.kind == "qualitative":
        return Basis(expected_code=item.expected_code or "")
    sigma: Decimal | None = item.sigma_pt if item.sigma_pt is not None else plan_of(row).sigma_pt
    return Basis(sigma_pt=sigma)


def _refuse_checker(actor: Actor, other: Actor, row: Round, reported: set[uuid.UUID]) -> None:
    if other.user_id == actor.user_id:
        raise RuleViolation("rounds.checker_is_analyst", N_("Nobody checks the own record. Another person must sign as checker."))
    if other.organisation_id != row.organisation_id or other.user_id in reported:
        sentence = N_("The checker must belong to the organiser's organisation and report no results in round %(code)s.")
        raise RuleViolation("rounds.checker_unfit", sentence, code=row.code)
