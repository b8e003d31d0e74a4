"""Filling the catalogue. Editing screens come later; loading never overwrites what a laboratory changed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert

from lims.accounts.service import permit
from lims.catalogue import queries
from lims.catalogue.models import CatalogueEntry
from lims.catalogue.scope import LISTS, CatalogueList, read_shipped, shipped_file
from lims.db.base import new_key
from lims.db.guard import permitted_bulk
from lims.db.session import Actor, transaction


def load_shipped(actor: Actor) -> int:
    """Add the shipped rows whose code is not there yet, and give their number.

    Rows that exist stay as they are, edited or retired; so a second run adds nothing.
    """
    permit(actor, "catalogue.load")
    added = 0
    with transaction(actor, reason="load the shipped catalogue") as session:
        known = queries.known_codes(session, actor)
        for one in LISTS:
            rows = [row for row in _rows(one) if (row["list_code"], row["code"]) not in known]
            if rows:
                with permitted_bulk(session, "catalogue_entry", None, rows):
                    session.execute(insert(CatalogueEntry), rows)
            added += len(rows)
    return added


def _rows(one: CatalogueList) -> list[dict[str, Any]]:
    text = shipped_file(one).read_text(encoding="utf-8")
    return [
        {
            "id": new_key(),
            "row_version": 1,
            "list_code": one.code,
            "code": row.code,
            "position": row.position,
            "name_en": row.name_en,
            "name_zh": row.name_zh,
            "certainty": row.certainty,
            "note": row.note,
            "columns": row.columns,
            "retired_at": None,
        }
        for row in read_shipped(one, text)
    ]
