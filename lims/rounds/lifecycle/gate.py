"""What a gate is, and the kinds of rules that judge one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from lims.rounds.lifecycle.facts import OpenItems, RoundFacts

Outcome = Literal["met", "unmet", "waived"]
Params = dict[str, str | int | datetime | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition of a move. `link` is a key of the screen where the condition can be met; `words.describe_gate` gives the text."""

    outcome: Outcome
    code: str
    sentence: str  # English msgid
    params: Params = field(default_factory=dict)
    link: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    link: str
    holds: Callable[[RoundFacts], bool]
    met: str
    unmet: str
    params: Callable[[RoundFacts], Params] = lambda facts: {}

    def judge(self, code: str, facts: RoundFacts) -> Gate:
        is_met = self.holds(facts)
        return Gate("met" if is_met else "unmet", code, self.met if is_met else self.unmet, self.params(facts), self.link)


@dataclass(frozen=True, slots=True)
class Waived:
    link: str
    sentence: str

    def judge(self, code: str, facts: RoundFacts) -> Gate:
        return Gate("waived", code, self.sentence, {}, self.link)


@dataclass(frozen=True, slots=True)
class Excused:
    """Met by the record; waived only where the protocol says why there is none, and the reason stands in the sentence."""

    link: str
    holds: Callable[[RoundFacts], bool]
    reason: Callable[[RoundFacts], str]
    met: str
    unmet: str
    waived: str

    def judge(self, code: str, facts: RoundFacts) -> Gate:
        if self.holds(facts):
            return Gate("met", code, self.met, {}, self.link)
        reason = self.reason(facts)
        if reason:
            return Gate("waived", code, self.waived, {"reason": reason}, self.link)
        return Gate("unmet", code, self.unmet, {}, self.link)


@dataclass(frozen=True, slots=True)
class Recorded:
    """Waived where no record was entered at all; as soon as one is, every item needs one that passed."""

    link: str
    open_items: Callable[[RoundFacts], OpenItems | None]
    met: str
    unmet: str
    stale: str
    waived: str

    def judge(self, code: str, facts: RoundFacts) -> Gate:
        found = self.open_items(facts)
        if found is None:
            return Gate("waived", code, self.waived, {}, self.link)
        if found.stale:
            params: Params = {"items": found.items, "stale": found.stale, "fields": found.changed}
            return Gate("unmet", code, self.stale, params, self.link)
        if found.items:
            return Gate("unmet", code, self.unmet, {"items": found.items}, self.link)
        return Gate("met", code, self.met, {}, self.link)
