"""The portions of a sample on the sample's page."""

from __future__ import annotations

import uuid
from typing import Any

from lims.accounts.permissions import is_allowed
from lims.db.session import Actor, reading
from lims.samples import queries as samples
from lims.samples.lifecycle.states import TERMINAL
from lims.storage import queries
from lims.storage.lifecycle.portions import left
from lims.web.panels import panel


@panel("sample", order=40)
def portions_of_sample(actor: Actor, sample_id: uuid.UUID) -> tuple[str, dict[str, Any]] | None:
    """What was made of the sample and what is left, with the form that divides it."""
    if not is_allowed(actor.roles, "storage.view"):
        return None
    with reading() as session:
        row = samples.sample(session, actor, sample_id)
        rows, taken = queries.portions_of(session, row), queries.taken_of(session, row)
    may_divide = is_allowed(actor.roles, "storage.portion") and row.quantity is not None and row.status not in TERMINAL
    if not rows and not may_divide:
        return None
    rest = None if row.quantity is None else left(row.quantity, taken)
    return "storage/panel.html", {"rows": rows, "sample": row, "rest": rest, "may_divide": may_divide}
