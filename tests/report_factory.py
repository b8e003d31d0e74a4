"""Two whole rounds as a report is given them: made of plain values and scored by the real engine."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from lims.rounds.report import facts
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ReportedInput, ScoringPlan, Side
from lims.statistics.assessment.run import score

INSTANT = datetime(2026, 6, 12, 8, 30, tzinfo=UTC)
HASH = "9f2c41d0" * 8
CODES = ("A3T", "B8K", "C5P", "D5N", "E2W", "F4V", "G9C", "H6W", "J7R", "K1M", "L8Q", "M3X", "N6B", "P2D", "Q9H", "R4S", "T7Y", "V5F")

SIDES: tuple[tuple[int, Side], ...] = ((1, "customs"), (2, "cdc"))
ITEM_WORDS = (
    "1 mL, inactivated",
    "gravimetric dilution",
    "passed, s_s = 0.02",
    "passed, 0.03 to the deadline",
    "reference laboratory, dPCR",
)
HEAD = facts.RoundHead(
    "R-26-03",
    "Comparison of detection",
    "Respiratory viruses, yearly",
    "RPT-26-03",
    1,
    "final",
    INSTANT,
    dispatched_at=datetime(2026, 5, 8, 1, tzinfo=UTC),
    deadline=datetime(2026, 5, 22, 9, tzinfo=UTC),
    locked_at=datetime(2026, 5, 22, 9, tzinfo=UTC),
    unblinded_at=datetime(2026, 5, 25, 2, tzinfo=UTC),
)
PROTOCOL = facts.ProtocolFacts(
    "1.2",
    "Compare routine detection between both parties.",
    "Panel of coded items, sent frozen.",
    matrix="inactivated culture",
    deviations=("Box of one participant arrived a day late; it stayed frozen.",),
)
TRACE = facts.Trace(
    "0197c0de-0000-7000-8000-00000000e7a1",
    2,
    datetime(2026, 5, 25, 3, tzinfo=UTC),
    "LIMS",
    "0.1.0",
    recipients=("all participants, by code", "QA managers of both parties"),
)
OPINIONS = (
    facts.Opinion(
        "customs",
        "Expert reviewer 1",
        "reviewer",
        "A constant shift of about +0.8 on all items: check calibration.",
        datetime(2026, 6, 2, 2, tzinfo=UTC),
        HASH,
    ),
    facts.Opinion("cdc", "Expert reviewer 2", "reviewer", "Agreed.", datetime(2026, 6, 3, 2, tzinfo=UTC), HASH),
)


def participants(count: int, missing: int = 1, late: int = 1) -> tuple[ParticipantInput, ...]:
    """Participants of both groups; the first is the organiser, the last ones did not answer in time or at all."""
    states = ["submitted"] * (count - missing - late) + ["late"] * late + ["no_response"] * missing
    codes = CODES if count <= len(CODES) else [f"L{number:03d}" for number in range(count)]
    return tuple(
        ParticipantInput(code, "customs" if index % 2 else "cdc", state, is_organiser=index == 0)  # type: ignore[arg-type]
        for index, (code, state) in enumerate(zip(codes[:count], states, strict=True))
    )


def quantitative(
    count: int = 14, route: str = "formulation", with_u: bool = True, every_u: bool = False, n_items: int = 2,
    u_parts: bool = False, **changes: object,
) -> facts.RoundReport:
    """log10 copies per millilitre with a questionable and an unsatisfactory laboratory and a censored value."""
    numbers = random.Random(20260612)
    plan = ScoringPlan(
        kind="quantitative",
        measurand="SARS-CoV-2 RNA",
        unit="{copies}/mL",
        assigned_value_route=route,  # type: ignore[arg-type]
        **{"sigma_pt_route": "perception", "sigma_pt": Decimal("0.25"), "delta_e_percent": Decimal("20"), **changes},  # type: ignore[arg-type]
    )
    items = tuple(_level(number, has_reference=route not in ("consensus", "none")) for number in range(1, n_items + 1))
    if u_parts:
        items = tuple(replace(item, u_hom=Decimal("0.04"), u_stab=Decimal("0.03"), u_trans=Decimal("0")) for item in items)
    who = participants(count)
    reported = [
        _measured(one, item, numbers, every_u or with_u and bool(index % 4), "2" if index % 3 else None)
        for index, one in enumerate(who)
        if one.state != "no_response"
        for item in items
    ]
    if count > 6:
        reported[2] = replace(reported[2], value="6.15")
        reported[4] = replace(reported[4], value="7.92")
        reported[6] = replace(reported[6], relation="<", value="3.50", expanded_u=None)
    return report_of(plan, items, who, tuple(reported))


def _level(number: int, has_reference: bool) -> ItemPlan:
    x_pt, expanded = (Decimal("4.52") + number, Decimal("0.10")) if has_reference else (None, None)
    return ItemPlan(number, x_pt=x_pt, expanded_u_x_pt=expanded, level_en=f"level {number}", level_zh=f"水平{number}")


def _measured(one: ParticipantInput, item: ItemPlan, numbers: random.Random, has_u: bool, k: str | None) -> ReportedInput:
    value, expanded = 4.52 + item.number + numbers.gauss(0, 0.18), 0.2 + 0.1 * numbers.random()
    return ReportedInput(
        one.code, item.number, value=f"{value:.2f}", unit="{copies}/mL", expanded_u=f"{expanded:.2f}" if has_u else None, k=k
    )


def qualitative(count: int = 9, **changes: object) -> facts.RoundReport:
    """Five items: strong and weak positives and negatives; one missed weak positive, one false positive, one invalid."""
    plan = ScoringPlan(kind="qualitative", measurand="norovirus GII RNA", **changes)  # type: ignore[arg-type]
    expected = ("POS", "NEG", "WPOS", "POS", "NEG")
    items = tuple(ItemPlan(number, expected_code=code, is_strong=code == "POS") for number, code in enumerate(expected, 1))
    who = participants(count)
    answers = {(one.code, item.number): item.expected_code for one in who if one.state != "no_response" for item in items}
    answers[who[1].code, 3] = "NEG"
    answers[who[2].code, 2] = "POS"
    answers[who[3].code, 3] = "IND"
    answers[who[4].code, 1] = "INV"
    answers[who[4].code, 4] = "NEG"
    reported = tuple(ReportedInput(code, item, result_code=answer, ct="31.4") for (code, item), answer in answers.items())
    return report_of(plan, items, who, reported)


def report_of(
    plan: ScoringPlan, items: tuple[ItemPlan, ...], who: tuple[ParticipantInput, ...], reported: tuple[ReportedInput, ...]
) -> facts.RoundReport:
    """The report around a scored round."""
    return facts.RoundReport(
        provider=facts.Provider("Customs Laboratory A", "rounds@lab-a.example", "Coordinator 1"),
        head=HEAD,
        protocol=replace(PROTOCOL, unit_text="log₁₀ copies/mL" if plan.kind == "quantitative" else ""),
        plan=plan,
        item_plans=items,
        items=tuple(facts.ItemFacts(item.number, f"{item.number:02d}-K7", *ITEM_WORDS) for item in items),
        participants=tuple(_participant(one) for one in who),
        submitted=tuple(_submitted(one) for one in reported),
        score=score(plan, items, who, reported),
        reported=reported,
        trace=TRACE,
        opinions=OPINIONS,
        releases=tuple(facts.Release(side, f"QA manager {n}", "QA manager", "release of the report", INSTANT, HASH) for n, side in SIDES),
        waived=(facts.WaivedGate("homogeneity record", "The record comes with a later version; data stand in the preparation file."),),
    )


def _participant(one: ParticipantInput) -> facts.ParticipantFacts:
    return facts.ParticipantFacts(
        one.code,
        one.side,
        one.state,
        one.is_organiser,
        received_at=datetime(2026, 5, 9, 3, tzinfo=UTC),
        arrival_temperature="−62 ℃",
        arrival_condition="frozen, intact",
    )


def _submitted(one: ReportedInput) -> facts.SubmittedValue:
    return facts.SubmittedValue(
        one.participant_code,
        one.item_number,
        one.result_code or "",
        one.relation,
        one.value or "",
        one.unit or "",
        one.expanded_u or "",
        one.k or "",
        one.replicates,
        one.ct or "",
        "valid",
        "RT-PCR",
        "Kit 1",
        "L2603",
    )
