"""The first row of a filled sheet: which column is which field, and for which kind the sheet was filled. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from lims.marks import N_
from lims.samples.lifecycle.common import columns
from lims.samples.lifecycle.fields import Field, Problem
from lims.samples.lifecycle.kinds import KINDS, Kind
from lims.sheets.filled import column_name, heading_key
from lims.words import translate

LANGUAGES = ("zh_CN", "en")
#: the column that an error workbook adds; a corrected workbook may still have it
REASON = N_("Why the row was not imported")


@dataclass(frozen=True)
class Head:
    """The columns by position, the headings as found, and what is wrong with them (``field`` of a problem is the column)."""

    kind: Kind
    fields: Mapping[int, Field]
    found: Mapping[int, str]
    problems: tuple[Problem, ...]

    def pairs(self, language: str) -> list[tuple[str, str]]:
        """Expected and found heading of every column of the kind, and of every column that no field has."""
        by_field = {field.code: self.found[place] for place, field in self.fields.items()}
        wanted = [(heading(one, language), by_field.get(one.code, "")) for one in columns(self.kind)]
        strange = [text for place, text in self.found.items() if place not in self.fields and not is_reason(text)]
        return wanted + [("", text) for text in strange]


def heading(one: Field, language: str) -> str:
    """The heading of a field in a template: its name, its unit, and a star where it is needed."""
    unit = f" ({one.unit})" if one.unit else ""
    return translate(one.label, language) + unit + (" *" if one.is_required else "")


def is_reason(text: str) -> bool:
    """Whether the heading is that of the column of reasons."""
    return _key(text) in {_key(translate(REASON, language)) for language in LANGUAGES}


def is_known(text: str) -> bool:
    """Whether some kind has a field with this heading."""
    return any(_key(text) in _names(code) for code in KINDS)


def read_head(kind: Kind, cells: Mapping[int, str]) -> Head:
    """Match the headings of a sheet with the fields of a kind; a heading that no field has is a problem, never overlooked."""
    names, problems = _names(kind.code), []
    fields: dict[int, Field] = {}
    for place, text in cells.items():
        one = names.get(_key(text))
        if one is None and not is_reason(text):
            sentence = N_(
                'Column %(column)s: no field of this kind is called "%(read)s". Rename it as in the template, or delete the column.'
            )
            problems.append(Problem(text, sentence, {"column": column_name(place), "read": text}))
        elif one is not None and one in fields.values():
            sentence = N_("Column %(column)s: a second column for %(field)s. Delete one of them.")
            problems.append(Problem(text, sentence, {"column": column_name(place), "field": text}))
        elif one is not None:
            fields[place] = one
    for one in columns(kind):
        if one.is_required and one not in fields.values():
            problems.append(
                Problem(one.code, N_("The column %(field)s is missing; every sample of this kind needs it."), {"field": one.code})
            )
    return Head(kind, fields, dict(cells), tuple(problems))


def kind_of(cells: Mapping[int, str]) -> Kind | None:
    """The one kind whose fields these headings name best; None when there is none, or more than one."""
    scored: dict[tuple[int, int], list[Kind]] = {}
    for kind in KINDS.values():
        head = read_head(kind, cells)
        own = sum(one in kind.fields for one in head.fields.values())
        if head.fields and (own or not kind.fields):
            scored.setdefault((-len(head.problems), own), []).append(kind)
    best = scored[max(scored)] if scored else []
    return best[0] if len(best) == 1 else None


@cache
def _names(code: str) -> dict[str, Field]:
    names: dict[str, Field] = {}
    for one in columns(KINDS[code]):
        labels = [translate(one.label, language) for language in LANGUAGES]
        for text in _variants([one.code, *labels], one.unit):
            names.setdefault(_key(text), one)
    return names


def _variants(texts: Iterable[str], unit: str) -> list[str]:
    plain = list(texts)
    return plain + [f"{text} ({unit})" for text in plain if unit]


def _key(text: str) -> str:
    return heading_key(text.replace("*", ""))
