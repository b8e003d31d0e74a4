"""`make fuzz MINUTES=60`: damaged real files for so many minutes. Prints count and seed; what fails is kept as a file.

A failing file lies in var/fuzz; after the mend it becomes a fixture of its family.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import click

from instruments.contract import ParseError, RawFile
from instruments.registry import Parsed, parse
from tests.instruments.families import READ_BY_US, raw_file
from tests.instruments.mutations import Mutant, fault_of, mutant, silences
from tests.paths import ROOT


def known(entries: list[dict[str, Any]]) -> list[tuple[RawFile, set[str], float]]:
    """Each file, what it says is not detected, and how often it is chosen: the less the longer it takes."""
    found = []
    for entry in entries:
        file, started = raw_file(entry), time.process_time()
        try:
            silent = silences(parse(file))
        except ParseError:
            silent = set()
        found.append((file, silent, 1 / (0.02 + time.process_time() - started)))
    return found


def fuzz(minutes: float, seed: int) -> int:
    files = known(READ_BY_US)
    if not files:
        sys.exit("The folder with real instrument files is not beside this checkout.")
    chance, until = random.Random(seed), time.monotonic() + minutes * 60
    started, counts, kinds = time.process_time(), Counter[str](), Counter[str]()
    while time.monotonic() < until:
        file, silent, _ = chance.choices(files, [weight for _, _, weight in files])[0]
        damaged = mutant(file, chance)
        outcome: list[str] = []
        fault = fault_of(damaged, silent, partial(_counted, outcome))
        counts["faults" if fault else outcome[0] if outcome else "refused"] += 1
        kinds[file.name] += 1
        if fault:
            _keep(damaged, fault, sum(counts.values()))
    total = sum(counts.values())
    click.echo(f"seed {seed}; {minutes:g} minutes; {time.process_time() - started:.0f} s of processor time")
    click.echo(f"{total} damaged files made from {len(kinds)} of {len(files)} real files")
    click.echo(f"refused {counts['refused']}, read as they stand {counts['read']}, faults {counts['faults']}")
    return 1 if counts["faults"] else 0


def _counted(outcome: list[str], file: RawFile) -> Parsed:
    parsed = parse(file)
    outcome.append("read")
    return parsed


def _keep(damaged: Mutant, fault: str, number: int) -> None:
    folder = ROOT / "var" / "fuzz"
    folder.mkdir(parents=True, exist_ok=True)
    path = Path(folder / f"{number}_{damaged.file.name}")
    path.write_bytes(damaged.file.content)
    click.echo(f"fault in {path.relative_to(ROOT)} ({damaged.how}): {fault}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--minutes", type=float, default=1)
    arguments.add_argument("--seed", type=int, default=None)
    given = arguments.parse_args()
    sys.exit(fuzz(given.minutes, given.seed if given.seed is not None else random.SystemRandom().randrange(2**32)))
