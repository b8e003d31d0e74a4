"""What a score run is given, gathered from the rows: codes in the place of laboratories, the last signed versions at the lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, cast

from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.rounds.lifecycle.participants import FINAL_STATES
from lims.rounds.lifecycle.units import converted, factor
from lims.rounds.models import Participant, PreparationRecord, PTItem, ReportedValue, Round
from lims.rounds.models.plain import from_plain
from lims.rounds.queries import preparation, questions, records
from lims.statistics.assessment.canonical import input_hash, input_json
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ReportedInput, ScoringPlan


@dataclass(frozen=True)
class ScoringInput:
    """The four arguments of the scoring, and their text and hash as stored with the score run."""

    plan: ScoringPlan
    items: tuple[ItemPlan, ...]
    participants: tuple[ParticipantInput, ...]
    reported: tuple[ReportedInput, ...]

    @property
    def text(self) -> str:
        """The canonical JSON that is stored with the score run."""
        return input_json(self.plan, self.items, self.participants, self.reported)

    @property
    def hash(self) -> str:
        return input_hash(self.plan, self.items, self.participants, self.reported)


def plan_of(row: Round) -> ScoringPlan:
    """The statistical part of the protocol."""
    return from_plain(ScoringPlan, row.protocol["scoring"])


def item_plan(item: PTItem, tested: Mapping[tuple[int, str], PreparationRecord] | None = None) -> ItemPlan:
    """One item as the scoring takes it, with the standard uncertainties of its standing preparation records.

    They are in the unit of the assigned value, as the results were pasted; a record of a category offers none. The record of stability
    compares results before and after transport: it is the part u(trans).
    """
    return ItemPlan(
        u_hom=_u(tested, item.number, "homogeneity"), u_trans=_u(tested, item.number, "stability"),
        number=item.number, is_core=item.is_core, expected_code=item.expected_code, is_strong=item.is_strong, weight=item.weight,
        x_pt=item.x_pt,
        expanded_u_x_pt=item.expanded_u_x_pt, k_x_pt=item.k_x_pt, sigma_pt=item.sigma_pt, level_en=item.level_en, level_zh=item.level_zh,
    )  # fmt: skip


def scoring_input(session: Session, actor: Actor, row: Round) -> ScoringInput:
    """What the scoring of the round is given now. The caller may see the round's values or only their hash."""
    items = records.items_of(session, row)
    tested = preparation.standing(session, row, items)
    participants = [one for one in records.participants_of(session, row) if one.code and one.state in FINAL_STATES]
    return ScoringInput(
        plan=plan_of(row),
        items=tuple(item_plan(item, tested) for item in items),
        participants=tuple(_participant(one) for one in participants),
        reported=_reported(session, row, items, participants),
    )


def _u(tested: Mapping[tuple[int, str], PreparationRecord] | None, number: int, kind: str) -> Decimal | None:
    one = tested.get((number, kind)) if tested else None
    return Decimal(one.u) if one is not None and one.u else None


def _participant(one: Participant) -> ParticipantInput:
    return ParticipantInput(code=one.code or "", side=cast(Any, one.side), state=cast(Any, one.state), is_organiser=one.is_organiser)


def _reported(session: Session, row: Round, items: list[PTItem], participants: list[Participant]) -> tuple[ReportedInput, ...]:
    signed = records.last_signed(session, row)
    counted = {signed[one.id].id: one for one in participants if one.id in signed and one.state in ("submitted", "late")}
    numbers = {item.id: item.number for item in items}
    item_of = {code.id: numbers[code.item_id] for code in records.all_item_codes(session, row)}
    values = records.values_of_all(session, [one for one in signed.values() if one.id in counted])
    units = row.units
    rows = [_value(value, counted[value.submission_id].code or "", item_of[value.item_code_id], units) for value in values]
    left_out = questions.exclusions(session, row)
    rows = [replace(one, exclusion=left_out.get((one.participant_code, one.item_number), "")) for one in rows]
    return tuple(sorted(rows, key=lambda one: (one.participant_code, one.item_number)))


def _value(value: ReportedValue, code: str, number: int, units: tuple[str, ...]) -> ReportedInput:
    """The value as it is scored: in the unit of the round where the reported one differs by an exact factor."""
    by = factor(value.unit, units[0]) if value.unit in units else None

    def scaled(text: str | None) -> str | None:
        return text if by is None or by == 1 or not text else converted(text, by)

    return ReportedInput(
        participant_code=code, item_number=number, result_code="NT" if value.could_not_test else value.result_code,
        relation=cast(Any, value.relation), value=scaled(value.value_text), expanded_u=scaled(value.expanded_u_text), k=value.k_text,
        unit=(value.unit if by is None else units[0]) or None,
        replicates=tuple(scaled(str(part)) or "" for part in value.replicates), ct=ct_text(value),
    )  # fmt: skip


def ct_text(value: ReportedValue) -> str | None:
    """The cycles as one text: ``34.1`` for one target, ``N 34.1; ORF1ab 35.0`` for several."""
    if len(value.ct) == 1:
        return str(next(iter(value.ct.values())))
    return "; ".join(f"{target} {cycle}" for target, cycle in sorted(value.ct.items())) or None
