"""Looking up reference data. It belongs to no laboratory; everybody signed in may read it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from lims.catalogue.models import CatalogueEntry
from lims.catalogue.scope import LISTS, MEASURANDS
from lims.db.session import Actor

PAGE = 100


@dataclass(frozen=True)
class Choice:
    """An entry as a form offers it."""

    code: str
    name: str
    list_code: str
    columns: dict[str, Any]


def find(session: Session, actor: Actor, list_code: str, code: str) -> CatalogueEntry | None:
    """The entry, retired or not; None when the list has no such code."""
    return session.scalar(select(CatalogueEntry).where(CatalogueEntry.list_code == list_code, CatalogueEntry.code == code))


def find_many(session: Session, actor: Actor, lists: Sequence[str], codes: Iterable[str]) -> dict[str, CatalogueEntry]:
    """Entries by code out of one or several lists, in one query."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    rows = session.scalars(select(CatalogueEntry).where(CatalogueEntry.list_code.in_(lists), CatalogueEntry.code.in_(wanted)))
    return {row.code: row for row in rows}


def find_pairs(session: Session, actor: Actor, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], CatalogueEntry]:
    """Entries of different lists by (list, code), in one query."""
    wanted = sorted(set(pairs))
    if not wanted:
        return {}
    rows = session.scalars(select(CatalogueEntry).where(tuple_(CatalogueEntry.list_code, CatalogueEntry.code).in_(wanted)))
    return {(row.list_code, row.code): row for row in rows}


def all_of(session: Session, actor: Actor, lists: Sequence[str]) -> dict[tuple[str, str], CatalogueEntry]:
    """Every entry of these lists by (list, code), retired ones too; the lists are short."""
    rows = session.scalars(select(CatalogueEntry).where(CatalogueEntry.list_code.in_(lists)))
    return {(row.list_code, row.code): row for row in rows}


def measurands(session: Session, actor: Actor, codes: Iterable[str]) -> dict[str, CatalogueEntry]:
    """Measurands by code, over the lists of pathogens, agents, analytes and vectors."""
    return find_many(session, actor, MEASURANDS, codes)


def names(session: Session, actor: Actor, list_code: str, codes: Iterable[str]) -> dict[str, str]:
    """Names in the actor's language, by code; an unknown code stands for itself."""
    wanted = set(codes)
    found = find_many(session, actor, (list_code,), wanted)
    return {code: found[code].name(actor.language) if code in found else code for code in wanted}


def choices(session: Session, actor: Actor, *lists: str) -> list[Choice]:
    """What a form may offer from these lists: not retired, in the order of the lists and of each file."""
    rows = session.scalars(
        select(CatalogueEntry)
        .where(CatalogueEntry.list_code.in_(lists), CatalogueEntry.retired_at.is_(None))
        .order_by(CatalogueEntry.list_code, CatalogueEntry.position, CatalogueEntry.code)
    )
    found = [Choice(row.code, row.name(actor.language), row.list_code, row.columns) for row in rows]
    return sorted(found, key=lambda one: lists.index(one.list_code))


def entries(
    session: Session, actor: Actor, list_code: str, text: str = "", after: tuple[int, str] | None = None, limit: int = PAGE
) -> list[CatalogueEntry]:
    """One page of a list from the key ``(position, code)`` on; ``text`` narrows by code or name."""
    query = select(CatalogueEntry).where(CatalogueEntry.list_code == list_code)
    if text:
        query = _containing(query, text)
    if after is not None:
        query = query.where(tuple_(CatalogueEntry.position, CatalogueEntry.code) > after)
    return list(session.scalars(query.order_by(CatalogueEntry.position, CatalogueEntry.code).limit(limit)))


def entries_before(
    session: Session, actor: Actor, list_code: str, text: str, before: tuple[int, str], limit: int = PAGE
) -> list[CatalogueEntry]:
    """The page that ends just before the key."""
    query = select(CatalogueEntry).where(
        CatalogueEntry.list_code == list_code, tuple_(CatalogueEntry.position, CatalogueEntry.code) < before
    )
    if text:
        query = _containing(query, text)
    rows = session.scalars(query.order_by(CatalogueEntry.position.desc(), CatalogueEntry.code.desc()).limit(limit))
    return list(rows)[::-1]


def counts(session: Session, actor: Actor) -> dict[str, int]:
    """Entries per list; the lists are short."""
    rows = session.execute(select(CatalogueEntry.list_code, func.count()).group_by(CatalogueEntry.list_code))
    found = {list_code: int(count) for list_code, count in rows}
    return {one.code: found.get(one.code, 0) for one in LISTS}


def known_codes(session: Session, actor: Actor) -> set[tuple[str, str]]:
    """Every (list, code) that exists, retired ones too."""
    return {(list_code, code) for list_code, code in session.execute(select(CatalogueEntry.list_code, CatalogueEntry.code))}


def _containing(query: Select[CatalogueEntry], text: str) -> Select[CatalogueEntry]:
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = f"%{escaped}%"
    columns = (CatalogueEntry.code, CatalogueEntry.name_en, CatalogueEntry.name_zh)
    return query.where(or_(*(func.lower(column).like(pattern, escape="\\") for column in columns)))
