"""Recording, reviewing, amending and taking back results."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.base import new_key
from lims.db.guard import permitted_bulk
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Invalid, RuleViolation
from lims.marks import N_
from lims.results import queries
from lims.results.models import STATUSES, Result, ResultReview, ResultWithdrawal


@dataclass(frozen=True)
class NewResult:
    """A result to record: what was read, for which sample, and where it stands in the file."""

    sample_id: uuid.UUID
    target: str
    quantity: str
    status: str
    value_text: str
    value: str | None = None
    comparator: str | None = None
    unit: str | None = None
    replicate: int | None = None
    flags: tuple[str, ...] = ()
    position: str | None = None
    source: str | None = None


@dataclass(frozen=True)
class Origin:
    """The file that results come from."""

    upload_id: uuid.UUID
    file_sha256: str
    parser: str
    parser_version: str


def record_results(session: Session, actor: Actor, rows: Sequence[NewResult], origin: Origin) -> int:
    """Record the results of an accepted upload inside the caller's transaction, in one statement and one audit event.

    The caller has checked that every sample is the laboratory's. Returns how many were recorded.
    """
    permit(actor, "results.record")
    now = clock.now()
    values = [_values(actor, row, origin, now) for row in rows]
    if values:
        with permitted_bulk(session, "result", actor.laboratory_id, values):
            session.execute(insert(Result), values)
    return len(values)


def review_results(actor: Actor, result_ids: list[uuid.UUID]) -> int:
    """Review results that another person entered; all of them or none.

    Raises RuleViolation for an own entry, Conflict when somebody has reviewed one meanwhile, NotFound for a foreign one.
    """
    permit(actor, "results.review")
    if not result_ids:
        raise Invalid("results.none_chosen", N_("No result is ticked. Tick the results you have compared with their raw data."))
    with transaction(actor, f"reviewed {len(result_ids)} results") as session:
        rows = queries.some(session, actor, result_ids)
        own = [row for row in rows if row.recorded_by == actor.user_id]
        if own:
            raise RuleViolation(
                "results.own_entry", N_("You entered %(count)s of these results; another person must review them."), count=len(own)
            )
        if queries.reviews(session, actor, result_ids):
            raise Conflict("results.reviewed", N_("Somebody has reviewed some of these results meanwhile. Load the list again."))
        for row in rows:
            session.add(
                ResultReview(
                    laboratory_id=row.laboratory_id,
                    result_id=row.id,
                    reviewed_by=actor.user_id,
                    reviewer_name=actor.name,
                    reviewed_at=clock.now(),
                )
            )
    return len(rows)


def amend_result(actor: Actor, result_id: uuid.UUID, value_text: str, reason: str) -> Result:
    """Correct a result as a new version with a reason; the old one stays readable, and the new one needs a review again."""
    permit(actor, "results.record")
    if not reason.strip():
        raise Invalid(
            "results.reason", N_("Reason: empty. Say why the result is corrected; it is printed with both versions."), field="reason"
        )
    with transaction(actor, f"amended a result: {reason.strip()[:300]}") as session:
        old = queries.some(session, actor, [result_id])[0]
        status, comparator, value = read_value(value_text)
        kept = {name: getattr(old, name) for name in _KEPT}
        row = Result(
            **kept, version=old.version + 1, reason=reason.strip(), status=status, comparator=comparator, value=value,
            value_text=value_text.strip(), recorded_at=clock.now(), recorded_by=actor.user_id,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row


def withdraw_upload(session: Session, actor: Actor, upload_id: uuid.UUID, reason: str) -> int:
    """Take back every result of an upload inside the caller's transaction; refused once one of them was reviewed."""
    permit(actor, "results.record")
    rows = queries.of_upload(session, actor, upload_id)
    lines = [one.id for row in rows for one in queries.versions(session, actor, row.line_id)]
    reviewed = queries.reviews(session, actor, lines)
    if reviewed:
        raise RuleViolation(
            "results.reviewed_upload",
            N_(
                "%(count)s results of this upload are reviewed already, so it cannot be undone. Amend single results with a reason instead."
            ),
            count=len(reviewed),
        )
    for row in rows:
        session.add(ResultWithdrawal(laboratory_id=row.laboratory_id, result_id=row.id, reason=reason, withdrawn_at=clock.now()))
    return len(rows)


def read_value(text: str) -> tuple[str, str | None, Decimal | None]:
    """What a typed value is: (status, comparator, number). ``< 5`` is censored, ``ND`` not detected; no word becomes 0."""
    given = text.strip().replace("−", "-")
    if given.upper() in ("ND", "NOT DETECTED", "未检出"):
        return "not_detected", None, None
    comparator = given[0] if given[:1] in ("<", ">") else None
    try:
        number = Decimal(given[1:].strip() if comparator else given)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Invalid(
            "results.value", N_("Value: read %(text)s, expected a number, < or > with a number, or ND."), field="value", text=text
        )
    return ("censored" if comparator else "value"), comparator, number


_KEPT = (
    "laboratory_id", "line_id", "sample_id", "target", "quantity", "unit", "replicate", "flags", "position", "upload_id", "file_sha256",
    "parser", "parser_version", "source",
)  # fmt: skip


def _values(actor: Actor, row: NewResult, origin: Origin, now: Any) -> dict[str, Any]:
    if row.status not in STATUSES:
        raise Invalid(
            "results.status", N_("Status: read %(status)s, expected one of %(known)s."), status=row.status, known=", ".join(STATUSES)
        )
    key = new_key()
    return {
        "id": key, "laboratory_id": actor.laboratory_id, "line_id": key, "version": 1, "reason": "", "sample_id": row.sample_id,
        "target": row.target, "quantity": row.quantity, "status": row.status, "value_text": row.value_text,
        "value": Decimal(row.value) if row.value is not None else None, "comparator": row.comparator, "unit": row.unit,
        "replicate": row.replicate, "flags": list(row.flags), "position": row.position, "upload_id": origin.upload_id,
        "file_sha256": origin.file_sha256, "parser": origin.parser, "parser_version": origin.parser_version, "source": row.source,
        "recorded_at": now, "recorded_by": actor.user_id,
    }  # fmt: skip
