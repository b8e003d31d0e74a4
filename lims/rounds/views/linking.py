"""The way from a round's page to its results, evaluation, review and report: only what is there for the reader."""

from __future__ import annotations

import uuid
from typing import Any

from flask import url_for

from lims.accounts.permissions import is_allowed
from lims.db.session import Actor, reading
from lims.rounds import queries
from lims.rounds.queries import RoundView
from lims.rounds.views.judging import is_desk
from lims.web.language import _
from lims.web.panels import panel


@panel("round", order=20)
def results_and_judgement(actor: Actor, round_id: uuid.UUID) -> tuple[str, dict[str, Any]] | None:
    """The links that lead on; None where there is nothing yet."""
    with reading() as session:
        seen = queries.show_round(session, actor, round_id)
        has_items = bool(seen.viewer.participant_id) and bool(queries.own_bench(session, actor, round_id).codes)
    links = _links(seen, has_items, is_bench=is_allowed(actor.roles, "rounds.submit"))
    return ("rounds/_links.html", {"links": links}) if links else None


def _links(seen: RoundView, has_items: bool, is_bench: bool) -> list[tuple[str, str, str]]:
    """Icon, label and address, the own results first: before publication the bench alone sees them."""
    code, viewer = seen.round.code, seen.viewer
    found = []
    if has_items and is_bench:
        found.append(("box", _("Items of the box"), url_for("rounds.receipt", code=code)))
        found.append(("pen", _("Submit results"), url_for("rounds.submit", code=code)))
    if is_desk(seen):
        found.append(("lock", _("Lock and evaluation"), url_for("rounds.desk", code=code)))
    if seen.evaluations:
        found.append(("list", _("Evaluation"), url_for("rounds.evaluation", code=code, version=seen.evaluations[0].version)))
    if seen.evaluations and viewer.sees_drafts:
        found.append(("people", _("Review and release"), url_for("rounds.review", code=code)))
    if seen.reports:
        found.append(("download", _("Report"), url_for("rounds.report", code=code)))
    if has_items and viewer.is_published and seen.reports:
        found.append(("user", _("My result"), url_for("rounds.mine", code=code)))
    return found
