"""Correcting a result: a new version with a reason; nothing is overwritten."""

from __future__ import annotations

import uuid
from decimal import Decimal, InvalidOperation

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Invalid
from lims.marks import N_
from lims.results import queries
from lims.results.models import Result
from lims.samples import queries as samples
from lims.samples.lifecycle import states
from lims.samples.service import take_results

_KEPT = (
    "laboratory_id", "line_id", "sample_id", "target", "quantity", "unit", "replicate", "flags", "position", "upload_id", "file_sha256",
    "parser", "parser_version", "source",
)  # fmt: skip


def amend_result(actor: Actor, result_id: uuid.UUID, value_text: str, reason: str) -> Result:
    """Correct a result as a new version with a reason; the old one stays readable, and the new one needs a review again.

    A sample whose results were reviewed or reported is opened again. Raises Conflict for a version that no longer counts.
    """
    permit(actor, "results.record")
    if not reason.strip():
        raise Invalid(
            "results.reason", N_("Reason: empty. Say why the result is corrected; it is printed with both versions."), field="reason"
        )
    with transaction(actor, f"amended a result: {reason.strip()[:300]}") as session:
        old = _current(session, actor, result_id)
        status, comparator, value = read_value(value_text)
        kept = {name: getattr(old, name) for name in _KEPT}
        newest = queries.versions(session, actor, old.line_id)[0]
        row = Result(
            **kept, version=newest.version + 1, reason=reason.strip(), status=status, comparator=comparator, value=value,
            value_text=value_text.strip(), recorded_at=clock.now(), recorded_by=actor.user_id,
        )  # fmt: skip
        session.add(row)
        session.flush()
        if old.sample.status in states.OPENS_AGAIN:
            take_results(actor, [old.sample_id], f"corrected {old.target}: {reason.strip()}")
        return row


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


def _current(session: Session, actor: Actor, result_id: uuid.UUID) -> Result:
    """The result while its sample is held against other writers, so that two corrections come one after the other."""
    row = queries.result(session, actor, result_id)
    samples.sample(session, actor, row.sample_id, is_locked=True)
    if not queries.count_as_current(session, actor, [row.id]):
        raise Conflict(
            "results.corrected_meanwhile",
            N_("Somebody has corrected this result or taken it back meanwhile. Open its newest version and compare."),
        )
    return row
