"""Possible blunders between lock and unblinding: screening by rule, a neutral question, the laboratory's answer, a decision by two persons.

No value is shown to who decides, and none is ever replaced: a correction notice is printed and not scored.
"""

from __future__ import annotations

import uuid
from collections import defaultdict

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.canonical import digest
from lims.db.session import SYSTEM, Actor, reading, transaction
from lims.errors import Conflict, Invalid, NotFound, RuleViolation
from lims.marks import N_
from lims.rounds.models import BlunderFlag, BlunderScreening, BlunderStep, Round
from lims.rounds.queries import questions, records, visible
from lims.rounds.queries.scoring import scoring_input
from lims.rounds.scoring.questions import ANSWERS, DECISIONS
from lims.rounds.scoring.questions import questions_of as flags_in
from lims.rounds.service.common import (
    open_round,
    organised_round,
    person,
    refuse_who_knows,
    refuse_who_reported,
    require_party,
    require_state,
)
from lims.signatures.service import sign, witness
from lims.statistics.assessment.round_score import Flag


def screen_round(round_id: uuid.UUID) -> None:
    """Screen the results of a locked round that count now, once for the same results; nobody sees them for it."""
    with reading() as session:
        if visible.round_by_id(session, SYSTEM, round_id).state != "locked":
            return
    with transaction(SYSTEM, "screened the results of a round") as session:
        row = visible.round_by_id(session, SYSTEM, round_id, for_change=True)
        if row.state == "locked":
            _screen(session, row)


def _screen(session: Session, row: Round) -> None:
    given = scoring_input(session, SYSTEM, row)
    if given.hash in {one.input_hash for one in questions.screenings_of(session, row)}:
        return
    parts = {one.code: one for one in records.participants_of(session, row)}
    signed = records.last_signed(session, row)
    limits = {code or "": str(signed[one.id].head.get("lod", "")) for code, one in parts.items() if one.id in signed}
    known = {(one.submission_id, tuple(one.item_numbers)) for one in questions.flags_of(session, row)}
    number, now = questions.flags_so_far(session, row), clock.now()
    found = _by_items(flags_in(given.plan, given.items, given.participants, given.reported, limits))
    for (code, items), flags in found.items():
        submission = signed.get(parts[code].id)
        if submission is None or (submission.id, items) in known:
            continue
        number += 1
        evidence = {one.code: {**one.evidence, "others": [other for other in one.participant_codes if other != code]} for one in flags}
        session.add(BlunderFlag(
            laboratory_id=row.laboratory_id, round_id=row.id, batch=row.batch, number=number, participant_id=parts[code].id,
            submission_id=submission.id, codes=" ".join(sorted(evidence)), item_numbers=list(items), evidence=evidence, found_at=now,
        ))  # fmt: skip
    session.add(BlunderScreening(
        laboratory_id=row.laboratory_id, round_id=row.id, batch=row.batch, input_hash=given.hash, n_flags=len(found), screened_at=now,
    ))  # fmt: skip
    session.flush()


def _by_items(flags: tuple[Flag, ...]) -> dict[tuple[str, tuple[int, ...]], list[Flag]]:
    """The flags of one participant on the same items are one question."""
    found: dict[tuple[str, tuple[int, ...]], list[Flag]] = defaultdict(list)
    for one in flags:
        for code in one.participant_codes:
            found[code, one.item_numbers].append(one)
    return found


def screen_for(actor: Actor, round_id: uuid.UUID) -> None:
    """The same for the coordinator, after results came in late; a round that the actor does not run is left alone."""
    permit(actor, "rounds.ask")
    with reading() as session:
        is_own = visible.round_by_id(session, actor, round_id).organisation_id == actor.organisation_id
    if is_own:
        screen_round(round_id)


def ask_laboratory(actor: Actor, round_id: uuid.UUID, number: int) -> BlunderStep:
    """Ask the laboratory to confirm the items of one flag; it is not told what was found."""
    permit(actor, "rounds.ask")
    with transaction(actor, "asked a laboratory to confirm items") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("locked",))
        one = questions.question(session, row, number)
        _refuse_done(one, "asked", N_("Question %(number)s was asked already."))
        return _keep(session, actor, row, one, "asked")


