"""The facts that the gates of the life cycle look at, gathered from the rows of one round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from lims import clock
from lims.canonical import digest
from lims.db.session import Actor
from lims.rounds.lifecycle.facts import RoundFacts
from lims.rounds.lifecycle.participants import FINAL_STATES, state_at_lock
from lims.rounds.lifecycle.words import PLAN_FIELDS
from lims.rounds.models import Evaluation, Participant, PTItem, Round
from lims.rounds.queries import critical, following, preparation, questions, records, review, stock
from lims.rounds.queries.scoring import plan_of, scoring_input

TOOK_PART = FINAL_STATES | {"enrolled", "sent", "received", "replacement", "draft"}
WAITED_FOR = ("enrolled", "sent", "received", "replacement", "draft")


def protocol_basis(session: Session, row: Round) -> str:
    """The hash of what an approval of the protocol approves: everything agreed before a result exists, the truth excepted."""
    return basis_of(row, records.items_of(session, row))


def basis_of(row: Round, panel: Sequence[PTItem]) -> str:
    """The same for items that are at hand already."""
    items = [[item.number, item.is_core, item.weight, item.sigma_pt] for item in panel]
    return digest(
        {
            "code": row.code, "kind": row.kind, "measurand": row.measurand_code, "matrix": row.matrix_code, "unit": row.unit,
            "protocol": row.protocol,
            "version": row.protocol_version, "deadline": row.deadline, "zone": row.zone, "items": items,
        }
    )  # fmt: skip


def approved_by(session: Session, row: Round, step: str, basis: str) -> frozenset[str]:
    """Codes of the parties whose approval of ``step`` still stands for ``basis``."""
    codes = {party.id: party.code for party in records.parties_of(session, row)}
    standing = [one for one in records.approvals_of(session, row, step) if one.basis == basis]
    return frozenset(codes[one.organisation_id] for one in standing if one.organisation_id in codes)


def is_agreed(session: Session, row: Round) -> bool:
    """Whether every party has approved the protocol as it now stands."""
    parties = {party.code for party in records.parties_of(session, row)}
    return parties <= approved_by(session, row, "protocol", protocol_basis(session, row))


def round_facts(session: Session, actor: Actor, row: Round) -> RoundFacts:
    """The facts of the round now; those of the move itself (approvals, second person, reason) are filled in by the caller."""
    parties = {party.id: party.code for party in records.parties_of(session, row)}
    participants = records.participants_of(session, row)
    items = records.items_of(session, row)
    facts = RoundFacts(
        now=clock.now(),
        parties=frozenset(parties.values()),
        coordinator_party=parties.get(row.organisation_id, ""),
        missing_plan_fields=_missing_plan(row),
        missing_protocol_fields=_missing_protocol(session, row),
        deadline=row.deadline,
        are_conduct_rules_shown=bool(str(row.protocol.get("conduct_rules", "")).strip()),
        not_homogeneous=preparation.open_items(session, row, items, "homogeneity"),
        not_stable=preparation.open_items(session, row, items, "stability"),
        are_codes_drawn=row.codes_drawn_at is not None,
        short_of_stock=stock.lacking(session, row, items),
        is_truth_sealed=row.sealed_at is not None,
        n_distribution_records=len({box.participant_id for box in records.dispatches_of(session, row)}),
        n_receipts=records.receipts(session, row),
        n_open_blunder_questions=questions.open_count(session, row) if row.locked_at else 0,
        is_unblinded=row.unblinded_at is not None,
    )
    facts = _with_judgement(session, actor, row, _with_participants(session, row, participants, facts))
    return _with_consequences(session, row, facts)


def _with_participants(session: Session, row: Round, participants: list[Participant], facts: RoundFacts) -> RoundFacts:
    signed = records.last_signed(session, row)
    enrolled = [one for one in participants if one.state in TOOK_PART and one.state != "withdrawn"]
    places = records.laboratories(session, [one.laboratory_id for one in enrolled])
    settled = {one.id: state_at_lock(one.state, records.signed_at(signed, one), row.deadline) for one in participants}  # type: ignore[arg-type]
    without = [one for one in participants if one.state in TOOK_PART and settled[one.id] is None]
    return replace(
        facts,
        n_submissions=len(signed),
        n_submissions_ever=records.submissions_ever(session, row),
        n_invited=sum(one.state != "declined" for one in participants),
        n_enrolled=len(enrolled),
        n_enrolled_organisations=len({places[one.laboratory_id].organisation_id for one in enrolled}),
        n_testing=sum(one.state in WAITED_FOR for one in participants),
        n_without_state=len(without),
    )


def _with_judgement(session: Session, actor: Actor, row: Round, facts: RoundFacts) -> RoundFacts:
    evaluation = records.newest_evaluation(session, row) if row.unblinded_at else None
    if evaluation is None:
        return facts
    codes = {party.id: party.code for party in records.parties_of(session, row)}
    opinions, conflicted = records.opinions_of(session, evaluation), review.conflicted(session, row)
    checks = [one for one in records.approvals_of(session, row, "score_check") if one.basis == evaluation.outcome_hash]
    return replace(
        facts,
        has_score_run=True,
        is_score_run_stale=is_stale(session, actor, row, evaluation),
        is_score_run_checked=any(one.user_id != evaluation.started_by_id for one in checks),
        opinions_signed_by=frozenset(
            codes[one.organisation_id] for one in opinions if one.organisation_id in codes and one.user_id not in conflicted
        ),
        undecided=tuple(one.code for one in critical.cases(session, row, evaluation) if one.decided is None),
        n_action_verdicts=sum(one == "action" for one in critical.standing_verdicts(session, row, evaluation).values()),
    )


def _with_consequences(session: Session, row: Round, facts: RoundFacts) -> RoundFacts:
    n_cases, n_objections = following.counts(session, row)
    opened = sum(one.kind == "capa" and one.state != "void" for one in following.cases_of(session, row)) if row.published_at else 0
    without = max(0, facts.n_action_verdicts - opened)
    return replace(
        facts, n_open_cases=n_cases, n_open_objections=n_objections, n_without_case=without,
        n_minutes=len(review.minutes_of(session, row)) if row.unblinded_at else 0,
        no_meeting=str(row.protocol.get("no_meeting", "")).strip(),
    )  # fmt: skip


def is_stale(session: Session, actor: Actor, row: Round, evaluation: Evaluation) -> bool:
    """Whether data or rules have changed since the score run."""
    return evaluation.protocol_version != row.protocol_version or scoring_input(session, actor, row).hash != evaluation.input_hash


def _missing_plan(row: Round) -> tuple[str, ...]:
    given = dict(zip(PLAN_FIELDS, (row.measurand_code, row.matrix_code, str(row.laboratory_id), row.month, row.template_code), strict=True))
    return tuple(name for name, value in given.items() if not value)


def _missing_protocol(session: Session, row: Round) -> tuple[str, ...]:
    plan = plan_of(row)
    has_limits = row.kind == "qualitative" or any(
        (plan.sigma_pt, plan.delta_e, plan.delta_e_percent, plan.has_sigma_model)
        + tuple(item.sigma_pt for item in records.items_of(session, row))
    )
    given = {
        "purpose": bool(row.protocol.get("purpose")), "items": bool(records.items_of(session, row)),
        "assigned_value_route": plan.design == "split" or plan.assigned_value_route != "none", "verdict_limits": has_limits,
        "deadline": row.deadline > clock.now(), "zone": bool(row.zone), "contacts": bool(row.protocol.get("contacts")),
    }  # fmt: skip
    return tuple(name for name, is_given in given.items() if not is_given)
