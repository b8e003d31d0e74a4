"""Is a report that somebody hands in untouched? Read and computed again in a guarded child; nothing of it is kept."""

from __future__ import annotations

import threading
from dataclasses import dataclass, fields
from typing import Any

from lims.accounts.service import permit
from lims.db.session import Actor
from lims.errors import RuleViolation
from lims.marks import N_
from lims.rounds.report.checking import MOST_BYTES, TOO_LARGE, Checked
from lims.rounds.report.differences import Difference
from lims.sandbox import Sandbox, SandboxFailure
from lims.seals import sealer

MEMORY_BYTES = 2 * 1024**3  # numerical libraries reserve far more than they use
CPU_SECONDS, WALL_SECONDS = 60, 120.0
AT_ONCE = 2

_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Verified:
    """What came out for one file, and why the child gave no answer, where it gave none."""

    checked: Checked
    failure: SandboxFailure | None = None


def verify_report(actor: Actor, content: bytes) -> Verified:
    """Check a file against the key of this installation. Busy: RuleViolation."""
    permit(actor, "reports.verify")
    if not _places.acquire(blocking=False):
        raise RuleViolation("reports.busy", N_("Other reports are being checked just now. Try again in a minute."))
    try:
        return check_file(content, sealer().public_key, key_was_named=False)
    finally:
        _places.release()


def check_file(content: bytes, trusted_key: str | None, *, key_was_named: bool) -> Verified:
    """The same for the command line, where no person is signed in, with any key or none."""
    if len(content) > MOST_BYTES:
        return Verified(Checked("not_a_report", reason=TOO_LARGE))
    try:
        with Sandbox(MEMORY_BYTES, CPU_SECONDS, WALL_SECONDS) as sandbox:
            answer: dict[str, Any] = sandbox.run("lims.rounds.report.checking:check", content, trusted_key, key_was_named)
    except SandboxFailure as failure:
        return Verified(Checked("not_a_report"), failure)
    known = {one.name for one in fields(Checked)}
    plain = {name: value for name, value in answer.items() if name in known}
    return Verified(Checked(**plain | {"differences": tuple(Difference(*one) for one in answer["differences"])}))
