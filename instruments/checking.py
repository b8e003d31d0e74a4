"""`lims instruments check`: whether a parser keeps the contract on a folder of files, one call for each file in the child process."""

import importlib
import json
from pathlib import Path
from typing import Any

from instruments.command import as_json
from instruments.contract import NO_ANSWERS, Match, ParsedFile, ParseError, Parser, RawFile, row_key
from instruments.registry import NAMES, Parsed, choose, parsers, recognise
from instruments.tables import forget, read_table
from instruments.text import decode, lines_of

#: what every parser must leave alone or refuse with a sentence
RUBBISH = {
    "an empty file": b"",
    "blank lines": b"\r\n\r\n",
    "random bytes": bytes(range(256)) * 8,
    "words": b"Dear colleague, the results follow.\n",
    "a foreign table": b"Well,Sample,Task,Target,Ct\r\nA1,S1,UNKNOWN,N,24.5\r\n",
    "a NUL byte": b"A,B\r\n1,\x002\r\n",
}
#: refusals that blame the parser and not the file
OWN_FAULTS = frozenset({"rows_do_not_add_up", "reading_not_consistent", "another_parser", "several_parsers", "not_certain"})
TITLES = ("NAME", "VERSION", "TITLE", "MATURITY")


def check_module(name: str) -> dict[str, Any]:
    """The module itself: its names, and that it leaves alone what is not its own."""
    try:
        parser = importlib.import_module(name)
    except ImportError as error:
        return {"faults": [f"The module cannot be imported: {error}."]}
    missing = [one for one in NAMES if not hasattr(parser, one)]
    if missing:
        return {"faults": [f"The module lacks {', '.join(missing)}."]}
    faults = [f"{one} is no text." for one in TITLES if not isinstance(getattr(parser, one), str) or not getattr(parser, one)]
    if not isinstance(parser.FORMATS, tuple):
        faults.append("FORMATS is no tuple.")
    faults += [fault for title, content in RUBBISH.items() if (fault := _of_rubbish(parser, title, content))]
    return {"faults": faults}


def _of_rubbish(parser: Any, title: str, content: bytes) -> str | None:
    file = RawFile("rubbish", content)
    try:
        score = parser.recognises(file, NO_ANSWERS).score
        if score >= 50:
            return f"It takes {title} for its own (score {score})."
        parser.parse(file, NO_ANSWERS)
    except ParseError:
        return None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is reported
        return f"It breaks off on {title}: {type(error).__name__}: {error}."
    finally:
        forget()
    return f"It reads {title}; a file that is not its own must be refused." if score == 0 and title != "a foreign table" else None


def check_file(name: str, path: str) -> dict[str, Any]:
    """One file: recognised clearly, read twice the same, every raw text at its source, and as its golden file says."""
    parser, file = importlib.import_module(name), RawFile(Path(path).name, Path(path).read_bytes())
    try:
        match = _winner(parser, file)
        first, second = parser.parse(file, NO_ANSWERS), parser.parse(file, NO_ANSWERS)
    except ParseError as refusal:
        return {"faults": [str(refusal)] if refusal.code in OWN_FAULTS else [], "found": {"refused": refusal.as_json()}}
    finally:
        forget()
    if not isinstance(first, ParsedFile):
        return {"faults": ["parse() gives no ParsedFile."], "found": None}
    faults = [] if first == second else ["Two readings of the same bytes differ."]
    faults += [] if (first.parser, first.parser_version) == (parser.NAME, parser.VERSION) else ["The file names another parser or version."]
    faults += [f"A skipped row has no reason: {one.where}." for one in first.skipped if not str(one.reason).strip()]
    faults += _not_at_source(file, first)
    return {"faults": faults, "found": as_json(file, Parsed(first, match))}


def _winner(parser: Any, file: RawFile) -> Match:
    """The parser must win clearly against all that are installed."""
    among: list[Parser] = [parser, *(one for one in parsers() if one.NAME != parser.NAME)]
    chosen = choose(recognise(file, among=among))
    if chosen.parser.NAME != parser.NAME:
        raise ParseError("another_parser", "The parser %(parser)s is surer of this file.", parser=chosen.parser.NAME)
    return chosen.match


def _not_at_source(file: RawFile, read: ParsedFile) -> list[str]:
    """Readings whose raw text does not stand where they say: in the line of a text, in the cell of a sheet."""
    sheets = [one for one in read.readings if "!" in one.source]
    cells: dict[str, str] = {}
    if sheets:
        cells = {cell.source: cell.text for sheet in read_table(file).sheets for row in sheet.rows for cell in row.cells.values()}
        forget()
    lines = lines_of(decode(file.content, read.encoding).text) if len(sheets) < len(read.readings) else []
    wrong = []
    for one in read.readings:
        if "!" in one.source:
            is_there = cells.get(one.source, "") == one.raw
        else:
            number = int(row_key(one.source).removeprefix("line ").split(" ")[0])
            is_there = number <= len(lines) and ("joined frames" in one.flags or one.raw in lines[number - 1])
        if not is_there:
            wrong.append(f"The text {one.raw!r} does not stand at {one.source}.")
    return wrong[:5]


def golden_fault(path: Path, found: dict[str, Any], is_written: bool) -> str | None:
    """Compare with FILE.json beside the file, or write it."""
    golden = path.with_name(f"{path.name}.json")
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    if is_written:
        golden.write_text(text, "utf-8")
        return None
    if not golden.is_file():
        return None
    return None if json.loads(golden.read_text("utf-8")) == json.loads(text) else f"It differs from {golden.name}."