def answer_question(actor: Actor, round_id: uuid.UUID, number: int, outcome: str, text: str, password: str) -> BlunderStep:
    """Sign the laboratory's answer: confirmed as reported, or a correction notice that is printed and never scored."""
    permit(actor, "rounds.answer")
    with transaction(actor, "answered a question about items") as session:
        row = open_round(session, actor, round_id)
        refuse_who_knows(session, actor, row)
        one = next((each for each in questions.own_questions(session, actor, row) if each.flag.number == number), None)
        if one is None:
            raise NotFound()
        require_state(row, actor, ("locked",))
        _refuse_done(one, "answered", N_("Question %(number)s was answered already."))
        _refuse_done(one, "decided", N_("Question %(number)s was decided already."))
        if outcome not in ANSWERS:
            raise Invalid("rounds.answer", N_("Answer: nothing is chosen. Choose one of the two."), field="outcome")
        if outcome == "corrected" and not text.strip():
            sentence = N_("Correction notice: it is empty. Say what should have been reported and why.")
            raise Invalid("rounds.notice", sentence, field="text")
        content = digest({"round": str(row.id), "question": number, "answer": outcome, "text": text.strip()})
        meaning = N_("answers a question about reported items")
        signature = sign(session, actor, "submission", one.flag.submission_id, meaning, content, password)
        return _keep(session, actor, row, one, "answered", outcome, text, content_hash=content, signature_id=signature.id)


def decide_question(actor: Actor, round_id: uuid.UUID, number: int, outcome: str, reason: str, login: str, password: str) -> BlunderStep:
    """Keep, exclude as invalid, or not score, with a reason; a QA manager of another party signs at the same screen."""
    permit(actor, "rounds.ask")
    with transaction(actor, "decided a question about items") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("locked",))
        refuse_who_reported(session, actor, row)
        one = questions.question(session, row, number)
        if "asked" not in one.steps:
            sentence = N_("Question %(number)s was not asked yet. Ask the laboratory first.")
            raise RuleViolation("rounds.not_asked", sentence, number=number)
        _refuse_done(one, "decided", N_("Question %(number)s was decided already."))
        if outcome not in DECISIONS:
            raise Invalid("rounds.decision", N_("Decision: nothing is chosen. Choose one of the three."), field="outcome")
        if not reason.strip():
            raise Invalid("rounds.decision_reason", N_("Reason: it is empty. Say why you decide so."), field="reason")
        second = _second_person(session, actor, row, login, password)
        content = digest({"round": str(row.id), "question": number, "decision": outcome, "reason": reason.strip()})
        signature = sign(session, second, "round", row.id, N_("agrees to the decision about reported items"), content, password)
        return _keep(
            session, actor, row, one, "decided", outcome, reason, second=second, content_hash=content, signature_id=signature.id
        )  # fmt: skip


def _second_person(session: Session, actor: Actor, row: Round, login: str, password: str) -> Actor:
    """A QA manager of a party, of another organisation where there are two, whose results do not stand in the round."""
    second = witness(login, password)
    permit(second, "rounds.witness")
    require_party(session, second, row)
    refuse_who_reported(session, second, row)
    if second.organisation_id == actor.organisation_id and len(records.parties_of(session, row)) > 1:
        raise RuleViolation("rounds.second_of_other_party", N_("The second person must belong to another party of the agreement."))
    return second


def _refuse_done(one: questions.Question, step: str, sentence: str) -> None:
    if step in one.steps:
        raise Conflict("rounds.question_done", sentence, number=one.flag.number)


def _keep(
    session: Session, actor: Actor, row: Round, one: questions.Question, step: str, outcome: str = "", text: str = "", *,
    second: Actor | None = None, content_hash: str = "", signature_id: uuid.UUID | None = None,
) -> BlunderStep:  # fmt: skip
    kept = BlunderStep(
        laboratory_id=actor.laboratory_id, round_id=row.id, flag_id=one.flag.id, step=step, outcome=outcome, text=text.strip(),
        user_id=person(actor), user_name=actor.name, second_user_id=second.user_id if second else None,
        second_user_name=second.name if second else "", recorded_at=clock.now(), content_hash=content_hash, signature_id=signature_id,
    )  # fmt: skip
    session.add(kept)
    session.flush()
    return kept
