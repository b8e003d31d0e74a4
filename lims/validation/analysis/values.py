"""A result as it was reported: its text stays, its number stands beside it; "<5" is a result, not a gap."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final, Literal

Relation = Literal["=", "<", ">"]
Call = Literal["positive", "negative", "indeterminate", "invalid", ""]

CALLS: Final[dict[str, Call]] = {
    "positive": "positive", "pos": "positive", "+": "positive", "阳性": "positive", "检出": "positive", "detected": "positive",
    "negative": "negative", "neg": "negative", "-": "negative", "−": "negative", "阴性": "negative", "未检出": "negative",
    "not detected": "negative",
    "indeterminate": "indeterminate", "+/-": "indeterminate", "±": "indeterminate", "可疑": "indeterminate", "不确定": "indeterminate",
    "invalid": "invalid", "无效": "invalid",
}  # fmt: skip
"""Words of a yes/no result, in lower case."""

_RELATIONS: Final[dict[str, Relation]] = {"": "=", "<": "<", "＜": "<", "≤": "<", ">": ">", "＞": ">", "≥": ">"}
_NUMBER: Final = re.compile(r"^\s*([<>＜＞≤≥]?)\s*([-+−]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*$")


@dataclass(frozen=True)
class Reported:
    """One result: the text as it came, its number with the relation where it is one, its category where it is one."""

    text: str
    value: Decimal | None = None
    relation: Relation = "="
    call: Call = ""

    @property
    def is_censored(self) -> bool:
        return self.value is not None and self.relation != "="

    @property
    def number(self) -> float | None:
        """The number as statistics take it; a result with < or > has none of its own."""
        return None if self.value is None or self.relation != "=" else float(self.value)


def reported(text: str) -> Reported:
    """The result that a text states; a text that is neither number nor a known word keeps its text alone."""
    said = text.strip()
    call = CALLS.get(said.lower())
    if call is not None:
        return Reported(text, call=call)
    found = _NUMBER.match(said)
    if found is None:
        return Reported(text)
    try:
        value = Decimal(found[2].replace("−", "-"))
    except InvalidOperation:
        return Reported(text)
    return Reported(text, value, _RELATIONS[found[1]])
