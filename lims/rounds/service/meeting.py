"""The review meeting: signed minutes as versions, and action items with person, due date and the note that they are done."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Invalid
from lims.marks import N_
from lims.rounds.lifecycle.states import RoundState
from lims.rounds.models import ReviewAction, ReviewMinutes, Round
from lims.rounds.queries import review
from lims.rounds.service.common import open_round, person, require_party, require_state
from lims.rounds.service.reviewing import refuse_names
from lims.signatures.service import sign

MEETING_STATES: tuple[RoundState, ...] = ("reviewing", "published", "follow_up")
LONGEST = 4000


@dataclass(frozen=True)
class MinutesDraft:
    """The minutes as they are written; ``held_on`` is a date like 2026-05-28."""

    held_on: str
    attendance: str
    decisions: str
    place: str = ""
    agenda: str = ""


@dataclass(frozen=True)
class ActionDraft:
    """What is to be done, by whom, until when."""

    what: str
    person: str
    due_on: str


def file_minutes(
    actor: Actor, round_id: uuid.UUID, draft: MinutesDraft, actions: Sequence[ActionDraft], password: str, *, seen: int
) -> ReviewMinutes:
    """Sign the minutes as the next version; ``seen`` is the version that the person began with. Its action items are added."""
    permit(actor, "rounds.minutes")
    with transaction(actor, "filed the minutes of a review meeting") as session:
        row = open_round(session, actor, round_id)
        require_party(session, actor, row)
        require_state(row, actor, MEETING_STATES)
        _refuse_incomplete(draft, actions)
        for text in (draft.agenda, draft.decisions, *(f"{one.what} {one.person}" for one in actions)):
            refuse_names(session, text, "decisions")
        version = len(review.minutes_of(session, row))
        if seen != version:
            sentence = N_("Somebody filed version %(now)s of the minutes while you wrote. Look at it, then file again.")
            raise Conflict("review.other_minutes", sentence, now=version)
        content = {name: str(text).strip() for name, text in asdict(draft).items() if name != "held_on"}
        plain = [asdict(one) for one in actions]
        content_hash = digest({"round": row.code, "held_on": draft.held_on, "minutes": content, "actions": plain})
        signature = sign(session, actor, "round", row.id, N_("files the minutes of the review meeting"), content_hash, password)
        kept = ReviewMinutes(
            laboratory_id=actor.laboratory_id, round_id=row.id, version=version + 1, held_on=draft.held_on, content=content,
            content_hash=content_hash, user_id=person(actor), user_name=actor.name, filed_at=signature.signed_at,
            signature_id=signature.id,
        )  # fmt: skip
        session.add(kept)
        _add_actions(session, actor, row, kept.version, actions)
        return kept


def complete_action(actor: Actor, action_id: uuid.UUID, note: str) -> ReviewAction:
    """Say that an action item is done, with what shows it."""
    permit(actor, "rounds.minutes")
    with transaction(actor, "completed an action item of a review meeting") as session:
        found, row = review.action(session, actor, action_id)
        require_party(session, actor, row)
        if found.done_at is not None:
            raise Conflict("review.action_done", N_("Action item %(number)s is done already."), number=found.number)
        if not note.strip():
            sentence = N_("Action item %(number)s: what shows that it is done is empty. Write it down.")
            raise Invalid("review.action_note", sentence, field="note", number=found.number)
        found.done_at, found.done_by_name, found.done_note = clock.now(), actor.name, note.strip()
        session.flush()
        return found


def _add_actions(session: Session, actor: Actor, row: Round, version: int, actions: Sequence[ActionDraft]) -> None:
    first = len(review.actions_of(session, row)) + 1
    for number, one in enumerate(actions, first):
        session.add(
            ReviewAction(
                laboratory_id=actor.laboratory_id, round_id=row.id, number=number, minutes_version=version, what=one.what.strip(),
                person=one.person.strip(), due_on=one.due_on,
            )
        )  # fmt: skip
    session.flush()


def _refuse_incomplete(draft: MinutesDraft, actions: Sequence[ActionDraft]) -> None:
    if _day(draft.held_on, "held_on") > clock.now().date():
        raise Invalid("review.held_later", N_("Date of the meeting: it lies in the future."), field="held_on")
    for name, text in (("attendance", draft.attendance), ("decisions", draft.decisions)):
        if not text.strip():
            words = {"attendance": N_("Attendance: it is empty. Write who was there."), "decisions": N_("Decisions: the field is empty.")}
            raise Invalid(f"review.{name}", words[name], field=name)
    if any(len(text) > LONGEST for text in asdict(draft).values()):
        sentence = N_("The text is longer than %(limit)s characters. Shorten it.")
        raise Invalid("review.minutes_long", sentence, field="decisions", limit=LONGEST)
    for place, one in enumerate(actions, 1):
        if not one.what.strip() or not one.person.strip():
            sentence = N_("Action item in line %(line)s: write what is to be done, by whom and until when.")
            raise Invalid("review.action", sentence, field="actions", line=place)
        _day(one.due_on, "actions")


def _day(text: str, field: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid("review.day", N_("Read %(day)s, expected a date such as 2026-05-28."), field=field, day=text[:20]) from error


def actions_from(text: str) -> list[ActionDraft]:
    """Action items as they are typed: one a line, its three parts set off by a bar."""
    found = []
    for place, line in enumerate((one for one in text.splitlines() if one.strip()), 1):
        parts = [part.strip() for part in line.replace("\uff5c", "|").split("|")]
        if len(parts) != 3:
            sentence = N_("Action item in line %(line)s: write what is to be done, by whom and until when.")
            raise Invalid("review.action", sentence, field="actions", line=place)
        found.append(ActionDraft(*parts))
    return found
