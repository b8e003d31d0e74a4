"""Refusing what was typed, with every problem at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from lims.catalogue.models import CatalogueEntry
from lims.catalogue.queries import Choice, find_pairs
from lims.catalogue.queries import measurands as find_measurands
from lims.db.session import Actor
from lims.errors import Invalid
from lims.marks import N_
from lims.samples.lifecycle.common import AMOUNTS, COMMON, columns
from lims.samples.lifecycle.draft import NewSample
from lims.samples.lifecycle.fields import LISTED, Field, Problem
from lims.samples.lifecycle.kinds import KINDS, Kind

NOT_HERE = N_("Read %(read)s, which this field does not take. Choose another of the list.")


class SampleInvalid(Invalid):
    """Several fields cannot be taken as they are; ``problems`` says which and why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            "samples.invalid",
            N_("Nothing was saved. To correct: %(fields)s."),
            fields=", ".join(dict.fromkeys(problem.field for problem in problems)),
        )
        self.problems = tuple(problems)


def refuse(problems: Sequence[Problem]) -> None:
    """Raise SampleInvalid when there is a problem."""
    if problems:
        raise SampleInvalid(problems)


def lists_of(kind: Kind) -> tuple[str, ...]:
    """The lists of the catalogue that the fields of a kind take codes of."""
    return tuple(dict.fromkeys(one.list_code for one in columns(kind) if one.takes == LISTED))


def takes(kind: Kind, one: Field, entry: CatalogueEntry | Choice) -> bool:
    """Whether a field of this kind takes the entry of its list."""
    group = str(entry.columns.get("group", ""))
    if one.code == "matrix":
        return kind.takes(group, str(entry.columns.get("source_kind", "")), entry.code)
    if one.code == "unit":
        return entry.columns.get("quantity") in AMOUNTS
    return one.takes_entry(group)


def catalogue_problems(session: Session, actor: Actor, draft: NewSample) -> tuple[list[Problem], list[CatalogueEntry]]:
    """What the catalogue says against a draft, and the entries the draft names (for the search words)."""
    kind = KINDS.get(draft.kind)
    named = _named(kind, draft) if kind else {}
    found = find_pairs(session, actor, ((one.list_code, code) for one, code in named.items()))
    analytes = find_measurands(session, actor, draft.analytes)
    return judge(kind, draft, found, analytes) if kind else [], [*found.values(), *analytes.values()]


def judge(
    kind: Kind, draft: NewSample, found: Mapping[tuple[str, str], CatalogueEntry], analytes: Mapping[str, CatalogueEntry]
) -> list[Problem]:
    """What these entries of the catalogue say against a draft."""
    problems = [] if draft.matrix else [Problem("matrix", N_("Empty; choose the matrix."))]
    for one, code in _named(kind, draft).items():
        entry = found.get((one.list_code, code))
        standing = _standing(one.code, code, entry)
        if entry is not None and not standing and not takes(kind, one, entry):
            sentence = N_("Read %(read)s, which is no matrix of this kind of sample.") if one.code == "matrix" else NOT_HERE
            standing = [Problem(one.code, sentence, {"read": code})]
        problems += standing
    for code in draft.analytes:
        problems += _standing("analytes", code, analytes.get(code))
    return problems


def _named(kind: Kind, draft: NewSample) -> dict[Field, str]:
    """The fields of the draft that hold a code of a list, with the code."""
    common = {one: str(getattr(draft, one.code)) for one in COMMON if one.takes == LISTED}
    own = {one: str(draft.details.get(one.code) or "").strip() for one in kind.fields if one.takes == LISTED}
    return {one: code for one, code in {**common, **own}.items() if code}


def _standing(name: str, code: str, entry: CatalogueEntry | None) -> list[Problem]:
    if entry is None:
        return [Problem(name, N_("Read %(read)s, which the catalogue does not have."), {"read": code})]
    if entry.retired_at is not None:
        return [Problem(name, N_("Read %(read)s, which is retired in the catalogue. Choose another."), {"read": code})]
    return []
