"""What the verbs share: finding the round, refusing who must not act, moving the state through its gates, signing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lims import clock
from lims.canonical import digest
from lims.db.session import Actor
from lims.errors import Conflict, Forbidden, NotFound, RuleViolation
from lims.marks import N_
from lims.rounds.lifecycle.gates import Gate, check_move, is_open
from lims.rounds.lifecycle.states import ROUND_WORDS, RoundState
from lims.rounds.lifecycle.words import describe_gate
from lims.rounds.models import Round, RoundApproval, RoundMove
from lims.rounds.models.plain import to_plain
from lims.rounds.queries import gates, joint, records, visible
from lims.signatures.service import sign
from lims.words import translate

JOINT_CHANGED = N_(
    "Not signed: round %(code)s or what is proposed for it changed since you opened the page. It is shown as it stands now: read it again "
    "and sign again."
)


class GateClosed(RuleViolation):
    """A move is refused; ``gates`` tells each condition, and the sentence repeats those that are not met."""

    gates: list[Gate]


def person(actor: Actor) -> uuid.UUID:
    """The key of the acting person; the system itself is nobody who could do this step."""
    if actor.user_id is None:
        raise Forbidden("rounds.nobody", N_("Only a person can do this step."))
    return actor.user_id


def open_round(session: Session, actor: Actor, round_id: uuid.UUID) -> Round:
    """The round, locked for change; NotFound when the actor may not see it."""
    return visible.round_by_id(session, actor, round_id, for_change=True)


def organised_round(session: Session, actor: Actor, round_id: uuid.UUID) -> Round:
    """The round, locked for change; only the organising organisation's coordinator comes further."""
    row = open_round(session, actor, round_id)
    if row.organisation_id != actor.organisation_id:
        raise Forbidden("rounds.not_organiser", N_("Round %(code)s is run by the coordinator of the organiser. Ask there."), code=row.code)
    return row


def require_state(row: Round, actor: Actor, states: Sequence[RoundState]) -> None:
    """Refuse where the round is not in one of ``states``."""
    if row.state not in states:
        words = translate(N_(", "), actor.language).join(translate(ROUND_WORDS[state], actor.language) for state in states)
        state = translate(ROUND_WORDS[row.state], actor.language)
        raise RuleViolation(
            "rounds.wrong_state", N_("Round %(code)s is in state \"%(state)s\"; this step needs \"%(expected)s\"."), code=row.code,
            state=state, expected=words
        )


def refuse_unseen(row: Round, seen: str, now: str, sentence: str) -> None:
    """Refuse a signature where the hash of what the person saw is not the hash of what would be signed."""
    if seen != now:
        raise Conflict("rounds.changed_meanwhile", sentence, code=row.code)


def require_party(session: Session, actor: Actor, row: Round) -> None:
    """Refuse who does not act for a party of the agreement."""
    if actor.organisation_id not in {party.id for party in records.parties_of(session, row)}:
        raise NotFound()


def judged(session: Session, actor: Actor, row: Round, target: RoundState, *, is_new: bool = False, **facts: Any) -> list[Gate]:
    """The gates of the move to ``target`` as they stand now; ``is_new`` for the move from nothing."""
    source = None if is_new else cast(RoundState, row.state)
    return check_move(source, target, replace(gates.round_facts(session, actor, row), **facts))


def refuse_closed(actor: Actor, row: Round, found: list[Gate], *, but: Sequence[str] = ()) -> None:
    """Raise GateClosed with the sentences of the gates that are not met, those named in ``but`` excepted."""
    unmet = [gate for gate in found if gate.outcome == "unmet" and gate.code not in but]
    if unmet:
        reasons = " ".join(describe_gate(gate, actor.language, ZoneInfo(row.zone)) for gate in unmet)
        sentence = N_("Round %(code)s cannot take this step yet. %(reasons)s")
        error = GateClosed("rounds.gates_closed", sentence, code=row.code, reasons=reasons)
        error.gates = found
        raise error


