"""The joint review on one page: reviewers and their declarations, comments, verdicts changed by hand, minutes, action items."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.errors import NotFound
from lims.rounds import service
from lims.rounds.models import Round
from lims.rounds.queries import RoundView, matters, records, review
from lims.rounds.queries.report import score_of
from lims.rounds.service.meeting import MEETING_STATES
from lims.rounds.service.overriding import CHANGES
from lims.rounds.service.reviewing import BEFORE_PUBLICATION
from lims.rounds.views.acting import Refusal, carry_out
from lims.rounds.views.base import blueprint, find_round, reader, typed
from lims.rounds.views.judging import head_of, seen_round
from lims.web.language import _


@blueprint.get("/<code>/meeting")
@requires("rounds.view")
def meeting(code: str) -> str:
    """Reviewers, comments, minutes and action items, for the parties of the round."""
    return _page(code)


@blueprint.post("/<code>/meeting/reviewers")
@requires("rounds.assign_reviewer")
def assign_reviewer(code: str) -> Any:
    """Name a reviewer of the own organisation."""
    whose = _uuid(typed("person"))
    return _carry_out(code, "assign", lambda row: service.assign_reviewer(reader(), row.id, whose), _("The reviewer is named."))


@blueprint.post("/<code>/meeting/declaration")
@requires("rounds.review")
def declare_interests(code: str) -> Any:
    """Declare a conflict of interest, or none."""
    text, has_conflict = typed("conflict_text"), typed("has_conflict") == "yes"
    act = lambda row: service.declare_interests(reader(), row.id, text, has_conflict=has_conflict)  # noqa: E731
    return _carry_out(code, "declare", act, _("Your declaration is kept."))


@blueprint.post("/<code>/meeting/comments")
@requires("rounds.review")
def comment(code: str) -> Any:
    """Write a comment under codes."""
    item = int(typed("comment_item")) if typed("comment_item").isdecimal() else None
    act = lambda row: service.comment(  # noqa: E731
        reader(), row.id, request.form.get("comment_text", ""), participant_code=typed("comment_code"), item_number=item
    )
    return _carry_out(code, "comment", act, _("Your comment is kept."))


@blueprint.post("/<code>/meeting/verdict")
@requires("rounds.review")
def override_verdict(code: str) -> Any:
    """Change a verdict with the signatures of two parties."""
    item = int(typed("override_item")) if typed("override_item").isdecimal() else 0
    password, second = request.form.get("password", ""), request.form.get("second_password", "")

    def act(row: Round) -> object:
        return service.override_verdict(
            reader(), row.id, typed("override_code"), item, typed("changed_to"), typed("override_reason"), password, typed("second_login"),
            second, seen=typed("seen"),
        )  # fmt: skip

    return _carry_out(code, "override", act, _("The verdict is changed; the computed one stays beside it."))


@blueprint.post("/<code>/meeting/minutes")
@requires("rounds.minutes")
def file_minutes(code: str) -> Any:
    """Sign the minutes with their action items."""
    draft = service.MinutesDraft(
        held_on=typed("held_on"), place=typed("place"), attendance=typed("attendance"), agenda=typed("agenda"), decisions=typed("decisions")
    )
    seen = int(typed("seen")) if typed("seen").isdecimal() else 0
    password, actions = request.form.get("password", ""), request.form.get("actions", "")

    def act(row: Round) -> object:
        return service.file_minutes(reader(), row.id, draft, service.actions_from(actions), password, seen=seen)

    return _carry_out(code, "minutes", act, _("The minutes are filed."))


@blueprint.post("/<code>/meeting/actions/<uuid:action_id>")
@requires("rounds.minutes")
def complete_action(code: str, action_id: uuid.UUID) -> Any:
    """Say that an action item is done."""
    note = typed("note")
    return _carry_out(code, "action", lambda row: service.complete_action(reader(), action_id, note), _("The action item is done."))


def _carry_out(code: str, step: str, act: Any, done: str) -> Any:
    row = find_round(code)
    return carry_out(step, lambda: act(row), done, url_for("rounds.meeting", code=code), lambda refusal: _page(code, refusal))


def _page(code: str, refusal: Refusal | None = None) -> str:
    seen = seen_round(code)
    if not (seen.viewer.sees_process or seen.viewer.sees_drafts):
        raise NotFound()
    with reading() as session:
        shown = {
            "reviewers": _reviewers(session, seen), "people": _people(session, seen), "minutes": review.minutes_of(session, seen.round),
            "actions": [(one, _is_late(one.due_on, one.done_at)) for one in review.actions_of(session, seen.round)],
            **_judged(session, seen),
        }  # fmt: skip
    return render_template(
        "rounds/meeting.html", **head_of(seen), **shown, may=_may(seen, shown), refusal=refusal, typed=request.form if refusal else {},
        today=f"{clock.now():%Y-%m-%d}", changes=CHANGES,
    )  # fmt: skip


def _judged(session: Session, seen: RoundView) -> dict[str, Any]:
    """Comments and changed verdicts of the newest score run, for those who see it."""
    if not seen.evaluations or not (seen.viewer.sees_drafts or seen.viewer.is_published):
        return {"run": None, "comments": [], "overrides": [], "codes": [], "numbers": [], "matter": ""}
    run = seen.evaluations[0]
    found = review.comments(session, run)
    places = records.laboratories(session, [one.laboratory_id for one in found])
    return {
        "run": run, "comments": [(one, places[one.laboratory_id].side) for one in found], "overrides": review.overrides_of(session, run),
        "codes": [(one.participant_code, one.verdict) for one in score_of(run).overall],
        "numbers": [item.number for item in seen.items], "matter": matters.of_run(run),
    }  # fmt: skip


def _reviewers(session: Session, seen: RoundView) -> list[dict[str, Any]]:
    parties = {one.id: one for one in records.parties_of(session, seen.round)}
    found = review.reviewers(session, seen.round)
    return [{"one": one, "side": parties[one.organisation_id].side} for one in found if one.organisation_id in parties]


def _people(session: Session, seen: RoundView) -> list[tuple[str, str]]:
    if "qa_manager" not in current_actor().roles:
        return []
    named = {one.user_id for one in review.assignments(session, seen.round)}
    return [(str(one.id), one.name) for one in review.candidates(session, reader()) if one.id not in named]


def _may(seen: RoundView, shown: dict[str, Any]) -> dict[str, bool]:
    """What the reader can do here."""
    roles, state, viewer = current_actor().roles, seen.round.state, seen.viewer
    mine = next((one["one"] for one in shown["reviewers"] if one["one"].user_id == current_actor().user_id), None)
    is_out = mine is not None and mine.declaration is not None and mine.declaration.has_conflict
    is_judge = viewer.is_reviewer and not viewer.is_coordinator
    return {
        "assign": viewer.is_party_qa and state in BEFORE_PUBLICATION and bool(shown["people"]),
        "declare": is_judge and state in ("analysing", "reviewing"), "comment": is_judge and state == "reviewing" and not is_out,
        "file": bool(roles & {"coordinator", "qa_manager"}) and (viewer.is_coordinator or viewer.is_party_qa) and state in MEETING_STATES,
        "complete": viewer.is_coordinator or viewer.is_party_qa, "is_out": is_out,
    }  # fmt: skip


def _is_late(due_on: str, done_at: Any) -> bool:
    return done_at is None and due_on < f"{clock.now():%Y-%m-%d}"


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.UUID(int=0)
