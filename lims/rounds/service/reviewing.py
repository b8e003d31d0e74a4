"""Who reviews a round, what they declare about their interests, and their comments, under codes only."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts import queries as accounts
from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.states import RoundState
from lims.rounds.models import ConflictDeclaration, ReviewComment, ReviewerAssignment, Round
from lims.rounds.queries import records, review
from lims.rounds.service.common import open_round, person, refuse_who_reported, require_party, require_state
from lims.rounds.service.evaluation import newest_run

BEFORE_PUBLICATION: tuple[RoundState, ...] = (
    "designed", "enrolling", "preparing", "dispatched", "testing", "locked", "analysing", "reviewing",
)  # fmt: skip
LONGEST = 2000


def assign_reviewer(actor: Actor, round_id: uuid.UUID, user_id: uuid.UUID) -> ReviewerAssignment:
    """Name a reviewer of the own organisation, as its QA manager; from then on only those named write its opinion."""
    permit(actor, "rounds.assign_reviewer")
    with transaction(actor, "named a reviewer of a round") as session:
        row = open_round(session, actor, round_id)
        require_party(session, actor, row)
        require_state(row, actor, BEFORE_PUBLICATION)
        named = next((one for one in review.candidates(session, actor) if one.id == user_id), None)
        if named is None:
            raise NotFound()
        if user_id in {one.user_id for one in review.assignments(session, row)}:
            raise Conflict("review.named", N_("%(name)s is named as a reviewer of this round already."), name=named.name)
        if user_id in records.people_who_reported(session, row) | records.people_who_know(session, row):
            sentence = N_("%(name)s ran this round or reported in it, so cannot review it. Name another person.")
            raise RuleViolation("review.involved", sentence, name=named.name)
        kept = ReviewerAssignment(
            laboratory_id=actor.laboratory_id, round_id=row.id, organisation_id=actor.organisation_id, user_id=user_id,
            user_name=named.name, assigned_by_id=person(actor), assigned_by_name=actor.name, assigned_at=clock.now(),
        )  # fmt: skip
        session.add(kept)
        session.flush()
        return kept


def declare_interests(actor: Actor, round_id: uuid.UUID, text: str, *, has_conflict: bool) -> ConflictDeclaration:
    """Declare for one round that there is a conflict of interest, or none; the newest declaration counts."""
    permit(actor, "rounds.review")
    with transaction(actor, "declared the own interests in a round") as session:
        row = open_round(session, actor, round_id)
        require_party(session, actor, row)
        require_state(row, actor, ("analysing", "reviewing"))
        if has_conflict and not text.strip():
            sentence = N_("Conflict of interest: the reason is empty. Write in a few words what it is.")
            raise Invalid("review.conflict_reason", sentence, field="conflict_text")
        return keep_declaration(session, actor, row, text.strip(), has_conflict)


def keep_declaration(session: Session, actor: Actor, row: Round, text: str, has_conflict: bool) -> ConflictDeclaration:
    """Keep what a person declares."""
    kept = ConflictDeclaration(
        laboratory_id=actor.laboratory_id, round_id=row.id, organisation_id=actor.organisation_id, user_id=person(actor),
        user_name=actor.name, has_conflict=has_conflict, text=text, declared_at=clock.now(),
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept


def comment(actor: Actor, round_id: uuid.UUID, text: str, *, participant_code: str = "", item_number: int | None = None) -> ReviewComment:
    """Write a comment on the newest score run: on the round, on one participant, or on one item; under codes only."""
    permit(actor, "rounds.review")
    with transaction(actor, "commented a round under review") as session:
        row = open_round(session, actor, round_id)
        require_party(session, actor, row)
        require_state(row, actor, ("reviewing",))
        refuse_who_reported(session, actor, row)
        refuse_conflicted(session, actor, row)
        run = newest_run(session, actor, row)
        _refuse_place(session, row, participant_code, item_number)
        _refuse_text(session, text)
        kept = ReviewComment(
            laboratory_id=actor.laboratory_id, round_id=row.id, evaluation_id=run.id, participant_code=participant_code,
            item_number=item_number, text=text.strip(), organisation_id=actor.organisation_id, user_id=person(actor),
            user_name=actor.name, written_at=clock.now(),
        )  # fmt: skip
        session.add(kept)
        session.flush()
        return kept


def refuse_conflicted(session: Session, actor: Actor, row: Round) -> None:
    """A reviewer who declared a conflict takes no part in judging the round."""
    if actor.user_id in review.conflicted(session, row):
        sentence = N_("You declared a conflict of interest in round %(code)s, so another reviewer must judge it.")
        raise Forbidden("review.conflict", sentence, code=row.code)


def refuse_unnamed(session: Session, actor: Actor, row: Round) -> None:
    """Where a party named its reviewers, only they write its opinion."""
    named = {one.user_id for one in review.assignments(session, row) if one.organisation_id == actor.organisation_id}
    if named and actor.user_id not in named:
        sentence = N_("Your organisation named other reviewers for round %(code)s. Ask the QA manager to name you.")
        raise Forbidden("review.not_named", sentence, code=row.code)


def _refuse_place(session: Session, row: Round, code: str, item_number: int | None) -> None:
    if code and code not in {one.code for one in records.participants_of(session, row)}:
        raise Invalid("review.code", N_("Code: read %(code)s, expected a code of this round."), field="comment_code", code=code[:12])
    numbers = {one.number for one in records.items_of(session, row)}
    if item_number is not None and item_number not in numbers:
        raise Invalid("review.item", N_("Item: read %(item)s, expected an item of this round."), field="comment_item", item=item_number)


def _refuse_text(session: Session, text: str) -> None:
    if not text.strip():
        raise Invalid("review.comment", N_("Comment: it is empty. Write it down."), field="comment_text")
    if len(text) > LONGEST:
        sentence = N_("The text is longer than %(limit)s characters. Shorten it.")
        raise Invalid("review.comment_long", sentence, field="comment_text", limit=LONGEST)
    refuse_names(session, text, "comment_text")


def refuse_names(session: Session, text: str, field: str) -> None:
    """What the report prints of the review names no laboratory: others must not read whose code it is."""
    names = {name for one in accounts.all_laboratories(session) for name in (one.name_en, one.name_zh)}
    found = next((name for name in sorted(names) if name.casefold() in text.casefold()), None)
    if found is not None:
        sentence = N_("Read \"%(name)s\", the name of a laboratory. The report prints this text: write codes only.")
        raise Invalid("review.laboratory_name", sentence, field=field, name=found)
