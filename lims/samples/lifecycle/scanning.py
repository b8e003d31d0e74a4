"""Tubes scanned one after the other into a batch: what a scan says, where the tube stands, and which fields each tube has of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from lims.marks import N_
from lims.samples.lifecycle.cells import read_instant
from lims.samples.lifecycle.common import BY_CODE, columns
from lims.samples.lifecycle.draft import NewSample
from lims.samples.lifecycle.fields import CHOICE, INSTANT, MANY, Field, Problem, Refused, check_text
from lims.samples.lifecycle.kinds import Kind
from lims.samples.lifecycle.numbers import clean_code, half_width, looks_like_number

#: what a printed command code does instead of naming a tube
UNDO, REGISTER = "UNDO", "REGISTER"
COMMANDS = frozenset({UNDO, REGISTER})
#: places of a rack -> its rows and columns; 0 is no rack
RACKS = {0: (0, 0), 50: (5, 10), 96: (8, 12)}
MOST = 480
CODE = "external_number"
#: own fields that a scan fills by itself, or that no tube needs
_FILLED = frozenset({CODE, "location", "remarks"})


@dataclass(frozen=True)
class Tube:
    """One scan: its number in the batch, the code as it is kept, what the scanner sent, its place in the racks, its values as typed."""

    number: int
    code: str
    raw: str
    place: int | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def was_wide(self) -> bool:
        """Whether full-width characters were turned into half-width ones."""
        return self.code != self.raw.strip()


def command_of(raw: str) -> str:
    """The command that a scan is; empty for the code of a tube."""
    code = clean_code(raw).upper()
    return code if code in COMMANDS else ""


def shared_fields(kind: Kind) -> tuple[Field, ...]:
    """The fields that the tubes of a batch share."""
    return tuple(one for one in columns(kind) if not one.is_own)


def tube_fields(kind: Kind) -> tuple[Field, ...]:
    """The fields that are filled in tube by tube: what no two samples share, and the needed choices, which start as the batch has them."""
    return tuple(
        one for one in columns(kind) if one.code not in _FILLED and (one.is_own or (one.is_required and one.takes == CHOICE))
    )  # fmt: skip


def place_name(place: int | None, size: int) -> str:
    """Rack and well of a place, such as 1-C2; empty without a rack."""
    rows, width = RACKS.get(size, (0, 0))
    if place is None or not rows:
        return ""
    rack, within = divmod(place, rows * width)
    return f"{rack + 1}-{'ABCDEFGH'[within // width]}{within % width + 1}"


def next_place(taken: Iterable[int | None], size: int) -> int | None:
    """The place behind the last tube: a place that was left stays empty, so that no tube has to be moved."""
    if not size:
        return None
    return max((one for one in taken if one is not None), default=-1) + 1


def code_problems(tubes: Sequence[Tube], taken: Mapping[str, str]) -> dict[int, Problem]:
    """What is wrong with the codes of a batch, by scan. ``taken``: code -> number of the laboratory's sample that has it.

    Of two tubes with one code neither is right before somebody has looked at both.
    """
    counted = Counter(tube.code for tube in tubes)
    problems = {}
    for tube in tubes:
        problem = _unfit(tube) or _twice(tube, tubes if counted[tube.code] > 1 else ())
        if problem is None and tube.code in taken:
            sentence = N_("Read %(read)s, which sample %(number)s of this laboratory has already. Compare the tube with that sample.")
            problem = Problem(CODE, sentence, {"read": tube.code, "number": taken[tube.code]})
        if problem:
            problems[tube.number] = problem
    return problems


def draft_of(kind: Kind, tube: Tube, size: int, zone: tzinfo) -> tuple[NewSample, list[Problem]]:
    """The sample that a tube becomes, and what could not be read."""
    own = {one.code for one in kind.fields}
    values: dict[str, Any] = {}
    problems = []
    for one in columns(kind):
        typed = tube.values.get(one.code, "")
        if one.takes == INSTANT and typed:
            try:
                values[one.code] = read_instant(typed, zone)
            except Refused as refused:
                problems.append(Problem(one.code, refused.sentence, refused.values))
        elif one.takes == MANY:
            values[one.code] = tuple(typed)
        elif one.takes != INSTANT:
            values[one.code] = str(typed)
    details = {name: value for name, value in values.items() if name in own}
    common = {name: value for name, value in values.items() if name not in own and name in BY_CODE}
    common |= {CODE: tube.code, "location": common.get("location") or place_name(tube.place, size)}
    return NewSample(**{"kind": kind.code, **common, "details": details}), problems


def _unfit(tube: Tube) -> Problem | None:
    if looks_like_number(clean_code(tube.raw)):
        sentence = N_("Read %(read)s, a number of this system: this tube is registered already. Receive it on the page for receipts.")
        return Problem(CODE, sentence, {"read": clean_code(tube.raw)})
    try:
        check_text(tube.code, is_code=True, longest=BY_CODE[CODE].longest)
    except Refused as refused:
        return Problem(CODE, refused.sentence, refused.values)
    return None


def _twice(tube: Tube, tubes: Sequence[Tube]) -> Problem | None:
    other = next((one.number for one in tubes if one.code == tube.code and one.number != tube.number), None)
    if other is None:
        return None
    if other < tube.number:
        sentence = N_("Tube code %(read)s is already number %(other)s of this batch. Check the tube, relabel and scan again.")
    else:
        sentence = N_("Tube code %(read)s was scanned again as number %(other)s. Look at both tubes and remove the wrong scan.")
    return Problem(CODE, sentence, {"read": tube.code, "other": other})


def code_of(raw: str) -> str:
    """The code of a tube as it is kept."""
    return half_width(raw)
