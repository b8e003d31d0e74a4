"""Reading the catalogue: one page per list, with edition and certainty beside the value."""

from __future__ import annotations

import base64
import json
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from lims.accounts.access import current_actor, requires
from lims.catalogue import queries
from lims.catalogue.models import CatalogueEntry
from lims.catalogue.scope import BY_CODE, LISTS
from lims.db.session import reading
from lims.marks import N_
from lims.web.language import _
from lims.web.navigation import entry

blueprint = Blueprint("catalogue", __name__, url_prefix="/catalogue")

entry(N_("Records"), N_("Catalogue"), "catalogue.index", "catalogue.view", "book", 10)

COLUMN_WORDS = {
    "agent_type": N_("Kind of agent"), "disease_en": N_("Disease"), "disease_zh": N_("Disease (Chinese)"),
    "cn_notifiable_class": N_("Notifiable class"), "quarantine_disease_1986_law": N_("Quarantine disease (law of 1986)"),
    "hazard_class_2006": N_("Hazard class (2006 list)"), "un_culture": N_("UN no., culture"), "un_specimen": N_("UN no., specimen"),
    "common_targets": N_("Common targets"), "kingdom": N_("Kingdom"), "cn_class": N_("Official class"),
    "typical_specimens": N_("Typical specimens"), "typical_methods": N_("Typical methods"), "group": N_("Group"),
    "count_unit_ucum": N_("Unit of counting"), "typical_agents": N_("Typical agents"), "typical_matrices": N_("Typical matrices"),
    "typical_method": N_("Typical method"), "unit_ucum": N_("Unit"), "source_kind": N_("Source"), "default_transport": N_("Transport"),
    "hold_note": N_("Holding time"), "category": N_("Category"), "result_scale": N_("Scale of results"), "raw_quantity": N_("Raw quantity"),
    "raw_unit_ucum": N_("Unit of the raw quantity"), "rapid": N_("Rapid"), "display": N_("Printed as"), "quantity": N_("Quantity"),
    "scale": N_("Scale"), "score_as": N_("Scored as"), "terminal": N_("End state"), "allowed_next": N_("Next states"),
    "applies_to": N_("Applies to"), "may_accept_with_deviation": N_("May be accepted with deviation"), "un_number": N_("UN no."),
    "packing_instruction": N_("Packing instruction"), "examples_zh": N_("Examples"), "extra_fields": N_("Extra fields"),
    "status": N_("Status"), "kind": N_("Kind"), "customs_district": N_("Customs district"), "country": N_("Country"),
    "iata": N_("IATA code"),
    "opposite": N_("Opposite port"), "area": N_("Area"), "n_items": N_("Items"), "composition": N_("Composition"), "scoring": N_("Scoring"),
    "basis": N_("Basis"), "study": N_("Study"), "minimum": N_("Minimum"), "acceptance_default": N_("Default acceptance"),
}  # fmt: skip


@blueprint.get("/")
@requires("catalogue.view")
def index() -> Any:
    """All lists with the number of their entries."""
    with reading() as session:
        counts = queries.counts(session, current_actor())
    rows = [(_(one.title), url_for("catalogue.show", list_code=one.code), counts[one.code]) for one in LISTS]
    return render_template("catalogue/index.html", rows=rows)


@blueprint.get("/<list_code>")
@requires("catalogue.view")
def show(list_code: str) -> Any:
    """One list, searchable by code and name."""
    one = BY_CODE.get(list_code) or abort(404)
    text = request.args.get("q", "").strip()
    rows, earlier, later = _page(list_code, text)
    names = list(dict.fromkeys(name for row in rows for name in row.columns))
    columns = [(name, _(COLUMN_WORDS[name]) if name in COLUMN_WORDS else name) for name in names]
    links = {"earlier": _link(list_code, text, before=earlier), "later": _link(list_code, text, after=later)}
    return render_template("catalogue/list.html", one=one, title=_(one.title), rows=rows, columns=columns, text=text, **links)


def _page(list_code: str, text: str) -> tuple[list[CatalogueEntry], CatalogueEntry | None, CatalogueEntry | None]:
    """A page and the entries to go on from, earlier and later."""
    actor, size = current_actor(), queries.PAGE
    before, after = _key("before"), _key("after")
    with reading() as session:
        if before is not None:
            found = queries.entries_before(session, actor, list_code, text, before, size + 1)
            has_more, rows = len(found) > size, found[-size:]
            return rows, rows[0] if rows and has_more else None, rows[-1] if rows else None
        found = queries.entries(session, actor, list_code, text, after, size + 1)
    rows = found[:size]
    return rows, rows[0] if rows and after is not None else None, rows[-1] if len(found) > size else None


def _link(list_code: str, text: str, **ends: CatalogueEntry | None) -> str | None:
    keys: dict[str, Any] = {name: _packed(row) for name, row in ends.items() if row is not None}
    return url_for("catalogue.show", list_code=list_code, q=text or None, **keys) if keys else None


def _packed(row: CatalogueEntry) -> str:
    return base64.urlsafe_b64encode(json.dumps([row.position, row.code]).encode()).decode()


def _key(name: str) -> tuple[int, str] | None:
    packed = request.args.get(name)
    if not packed:
        return None
    try:
        position, code = json.loads(base64.urlsafe_b64decode(packed))
        return int(position), str(code)
    except (ValueError, TypeError):
        abort(404)
