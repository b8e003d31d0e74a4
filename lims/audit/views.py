"""The audit trail as a page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from lims.accounts.access import current_actor, requires
from lims.audit import queries
from lims.audit.reasons import reason_words
from lims.audit.tables import TABLES
from lims.db.session import reading
from lims.marks import N_
from lims.web.navigation import entry

blueprint = Blueprint("audit", __name__, url_prefix="/audit")

entry(N_("Records"), N_("Audit"), "audit.index", "audit.view", "shield", 80)

ACTIONS = {"insert": N_("added"), "update": N_("changed"), "delete": N_("removed"), "bulk": N_("added many")}


@blueprint.get("/")
@requires("audit.view")
def index() -> Any:
    """Who changed what, when and why; newest first."""
    chosen = {name: request.args.get(name, "").strip() for name in ("subject", "action", "person")}
    with reading() as session:
        page = queries.page(session, current_actor(), request.args.get("at"), **chosen)
    kept = {name: value for name, value in chosen.items() if value}
    links = {side: _page_url(kept, cursor) if cursor else None for side, cursor in (("earlier", page.earlier), ("later", page.later))}
    return render_template("audit/index.html", page=page, chosen=chosen, links=links, words=ACTIONS, tables=TABLES, why=reason_words)


def _page_url(kept: dict[str, str], cursor: str) -> str:
    values: dict[str, Any] = {**kept, "at": cursor}
    return url_for("audit.index", **values)
