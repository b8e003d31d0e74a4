"""The results of a sample on the sample's page."""

from __future__ import annotations

import uuid
from typing import Any

from lims.accounts.permissions import is_allowed
from lims.db.session import Actor, reading
from lims.results import queries
from lims.results.models import STATUS_WORDS
from lims.results.service import results_hash
from lims.samples.lifecycle import states
from lims.web.panels import panel


@panel("sample", order=10)
def results_of_sample(actor: Actor, sample_id: uuid.UUID) -> tuple[str, dict[str, Any]] | None:
    """What was found in the sample, with the state of its review; nothing before there is a result."""
    if not is_allowed(actor.roles, "results.view"):
        return None
    with reading() as session:
        found = queries.of_sample(session, actor, sample_id)
        rows = queries.described(session, actor, found)
    if not rows:
        return None
    sample = found[0].sample
    is_ready = sample.status == states.REVIEWED and is_allowed(actor.roles, "results.release")
    context = {
        "rows": rows, "statuses": STATUS_WORDS, "sample": sample, "is_own": any(one.recorded_by == actor.user_id for one in found),
        "seen": results_hash(sample, found) if is_ready else "",
    }  # fmt: skip
    return "results/panel.html", context
