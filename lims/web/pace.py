"""How often one person may ask for something costly; kept in the memory of the process."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Hashable


class Pace:
    """At most ``times`` within ``seconds`` for each key."""

    def __init__(self, times: int, seconds: float) -> None:
        self.times, self.seconds = times, seconds
        self._asked: dict[Hashable, deque[float]] = {}
        self._lock = threading.Lock()

    def admits(self, key: Hashable) -> bool:
        """Count one request of ``key``, unless it would be one too many."""
        now = time.monotonic()
        with self._lock:
            self._forget(now)
            asked = self._asked.setdefault(key, deque())
            if len(asked) >= self.times:
                return False
            asked.append(now)
            return True

    def _forget(self, now: float) -> None:
        for key, asked in list(self._asked.items()):
            while asked and now - asked[0] > self.seconds:
                asked.popleft()
            if not asked:
                del self._asked[key]
