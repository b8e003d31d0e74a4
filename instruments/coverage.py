"""Which real instrument files are read: one line for each family, from a folder with files and a manifest of what is expected of them."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from instruments.command import list_parsers

Read = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True)
class _Outcome:
    """One file: its family and program, and what became of it."""

    family: str
    program: str
    parser: str | None
    rows: int
    is_as_expected: bool
    note: str


def coverage(folder: Path, read: Read) -> str:
    """The page docs/instruments/coverage.md. `read` takes the path of a file and gives what `lims instruments parse --json` prints."""
    entries = [entry for entry in json.loads((folder / "manifest.json").read_text("utf-8")) if entry["path"].startswith("real/")]
    outcomes = [_outcome(entry, read(str(folder / entry["path"]))) for entry in entries]
    families: dict[str, list[_Outcome]] = {}
    for outcome in outcomes:
        families.setdefault(outcome.family, []).append(outcome)
    good = sum(outcome.is_as_expected for outcome in outcomes)
    lines = [
        "# Instrument files that are read",
        "",
        "Written by `lims instruments coverage`; do not edit. Each line is a family of real files, kept outside of this project.",
        "A file is as expected when a parser is sure of it and every row is accounted for; where result rows were counted by eye,",
        "exactly so many are read. Raw data, which hold no results, are as expected when they are refused with a sentence.",
        "",
        f"{good} of {len(outcomes)} files, {sum(all(one.is_as_expected for one in group) for group in families.values())} of "
        f"{len(families)} families.",
        "",
        "| Family | Programs | Parser | Files | As expected | Rows read | Open |",
        "|---|---|---|---:|---:|---:|---|",
        *(_line(family, group) for family, group in sorted(families.items())),
        "",
        *_parsers(),
    ]
    return "\n".join(lines) + "\n"


def _outcome(entry: Mapping[str, Any], answer: Mapping[str, Any]) -> _Outcome:
    family, expected = str(entry["path"]).split("/")[1], entry["expected"]
    if refused := answer.get("refused"):
        return _Outcome(family, entry["software"], None, 0, bool(expected.get("refused")), f"refused ({refused['code']})")
    rows = answer["rows"]
    is_counted = expected.get("counts") == "result rows"
    is_good = not expected.get("refused") and rows["seen"] == rows["used"] + len(rows["skipped"])
    is_good = is_good and (not is_counted or rows["used"] == expected["n_rows"])
    note = "" if is_good else f"{rows['used']} rows read"
    return _Outcome(family, entry["software"], answer["parser"], rows["used"], is_good, note)


def _line(family: str, group: Iterable[_Outcome]) -> str:
    outcomes = list(group)
    programs = _joined(outcome.program for outcome in outcomes)
    parser = _joined(f"`{outcome.parser}`" for outcome in outcomes if outcome.parser) or "-"
    good, rows = sum(outcome.is_as_expected for outcome in outcomes), sum(outcome.rows for outcome in outcomes)
    still = _joined(outcome.note for outcome in outcomes if not outcome.is_as_expected)
    return f"| {family} | {programs} | {parser} | {len(outcomes)} | {good} | {rows} | {still} |"


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text.replace("|", "/") for text in texts))


def _parsers() -> list[str]:
    return [
        "## Parsers",
        "",
        "| Parser | Instruments | Version | Formats | Maturity |",
        "|---|---|---|---|---|",
        *(
            f"| `{parser['name']}` | {parser['title']} | {parser['version']} | {', '.join(parser['formats'])} | {parser['maturity']} |"
            for parser in list_parsers()
        ),
        "",
        "## Table profiles of `generic_table`",
        "",
        "| Profile | Instruments | Version | Maturity |",
        "|---|---|---|---|",
        *_profiles(),
    ]


def _profiles() -> list[str]:
    from instruments.generic_table.profile import shipped_profiles

    return [f"| `{each.name}` | {each.title} | {each.version} | {each.maturity} |" for each in shipped_profiles()]
