"""`python -m tests.validation_run` (make prove-validation): how often a study calls a criterion met that is not.

The truth of every simulated study lies exactly on the limit, where a wrong verdict is likeliest. Seeds and numbers stand in the output; the
run repeats itself on the same versions. It fails when a rate is higher than the stated error allows.
"""

from __future__ import annotations

import platform
import sys
import time
import zlib
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from itertools import repeat

import numpy as np
from scipy.stats import binom

from lims.validation.analysis.judging import worst
from lims.validation.analysis.run import judged
from tests.validation_scenarios import SCENARIOS, Scenario

SEED, STUDIES, INSIDE = 20260302, 2000, 300
CERTAINTY, WORKERS = 0.999, 2


def counted(scenario: Scenario, truth: float, studies: int) -> Counter[str]:
    """Verdict -> number of studies; the seed belongs to the scenario, so that one alone gives the same."""
    name = f"{scenario.family} {scenario.criterion} {scenario.options} {truth}"
    draws = np.random.default_rng([SEED, zlib.crc32(name.encode())])
    return Counter(worst(one.verdict for one in judged(scenario.study(draws, truth))) for _ in range(studies))


def allowed(stated: float, studies: int) -> int:
    """So many wrong verdicts among the studies are exceeded in one of a thousand runs when the rate is the stated one."""
    return int(binom.ppf(CERTAINTY, studies, stated))


def line(place: int, studies: int, inside: int) -> tuple[str, bool]:
    """What one scenario gave, and whether its rate holds."""
    scenario = SCENARIOS[place]
    found, good = counted(scenario, scenario.limit, studies), counted(scenario, scenario.inside, inside)
    wrong = found[scenario.wrong]
    holds = wrong <= allowed(scenario.stated, studies)
    criterion, rule = scenario.criterion, scenario.options.regression if scenario.family == "method_comparison" else ""
    limit = f"{criterion.limit} to {criterion.upper}" if criterion.upper is not None else str(criterion.limit)
    what = f"{scenario.family}{f' ({rule})' if rule else ''}: {criterion.characteristic} {criterion.comparator} {limit}"
    counts = ", ".join(f"{verdict} {found[verdict]}" for verdict in ("met", "not_met", "not_shown"))
    rate = f"wrong {scenario.wrong} {wrong}/{studies} = {100 * wrong / studies:.2f} %"
    note = "" if wrong <= scenario.stated * studies else " (above, within the allowance)" if holds else " TOO HIGH"
    power = f"met at {scenario.inside:g}: {100 * good['met'] / inside:.0f} %"
    return f"{what}\n  truth {scenario.limit:g}: {counts}; {rate}, stated {100 * scenario.stated:.1f} %{note}; {power}", holds


def main(studies: int = STUDIES, inside: int = INSIDE) -> int:
    started, failed = time.monotonic(), 0
    versions = ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in ("numpy", "scipy"))])
    sys.stdout.write(f"Wrong verdicts of simulated validation studies, seed {SEED}, {studies} studies each, {versions}" + "\n")
    limit = allowed(0.025, studies)
    sys.stdout.write(
        f"The truth lies on the limit. A line fails above the {100 * CERTAINTY:.1f} % point of the stated rate ({limit} for 2.5 %).\n"
        + "\n"
    )
    with ProcessPoolExecutor(WORKERS) as pool:
        for text, holds in pool.map(line, range(len(SCENARIOS)), repeat(studies), repeat(inside)):
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
            failed += not holds
    sys.stdout.write(f"\n{len(SCENARIOS)} lines, {failed} failed; {time.monotonic() - started:.0f} s\n")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))