def move(
    session: Session,
    actor: Actor,
    row: Round,
    target: RoundState,
    *,
    second: Actor | None = None,
    reason: str = "",
    is_new: bool = False,
    **facts: Any,
) -> None:
    """Move the round when all gates are met or waived, and keep the gates as they stood."""
    found = judged(session, actor, row, target, is_new=is_new, reason=reason, **facts)
    if not is_open(found):
        refuse_closed(actor, row, found)
    session.add(
        RoundMove(
            laboratory_id=row.laboratory_id, round_id=row.id, number=len(records.moves_of(session, row)) + 1,
            place=records.last_place(session, row) + 1,
            source=None if is_new else row.state,
            target=target,            moved_at=clock.now(), user_id=actor.user_id, user_name=actor.name,
            second_user_id=second.user_id if second else None,
            second_user_name=second.name if second else "", reason=reason,
            gates=[to_plain(gate) | {"params": {key: str(value) for key, value in gate.params.items()}} for gate in found],
        )
    )  # fmt: skip
    row.state = target
    session.flush()


def approve_jointly(
    session: Session, actor: Actor, row: Round, step: str, meaning: str, reason: str, password: str, seen: str,
    terms: dict[str, Any] | None = None,
) -> frozenset[str]:  # fmt: skip
    """Sign one party's yes to a joint step with this reason and these terms; returns the parties that signed the very same.

    ``seen`` is the hash of what the page showed, a standing proposal with it; Conflict when that is another by now.
    """
    refuse_unseen(row, seen, joint.seen(session, row, step), JOINT_CHANGED)
    basis = joint.content(session, row, step, reason, terms)
    return approve(session, actor, row, step, basis, meaning, password, reason, terms)


def approve(
    session: Session, actor: Actor, row: Round, step: str, basis: str, meaning: str, password: str, reason: str = "",
    terms: dict[str, Any] | None = None,
) -> frozenset[str]:  # fmt: skip
    """Sign one party's yes to ``basis`` and return the parties whose yes stands; a second yes of the same party is refused."""
    party = next((one.code for one in records.parties_of(session, row) if one.id == actor.organisation_id), None)
    if party in gates.approved_by(session, row, step, basis):
        raise RuleViolation(
            "rounds.approved_already", N_("Your organisation has approved this already; the other parties are still to sign."),
        )  # fmt: skip
    record_approval(session, actor, row, step, basis, meaning, password, reason, terms=terms)
    return gates.approved_by(session, row, step, basis)


def record_approval(
    session: Session, actor: Actor, row: Round, step: str, basis: str, meaning: str, password: str, reason: str = "", *,
    content_hash: str = "", terms: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Sign and keep one person's approval of a step; ``content_hash`` where more was shown than the basis says."""
    user_id = person(actor)
    content = content_hash or (basis if len(basis) == 64 else digest_of(row, step, basis))
    signature = sign(session, actor, "round", row.id, meaning, content, password)
    session.add(
        RoundApproval(
            laboratory_id=actor.laboratory_id, round_id=row.id, place=records.last_place(session, row) + 1, step=step, basis=basis,
            organisation_id=actor.organisation_id, user_id=user_id,
            user_name=actor.name, approved_at=clock.now(), reason=reason, terms=terms or {}, signature_id=signature.id,
        )
    )  # fmt: skip
    session.flush()


def digest_of(row: Round, step: str, basis: object) -> str:
    """The hash of what is signed where the step has no content hash of its own."""
    return digest({"round": str(row.id), "code": row.code, "step": step, "basis": basis})


def refuse_who_knows(session: Session, actor: Actor, row: Round) -> None:
    """Who knows the map or the truth must not be analyst, reviewer or signatory of a participant in the round."""
    is_coordinator = "coordinator" in actor.roles and actor.organisation_id == row.organisation_id
    if is_coordinator or actor.user_id in records.people_who_know(session, row):
        raise RuleViolation(
            "rounds.knows_the_map",
            N_(
                "You know the codes or the assigned values of round %(code)s, so you cannot report or sign for a participant in it. "
                "Another person must do it."
            ),
            code=row.code,
        )


def refuse_who_reported(session: Session, actor: Actor, row: Round) -> None:
    """Nobody evaluates, checks, reviews or witnesses a round in which the own results stand."""
    if actor.user_id in records.people_who_reported(session, row):
        raise RuleViolation(
            "rounds.own_results",
            N_("You reported or signed results in round %(code)s, so you cannot take part in judging them. Another person must do it."),
            code=row.code,
        )
