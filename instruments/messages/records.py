"""Records of a message: where each stands, how it is split, and what its escapes mean."""

import bisect
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from instruments.contract import Note, note
from instruments.text import has_control_characters

MOST_IN_A_FIELD = 255  # longer texts are pictures or reports, no results
_LINE_END = re.compile(r"\r\n|\r|\n")
_PLAIN = re.compile(r"[A-Za-z0-9\s]")


@dataclass(frozen=True)
class Delimiters:
    """As the header of the message declares them. `sub` is empty where the standard has none."""

    field: str
    component: str
    repeat: str
    escape: str
    sub: str = ""

    @property
    def are_sound(self) -> bool:
        """Whether all are there, differ, and are no letters, digits or blanks."""
        signs = [self.field, self.component, self.repeat, self.escape, *([self.sub] if self.sub else [])]
        return all(len(sign) == 1 and not _PLAIN.match(sign) for sign in signs) and len(set(signs)) == len(signs)


class Places:
    """Offsets in a text as lines and columns, from 1; CR LF, LF and bare CR end a line."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(found.end() for found in _LINE_END.finditer(text))]
        self._taken: set[int] = set()

    def line(self, offset: int) -> int:
        return bisect.bisect_right(self._starts, offset)

    def name(self, offset: int) -> str:
        """ "line 7" for the first record that is named on a line, "line 7 column 40" for a further one."""
        line = self.line(offset)
        if line not in self._taken:
            self._taken.add(line)
            return f"line {line}"
        return f"line {line} column {offset - self._starts[line - 1] + 1}"


@dataclass(frozen=True)
class Record:
    """One record or segment: its fields as they stand, and its place. `is_joined` when it came in several frames."""

    where: str
    text: str = field(repr=False)
    delimiters: Delimiters
    is_joined: bool = False
    is_ended: bool = True

    @property
    def fields(self) -> list[str]:
        return self.text.split(self.delimiters.field)

    @property
    def kind(self) -> str:
        return self.text.partition(self.delimiters.field)[0].strip().upper()

    def raw(self, number: int) -> str:
        """A field as it stands, by its number in the standard (0 is the name of the record)."""
        fields = self.fields
        return fields[number] if number < len(fields) else ""

    def repetitions(self, number: int) -> list[str]:
        return self.raw(number).split(self.delimiters.repeat)

    def components(self, number: int) -> list[str]:
        """The components of the field's first repetition, trimmed, their escapes resolved."""
        return components(self.repetitions(number)[0], self.delimiters)

    def component(self, number: int, position: int = 1) -> str:
        found = self.components(number)
        return found[position - 1] if position <= len(found) else ""


def components(text: str, delimiters: Delimiters) -> list[str]:
    return [unescaped(one, delimiters).strip() for one in text.split(delimiters.component)]


def first_filled(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def unescaped(text: str, delimiters: Delimiters) -> str:
    r"""Escapes between two escape signs: F, S, T, R and E stand for delimiters, X for bytes, H and N for emphasis, .br for a line end.

    What is no known escape stays as it is.
    """
    sign = delimiters.escape
    if sign not in text:
        return text
    escape = re.escape(sign)

    def meant(found: re.Match[str]) -> str:
        resolved = _resolved(found[1], delimiters)
        return found[0] if resolved is None else resolved

    return re.sub(rf"{escape}([FSTREHN]|X(?:[0-9A-Fa-f]{{2}}){{1,100}}|\.br){escape}", meant, text)


def _resolved(code: str, delimiters: Delimiters) -> str | None:
    if code.startswith("X"):
        try:
            text = bytes.fromhex(code[1:]).decode("utf-8")
        except UnicodeDecodeError:
            return None
        return None if has_control_characters(text) else text
    return {
        "F": delimiters.field,
        "S": delimiters.component,
        "T": delimiters.sub or "&",
        "R": delimiters.repeat,
        "E": delimiters.escape,
        "H": "",
        "N": "",
        ".br": " ",
    }[code]


def other_records(records: Iterable[Record], read: frozenset[str]) -> list[Note]:
    """Which kinds of records were not read, and how many of each."""
    counts: dict[str, int] = {}
    for record in records:
        if record.kind not in read:
            counts[record.kind] = counts.get(record.kind, 0) + 1
    kinds = ", ".join(f"{kind or '-'} ({count})" for kind, count in sorted(counts.items()))
    return [note("other_records", "Records that were not read: %(kinds)s.", kinds=kinds)] if kinds else []


def iso_time(text: str) -> tuple[str | None, str | None]:
    """A time stamp YYYYMMDDHHMM[SS][+ZZZZ] as ISO with its zone ("local" without one); an impossible one is none."""
    found = re.fullmatch(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?(?:\.\d+)?)?([+-]\d{4})?", text.strip())
    if found is None or not (1 <= int(found[2]) <= 12 and 1 <= int(found[3]) <= 31) or int(found[4] or 0) > 23 or int(found[5] or 0) > 59:
        return None, None
    day = f"{found[1]}-{found[2]}-{found[3]}"
    if found[4] is None:
        return day, "local"
    return f"{day}T{found[4]}:{found[5]}:{found[6] or '00'}{found[7] or ''}", found[7] or "local"
