"""One round: how far it is, what the reader may know of it, and what can be done now."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.rounds import queries
from lims.rounds.views.base import ROUND_RINGS, blueprint, reader, state_words
from lims.web.language import current_language
from lims.web.panels import panels_of


@blueprint.get("/<code>")
@requires("rounds.view")
def show(code: str) -> Any:
    """The page of one round."""
    with reading() as session:
        row = queries.round_by_code(session, reader(), code)
        seen = queries.show_round(session, reader(), row.id)
    return render_template(
        "rounds/show.html", row=row, seen=seen, title=row.title(current_language()), state=state_words(row.state),
        ring=ROUND_RINGS[row.state], list_url=url_for("rounds.index"), panels=panels_of("round", current_actor(), row.id),
    )  # fmt: skip
