"""The hand that kills: starts lives of ``kill_runner``, ends each at a random moment and keeps what they said."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.paths import ROOT

WORKS = ("accept", "sign", "evaluate")
PATIENCE = 60.0


@dataclass
class Life:
    """What one process said until it was killed."""

    pid: int
    work: str
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        return sum(1 for line in self.lines if line["is_done"] and line["act"] != "born")

    @property
    def was_at_work(self) -> bool:
        """Whether it died between the two lines of an act."""
        return not self.lines[-1]["is_done"]


class Killer:
    """One mother process and the lives it bore."""

    def __init__(self, plan: dict[str, Any], seed: int) -> None:
        self.chance = random.Random(seed)
        self.lives: dict[int, Life] = {}
        self._said = threading.Condition()
        self._mother = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.kill_runner"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._tell(plan)
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        """End the mother process."""
        assert self._mother.stdin
        self._mother.stdin.close()
        self._mother.wait(PATIENCE)

    def kill_all_works_once(self) -> None:
        """Let one life of each work run at the same time and kill each at a random moment."""
        born = [self._bear(work) for work in WORKS]
        plans = [(life, self.chance.choice((0, 1, 1, 2)), self.chance.uniform(0, 0.12)) for life in born]
        threads = [threading.Thread(target=self._end, args=one) for one in plans]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def said(self, act: str) -> set[str]:
        """What was acknowledged of one act by all lives."""
        with self._said:
            return {line["what"] for life in self.lives.values() for line in life.lines if line["act"] == act and line["is_done"]}

    def _bear(self, work: str) -> Life:
        known = set(self.lives)
        self._tell({"work": work})
        with self._said:
            assert self._said.wait_for(lambda: set(self.lives) - known, PATIENCE), f"no life for {work} began"
            return self.lives[(set(self.lives) - known).pop()]

    def _end(self, life: Life, acts: int, delay: float) -> None:
        with self._said:
            self._said.wait_for(lambda: life.acknowledged >= acts, PATIENCE)
        time.sleep(delay)
        os.kill(life.pid, signal.SIGKILL)
        end = time.monotonic() + PATIENCE
        while _is_alive(life.pid):
            assert time.monotonic() < end, "a killed process lives on"
            time.sleep(0.005)

    def _tell(self, message: dict[str, Any]) -> None:
        assert self._mother.stdin
        self._mother.stdin.write(json.dumps(message) + "\n")
        self._mother.stdin.flush()

    def _listen(self) -> None:
        assert self._mother.stdout
        for text in self._mother.stdout:
            line = json.loads(text)
            with self._said:
                if line["act"] == "born":
                    self.lives[line["pid"]] = Life(line["pid"], line["what"])
                self.lives[line["pid"]].lines.append(line)
                self._said.notify_all()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
