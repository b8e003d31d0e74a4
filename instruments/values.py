"""From a cell's text to status, value and comparator. The decimal mark is proven by the whole column, declared, or asked for."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from instruments.contract import ParseError, Status
from instruments.tables import Cell
from instruments.text import half_width


@dataclass(frozen=True)
class TextRules:
    """What a format is known to write: texts compared after trimming, half width and case folding."""

    not_detected: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    positive: frozenset[str] = frozenset()
    negative: frozenset[str] = frozenset()
    cut_offs: frozenset[Decimal] = frozenset()
    lowest: Decimal | None = None  # values at or below are out of range
    highest: Decimal | None = None


@dataclass(frozen=True)
class Outcome:
    """A cell interpreted."""

    status: Status
    value: str | None = None
    comparator: str | None = None
    flags: tuple[str, ...] = ()
    is_qualitative: bool = False


def folded(text: str) -> str:
    return half_width(text).strip().casefold()


def texts(words: Iterable[str]) -> frozenset[str]:
    return frozenset(folded(word) for word in words)


_NUMBER = r"[+-]?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d{1,3})?"
_COMPARED = re.compile(rf"^(<=|>=|<|>|≤|≥)\s*({_NUMBER})$")
_COMPARED_LIMIT = re.compile(r"^(<|≤|<=)\s*(?:lod|loq|mdl|dl|检出限|定量限)$", re.IGNORECASE)
_NONE_WITH_LIMIT = re.compile(rf"^(?:未检出|nd|n\.d\.|not detected)\s*\(\s*(<|≤)\s*({_NUMBER})\s*\)$", re.IGNORECASE)
_WITH_UNCERTAINTY = re.compile(rf"^({_NUMBER})\s*±\s*({_NUMBER})$")
_POWER = re.compile(rf"^({_NUMBER})\s*[×x*]\s*10\^?([+-]?\d{{1,2}})$", re.IGNORECASE)
_MARKED = re.compile(rf"^({_NUMBER})\s*([*#†!]+)$")
_PLAIN = re.compile(rf"^{_NUMBER}$")


_NOT_DETECTED, _MISSING = Outcome("not_detected"), Outcome("missing")
_NEGATIVE, _POSITIVE = Outcome("not_detected", is_qualitative=True), Outcome("value", is_qualitative=True)


def interpret(cell: Cell | None, rules: TextRules, mark: str) -> Outcome:
    """Interpret one cell under the column's decimal mark."""
    if cell is None or not cell.trimmed:
        return Outcome("missing", flags=("blank",))
    if cell.kind == "formula":
        return Outcome("invalid", flags=("formula without value",))
    if cell.kind in ("error", "date", "boolean"):
        return Outcome("invalid", flags=(f"{cell.kind} cell",))
    plain, key = half_width(cell.trimmed), folded(cell.text)
    if key in rules.not_detected:
        return _NOT_DETECTED
    if key in rules.missing:
        return _MISSING
    if key in rules.negative:
        return _NEGATIVE
    if key in rules.positive:
        return _POSITIVE
    return _numeric(plain, rules, "." if cell.kind == "number" else mark)


def _numeric(plain: str, rules: TextRules, mark: str) -> Outcome:
    if found := _COMPARED.match(plain):
        flags = ("limit included",) if found[1] in ("<=", ">=", "≤", "≥") else ()
        return _checked(found[2], mark, rules, comparator="<" if found[1] in ("<", "<=", "≤") else ">", flags=flags)
    if _COMPARED_LIMIT.match(plain):
        return Outcome("censored", comparator="<", flags=("limit not stated",))
    if found := _NONE_WITH_LIMIT.match(plain):
        return _checked(found[2], mark, rules, comparator="<", flags=("not detected",))
    if found := _WITH_UNCERTAINTY.match(plain):
        return _checked(found[1], mark, rules, flags=(f"± {found[2]}",))
    if found := _POWER.match(plain):
        return _checked(f"{found[1]}e{found[2]}", mark, rules)
    if found := _MARKED.match(plain):
        return _checked(found[1], mark, rules, flags=(found[2],))
    if _PLAIN.match(plain):
        return _checked(plain, mark, rules)
    return Outcome("invalid", flags=("not a number",))


