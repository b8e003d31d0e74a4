"""Results outside the measuring range ("< 10", "> 1000"): what a consensus makes of them under each policy (ISO 13528:2022, 5.5.3.3, E.1).

A sign is never dropped silently: reading keeps it, and a policy has to be chosen, is recorded in the plan and printed. The three
policies change x* and s* visibly, and none of them is right; `under_every_policy` shows how much depends on the choice.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from lims.statistics.algorithm_a import AlgorithmA, algorithm_a
from lims.statistics.outcome import NotCalculable

Relation = Literal["=", "<", ">"]
Policy = Literal["deleted", "sign_ignored", "half_value"]
POLICIES: Final[tuple[Policy, ...]] = ("sign_ignored", "deleted", "half_value")

_FORM: Final = re.compile(r"\s*(?P<sign><=|>=|[<>≤≥＜＞])?\s*(?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*")


@dataclass(frozen=True, slots=True)
class Reported:
    """A reported result: "=" a value, "<" below the limit, ">" above it."""

    relation: Relation
    value: float

    @property
    def is_censored(self) -> bool:
        return self.relation != "="


@dataclass(frozen=True, slots=True)
class Treated:
    """The numbers that a policy leaves of p_reported results, and how many it touched."""

    values: tuple[float, ...]
    policy: Policy
    p_reported: int
    below: int  # results reported as "<"
    above: int

    @property
    def p(self) -> int:
        return len(self.values)


@dataclass(frozen=True, slots=True)
class PolicyEffect:
    """What a policy leaves, and Algorithm A of it."""

    treated: Treated
    run: AlgorithmA | NotCalculable


def read_reported(raw: str | float | None) -> Reported | NotCalculable:
    """Read "12", "< 10", "≤10", ">1000"; <= counts as <, >= as >. Anything else is `result_not_readable`, never a guess.

    Decimal point only: whether a comma is a decimal mark is decided where the file is read. Example: "<10": below 10.
    """
    if raw is None:
        return NotCalculable("reported_value_missing")
    if isinstance(raw, int | float):
        found, relation, value = True, "", float(raw)
    else:
        match = _FORM.fullmatch(raw)
        found, relation, value = match is not None, (match["sign"] or "") if match else "", float(match["number"]) if match else 0.0
    if not found or not math.isfinite(value):
        return NotCalculable("result_not_readable", {"text": str(raw)})
    return Reported("<" if relation[:1] in ("<", "≤", "＜") and relation else ">" if relation else "=", value)


def treat(results: Sequence[Reported], policy: Policy) -> Treated:
    """Apply a policy to the censored results.

    deleted: they are left out. sign_ignored: the limit stands for the result. half_value: half of the limit for "<"; there is no such
    habit for ">", the limit stands. Substitution is offered to compare and to repeat old evaluations, it is not recommended as a rule.
    """
    if policy not in POLICIES:
        raise ValueError(f"a policy of {', '.join(POLICIES)} is expected, not {policy}")
    kept = [result for result in results if policy != "deleted" or not result.is_censored]
    values = tuple(result.value / 2.0 if policy == "half_value" and result.relation == "<" else result.value for result in kept)
    below, above = (sum(result.relation == sign for result in results) for sign in "<>")
    return Treated(values, policy, len(results), below, above)


def under_every_policy(results: Sequence[Reported]) -> dict[Policy, PolicyEffect]:
    """Algorithm A (default options) under each policy.

    Example: ISO 13528:2022 E.1, 23 results, 5 of them "<": sign ignored 26.01 and 7.23; deleted 26.81 and 5.29 (p = 18); half of the
    limit 23.96 and 8.60.
    """
    treated = [treat(results, policy) for policy in POLICIES]
    return {each.policy: PolicyEffect(each, algorithm_a(each.values)) for each in treated}
