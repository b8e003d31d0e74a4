"""Real files damaged on purpose, by chance but repeatably; and what must hold of whatever is read from them."""

from __future__ import annotations

import io
import random
import re
import signal
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from instruments.contract import ParseError, RawFile
from instruments.registry import Parsed, parse
from tests.instruments.families import raw_text_stands_at_source

DELIMITERS = "\t;,|"
CT = re.compile(r"^(c[tтpq]|crossingpoint|threshold ?cycle.*|c[tтpq] mean)$", re.IGNORECASE)
#: a reader of the house that contradicts itself or breaks off is a fault, whatever the file
FAULTS = frozenset({"parser_failed", "rows_do_not_add_up", "reading_not_consistent"})
SECONDS = 20


@dataclass(frozen=True)
class Mutant:
    """A damaged file, what was done to it, and whether that took its Ct column away."""

    file: RawFile
    how: str
    is_without_ct: bool = False


def mutant(file: RawFile, chance: random.Random) -> Mutant:
    """One of: cut off, a line twice, a line gone, a column gone, a heading renamed, another delimiter, bytes turned, a piece moved."""
    if file.content.startswith(b"PK"):
        return _inside(file, chance)
    kind = chance.choice([_cut, _twice, _gone, _column, _column, _renamed, _renamed, _delimiter, _turned, _turned, _moved])
    content, how, is_without_ct = kind(file.content, chance)
    if b"\x02" in content[:3] and chance.random() < 0.6:
        content, how = checksums_mended(content), f"{how}, checksums mended"
    return Mutant(RawFile(file.name, content), how, is_without_ct)


Outcome = tuple[bytes, str, bool]


def _cut(content: bytes, chance: random.Random) -> Outcome:
    place = chance.randrange(1, max(2, len(content)))
    return content[:place], f"cut at {place}", False


def _turned(content: bytes, chance: random.Random) -> Outcome:
    turned = bytearray(content)
    for _ in range(chance.randrange(1, 6) if turned else 0):
        turned[chance.randrange(len(turned))] = chance.randrange(256)
    return bytes(turned), "bytes turned", False


def _moved(content: bytes, chance: random.Random) -> Outcome:
    place = chance.randrange(max(1, len(content)))
    end = place + chance.randrange(1, 200)
    return content[:place] + content[end:] + content[place:end], f"a piece of {place} moved to the end", False


