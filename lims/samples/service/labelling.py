"""Printing labels is recorded: after the first one a number is out in the world."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import RuleViolation
from lims.marks import N_
from lims.samples import queries
from lims.samples.models import Sample
from lims.samples.service.custody import note_step

MOST = 500


def print_labels(actor: Actor, sample_ids: Iterable[uuid.UUID]) -> list[Sample]:
    """Count one label for each sample and note it in the custody; a reprint is identical and counted too."""
    permit(actor, "samples.label")
    wanted = list(sample_ids)
    if not 0 < len(wanted) <= MOST:
        raise RuleViolation("samples.label_count", N_("%(count)s samples chosen; choose 1 to %(most)s."), count=len(wanted), most=MOST)
    with transaction(actor, reason="printed labels") as session:
        rows = queries.samples(session, actor, wanted, is_locked=True)
        for row in rows:
            row.labels_printed += 1
            note_step(session, actor, row, "label_printed", note=str(row.labels_printed))
        return rows
