"""Registering tubes by scanning them: every scan is kept at once, so that nothing is lost when a login ends or a browser closes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Forbidden, Invalid, RuleViolation
from lims.marks import N_
from lims.samples import queries
from lims.samples.lifecycle import scanning
from lims.samples.lifecycle.common import DEFAULTS
from lims.samples.lifecycle.fields import Problem
from lims.samples.lifecycle.kinds import KINDS, Kind
from lims.samples.models import ScanBatch, ScannedTube
from lims.samples.service.bulk import Checked, register_many
from lims.samples.service.desk import Desk, desk_of


@dataclass(frozen=True)
class JudgedTube:
    """A tube with what speaks against it; ``checked`` when nothing does."""

    row: ScannedTube
    tube: scanning.Tube
    problems: tuple[Problem, ...] = ()
    checked: Checked | None = None

    @property
    def code_problem(self) -> Problem | None:
        """What is wrong with the scan itself."""
        return next((one for one in self.problems if one.field == scanning.CODE), None)


@dataclass(frozen=True)
class BatchState:
    """A batch as it stands: its tubes in the order of the scans."""

    batch: ScanBatch
    kind: Kind
    tubes: tuple[JudgedTube, ...] = ()

    @property
    def ready(self) -> list[JudgedTube]:
        """The tubes that can be registered."""
        return [one for one in self.tubes if one.checked and not one.row.sample_number]

    @property
    def pending(self) -> list[JudgedTube]:
        """The tubes that wait for somebody."""
        return [one for one in self.tubes if one.problems and not one.row.sample_number]

    @property
    def registered(self) -> list[JudgedTube]:
        """The tubes that became samples."""
        return [one for one in self.tubes if one.row.sample_number]


@dataclass(frozen=True)
class Typed:
    """What stands on the page beside the scan: the shared values, what is expected, the rack, and the values by tube."""

    shared: Mapping[str, Any] = field(default_factory=dict)
    expected: str = ""
    rack: int = 0
    tubes: Mapping[int, Mapping[str, str]] = field(default_factory=dict)


def open_batch(actor: Actor, kind: str) -> ScanBatch:
    """Begin a batch of one kind; an empty one of that kind which stands open is taken up again."""
    permit(actor, "samples.register")
    if actor.laboratory_id is None or actor.user_id is None:
        raise Forbidden("samples.no_laboratory", N_("A sample belongs to a laboratory; open one first."))
    if kind not in KINDS:
        raise Invalid("samples.no_kind", N_("Read the kind %(read)s, expected one of: %(choices)s."), read=kind, choices=", ".join(KINDS))
    with transaction(actor, reason="began a batch of scans") as session:
        for known in queries.open_batches(session, actor):
            if known.kind == kind and not queries.tubes(session, known):
                return known
        row = ScanBatch(
            laboratory_id=actor.laboratory_id, kind=kind, opened_by=actor.user_id, opened_at=clock.now(), shared=dict(DEFAULTS)
        )
        session.add(row)
        session.flush()
        return row


def save_typed(actor: Actor, batch_id: uuid.UUID, typed: Typed) -> ScanBatch:
    """Keep what was typed. Shared values count for the scans to come; those made keep theirs."""
    permit(actor, "samples.register")
    with transaction(actor, reason="typed values of a batch of scans") as session:
        row = _open(session, actor, batch_id)
        known = {one.code for one in scanning.shared_fields(KINDS[row.kind])}
        row.shared = {name: value for name, value in typed.shared.items() if name in known}
        row.expected = int(typed.expected) if typed.expected.isdecimal() and int(typed.expected) < 100_000 else None
        row.rack = typed.rack if typed.rack in scanning.RACKS else row.rack
        own = {one.code for one in scanning.tube_fields(KINDS[row.kind])}
        for tube in queries.tubes(session, row):
            given = {name: text for name, text in typed.tubes.get(tube.number, {}).items() if name in own}
            if given and any(tube.values.get(name) != text for name, text in given.items()):
                tube.values = {**tube.values, **given}
        return row


def scan(actor: Actor, batch_id: uuid.UUID, code: str, raw: str = "") -> ScannedTube | None:
    """Add the tube with this code behind the last one; what is wrong with it never stops the next scan. None for no code.

    Raises RuleViolation when the batch holds all it can.
    """
    permit(actor, "samples.register")
    with transaction(actor, reason="scanned a tube") as session:
        row = _open(session, actor, batch_id)
        before = queries.tubes(session, row)
        if len(before) >= scanning.MOST:
            raise RuleViolation(
                "samples.batch_full", N_("This batch has %(most)s tubes, which is all it holds. Register them, then go on."),
                most=scanning.MOST,
            )  # fmt: skip
        if not code.strip():
            return None
        own = {one.code for one in scanning.tube_fields(KINDS[row.kind])}
        tube = ScannedTube(
            laboratory_id=row.laboratory_id, batch_id=row.id, number=max((one.number for one in before), default=0) + 1,
            code=scanning.code_of(code)[:200], raw=(raw or code)[:200], place=scanning.next_place((one.place for one in before), row.rack),
            values={**dict.fromkeys(own, ""), **row.shared}, scanned_at=clock.now(),
        )  # fmt: skip
        session.add(tube)
        session.flush()
        return tube


def undo_scan(actor: Actor, batch_id: uuid.UUID) -> str:
    """Take the last scan back; the code of the tube, empty where there is none."""
    permit(actor, "samples.register")
    with transaction(actor, reason="took a scan back") as session:
        row = _open(session, actor, batch_id)
        last = next((one for one in reversed(queries.tubes(session, row)) if not one.sample_number), None)
        if last is None:
            return ""
        session.delete(last)
        return last.code


def drop_scan(actor: Actor, batch_id: uuid.UUID, number: int) -> str:
    """Take one scan out of the batch; its code, empty where there is no such scan."""
    permit(actor, "samples.register")
    with transaction(actor, reason="took a scan back") as session:
        row = _open(session, actor, batch_id)
        found = next((one for one in queries.tubes(session, row) if one.number == number and not one.sample_number), None)
        if found is None:
            return ""
        session.delete(found)
        return found.code


def give_up_batch(actor: Actor, batch_id: uuid.UUID) -> ScanBatch:
    """End a batch; its tubes that were not registered become no samples."""
    permit(actor, "samples.register")
    with transaction(actor, reason="gave up a batch of scans") as session:
        row = _open(session, actor, batch_id)
        row.state, row.closed_at = "given_up", clock.now()
        return row


def register_batch(actor: Actor, batch_id: uuid.UUID) -> list[str]:
    """Register every tube that nothing speaks against; the others stay in the batch, which ends with the last of them.

    A tube is registered once, whatever is pressed twice.
    """
    permit(actor, "samples.register")
    with transaction(actor, reason="registered a batch of scanned tubes") as session:
        row = _open(session, actor, batch_id)
        state = batch_state(session, actor, row)
        ready = state.ready
        numbers = register_many(session, actor, [one.checked for one in ready if one.checked])
        for one, number in zip(ready, numbers, strict=True):
            one.row.sample_number = number
        if state.tubes and not state.pending:
            row.state, row.closed_at = "registered", clock.now()
        return numbers


def batch_state(session: Session, actor: Actor, row: ScanBatch) -> BatchState:
    """Every tube of the batch judged as it would be registered now."""
    kind = KINDS[row.kind]
    rows = queries.tubes(session, row)
    tubes = [scanning.Tube(one.number, one.code, one.raw, one.place, one.values) for one in rows]
    waiting = [tube for tube, one in zip(tubes, rows, strict=True) if not one.sample_number]
    problems = scanning.code_problems(waiting, queries.numbers_by_external(session, actor, (tube.code for tube in waiting)))
    desk = desk_of(session, actor, kind)
    own = _shared_by_two(waiting, kind)
    judged = [_judged(desk, row, one, tube, [*_listed(problems.get(tube.number)), *own.get(tube.number, [])])
              for one, tube in zip(rows, tubes, strict=True)]  # fmt: skip
    return BatchState(row, kind, tuple(judged))


def _judged(desk: Desk, batch: ScanBatch, row: ScannedTube, tube: scanning.Tube, problems: Sequence[Problem]) -> JudgedTube:
    if row.sample_number:
        return JudgedTube(row, tube)
    draft, unread = scanning.draft_of(desk.kind, tube, batch.rack, cast(ZoneInfo, desk.now.tzinfo))
    details, against = desk.judged(draft)
    named = {one.field for one in (*problems, *unread)}
    found = (*problems, *unread, *(one for one in against if one.field not in named))
    if found:
        return JudgedTube(row, tube, found)
    return JudgedTube(row, tube, (), Checked(draft, details, f"scan:{row.id}", desk.entries(draft, details), tube.raw[:80]))


def _shared_by_two(tubes: Sequence[scanning.Tube], kind: Kind) -> dict[int, list[Problem]]:
    """Values that no two samples share and that two tubes have."""
    problems: dict[int, list[Problem]] = {}
    for one in scanning.tube_fields(kind):
        first: dict[str, int] = {}
        for tube in tubes:
            text = str(tube.values.get(one.code, "")).strip()
            if one.is_own and text and text in first:
                sentence = N_("Read %(read)s, which tube %(other)s of this batch has already. Correct one of them.")
                problems.setdefault(tube.number, []).append(Problem(one.code, sentence, {"read": text, "other": first[text]}))
            first.setdefault(text, tube.number)
    return problems


def _listed(problem: Problem | None) -> list[Problem]:
    return [problem] if problem else []


def _open(session: Session, actor: Actor, batch_id: uuid.UUID) -> ScanBatch:
    row = queries.batch(session, actor, batch_id, is_locked=True)
    if row.state != "open":
        raise Conflict("samples.batch_closed", N_("This batch is finished; begin another one."))
    return row
