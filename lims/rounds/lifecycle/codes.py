"""Blind codes: random, drawn anew per round, without look-alike characters, telling nothing."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 O, no 1 I L
ITEM_CODE_LENGTH = 6
PARTICIPANT_CODE_LENGTH = 3


@dataclass(frozen=True, slots=True)
class CodedItem:
    """One vial or tube of one participant: the code on its label and its place in that participant's list."""

    participant: str  # the caller's key of the participant
    item_number: int
    code: str
    position: int  # from 1, in the order of the codes


@dataclass(frozen=True, slots=True)
class Draw:
    """The sealed map of a round."""

    participant_codes: dict[str, str]
    items: tuple[CodedItem, ...]


def _draw_unique(count: int, length: int, taken: Collection[str], source: Random) -> list[str]:
    if count + len(taken) > len(ALPHABET) ** length // 2:
        raise ValueError(f"{count} codes of {length} characters cannot be drawn beside {len(taken)} taken ones")
    drawn: dict[str, None] = {}
    while len(drawn) < count:
        code = "".join(source.choice(ALPHABET) for _ in range(length))
        if code not in taken:
            drawn.setdefault(code)
    return list(drawn)


def draw_codes(
    participants: Sequence[str],
    item_numbers: Sequence[int],
    *,
    taken_participant_codes: Collection[str] = (),
    taken_item_codes: Collection[str] = (),
    source: Random | None = None,
) -> Draw:
    """Draw participant codes (3 characters) and item codes (6 characters) for one round.

    Every participant gets its own code for every item and its own order: lists are ordered by code, and the codes are random.

    Parameters
    ----------
    participants:
        The caller's keys, each once; their order does not show in the codes.
    item_numbers:
        Numbers of the panel's items, each once.
    taken_participant_codes, taken_item_codes:
        Codes that must not come out again (earlier batches of the round, replacements, the laboratories' sample numbers).
    source:
        Randomness; the operating system's by default.
    """
    if len(set(participants)) != len(participants) or len(set(item_numbers)) != len(item_numbers):
        raise ValueError("every participant and every item must be named once")
    chance = source or secrets.SystemRandom()
    names = _draw_unique(len(participants), PARTICIPANT_CODE_LENGTH, taken_participant_codes, chance)
    codes = _draw_unique(len(participants) * len(item_numbers), ITEM_CODE_LENGTH, taken_item_codes, chance)
    items: list[CodedItem] = []
    for index, participant in enumerate(participants):
        own = codes[index * len(item_numbers) : (index + 1) * len(item_numbers)]
        rank = {code: place for place, code in enumerate(sorted(own), start=1)}
        items.extend(CodedItem(participant, number, code, rank[code]) for number, code in zip(item_numbers, own, strict=True))
    return Draw(dict(zip(participants, names, strict=True)), tuple(sorted(items, key=lambda item: (item.participant, item.position))))
