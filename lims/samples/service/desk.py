"""What many samples at once are judged with, looked up once: the catalogue, the names of its entries, the time of the laboratory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.queries import laboratory
from lims.catalogue import queries as catalogue
from lims.catalogue.models import CatalogueEntry
from lims.catalogue.scope import MEASURANDS
from lims.db.session import Actor
from lims.samples.lifecycle.cells import Names
from lims.samples.lifecycle.draft import NewSample, check
from lims.samples.lifecycle.fields import LISTED, MANY, Problem
from lims.samples.lifecycle.kinds import Kind
from lims.samples.service.checks import judge, lists_of


@dataclass
class Desk:
    """The catalogue by list and code and by measurand, the names that stand for codes, and now in the laboratory's zone."""

    kind: Kind
    now: datetime
    found: dict[tuple[str, str], CatalogueEntry]
    measurands: dict[str, CatalogueEntry]
    names: Names

    def judged(self, draft: NewSample) -> tuple[dict[str, str], list[Problem]]:
        """The details of a draft as they are kept, and everything that speaks against it."""
        details, problems = check(draft, self.now)
        return details, [*problems, *judge(self.kind, draft, self.found, self.measurands)]

    def entries(self, draft: NewSample, details: Mapping[str, str]) -> tuple[CatalogueEntry, ...]:
        """The entries that a good draft names, for the words it is found by."""
        common = [("sample_matrices", draft.matrix), ("ports", draft.port), ("transport_categories", draft.transport_category)]
        own = [(one.list_code, details.get(one.code, "")) for one in self.kind.fields if one.takes == LISTED]
        listed = [self.found[pair] for pair in (*common, *own) if pair in self.found]
        return (*listed, *(self.measurands[code] for code in draft.analytes))


def desk_of(session: Session, actor: Actor, kind: Kind) -> Desk:
    """The desk of the actor's laboratory for one kind of sample."""
    home = laboratory(session, actor.laboratory_id) if actor.laboratory_id else None
    zone = ZoneInfo(home.zone) if home else ZoneInfo("UTC")
    found = catalogue.all_of(session, actor, lists_of(kind))
    measurands = {entry.code: entry for entry in catalogue.all_of(session, actor, MEASURANDS).values()}
    names: dict[str, dict[str, str]] = {MANY: _name_table(measurands.values())}
    for code in lists_of(kind):
        names[code] = _name_table(entry for (list_code, _code), entry in found.items() if list_code == code)
    return Desk(kind, clock.now().astimezone(zone), found, measurands, names)


def _name_table(entries: Iterable[CatalogueEntry]) -> dict[str, str]:
    """Every code and every unmistakable name -> the code; codes win over names."""
    table: dict[str, str] = {}
    twice: set[str] = set()
    known = list(entries)
    for entry in known:
        for name in {entry.name_zh.casefold(), entry.name_en.casefold()} - {""}:
            twice |= {name} if name in table else set()
            table[name] = entry.code
    return {**{name: code for name, code in table.items() if name not in twice}, **{entry.code: entry.code for entry in known}}
