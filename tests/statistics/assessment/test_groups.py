"""Customs beside CDC: bias over the items, equivalence against the limit of the protocol, kappa between the groups, possible blunders."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lims.statistics.assessment.plan import ParticipantInput, ReportedInput
from lims.statistics.assessment.run import score
from tests.scoring_factory import item, participants, qualitative, quantitative, values

CUSTOMS = ("4.50", "4.55", "4.45", "4.52", "4.48")
CDC = ("4.60", "4.62", "4.58", "4.61", "4.59")


def in_turn() -> list[str]:
    """Participants stand customs, CDC in turn."""
    return [value for pair in zip(CUSTOMS, CDC, strict=True) for value in pair]


def test_a_bias_inside_the_limit_is_equivalent_and_outside_it_is_not() -> None:
    wide = score(quantitative(equivalence_limit=Decimal("0.5")), [item()], participants(10), values(in_turn())).groups[0]
    narrow = score(quantitative(equivalence_limit=Decimal("0.01")), [item()], participants(10), values(in_turn())).groups[0]
    assert wide.bias.value == pytest.approx(-0.10)
    assert (wide.equivalence.verdict, narrow.equivalence.verdict) == ("equivalent", "not_equivalent")
    assert wide.equivalence.p is not None and wide.equivalence.p < 0.05
    assert wide.equivalence.low is not None and wide.equivalence.low < -0.10 < (wide.equivalence.high or 0.0)


def test_without_a_limit_nothing_is_tested_and_the_reason_is_given() -> None:
    found = score(quantitative(), [item()], participants(10), values(in_turn())).groups[0].equivalence
    assert found.verdict == "not_evaluated" and found.reason is not None and found.reason.code == "equivalence_limit_missing"


def test_over_several_items_of_a_log_round_the_bias_is_paired_over_the_items() -> None:
    plan = quantitative(is_log10=True, equivalence_limit=Decimal("0.3"))
    items = [item(number=number) for number in (1, 2, 3)]
    shift = {1: 0.0, 2: 1.0, 3: 2.0}
    reported = [
        ReportedInput(one.participant_code, number, None, "=", f"{float(one.value or 0) + add + 0.01 * number * (index % 2):.2f}", unit="1")
        for number, add in shift.items()
        for index, one in enumerate(values(in_turn()))
    ]
    found = score(plan, items, participants(10), reported).groups[-1]
    assert found.item_number is None and found.bias.method == "paired"
    assert found.bias.value == pytest.approx(-(0.11 + 0.12 + 0.13) / 3)
    assert found.equivalence.verdict == "equivalent"


def test_linear_values_of_unlike_levels_are_not_pooled() -> None:
    items = [item(number=number) for number in (1, 2)]
    given = values(in_turn())
    reported = [ReportedInput(one.participant_code, number, None, "=", one.value, unit="1") for number in (1, 2) for one in given]
    found = score(quantitative(), items, participants(10), reported).groups[-1]
    assert found.bias.value is None and found.bias.reason is not None and found.bias.reason.code == "several_levels"


def test_four_laboratories_of_a_side_show_neither_side() -> None:
    found = score(quantitative(equivalence_limit=Decimal("0.5")), [item()], participants(9), values(in_turn()[:9])).groups[0]
    assert found.equivalence.verdict == "not_evaluated" and found.bias.value is None


def test_kappa_between_the_groups_is_one_when_both_are_divided_alike_and_has_no_verdict() -> None:
    items = [item(number=number, x_pt=None, expected_code="POS" if number % 2 else "NEG") for number in range(1, 7)]
    who = [ParticipantInput(f"A{index:02d}", "customs" if index % 2 else "cdc", "submitted") for index in range(10)]
    reported = [ReportedInput(one.code, number, "POS" if number % 2 else "NEG") for one in who for number in range(1, 7)]
    assert score(qualitative(), items, who, reported).groups[0].kappa.value == pytest.approx(1.0)


def test_a_result_in_copies_among_logarithms_is_a_question_and_changes_nothing() -> None:
    plan = quantitative(is_log10=True)
    results: list[object] = ["4.5", "4.6", "4.4", "4.55", "4.45", "31623"]
    found = score(plan, [item()], participants(6), values(results))
    assert [(flag.code, flag.participant_codes, flag.item_numbers) for flag in found.flags] == [("linear_for_log", ("A06",), (1,))]
    assert found.scores[5].value == 31623.0


def test_a_round_without_blunders_asks_nothing() -> None:
    assert score(quantitative(), [item()], participants(10), values(in_turn())).flags == ()
