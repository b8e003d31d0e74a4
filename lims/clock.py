"""The server's clock. The demonstration and the tests may move it; nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import UTC, datetime

_moved: ContextVar[datetime | None] = ContextVar("moved_clock", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _moved.get() or datetime.now(UTC)


@contextlib.contextmanager
def frozen(instant: datetime) -> Iterator[None]:
    """Stand still at ``instant`` inside the block. A naive instant is refused with ValueError."""
    if instant.tzinfo is None:
        raise ValueError("the clock takes instants with a zone")
    token = _moved.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _moved.reset(token)
