"""Recording the results of an upload, beside or instead of those that stand already, and taking them back."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.base import new_key
from lims.db.guard import permitted_bulk
from lims.db.session import Actor
from lims.errors import Invalid, RuleViolation
from lims.marks import N_
from lims.results import queries
from lims.results.models import STATUSES, Result, ResultWithdrawal
from lims.results.service.reviewing import settle_samples

#: what one test of one sample is known by: sample, target, quantity
Test = tuple[uuid.UUID, str, str]


@dataclass(frozen=True)
class NewResult:
    """A result to record: what was read, for which sample, and where it stands in the file; ``line_id`` where it is a version."""

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
    line_id: uuid.UUID | None = None
    version: int = 1
    reason: str = ""
    reasoning: Mapping[str, Any] | None = None

    @property
    def test(self) -> Test:
        return self.sample_id, self.target, self.quantity


@dataclass(frozen=True)
class Origin:
    """The file that results come from."""

    upload_id: uuid.UUID
    file_sha256: str
    parser: str
    parser_version: str
    rule_id: uuid.UUID | None = None
    rule_hash: str | None = None


@dataclass(frozen=True)
class Repeat:
    """What a person chose for tests that have a result already: ``version`` with a reason, or ``beside``; "" is no choice."""

    choice: str = ""
    reason: str = ""


NO_CHOICE = Repeat()


def record_results(session: Session, actor: Actor, rows: Sequence[NewResult], origin: Origin, repeat: Repeat = NO_CHOICE) -> int:
    """Record the results of an accepted upload inside the caller's transaction, in one statement and one audit event.

    The caller has checked that every sample is the laboratory's and holds it against other writers. Another test of a
    sample adds; the same test again follows ``repeat``. Returns how many were recorded.
    """
    permit(actor, "results.record")
    now = clock.now()
    values = [_values(actor, row, origin, now) for row in _placed(session, actor, rows, repeat)]
    if values:
        with permitted_bulk(session, "result", actor.laboratory_id, values):
            session.execute(insert(Result), values)
    return len(values)


def withdraw_upload(session: Session, actor: Actor, upload_id: uuid.UUID, reason: str) -> int:
    """Take back every result of an upload inside the caller's transaction; refused once one of them was reviewed.

    A version that replaced an earlier upload's result gives way to it again. Returns how many results counted until now.
    """
    permit(actor, "results.record")
    counting = queries.of_upload(session, actor, upload_id)
    rows = queries.every_version_of_upload(session, actor, upload_id)
    reviewed = queries.reviews(session, actor, [row.id for row in rows])
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
    session.flush()
    settle_samples(session, actor, {row.sample_id for row in rows}, reason)
    return len(counting)


def _placed(session: Session, actor: Actor, rows: Sequence[NewResult], repeat: Repeat) -> Iterator[NewResult]:
    """The rows, each as a result of its own or as the next version of a standing one."""
    standing: dict[Test, list[Result]] = {}
    wanted = {row.test for row in rows}
    for one in queries.of_samples(session, actor, (row.sample_id for row in rows)):
        test = one.sample_id, one.target, one.quantity
        if test in wanted:
            standing.setdefault(test, []).append(one)
    if not standing or repeat.choice == "beside":
        yield from rows
        return
    _refuse_unchosen(rows, standing, repeat)
    newest = queries.newest_versions(session, actor, [one.line_id for found in standing.values() for one in found])
    left = {test: sorted(found, key=lambda one: (one.replicate or 0, one.id), reverse=True) for test, found in standing.items()}
    for row in rows:
        old = left[row.test].pop() if left.get(row.test) else None
        yield replace(row, line_id=old.line_id, version=newest[old.line_id] + 1, reason=repeat.reason.strip()[:400]) if old else row


def _refuse_unchosen(rows: Sequence[NewResult], standing: dict[Test, list[Result]], repeat: Repeat) -> None:
    first = next(iter(standing.values()))[0]
    if repeat.choice != "version":
        raise RuleViolation(
            "results.repeated",
            N_(
                "%(count)s tests have a result already (first: %(number)s, %(target)s). "
                "Choose whether the new values become new versions, with a reason, or stand beside the earlier ones."
            ),
            count=len(standing), number=first.sample.number, target=first.target,
        )  # fmt: skip
    if not repeat.reason.strip():
        raise Invalid(
            "results.repeat_reason", N_("Reason: empty. Say why the test was repeated; it is printed with both versions."), field="reason"
        )
    counts = Counter(row.test for row in rows)
    for test, found in standing.items():
        if counts[test] < len(found):
            raise RuleViolation(
                "results.fewer",
                N_(
                    "%(number)s, %(target)s: the file has %(count)s readings, but %(standing)s results stand, so it is not clear which "
                    "ones they replace. Record them beside the earlier ones, or correct single results."
                ),
                number=found[0].sample.number, target=found[0].target, count=counts[test], standing=len(found),
            )  # fmt: skip


def _values(actor: Actor, row: NewResult, origin: Origin, now: Any) -> dict[str, Any]:
    if row.status not in STATUSES:
        raise Invalid(
            "results.status", N_("Status: read %(status)s, expected one of %(known)s."), status=row.status, known=", ".join(STATUSES)
        )
    key = new_key()
    return {
        "id": key, "laboratory_id": actor.laboratory_id, "line_id": row.line_id or key, "version": row.version, "reason": row.reason,
        "sample_id": row.sample_id,
        "target": row.target, "quantity": row.quantity, "status": row.status, "value_text": row.value_text,
        "value": Decimal(row.value) if row.value is not None else None, "comparator": row.comparator, "unit": row.unit,
        "replicate": row.replicate, "flags": list(row.flags), "position": row.position, "upload_id": origin.upload_id,
        "file_sha256": origin.file_sha256, "parser": origin.parser, "parser_version": origin.parser_version, "source": row.source,
        "rule_id": origin.rule_id, "rule_hash": origin.rule_hash, "reasoning": dict(row.reasoning) if row.reasoning else None,
        "recorded_at": now, "recorded_by": actor.user_id,
    }  # fmt: skip
