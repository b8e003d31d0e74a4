"""What the report prints of the questions before scoring. No name of a person is in it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lims.rounds.models import Round
from lims.rounds.queries import questions
from lims.rounds.report import facts
from lims.rounds.scoring.questions import ANSWERS, DECISIONS, KINDS
from lims.words import translate


def asked_before_scoring(session: Session, row: Round) -> tuple[facts.AskedBeforeScoring, ...]:
    """Every question on results that counted, with its answer and decision."""
    return tuple(_asked(one) for one in questions.questions_of(session, row) if one.counts)


def _asked(one: questions.Question) -> facts.AskedBeforeScoring:
    answer, decision = one.steps.get("answered"), one.steps.get("decided")
    return facts.AskedBeforeScoring(
        participant_code=one.participant.code or "", item_numbers=tuple(int(number) for number in one.flag.item_numbers),
        kind=" / ".join(both(KINDS[kind]) for kind in one.flag.kinds),
        answer=both(ANSWERS[answer.outcome]) if answer else "", notice=answer.text if answer else "",
        decision=both(DECISIONS[decision.outcome]) if decision else "", reason=decision.text if decision else "",
        decided_at=decision.recorded_at if decision else None,
    )  # fmt: skip


def both(sentence: str) -> str:
    """The sentence in both languages of the report."""
    return f"{translate(sentence, 'zh_CN')} {translate(sentence, 'en')}"
