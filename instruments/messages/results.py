"""What the text of a result in a message means: a number, a comparison, a finding in words, or nothing that can be taken."""

import re
from dataclasses import replace
from decimal import Decimal

from instruments.contract import Reading, Status
from instruments.tables import Cell
from instruments.text import has_control_characters
from instruments.values import Outcome, TextRules, folded, interpret, texts

NEGATIVE = (
    "not detected",
    "neg",
    "negative",
    "target not detected",
    "non-reactive",
    "nonreactive",
    "non reactive",
    "négatif",
    "negatif",
    "negativ",
    "negativo",
    "阴性",
    "未检出",
    "阴",
)
POSITIVE = (
    "detected",
    "pos",
    "positive",
    "reactive",
    "positif",
    "positiv",
    "positivo",
    "阳性",
    "阳",
    "检出",
    "pass",
)
MISSING = ("na", "n/a", "-", "--", "---", "----", "not done", "pending")
VOID = frozenset(texts(["invalid", "error", "no result", "indeterminate", "fail", "failed", "not valid"]))
_RULES = TextRules(missing=texts(MISSING), positive=texts(POSITIVE), negative=texts(NEGATIVE))
_CT = TextRules(
    not_detected=texts(["undetermined"]),
    missing=_RULES.missing,
    positive=_RULES.positive,
    negative=_RULES.negative,
    lowest=Decimal(0),
    highest=Decimal(100),
)
_GRADED = re.compile(
    r"(?:weak(?:ly)?|strong(?:ly)?|low|high|弱|强)[ -]?(?:pos(?:itive)?|reactive|阳性)"
    r"|(?:.{0,40}\W)?detected(?:\W.{0,40})?|[1-4]\+|\+{1,3}|trace"
    r"|1 ?: ?\d{1,6}|±|\+/-|[eé]quivo(?:cal|que)|borderline|可疑",
    re.IGNORECASE,
)
_NOT_DETECTED = re.compile(r"(?:.{0,40}\W)?not[ _-]+detected", re.IGNORECASE)
_NEGATION = re.compile(r"\b(?:no|non|not|none|never|without|un\w+|in\w+|nicht|pas)\b|[未无不非]", re.IGNORECASE)
_WITHDRAWN = frozenset({"X", "D", "W"})
_UNFINISHED = frozenset({"I", "O", "N"})
STATUS_FLAGS = {"C": "correction", "P": "preliminary", "R": "not verified", "S": "partial"}


def meaning(text: str, quantity: str, mark: str | None) -> Outcome:
    """Interpret one text. Messages write a decimal point; a comma counts only when a person said so."""
    outcome = interpret(Cell(text, "text", ""), _CT if quantity == "ct" else _RULES, mark or ".")
    said = folded(text)
    if has_control_characters(text):
        return Outcome("invalid", flags=("control characters",))
    if said in VOID or said.startswith(("invalid", "error", "no result")):
        return Outcome("invalid", flags=(text.strip(),))
    if outcome.status in ("value", "censored") and "," in text and mark is None:
        return Outcome("invalid", flags=("decimal mark unclear",))
    if outcome.status != "invalid" or "not a number" not in outcome.flags:
        return outcome
    return _in_words(text.strip())


def _in_words(text: str) -> Outcome:
    """A finding in words that is known; a text with any "not" in it is none, unless it is "... not detected"."""
    if _NOT_DETECTED.fullmatch(text):
        return Outcome("not_detected", is_qualitative=True)
    if _GRADED.fullmatch(text) and not _NEGATION.search(text):
        return Outcome("value", is_qualitative=True)
    return Outcome("invalid", flags=("text not known",))


def quantity_of(unit: str) -> str:
    """What is measured, as far as the unit says."""
    said = folded(unit).strip("{}")
    if said in ("ct", "cq", "cp"):
        return "ct"
    if "cop" in said or said.startswith("gc/"):
        return "copies"
    return "concentration" if re.search(r"/\s*[mdunpµμc]?l$|/\s*k?g$|mol|^mg%$", said) else "other"


def unit_of(unit: str, quantity: str) -> str | None:
    return "{Ct}" if quantity == "ct" else unit or None


def with_status(reading: Reading, code: str) -> Reading:
    """The sender's own word on the result: final, corrected, preliminary, withdrawn, not there yet."""
    code = code.strip().upper()[:1]
    if code in _WITHDRAWN or reading.raw.strip() == '""':
        return replace(reading, status="invalid", value=None, comparator=None, flags=(*_own(reading), "withdrawn"))
    if code in _UNFINISHED and reading.status not in ("missing", "invalid"):
        return replace(reading, status="invalid", value=None, comparator=None, flags=(*reading.flags, "not final"))
    return replace(reading, flags=(*reading.flags, STATUS_FLAGS[code])) if code in STATUS_FLAGS else reading


def _own(reading: Reading) -> tuple[str, ...]:
    return tuple(flag for flag in reading.flags if flag not in ("text not known", "blank"))


def settled(outcome: Outcome, quantity: str) -> tuple[str, Status, str | None, str | None]:
    """Quantity, status, value and comparator that agree with each other: words are qualitative, whatever the unit."""
    if outcome.is_qualitative:
        return "qualitative", outcome.status, None, None
    is_numeric = outcome.status in ("value", "censored")
    return quantity, outcome.status, outcome.value if is_numeric else None, outcome.comparator if outcome.status == "censored" else None
