"""What the report prints of questions, corrective actions and appeals, as they stood at its issue. No name of a person is in it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from lims.marks import N_
from lims.rounds.models import CapaCase, Objection, ObjectionDecision, Round
from lims.rounds.queries import following, questions, records
from lims.rounds.report import facts
from lims.rounds.scoring.consequences import CASE_KINDS, CASE_STATES, OBJECTION_KINDS, OUTCOMES
from lims.rounds.scoring.questions import ANSWERS, DECISIONS, KINDS
from lims.statistics.assessment.outcome import Verdict
from lims.words import translate


def asked_before_scoring(session: Session, row: Round) -> tuple[facts.AskedBeforeScoring, ...]:
    """Every question on results that counted, with its answer and decision."""
    return tuple(_asked(one) for one in questions.questions_of(session, row) if one.counts)


def cases_at(session: Session, row: Round, instant: datetime) -> tuple[facts.CaseFacts, ...]:
    """The corrective actions that were open or closed at an instant."""
    codes = _codes(session, row)
    found = [one for one in following.cases_of(session, row) if one.opened_at <= instant]
    return tuple(_case(session, one, codes[one.participant_id], instant) for one in found)


def objections_at(session: Session, row: Round, instant: datetime) -> tuple[facts.ObjectionFacts, ...]:
    """The appeals and complaints raised until an instant, with the outcome that they had then."""
    codes = _codes(session, row)
    found = [one for one in following.objections_of(session, row) if one.raised_at <= instant]
    decided = following.decisions(session, [one.id for one in found])
    return tuple(_objection(one, decided.get(one.id), codes[one.participant_id], instant) for one in found)


def _codes(session: Session, row: Round) -> dict[uuid.UUID, str]:
    return {one.id: one.code or "" for one in records.participants_of(session, row)}


def _asked(one: questions.Question) -> facts.AskedBeforeScoring:
    answer, decision = one.steps.get("answered"), one.steps.get("decided")
    return facts.AskedBeforeScoring(
        participant_code=one.participant.code or "", item_numbers=tuple(int(number) for number in one.flag.item_numbers),
        kind=" / ".join(both(KINDS[kind]) for kind in one.flag.kinds),
        answer=both(ANSWERS[answer.outcome]) if answer else "", notice=answer.text if answer else "",
        decision=both(DECISIONS[decision.outcome]) if decision else "", reason=decision.text if decision else "",
        decided_at=decision.recorded_at if decision else None,
    )  # fmt: skip


def _case(session: Session, one: CapaCase, code: str, instant: datetime) -> facts.CaseFacts:
    is_over = one.closed_at is not None and one.closed_at <= instant
    versions = [each for each in following.records_of(session, one.id) if each.saved_at <= instant]
    return facts.CaseFacts(
        number=one.number, participant_code=code, kind=both(CASE_KINDS[one.kind]), verdict=cast(Verdict, one.verdict),
        item_numbers=tuple(int(number) for number in one.item_numbers), opened_at=one.opened_at, due_at=one.due_at,
        state=both(CASE_STATES[one.state if is_over else "open"]),
        cause=str(versions[0].content.get("cause_code", "")) if versions else "",
    )  # fmt: skip


def _objection(one: Objection, decision: ObjectionDecision | None, code: str, instant: datetime) -> facts.ObjectionFacts:
    is_over = decision is not None and decision.decided_at <= instant
    return facts.ObjectionFacts(
        number=one.number, participant_code=code, kind=both(OBJECTION_KINDS[one.kind]), item_number=one.item_number,
        raised_at=one.raised_at, outcome=both(OUTCOMES[decision.outcome] if decision and is_over else N_("not decided yet")),
    )  # fmt: skip


def both(sentence: str) -> str:
    """The sentence in both languages of the report."""
    return f"{translate(sentence, 'zh_CN')} {translate(sentence, 'en')}"
