"""A profile's content and the fields of its page: from one to the other, without a database and without a request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from instruments.generic_table.profile import VALUE_ROLES
from instruments.text import heading_key

#: fields that hold words, each with its place in the content
WORDS: Mapping[str, tuple[str, ...]] = {
    "no_call": ("texts", "no_call"), "not_detected": ("texts", "not_detected"), "missing": ("texts", "missing"),
    "positive": ("texts", "positive"), "negative": ("texts", "negative"), "unknown": ("role_texts", "unknown"),
    "ntc": ("role_texts", "ntc"), "negative_control": ("role_texts", "negative_control"),
    "positive_control": ("role_texts", "positive_control"), "standard": ("role_texts", "standard"), "blank": ("role_texts", "blank"),
    "qc": ("role_texts", "qc"), "file_words": ("file_words",), "internal_targets": ("internal_targets",),
    "summary_words": ("summary_words",), "end_words": ("end_words",),
}  # fmt: skip
#: controls are judged where a result is found or not found; an amount is judged against its limits elsewhere
JUDGED = ("ct", "copies", "qualitative")
NEGATIVES, POSITIVES = ("ntc", "negative_control"), ("positive_control",)


def words_in(text: str) -> list[str]:
    """The words of a field: one on each line, or between semicolons."""
    return list(dict.fromkeys(word.strip() for word in re.split(r"[;；\r\n]", text) if word.strip()))


def fields_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the page as the content has them."""
    fields: dict[str, Any] = {name: "; ".join(_at(content, path)) for name, path in WORDS.items()}
    groups = [tuple(group) for rules in content.get("controls", {}).values() for group in rules["required"]]
    return {
        **fields,
        "wide": content.get("wide") or "",
        "decimal_mark": content.get("number", {}).get("decimal_mark") or "",
        "date_order": content.get("date_order") or "",
        "needs_negative": any("ntc" in group or "negative_control" in group for group in groups),
        "needs_positive": any("positive_control" in group for group in groups),
        "units": "\n".join(f"{text} = {code}" for text, code in content.get("units", {}).items()),
    }


def _at(content: Mapping[str, Any], path: Sequence[str]) -> list[str]:
    found: Any = content
    for name in path:
        found = found.get(name, {})
    return list(found or ())


def role_of_heading(content: Mapping[str, Any], heading: str) -> str:
    """What a heading means in the content; empty when it does not know it."""
    key = heading_key(heading)
    return next((role for role, words in content.get("columns", {}).items() if key in map(heading_key, words)), "")


def content_of(content: Mapping[str, Any], fields: Mapping[str, Any], mapping: Mapping[str, str], markers: Sequence[str]) -> dict[str, Any]:
    """The content with the page's fields put in; what the page does not show stays as it is."""
    new: dict[str, Any] = {**content, "columns": _columns(content.get("columns", {}), mapping)}
    for name, path in WORDS.items():
        if len(path) == 1:
            new[path[0]] = words_in(fields[name])
        else:
            new[path[0]] = {**new.get(path[0], {}), path[1]: words_in(fields[name])}
    new["wide"] = fields["wide"] or None
    new["number"] = {"decimal_mark": fields["decimal_mark"]} if fields["decimal_mark"] else {}
    new["date_order"] = fields["date_order"] or None
    new["units"] = _units(fields["units"])
    new["markers"] = list(markers) if mapping else list(content.get("markers", ()))
    required = [*([list(NEGATIVES)] if fields["needs_negative"] else []), *([list(POSITIVES)] if fields["needs_positive"] else [])]
    rules = {"silent": list(NEGATIVES), "found": list(POSITIVES), "required": required}
    new["controls"] = dict.fromkeys(_judged(new["columns"]), rules)
    return new


def _judged(columns: Mapping[str, Any]) -> tuple[str, ...]:
    """Of a table with cycle numbers, the cycle numbers; else copies and calls."""
    return ("ct",) if columns.get("ct") else JUDGED[1:]


def _columns(known: Mapping[str, Sequence[str]], mapping: Mapping[str, str]) -> dict[str, list[str]]:
    """The headings by meaning: those of the example as they were mapped, others as before."""
    own = {heading_key(heading) for heading in mapping}
    columns = {role: [word for word in words if heading_key(word) not in own] for role, words in known.items()}
    for heading, role in mapping.items():
        if role:
            columns[role] = [heading, *columns.get(role, [])]
    return {role: words for role, words in columns.items() if words}


def _units(text: str) -> dict[str, str]:
    """ "mg/kg = mg/kg" on each line: as the file writes it, and its UCUM code."""
    units = {}
    for line in text.splitlines():
        written, sign, code = line.partition("=")
        if sign and written.strip() and code.strip():
            units[written.strip()] = code.strip()
    return units


def is_complete(content: Mapping[str, Any]) -> bool:
    """Whether the content can give a reading at all: a sample, and a result."""
    columns = content.get("columns", {})
    has_sample = bool(columns.get("sample")) or content.get("sample_column") is not None
    return has_sample and (any(columns.get(role) for role in VALUE_ROLES) or content.get("wide") is not None)
