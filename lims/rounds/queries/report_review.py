"""What the report prints of the joint review, as it stood at its issue."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from lims.rounds.models import Evaluation, ReviewAction, Round, VerdictOverride
from lims.rounds.queries import records, review
from lims.rounds.queries.report_followup import both
from lims.rounds.report import facts, terms
from lims.statistics.assessment.outcome import Verdict


def overrides_at(session: Session, run: Evaluation, instant: datetime) -> tuple[facts.Override, ...]:
    """The verdicts changed by hand until an instant."""
    return tuple(_override(one) for one in review.overrides_of(session, run) if one.changed_at <= instant)


def comments_at(session: Session, run: Evaluation, instant: datetime) -> tuple[facts.CommentFacts, ...]:
    """The comments written until an instant."""
    found = [one for one in review.comments(session, run) if one.written_at <= instant]
    places = records.laboratories(session, [one.laboratory_id for one in found])
    return tuple(
        facts.CommentFacts(
            side=places[one.laboratory_id].side, participant_code=one.participant_code, item_number=one.item_number, text=one.text,  # type: ignore[arg-type]
            written_at=one.written_at,
        )
        for one in found
    )  # fmt: skip


def meeting_at(session: Session, row: Round, instant: datetime) -> facts.MeetingFacts | None:
    """The minutes that stood at an instant, with the action items of all versions until then."""
    newest = next((one for one in review.minutes_of(session, row) if one.filed_at <= instant), None)
    if newest is None:
        return None
    actions = [_action(one, instant) for one in review.actions_of(session, row) if one.minutes_version <= newest.version]
    return facts.MeetingFacts(
        version=newest.version, held_on=newest.held_on, filed_at=newest.filed_at, content_hash=newest.content_hash, actions=tuple(actions),
        **{name: str(newest.content.get(name, "")) for name in ("place", "attendance", "agenda", "decisions")},
    )  # fmt: skip


def _action(one: ReviewAction, instant: datetime) -> facts.ActionFacts:
    is_done = one.done_at is not None and one.done_at <= instant
    return facts.ActionFacts(
        one.number, one.what, one.person, one.due_on, one.done_at if is_done else None, one.done_note if is_done else ""
    )


def _override(one: VerdictOverride) -> facts.Override:
    computed, changed = (both(terms.VERDICTS[cast(Verdict, verdict)].word) for verdict in (one.computed, one.changed_to))
    return facts.Override(
        participant_code=one.participant_code, item_number=one.item_number or None, computed=computed, changed_to=changed,
        reason=one.reason, signed_by=f"{one.user_name}, {one.second_user_name}", signed_at=one.changed_at,
    )  # fmt: skip
