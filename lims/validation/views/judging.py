"""The analysis page, and the signatures of opinion, decision and scope; surveillance of a method in use."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request

from lims.accounts.access import requires
from lims.db.session import reading
from lims.errors import Invalid, NotFound
from lims.marks import N_
from lims.validation import scope as scopes
from lims.validation import service
from lims.validation.analysis.outcome import StudyAnalysis
from lims.validation.queries import records
from lims.validation.scope import Scope
from lims.validation.views.base import blueprint, carry_out, find_study, reader, typed
from lims.validation.views.showing import show_page
from lims.web.language import _

VERDICT_WORDS = {"met": N_("criterion met"), "not_met": N_("criterion not met"), "not_shown": N_("not shown")}


@blueprint.get("/<study>/analysis")
@requires("validation.view")
def analysis(study: str) -> Any:
    """The newest frozen analysis: each criterion with estimate, interval and verdict; results, strata, sensitivity, tables."""
    from lims.rounds.report.restored import restored

    row = find_study(study)
    with reading() as session:
        frozen = records.newest_analysis(session, row)
        plan = records.plan_in_force(session, row)
    if frozen is None:
        raise NotFound()
    outcome = restored(StudyAnalysis, frozen.outcome)
    limits = {one["code"]: one for one in (plan.content["criteria"] if plan else ())}
    return render_template(
        "validation/analysis.html", row=row, frozen=frozen, outcome=outcome, limits=limits, figure=_figure,
        verdicts={code: _(word) for code, word in VERDICT_WORDS.items()},
    )  # fmt: skip


def _figure(value: float | None) -> str:
    """A figure with four digits that count; a dash where there is none."""
    return "–" if value is None else f"{value:.4g}".replace("-", "−")


@blueprint.post("/<study>/opinion")
@requires("validation.review")
def opinion(study: str) -> Any:
    """Sign an opinion on the analysis that the page showed."""
    row, text, password, seen = find_study(study), typed("text"), request.form.get("password", ""), typed("seen")
    done = _("The opinion is signed.")
    return carry_out(row, lambda: service.write_opinion(reader(), row.id, text, password, seen=seen), done, show_page)


@blueprint.post("/<study>/decide")
@requires("validation.decide")
def decide(study: str) -> Any:
    """Sign the decision for the own party."""
    row, password, seen = find_study(study), request.form.get("password", ""), typed("seen")

    def act() -> object:
        return service.decide(reader(), row.id, typed("decision"), typed("limits"), password, seen=seen)

    return carry_out(row, act, _("The decision is signed."), show_page)


@blueprint.post("/<study>/scope")
@requires("validation.decide")
def authorise(study: str) -> Any:
    """Sign the authorised scope for the own party: as proposed, or another."""
    row, password, seen = find_study(study), request.form.get("password", ""), typed("seen")
    done = _("The authorised scope is signed.")
    return carry_out(row, lambda: service.authorise_scope(reader(), row.id, _scope(), password, seen=seen), done, show_page)


@blueprint.post("/<study>/watch")
@requires("validation.watch")
def watch(study: str) -> Any:
    """Keep a record of surveillance."""
    row = find_study(study)

    def act() -> object:
        return service.record_surveillance(reader(), row.id, typed("kind"), typed("finding"), bool(typed("is_in_order")))

    return carry_out(row, act, _("The surveillance is recorded."), show_page)


def _scope() -> Scope:
    try:
        until = date.fromisoformat(typed("valid_until"))
    except ValueError as error:
        sentence = N_('Valid until: read "%(read)s", expected a day such as 2027-05-01. Correct it.')
        raise Invalid("validation.valid_until", sentence, field="valid_until", read=typed("valid_until")) from error
    lists = [tuple(part for part in typed(name).replace("，", ",").replace(" ", "").split(",") if part) for name in
             ("laboratories", "matrices", "analysts", "lots")]  # fmt: skip
    return scopes.Scope(lists[0], lists[1], until, lists[2], lists[3], typed("conditions"))
