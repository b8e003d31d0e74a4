"""What the pages of studies share: the blueprint, the reader, the study of an address, refusals that stay on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, request, url_for

from lims.accounts.access import current_actor
from lims.catalogue import queries as catalogue
from lims.db.session import Actor, reading
from lims.errors import LimsError
from lims.validation import queries
from lims.validation.lifecycle.states import DECISION_WORDS, STUDY_WORDS
from lims.validation.models import ValidationStudy
from lims.web.language import _, current_language
from lims.web.pages import said
from lims.words import say

blueprint = Blueprint("validation", __name__, url_prefix="/validation")

RINGS = {
    "registered": "dashed", "planned": "empty", "plan_approved": "quarter", "data_collection": "half", "data_locked": "half",
    "analysis": "three", "review": "three", "decision": "three", "authorised": "full", "surveillance": "full", "withdrawn": "cross",
}  # fmt: skip


def reader() -> Actor:
    """The actor, with the language of this page."""
    return replace(current_actor(), language=current_language())


def find_study(study: str) -> ValidationStudy:
    """The study of an address; NotFound when the actor may not see it."""
    with reading() as session:
        return queries.study_by_code(session, reader(), study)


def typed(name: str) -> str:
    """A field of the posted form without the blanks around it."""
    return request.form.get(name, "").strip()


def state_words(state: str) -> str:
    """The study state's name in the reader's language."""
    return _(STUDY_WORDS[state])


def decision_words(decision: str) -> str:
    """The decision's name in the reader's language; empty before there is one."""
    return _(DECISION_WORDS[decision]) if decision else ""


def template_names() -> list[tuple[str, str]]:
    """Codes and names of the templates that can be analysed."""
    from lims.validation.analysis.design import TEMPLATE_FAMILIES

    with reading() as session:
        found = catalogue.choices(session, reader(), "validation_templates")
    return [(one.code, f"{one.code}  {one.name}") for one in found if one.code in TEMPLATE_FAMILIES]


def carry_out(row: ValidationStudy, act: Callable[[], object], done: str, page: Callable[..., str], to: str = "validation.show") -> Any:
    """Do an act and go on to ``to``; a refusal is shown on ``page`` with everything that was typed. "Not found" stays one."""
    try:
        act()
    except LimsError as error:
        if error.status == 404:
            raise
        return page(row.code, say(error, current_language())), error.status
    said(done)
    return redirect(url_for(to, study=row.code))
