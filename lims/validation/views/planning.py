"""Registering a study and writing its plan; approving the plan, and taking an amendment back."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import redirect, render_template, request, url_for

from lims.accounts import queries as accounts
from lims.accounts.access import current_actor, requires
from lims.catalogue import queries as catalogue
from lims.catalogue.scope import MEASURANDS
from lims.db.session import reading
from lims.errors import Invalid, LimsError
from lims.marks import N_
from lims.validation import service
from lims.validation.analysis.design import STRATA, Criterion
from lims.validation.designs import CHARACTERISTICS, StudyPlan, default_plan, plan_of
from lims.validation.queries import records
from lims.validation.service import NewStudy
from lims.validation.views.base import blueprint, carry_out, find_study, reader, template_names, typed
from lims.web.language import _, current_language
from lims.web.pages import said
from lims.words import say

FIELDS = ("title_en", "title_zh", "template_code", "method_name", "comparator_name", "measurand_code", "matrix_code", "ethics_number")
WORDS = ("purpose", "intended_use", "principle", "comparator_reason", "design", "unit")
COMPARATORS = {"at_least": N_("at least"), "at_most": N_("at most"), "between": N_("between")}
ROLES = {"bound": N_("whole interval"), "estimate": N_("estimate"), "not_refuted": N_("claim not refuted")}
LINES = 8


@blueprint.get("/new")
@requires("validation.plan")
def new() -> Any:
    """The form of a new study."""
    return _new_page()


@blueprint.post("/new")
@requires("validation.plan")
def register() -> Any:
    """Register the study and go on to its plan."""
    try:
        with reading() as session:
            known = {str(one.id): one.id for one in accounts.all_organisations(session)}
        partners = [known[one] for one in request.form.getlist("partner") if one in known]
        row = service.register_study(reader(), NewStudy(**{name: typed(name) for name in FIELDS}), partners)
    except LimsError as error:
        return _new_page(say(error, current_language())), error.status
    said(_("Study %(code)s is registered. Write its plan.", code=row.code))
    return redirect(url_for("validation.plan", study=row.code))


def _new_page(refusal: str = "") -> str:
    with reading() as session:
        partners = [
            (str(one.id), one.name(current_language())) for one in accounts.all_organisations(session)
            if one.id != current_actor().organisation_id
        ]  # fmt: skip
        measurands = [(one.code, f"{one.code}  {one.name}") for one in catalogue.choices(session, reader(), *MEASURANDS)]
        matrices = [(one.code, f"{one.code}  {one.name}") for one in catalogue.choices(session, reader(), "sample_matrices")]
    return render_template(
        "validation/new.html", refusal=refusal, typed=request.form, chosen=request.form.getlist("partner"), partners=partners,
        measurands=measurands, matrices=matrices, templates=template_names(),
    )  # fmt: skip


@blueprint.get("/<study>/plan")
@requires("validation.view")
def plan(study: str) -> Any:
    """Every version of the plan, and the form of the next."""
    return _plan_page(study)


@blueprint.post("/<study>/plan")
@requires("validation.plan")
def write_plan(study: str) -> Any:
    """Keep the next version of the plan."""
    row = find_study(study)
    done = _("The plan is kept. Both parties sign it now.")

    def act() -> object:
        with reading() as session:
            found = records.plan_in_force(session, row)
        base = plan_of(found.content) if found and found.cycle == row.cycle else default_plan(row.template_code)
        return service.write_plan(reader(), row.id, _posted(base), typed("reason"))

    return carry_out(row, act, done, _plan_page)


@blueprint.post("/<study>/approve")
@requires("validation.approve")
def approve(study: str) -> Any:
    """Sign the version of the plan that the page showed."""
    row, password, seen = find_study(study), request.form.get("password", ""), typed("seen")
    return carry_out(row, lambda: service.approve_plan(reader(), row.id, password, seen=seen), _("The plan is signed."), _plan_page)


@blueprint.post("/<study>/drop-amendment")
@requires("validation.plan")
def drop_amendment(study: str) -> Any:
    """Take back an amendment."""
    row = find_study(study)
    return carry_out(row, lambda: service.drop_amendment(reader(), row.id), _("The amendment is taken back."), _plan_page)


def _plan_page(study: str, refusal: str = "") -> str:
    row = find_study(study)
    with reading() as session:
        versions, waiting = records.plans_of(session, row), records.open_plan(session, row)
        shown = records.plan_in_force(session, row)
        signed = [(one.user_name, one.done_at, one.basis) for one in records.steps_of(session, row, "approve_plan")]
    base = waiting or shown
    content = plan_of(base.content) if base and base.cycle == row.cycle else default_plan(row.template_code)
    return render_template(
        "validation/plan.html", row=row, refusal=refusal, versions=[(one, plan_of(one.content)) for one in versions], waiting=waiting,
        signed=signed, plan=content, lines=_lines(content), characteristics=CHARACTERISTICS[content.family], strata=STRATA,
        comparators=[(code, _(word)) for code, word in COMPARATORS.items()], roles=[(code, _(word)) for code, word in ROLES.items()],
        typed=request.form, may_write=_may_write(row), is_leader=row.organisation_id == current_actor().organisation_id,
    )  # fmt: skip


def _may_write(row: Any) -> bool:
    is_coordinator = "coordinator" in current_actor().roles and row.organisation_id == current_actor().organisation_id
    return is_coordinator and row.locked_at is None and row.state in ("registered", "planned", "plan_approved", "data_collection")


def _lines(plan: StudyPlan) -> list[dict[str, str]]:
    """The criteria as the form shows them: what was typed, else the plan's; empty lines to fill."""
    names = ("characteristic", "comparator", "limit", "upper", "role", "by")
    if request.form.get("c1-characteristic") is not None:
        return [{name: request.form.get(f"c{n}-{name}", "") for name in names} for n in range(1, LINES + 1)]
    known = [{name: str(getattr(one, name) if getattr(one, name) is not None else "") for name in names} for one in plan.criteria]
    return (known + [dict.fromkeys(names, "")] * LINES)[: max(LINES, len(known))]


