"""Before the data: how many samples a criterion needs, what a number can prove, blinded random order, plates, sites.

Numbers come from the very functions that give the verdict later, so that plan and verdict cannot differ. Every random order is made from
a seed that is recorded with it: the same seed and samples give the same list on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lims.statistics.intervals import clopper_pearson
from lims.statistics.outcome import NotCalculable
from lims.statistics.planning import lower_limit, smallest, trials_for_lower_limit
from lims.validation.analysis.design import Criterion
from lims.validation.analysis.judging import limits, of_interval
from lims.validation.analysis.outcome import Reason, Verdict

SHOWN: Final = (5, 10, 20, 30, 50, 100)
COLUMNS: Final = {96: 12, 384: 24}
UPPER_CHARACTERISTICS: Final = ("false_negative_rate", "false_positive_rate", "false_results", "invalid_rate")


@dataclass(frozen=True)
class Proof:
    """What n results prove when `misses` of them are wrong: the limits of the share of right ones, and the verdict."""

    n: int
    misses: int
    lower: float
    upper: float
    verdict: Verdict


@dataclass(frozen=True)
class Need:
    """The smallest n at which a criterion about a share is met although `misses` results are wrong; None with the reason."""

    criterion: str
    misses: int
    n: int | None
    reason: Reason | None = None


@dataclass(frozen=True)
class Sample:
    """A sample of the plan before blinding: who knows its group must not read its result."""

    item: str
    group: str


@dataclass(frozen=True)
class Blinded:
    """A sample in the order of testing. code is all that the bench sees."""

    place: int
    code: str
    item: str
    group: str
    site: str
    plate: int
    well: str


def proofs(criterion: Criterion, numbers: Sequence[int] = SHOWN, misses: int = 0) -> tuple[Proof, ...]:
    """What each number of results proves about a share. Example: 95 %, all right: 0.478 for 5, 0.692 for 10, 0.964 for 100."""
    found = []
    for n in numbers:
        x = misses if is_rate_of_errors(criterion) else n - misses
        ends = clopper_pearson(x, n, float(criterion.confidence)) if n >= misses and n > 0 else NotCalculable("no_trials")
        if not isinstance(ends, NotCalculable):
            found.append(Proof(n, misses, ends.lower, ends.upper, _verdict(criterion, ends.lower, ends.upper)))
    return tuple(found)


def needed(criterion: Criterion, misses: int = 0) -> Need:
    """The smallest n that meets a criterion about a share with this many wrong results. Example: 0.95, none wrong: 72."""
    confidence, limit = float(criterion.confidence), float(criterion.limit)
    if criterion.comparator == "between" or not 0.0 < limit < 1.0:
        return Need(criterion.code, misses, None, Reason("not_a_share"))
    if criterion.comparator == "at_least":
        found = trials_for_lower_limit(limit, misses, confidence)
        n = None if isinstance(found, NotCalculable) else found.n
    else:
        n = smallest(lambda trials: _is_at_most(misses, trials, limit, confidence), max(misses, 1))
    return Need(criterion.code, misses, n, None if n is not None else Reason("plan_not_reachable"))


def assurance(criterion: Criterion, n: int, share: float) -> float:
    """Probability that n results meet the criterion when each is right (or, of a rate of errors, wrong) with probability `share`.

    Example: at least 0.90 with n = 100 and a true share of 0.98: 0.949.
    """
    from scipy.special import bdtr

    met = []
    for x in range(n + 1):
        ends = clopper_pearson(x, n, float(criterion.confidence))
        if not isinstance(ends, NotCalculable) and _verdict(criterion, ends.lower, ends.upper) == "met":
            met.append(x)
    if not met:
        return 0.0
    first, last = met[0], met[-1]
    return float(bdtr(last, n, share)) - (float(bdtr(first - 1, n, share)) if first > 0 else 0.0)


def needed_for_assurance(criterion: Criterion, share: float, wanted: float = 0.9, most: int = 2000) -> int | None:
    """The first n from which on the next ten numbers too meet the criterion with the wanted probability; None up to `most`."""
    run = 0
    for n in range(1, most + 11):
        run = run + 1 if assurance(criterion, n, share) >= wanted else 0
        if run == 11:
            return n - 10
    return None


def is_rate_of_errors(criterion: Criterion) -> bool:
    """Whether a large share is bad."""
    return criterion.characteristic in UPPER_CHARACTERISTICS


def proven_when_all_right(n: int, confidence: float = 0.95) -> float | None:
    """The lower limit of the share of right results when all n are right; None without results."""
    found = lower_limit(n, 0, confidence)
    return None if isinstance(found, NotCalculable) else found


def blinded(samples: Sequence[Sample], seed: str, sites: Sequence[str] = ("",), wells: int = 96, controls: int = 2) -> tuple[Blinded, ...]:
    """The list for the bench: each site gets its share of every group, in random order, with codes that tell nothing, on plates.

    `controls` wells at the end of each plate stay free. The order comes from SHA-256 of seed, item and purpose, not from a generator that
    another version could change. Raises ValueError for an item that stands twice, or a plate without room.
    """
    if len({one.item for one in samples}) < len(samples):
        raise ValueError("each sample stands once in a plan")
    placed = allocation(samples, seed, sites)
    room = wells - controls
    if wells not in COLUMNS or room < 1:
        raise ValueError(f"plates of {sorted(COLUMNS)} wells with room besides the controls are expected")
    found: list[Blinded] = []
    for site in sites:
        own = sorted((one for one in samples if placed[one.item] == site), key=lambda one: _draw(seed, "order", one.item))
        for place, one in enumerate(own, 1):
            plate, at = divmod(place - 1, room)
            found.append(Blinded(place, _code(seed, one.item), one.item, one.group, site, plate + 1, well(at, wells)))
    if len({one.code for one in found}) < len(found):
        return blinded(samples, f"{seed}+", sites, wells, controls)
    return tuple(found)


def allocation(samples: Sequence[Sample], seed: str, sites: Sequence[str]) -> dict[str, str]:
    """Item -> site: within each group the sites differ by one sample at most, and the surplus goes round."""
    placed: dict[str, str] = {}
    offset = 0
    for group in sorted({one.group for one in samples}):
        members = sorted((one for one in samples if one.group == group), key=lambda one: _draw(seed, "site", one.item))
        for place, one in enumerate(members):
            placed[one.item] = sites[(place + offset) % len(sites)]
        offset += len(members)
    return placed


def well(place: int, wells: int = 96) -> str:
    """The well of a place on the plate, column by column as a multichannel pipette fills it. Examples: 0: A1, 8: A2."""
    rows = wells // COLUMNS[wells]
    column, row = divmod(place, rows)
    return f"{'ABCDEFGHIJKLMNOP'[row]}{column + 1}"


def _code(seed: str, item: str) -> str:
    return f"{int(_draw(seed, 'code', item)[:12], 16) % 10**6:06d}"


def _draw(seed: str, purpose: str, item: str) -> str:
    return hashlib.sha256(f"{seed}\x1f{purpose}\x1f{item}".encode()).hexdigest()


def _is_at_most(x: int, n: int, limit: float, confidence: float) -> bool:
    ends = clopper_pearson(x, n, confidence)
    return not isinstance(ends, NotCalculable) and ends.upper <= limit


def _verdict(criterion: Criterion, lower: float, upper: float) -> Verdict:
    return of_interval(lower, upper, *limits(criterion))
