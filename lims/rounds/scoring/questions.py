"""Which results of a round ask for a question before scoring: the rules of the statistics, and the laboratory's own limit of detection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from lims.marks import N_
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ReportedInput, ScoringPlan
from lims.statistics.assessment.round_score import Flag

KINDS: dict[str, str] = {
    "unit_factor": N_("power of ten: unit or decimal point"),
    "log_for_linear": N_("logarithm in the place of the value"),
    "linear_for_log": N_("value in the place of its logarithm"),
    "natural_log": N_("natural in the place of the decimal logarithm"),
    "sign": N_("plus or minus sign"),
    "transposed_digits": N_("digits that changed places"),
    "swapped_items": N_("items that changed places"),
    "identical_results": N_("results equal to those of another laboratory"),
    "identical_file": N_("same file as another laboratory"),
    "duplicate_submission": N_("submitted twice"),
    "below_own_limit": N_("number below the own limit of detection"),
}
ANSWERS: dict[str, str] = {"confirmed": N_("confirmed as reported"), "corrected": N_("correction notice given")}
DECISIONS: dict[str, str] = {"keep": N_("keep"), "excluded_invalid": N_("exclude as invalid"), "not_scored": N_("not scored")}


def questions_of(
    plan: ScoringPlan,
    items: Sequence[ItemPlan],
    participants: Sequence[ParticipantInput],
    reported: Sequence[ReportedInput],
    limits: Mapping[str, str],
) -> tuple[Flag, ...]:
    """Every flag in a fixed order; ``limits``: the limit of detection that each participant stated, by code."""
    from lims.statistics.assessment.questions import blunder_flags  # scipy is loaded where results are screened

    answers = {who.code: {one.item_number: one for one in reported if one.participant_code == who.code} for who in participants}
    panel = sorted(items, key=lambda item: item.number)
    return (*blunder_flags(plan, panel, participants, answers), *below_own_limits(plan, reported, limits))


def below_own_limits(plan: ScoringPlan, reported: Sequence[ReportedInput], limits: Mapping[str, str]) -> tuple[Flag, ...]:
    """Numbers reported below the laboratory's own limit of detection; on a log scale the limit's own scale is not known, so none."""
    if plan.kind == "qualitative" or plan.is_log10:
        return ()
    found = []
    for code in sorted(limits):
        limit = _number(limits[code])
        own = [one for one in reported if one.participant_code == code and one.relation == "=" and not one.exclusion]
        low = tuple(one.item_number for one in own if limit is not None and (value := _number(one.value)) is not None and value < limit)
        if low and limit is not None:
            found.append(Flag("below_own_limit", (code,), low, {"limit": float(limit)}))
    return tuple(found)


def _number(text: str | None) -> Decimal | None:
    try:
        value = Decimal((text or "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
