"""What the own results of an item would fill into the form: proposals with their source, and what is left to the person, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lims.marks import N_
from lims.rounds.lifecycle.entering import is_number, plain
from lims.rounds.lifecycle.units import unit_text

NOT_DETECTED = "Undetermined"
#: the column of cycles where no target is known: then those of the instrument are taken
NO_TARGET = "target"
LEFT = {
    "replicates": N_("Several results of %(target)s: they are proposed as replicates; type the value that is reported yourself."),
    "several": N_("Several different results of %(target)s (%(values)s): type the one that is reported yourself."),
    "unit": N_("The unit %(unit)s of %(target)s is none that this round takes (%(expected)s): convert the value yourself."),
    "target": N_("The target %(target)s is not asked for in this round."),
    "word": N_("The result %(values)s of %(target)s has no code: choose it yourself."),
}  # fmt: skip


@dataclass(frozen=True)
class Found:
    """One result of the own laboratory that counts now."""

    target: str
    quantity: str
    status: str
    text: str
    comparator: str
    unit: str
    source: str
    is_reviewed: bool


@dataclass(frozen=True)
class Proposal:
    """One cell of one item with what it would hold and where that comes from."""

    item: str
    name: str
    text: str
    source: str
    is_reviewed: bool


@dataclass(frozen=True)
class Left:
    """What is not proposed for an item, and why."""

    item: str
    code: str
    values: Mapping[str, str]


@dataclass
class Proposed:
    """Everything for one form."""

    proposals: list[Proposal]
    left: list[Left]


def called(item: str, found: Sequence[Found], targets: Sequence[str], words: Mapping[str, str]) -> Proposed:
    """The cycles by target and, where the instrument calls the sample, the result; a call is never made from a cycle."""
    told = Proposed([], [])
    asked = {one.casefold(): one for one in targets}
    by_target: dict[str, list[Found]] = defaultdict(list)
    calls = [one for one in found if one.quantity == "qualitative"]
    for one in found:
        if one.quantity == "ct" and one.status in ("value", "not_detected"):
            by_target[one.target].append(one)
    for target, some in sorted(by_target.items()):
        column = target if tuple(targets) == (NO_TARGET,) else asked.get(target.casefold())
        if column is None:
            told.left.append(Left(item, "target", {"target": target}))
        else:
            _single(told, item, f"ct-{column}", [(one, NOT_DETECTED if one.status == "not_detected" else one.text) for one in some])
    _call(told, item, calls, words)
    return told


def measured(item: str, found: Sequence[Found], units: Sequence[str]) -> Proposed:
    """Value, relation and unit out of one result; several are replicates, and the reported value is the person's."""
    told = Proposed([], [])
    shown = {name.casefold(): unit for unit in units for name in (unit, unit_text(unit) or "1")}
    numbers = [one for one in found if one.quantity not in ("ct", "qualitative", "identification") and one.status in ("value", "censored")]
    usable = []
    for one in numbers:
        if not is_number(one.text.lstrip("<>≤≥ ")) or one.unit.casefold() not in shown:
            values = {"target": one.target, "unit": one.unit or "–", "expected": ", ".join(unit_text(unit) or "1" for unit in units)}
            told.left.append(Left(item, "unit", values))
        else:
            usable.append(one)
    if len(usable) == 1:
        one = usable[0]
        told.proposals.append(Proposal(item, "value", plain(one.text.lstrip("<>≤≥ ")), one.source, one.is_reviewed))
        told.proposals.append(Proposal(item, "unit", shown[one.unit.casefold()], one.source, one.is_reviewed))
        if one.status == "censored":
            told.proposals.append(Proposal(item, "relation", one.comparator[:1], one.source, one.is_reviewed))
    elif usable:
        sources = "; ".join(one.source for one in usable)
        text = "; ".join(plain(one.text) for one in usable)
        told.proposals.append(Proposal(item, "replicates", text, sources, all(one.is_reviewed for one in usable)))
        told.left.append(Left(item, "replicates", {"target": usable[0].target}))
    return told


def _call(told: Proposed, item: str, calls: Sequence[Found], words: Mapping[str, str]) -> None:
    codes = [(one, words.get(plain(one.text).casefold(), "")) for one in calls]
    unknown = [one for one, code in codes if not code]
    if unknown:
        told.left.append(Left(item, "word", {"target": unknown[0].target, "values": unknown[0].text}))
    elif codes:
        _single(told, item, "result_code", codes)


def _single(told: Proposed, item: str, name: str, some: Sequence[tuple[Found, str]]) -> None:
    """One proposal where all say the same; otherwise the person types it."""
    texts = list(dict.fromkeys(text for _one, text in some))
    if len(texts) == 1:
        sources = "; ".join(one.source for one, _text in some)
        told.proposals.append(Proposal(item, name, texts[0], sources, all(one.is_reviewed for one, _text in some)))
    else:
        told.left.append(Left(item, "several", {"target": some[0][0].target, "values": ", ".join(texts)}))
