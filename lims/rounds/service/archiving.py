"""Asking for the archive of a published round; the worker makes it, cut to what the person may see."""

from __future__ import annotations

import uuid

from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.jobs.models import Job
from lims.jobs.service import enqueue
from lims.rounds.queries.archive import archivable

ARCHIVE = "rounds.archive"


def request_archive(actor: Actor, round_id: uuid.UUID) -> Job:
    """Queue the archive of a published round for an auditor, a QA manager of a party or the coordinator."""
    permit(actor, "rounds.archive")
    with transaction(actor, "asked for the archive of a round") as session:
        row = archivable(session, actor, round_id)
        return enqueue(session, actor, ARCHIVE, row.id, {})