def _posted(base: StudyPlan) -> StudyPlan:
    """The plan as posted, on the family and conventions of ``base``."""
    words = {name: typed(name)[:2000] for name in WORDS}
    strata: tuple[Any, ...] = tuple(one for one in STRATA if one in request.form.getlist("strata"))
    rows = typed("planned_rows")
    if not rows.isdecimal():
        raise Invalid("validation.planned_rows", N_('Planned rows: read "%(read)s", expected a whole number. Correct it.'), read=rows)
    criteria = tuple(found for n in range(1, LINES + 1) if (found := _criterion(n, base)) is not None)
    return replace(
        base, criteria=criteria, strata=strata, planned_rows=int(rows), is_blinded=bool(typed("is_blinded")),
        resolves_discordants=bool(typed("resolves_discordants")), **words,  # type: ignore[arg-type]
    )  # fmt: skip


def _criterion(n: int, base: StudyPlan) -> Criterion | None:
    given = {name: typed(f"c{n}-{name}") for name in ("characteristic", "comparator", "limit", "upper", "role", "by")}
    if not given["characteristic"]:
        return None
    sentence = N_('Criterion %(n)s: read "%(read)s", expected a characteristic of the list with its limit (two for "between"). Correct it.')
    try:
        if given["characteristic"] not in CHARACTERISTICS[base.family] or given["comparator"] not in COMPARATORS:
            raise ValueError
        if given["role"] not in ROLES or given["by"] not in ("", *STRATA):
            raise ValueError
        upper = Decimal(given["upper"]) if given["comparator"] == "between" else None
        return Criterion(
            f"A{n}", given["characteristic"], given["comparator"], Decimal(given["limit"]), upper, base.confidence,  # type: ignore[arg-type]
            given["role"], given["by"],  # type: ignore[arg-type]
        )  # fmt: skip
    except (ValueError, InvalidOperation) as error:
        read = " ".join(part for part in given.values() if part)
        raise Invalid("validation.criterion", sentence, field=f"c{n}", n=n, read=read) from error
