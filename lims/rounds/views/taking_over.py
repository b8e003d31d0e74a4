"""The own results of the items proposed for the form: shown with their source, chosen and accepted by the person."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from lims.accounts.access import requires
from lims.rounds.exchange.layout import ITEM_WORDS
from lims.rounds.exchange.proposals import LEFT, Proposal
from lims.rounds.lifecycle.units import unit_text
from lims.rounds.report.terms import RESULT_CODES
from lims.rounds.service import exchange_results
from lims.rounds.views.acting import Refusal, refused
from lims.rounds.views.base import blueprint, find_round, reader
from lims.web.language import _
from lims.web.pages import said


@blueprint.get("/<code>/submit/results")
@requires("rounds.submit")
def take_over(code: str) -> str:
    """What the own results would fill in."""
    return _page(code)


@blueprint.post("/<code>/submit/results")
@requires("rounds.submit")
def accept_results(code: str) -> Any:
    """Save the chosen proposals as a new version."""
    round_id, chosen = find_round(code).id, set(request.form.getlist("take"))
    version = request.form.get("base_version", 0, type=int)
    refusal = refused("take_over", lambda: exchange_results.take_over(reader(), round_id, chosen, version))
    if refusal is not None:
        return _page(code, refusal), refusal.status
    said(_("The chosen results were taken over as a new version. Look at it, complete it, then hand it over."))
    return redirect(url_for("rounds.submit", code=code))


def _page(code: str, refusal: Refusal | None = None) -> str:
    told = exchange_results.proposals_for(reader(), find_round(code).id)
    rows = [
        {"key": f"{one.item}:{one.name}", "item": one.item, "name": _name(one), "before": _shown(one, told.before(one)),
         "after": _shown(one, one.text), "source": one.source, "is_reviewed": one.is_reviewed}
        for one in told.proposals
    ]  # fmt: skip
    left = [(one.item, _(LEFT[one.code], **one.values)) for one in told.left]
    return render_template("rounds/take_over.html", told=told, round=told.open.round, rows=rows, left=left, refusal=refusal)


def _name(one: Proposal) -> str:
    return f"{one.name[3:]} Ct" if one.name.startswith("ct-") else _(ITEM_WORDS[one.name])


def _shown(one: Proposal, text: str) -> str:
    if one.name == "unit":
        return unit_text(text)
    return f"{text} {_(RESULT_CODES[text])}" if one.name == "result_code" and text in RESULT_CODES else text
