"""The questions about possible blunders of a round's present batch. The caller has the round from ``visible.round_by_id``."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.errors import NotFound
from lims.rounds.models import BlunderFlag, BlunderScreening, BlunderStep, Participant, Round
from lims.rounds.queries import records
from lims.rounds.queries.visible import visible
from lims.statistics.assessment.plan import Exclusion

EXCLUDING = ("excluded_invalid", "not_scored")


@dataclass(frozen=True)
class Question:
    """One flag with the participant's code and own item codes, and what was done about it so far."""

    flag: BlunderFlag
    participant: Participant
    item_codes: tuple[str, ...]
    steps: dict[str, BlunderStep]
    counts: bool  # the results that it is about are the ones that count

    @property
    def state(self) -> str:
        """found, asked, answered or decided."""
        return next((step for step in ("decided", "answered", "asked") if step in self.steps), "found")


def questions_of(session: Session, row: Round) -> list[Question]:
    """Every question of the present batch, in the order in which it was found."""
    flags = flags_of(session, row)
    if not flags:
        return []
    parts = {one.id: one for one in records.participants_of(session, row)}
    signed = records.last_signed(session, row)
    numbers = {item.id: item.number for item in records.items_of(session, row)}
    coded: dict[tuple[uuid.UUID, int], str] = {}
    for code in records.all_item_codes(session, row):
        coded[code.participant_id, numbers[code.item_id]] = code.code
    steps = steps_of(session, row)
    return [
        Question(
            flag, parts[flag.participant_id], tuple(sorted(coded[flag.participant_id, int(number)] for number in flag.item_numbers)),
            steps[flag.id], _counts(flag, signed),
        )
        for flag in flags
    ]  # fmt: skip


def own_questions(session: Session, actor: Actor, row: Round) -> list[Question]:
    """The questions that the actor's laboratory was asked."""
    found = questions_of(session, row)
    return [one for one in found if one.participant.laboratory_id == actor.laboratory_id and "asked" in one.steps]


def question(session: Session, row: Round, number: int) -> Question:
    """One question; NotFound where there is none of this number in the present batch."""
    found = next((one for one in questions_of(session, row) if one.flag.number == number), None)
    if found is None:
        raise NotFound()
    return found


def flags_of(session: Session, row: Round) -> list[BlunderFlag]:
    """The flags of the present batch."""
    query = select(BlunderFlag).where(BlunderFlag.round_id == row.id, BlunderFlag.batch == row.batch)
    return list(session.scalars(query.order_by(BlunderFlag.number)))


def flags_so_far(session: Session, row: Round) -> int:
    """How many flags the round has had in any batch."""
    return session.scalar(select(func.count()).select_from(BlunderFlag).where(BlunderFlag.round_id == row.id)) or 0


def steps_of(session: Session, row: Round) -> dict[uuid.UUID, dict[str, BlunderStep]]:
    """Question, answer and decision under each flag."""
    found: dict[uuid.UUID, dict[str, BlunderStep]] = defaultdict(dict)
    for one in session.scalars(select(BlunderStep).where(BlunderStep.round_id == row.id)):
        found[one.flag_id][one.step] = one
    return found


def screenings_of(session: Session, row: Round) -> list[BlunderScreening]:
    """The screenings of the present batch, newest first."""
    query = select(BlunderScreening).where(BlunderScreening.round_id == row.id, BlunderScreening.batch == row.batch)
    return list(session.scalars(query.order_by(BlunderScreening.screened_at.desc(), BlunderScreening.id.desc())))


def open_count(session: Session, row: Round) -> int:
    """How many flags on results that count are not decided."""
    flags = flags_of(session, row)
    if not flags:
        return 0
    signed, steps = records.last_signed(session, row), steps_of(session, row)
    return sum(_counts(flag, signed) and "decided" not in steps[flag.id] for flag in flags)


def exclusions(session: Session, row: Round) -> dict[tuple[str, int], Exclusion]:
    """What was decided to be left out, by participant code and item number; invalid before not scored."""
    left_out = session.scalars(select(BlunderStep).where(BlunderStep.round_id == row.id, BlunderStep.step == "decided"))
    decided = {one.flag_id: one.outcome for one in left_out if one.outcome in EXCLUDING}
    if not decided:
        return {}
    parts = {one.id: one.code or "" for one in records.participants_of(session, row)}
    signed = records.last_signed(session, row)
    found: dict[tuple[str, int], Exclusion] = {}
    for flag in flags_of(session, row):
        if flag.id in decided and _counts(flag, signed):
            for number in flag.item_numbers:
                key, outcome = (parts[flag.participant_id], int(number)), cast(Exclusion, decided[flag.id])
                found[key] = "excluded_invalid" if "excluded_invalid" in (outcome, found.get(key)) else outcome
    return found


def _counts(flag: BlunderFlag, signed: dict[uuid.UUID, Any]) -> bool:
    return flag.participant_id in signed and signed[flag.participant_id].id == flag.submission_id


def waiting_questions(session: Session, actor: Actor, limit: int) -> list[tuple[Round, int]]:
    """Locked rounds with what waits for this person: undecided flags of the organiser, unanswered questions to the own laboratory."""
    decided = exists(select(BlunderStep.id).where(BlunderStep.flag_id == BlunderFlag.id, BlunderStep.step == "decided"))
    answered = exists(select(BlunderStep.id).where(BlunderStep.flag_id == BlunderFlag.id, BlunderStep.step == "answered"))
    asked = exists(select(BlunderStep.id).where(BlunderStep.flag_id == BlunderFlag.id, BlunderStep.step == "asked"))
    own_batch = (BlunderFlag.round_id == Round.id) & (BlunderFlag.batch == Round.batch)
    query = select(Round, func.count(BlunderFlag.id)).join(BlunderFlag, own_batch)
    query = query.where(Round.state == "locked", visible(actor), ~decided).group_by(Round.id).order_by(Round.id).limit(limit)
    if "coordinator" in actor.roles:
        return [(row, n) for row, n in session.execute(query.where(Round.organisation_id == actor.organisation_id))]
    if "authoriser" in actor.roles:
        own = query.join(Participant, Participant.id == BlunderFlag.participant_id)
        own = own.where(Participant.laboratory_id == actor.laboratory_id, asked, ~answered)
        return [(row, n) for row, n in session.execute(own)]
    return []