def _lines(content: bytes) -> tuple[list[str], str, str]:
    """The lines, their end and the encoding; bytes that are no UTF-8 are taken one by one."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text, encoding = content.decode("latin-1"), "latin-1"
    end = "\r\n" if "\r\n" in text else "\n" if "\n" in text else "\r"
    return text.split(end), end, encoding


def _twice(content: bytes, chance: random.Random) -> Outcome:
    lines, end, encoding = _lines(content)
    number = chance.randrange(len(lines))
    return end.join([*lines[: number + 1], *lines[number:]]).encode(encoding, "replace"), f"line {number + 1} twice", False


def _gone(content: bytes, chance: random.Random) -> Outcome:
    lines, end, encoding = _lines(content)
    number = chance.randrange(len(lines))
    return end.join([*lines[:number], *lines[number + 1 :]]).encode(encoding, "replace"), f"line {number + 1} gone", False


def _heading(lines: list[str], chance: random.Random) -> tuple[int, str, int]:
    """A line that may be a heading, its delimiter, and one of its columns: often the one with the Ct."""
    wide = [number for number, line in enumerate(lines[:80]) if max(line.count(sign) for sign in DELIMITERS) > 2]
    if not wide:
        return 0, ",", 0
    with_ct = [number for number in wide if any(CT.match(cell.strip(' "')) for cell in re.split(r"[\t;,|]", lines[number]))]
    number = chance.choice(with_ct or wide)
    sign = max(DELIMITERS, key=lines[number].count)
    cells = lines[number].split(sign)
    wanted = [column for column, cell in enumerate(cells) if CT.match(cell.strip(' "'))]
    return number, sign, chance.choice(wanted) if wanted and chance.random() < 0.5 else chance.randrange(len(cells))


def _is_only_ct(lines: list[str], column: int, sign: str, number: int) -> bool:
    """Whether the column of a table holds the only Ct of the only heading: without it no Ct can be read."""
    headings = [line for line in lines if any(CT.match(cell.strip(' "')) for cell in line.split(sign))]
    found = [cell for cell in lines[number].split(sign) if CT.match(cell.strip(' "'))]
    return sign != "|" and len(headings) == 1 and len(found) == 1 and bool(CT.match(lines[number].split(sign)[column].strip(' "')))


def _column(content: bytes, chance: random.Random) -> Outcome:
    lines, end, encoding = _lines(content)
    number, sign, column = _heading(lines, chance)
    is_ct = _is_only_ct(lines, column, sign, number)
    for place in range(number, len(lines)):
        cells = lines[place].split(sign)
        if len(cells) > column and len(cells) > 1:
            del cells[column]
            lines[place] = sign.join(cells)
    return end.join(lines).encode(encoding, "replace"), f"column {column + 1} gone from line {number + 1}", is_ct


def _renamed(content: bytes, chance: random.Random) -> Outcome:
    lines, end, encoding = _lines(content)
    number, sign, column = _heading(lines, chance)
    is_ct = _is_only_ct(lines, column, sign, number)
    cells = lines[number].split(sign)
    cells[column] = chance.choice(["Cyclus", "", "X", "Result", "Quantity", "Wert"])
    lines[number] = sign.join(cells)
    return end.join(lines).encode(encoding, "replace"), f"heading {column + 1} of line {number + 1} renamed", is_ct


def _delimiter(content: bytes, chance: random.Random) -> Outcome:
    lines, end, encoding = _lines(content)
    old = max(DELIMITERS, key=lambda sign: sum(line.count(sign) for line in lines[:200]))
    new = chance.choice([sign for sign in DELIMITERS if sign != old])
    return end.join(lines).replace(old, new).encode(encoding, "replace"), f"{old!r} became {new!r}", False


def _inside(file: RawFile, chance: random.Random) -> Mutant:
    """A packed file: damaged as it is, or one of its parts damaged and packed again."""
    if chance.random() < 0.4:
        content, how, _ = chance.choice([_cut, _turned, _moved])(file.content, chance)
        return Mutant(RawFile(file.name, content), f"packed file: {how}")
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file.content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = chance.choice([name for name in names if "sheet" in name or "rdml" in name or "Strings" in name] or names)
        for name in names:
            part = old.read(name)
            if name == chosen:
                part, how, _ = chance.choice([_cut, _turned, _turned, _moved])(part, chance)
            new.writestr(name, part)
    return Mutant(RawFile(file.name, stream.getvalue()), f"{chosen}: {how}")


def checksums_mended(content: bytes) -> bytes:
    """ASTM frames with the checksum that belongs to their damaged text, so that the damage reaches the parser."""
    return re.sub(
        rb"\x02([^\x02\x03\x17]*[\x03\x17])[0-9A-Fa-f]{2}", lambda found: b"\x02" + found[1] + b"%02X" % (sum(found[1]) % 256), content
    )


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """TimeoutError when the body takes more processor time; without effect where the system has no such clock."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def silences(parsed: Parsed) -> set[str]:
    """The texts that were read as "not detected", without what a turned byte changes and nobody would see."""
    return {re.sub(r"\W+", "", one.raw).casefold() for one in parsed.file.readings if one.status == "not_detected"}


def fault_of(damaged: Mutant, silent: set[str], read: Callable[[RawFile], Parsed] = parse) -> str | None:
    """What is wrong with how the damaged file was read; None when it was refused, or read as it stands."""
    try:
        with time_limit(SECONDS):
            parsed = read(damaged.file)
    except ParseError as refusal:
        return f"{refusal.code}: {refusal}" if refusal.code in FAULTS else None
    except TimeoutError:
        return f"took more than {SECONDS} s of processor time"
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what is looked for; a panic is no Exception
        return f"{type(error).__name__}: {error}"
    return _contradiction(damaged, parsed, silent)


def _contradiction(damaged: Mutant, parsed: Parsed, silent: set[str]) -> str | None:
    try:
        raw_text_stands_at_source(damaged.file, parsed)
    except AssertionError as wrong:
        return f"a raw text is not at its source: {str(wrong)[:300]}"
    except Exception:  # noqa: BLE001 - the other reader cannot open a workbook that the house's own still reads
        pass
    readings: list[Any] = list(parsed.file.readings)
    if damaged.is_without_ct and any(one.quantity == "ct" and one.status == "not_detected" for one in readings):
        return "a file without its Ct column has readings that are not detected"
    new = silences(parsed) - silent
    return f"read as not detected only after the damage: {sorted(new)}" if new else None