def _checked(text: str, mark: str, rules: TextRules, comparator: str | None = None, flags: tuple[str, ...] = ()) -> Outcome:
    value = decimal_text(text, mark)
    if value is None:
        return Outcome("invalid", flags=(*flags, "not a number"))
    number = Decimal(value)
    if (rules.lowest is not None and number <= rules.lowest) or (rules.highest is not None and number > rules.highest):
        return Outcome("invalid", flags=(*flags, "out of range"))
    if comparator is None and number in rules.cut_offs:
        return Outcome("invalid", flags=(*flags, "at cut-off"))
    return Outcome("censored" if comparator else "value", value, comparator, flags)


def decimal_text(text: str, mark: str) -> str | None:
    """The number as decimal text with a point, digits kept ("23.4500"); None when it is not one number under this mark."""
    found = _decimal(mark).match(text)
    if found is None or not (found[2] or found[3]):
        return None
    whole = re.sub(r"\D", "", found[2]) or "0"
    plain = f"{'-' if found[1] == '-' else ''}{whole}" + (f".{found[3]}" if found[3] else "")
    if found[4] is None:
        return plain
    if abs(int(found[4])) > 30:
        return None
    try:
        return format(Decimal(f"{plain}e{found[4]}"), "f")
    except InvalidOperation:
        return None


@cache
def _decimal(mark: str) -> re.Pattern[str]:
    comma = re.escape("," if mark == "." else ".")
    return re.compile(rf"^([+-]?)(\d{{1,3}}(?:{comma}\d{{3}})+|\d*)(?:{re.escape(mark)}(\d*))?(?:[eE]([+-]?\d+))?$")


@dataclass(frozen=True)
class MarkEvidence:
    """What a column proves about its decimal mark: the proven marks, and an example that could be read both ways."""

    proven: frozenset[str]
    ambiguous: tuple[str, ...]


_TOKEN = re.compile(r"[+-]?([\d.,]*\d[\d.,]*)")
_OTHER = {".": ",", ",": "."}


def evidence(column: Iterable[Cell], highest: Decimal | None = None) -> MarkEvidence:
    """Look at every text number of a column; `highest` is the largest value the quantity can have."""
    proven: set[str] = set()
    ambiguous: list[str] = []
    for cell in column:
        if cell.kind != "text":
            continue
        plain = half_width(cell.trimmed)
        if not re.match(r"^(?:[<>≤≥]=?\s*)?[+-]?[\d.,]", plain) or not (found := _TOKEN.search(plain)):
            continue
        mark = _proof(found[1], highest)
        if mark is None:
            continue
        if mark == "?":
            ambiguous.append(found[1])
        else:
            proven.add(mark)
    return MarkEvidence(frozenset(proven), tuple(ambiguous))


def _proof(number: str, highest: Decimal | None) -> str | None:
    """The mark this number proves, "?" when it reads both ways, None when it has no mark."""
    signs = [sign for sign in number if sign in ".,"]
    if not signs:
        return None
    if len(set(signs)) == 2:
        return signs[-1] if signs.count(signs[-1]) == 1 else "?"
    if len(signs) > 1:
        return _OTHER[signs[0]]
    before, _, after = number.partition(signs[0])
    if len(after) != 3 or not before or before.startswith("0") or len(before) > 3:
        return signs[0]
    if highest is not None and int(before + after) > highest:
        return signs[0]
    return "?"


def decide_mark(found: MarkEvidence, declared: str | None, otherwise: str | None, column: str) -> str:
    """The column's mark: declared, proven, or `otherwise` (what the rest of the file proves); a contradiction or a doubt is asked about."""
    if declared is not None:
        return declared
    if len(found.proven) == 2:
        raise ParseError(
            "decimal_mark_contradictory",
            'The column "%(column)s" uses both point and comma as decimal mark. Choose the mark, or correct the file.',
            column,
            column=column,
        )
    if found.proven:
        return next(iter(found.proven))
    if not found.ambiguous:
        return otherwise or "."
    if otherwise is not None and all(otherwise in number or _OTHER[otherwise] in number for number in found.ambiguous):
        return otherwise
    raise ParseError(
        "decimal_mark_ambiguous",
        'In the column "%(column)s" the number %(number)s can be read in two ways. Choose the decimal mark.',
        column,
        column=column,
        number=found.ambiguous[0],
    )
