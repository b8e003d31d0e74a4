"""Refusing what was typed, with every problem at once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from lims.catalogue.models import CatalogueEntry
from lims.catalogue.queries import find_pairs
from lims.catalogue.queries import measurands as find_measurands
from lims.db.session import Actor
from lims.errors import Invalid
from lims.marks import N_
from lims.samples.lifecycle.draft import NewSample
from lims.samples.lifecycle.fields import Problem
from lims.samples.lifecycle.kinds import KINDS

#: Which field of a draft holds a code of which list.
LISTS = {"matrix": "sample_matrices", "unit": "units_ucum", "port": "ports", "transport_category": "transport_categories"}


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


def catalogue_problems(session: Session, actor: Actor, draft: NewSample) -> tuple[list[Problem], list[CatalogueEntry]]:
    """What the catalogue says against a draft, and the entries the draft names (for the search words)."""
    pairs = {name: (list_code, getattr(draft, name)) for name, list_code in LISTS.items() if getattr(draft, name)}
    found = find_pairs(session, actor, pairs.values())
    analytes = find_measurands(session, actor, draft.analytes)
    problems = [] if draft.matrix else [Problem("matrix", N_("Empty; choose the matrix."))]
    for name, pair in pairs.items():
        problems += _standing(name, pair[1], found.get(pair))
    for code in draft.analytes:
        problems += _standing("analytes", code, analytes.get(code))
    matrix = found.get(pairs.get("matrix", ("", "")))
    if matrix is not None and not _belongs(draft.kind, matrix):
        problems.append(Problem("matrix", N_("Read %(read)s, which is no matrix of this kind of sample."), {"read": draft.matrix}))
    return problems, [*found.values(), *analytes.values()]


def _standing(name: str, code: str, entry: CatalogueEntry | None) -> list[Problem]:
    if entry is None:
        return [Problem(name, N_("Read %(read)s, which the catalogue does not have."), {"read": code})]
    if entry.retired_at is not None:
        return [Problem(name, N_("Read %(read)s, which is retired in the catalogue. Choose another."), {"read": code})]
    return []


def _belongs(kind: str, matrix: CatalogueEntry) -> bool:
    known = KINDS.get(kind)
    return known is None or known.takes(str(matrix.columns.get("group", "")), str(matrix.columns.get("source_kind", "")))
