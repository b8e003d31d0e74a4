"""A run that was uploaded before: what this export says otherwise, beside the upload that counts or waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lims.accounts.access import current_actor
from lims.db.session import reading
from lims.imports import queries
from lims.imports.differences import CHANGED, GONE, NEW, SAME, counts, differences
from lims.imports.models import Upload, UploadReading
from lims.imports.service import Proposal
from lims.marks import N_
from lims.results import queries as results
from lims.web.language import _

#: differing rows that one page shows
MOST_DIFFERENCES = 200
KINDS = {NEW: N_("new"), CHANGED: N_("changed"), GONE: N_("gone"), SAME: N_("same")}


def against_earlier(upload: Upload, rows: Sequence[Proposal]) -> dict[str, Any]:
    """What the template shows of an earlier export of the same run; only while the upload is to be checked."""
    if upload.state != "review":
        return {"earlier": None}
    actor = current_actor()
    with reading() as session:
        earlier = queries.earlier_of_run(session, actor, upload)
        if earlier is None:
            return {"earlier": None}
        before = queries.readings(session, earlier.id, actor)
        standing = results.of_upload(session, actor, earlier.id)
        reviewed = results.reviews(session, actor, [row.id for row in standing])
    found = differences(before, [one.reading for one in rows])
    differing = [one for one in found if one.kind != SAME]
    return {
        "earlier": earlier, "differ": counts(found), "differ_total": len(found), "differ_count": len(differing),
        "differ_rows": [_entry(one.kind, one.before, one.after) for one in differing[:MOST_DIFFERENCES]],
        "earlier_results": len(standing), "earlier_reviewed": len(reviewed),
    }  # fmt: skip


def _entry(kind: str, before: UploadReading | None, after: UploadReading | None) -> dict[str, Any]:
    one = after or before
    assert one is not None
    return {
        "kind": kind, "word": _(KINDS[kind]), "position": one.position, "target": one.target or one.channel or "–",
        "before": _words(before), "after": _words(after), "source": one.source,
    }  # fmt: skip


def _words(row: UploadReading | None) -> tuple[str, str] | None:
    return (row.sample or "–", row.raw.strip() or "–") if row is not None else None
