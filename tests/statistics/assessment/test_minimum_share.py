"""A percent score needs a minimum share of the core items: one valid item of five is no 100 %."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lims.statistics.assessment.plan import ReportedInput
from lims.statistics.assessment.run import score
from tests.scoring_factory import item, overall_of, panel, participants, qualitative, quantitative, reason_codes, run_panel

FIVE = ("POS", "POS", "POS", "NEG", "NEG")


def overall(row: str, **changes: Any) -> Any:
    return overall_of(run_panel(qualitative(**changes), panel(*FIVE), [row]))


def test_one_valid_item_of_five_is_not_evaluated_and_says_why() -> None:
    found = overall("POS INV INV - NT")
    assert found.verdict == "not_evaluated" and reason_codes(found.reasons)[0] == "too_few_items_scored"
    assert found.reasons[0].params == {"n": 1, "of": 5, "share": 20.0, "least": 80.0}
    assert found.percent_score.value == 100.0 and found.percent_score.is_informative


@pytest.mark.parametrize(("row", "verdict"), [("POS POS POS NEG -", "acceptable"), ("POS POS POS - -", "not_evaluated")])
def test_four_of_five_are_exactly_enough(row: str, verdict: str) -> None:
    assert overall(row).verdict == verdict


@pytest.mark.parametrize("rule", ["percent", "core", "all", "weighted"])
def test_the_share_holds_for_every_scoring_rule(rule: str) -> None:
    assert overall("POS - - - -", scoring_rule=rule).verdict == "not_evaluated"


def test_missing_results_count_as_nothing_only_where_the_protocol_says_so() -> None:
    assert (overall("POS - - - -").verdict, overall("POS - - - -").percent_score.value) == ("not_evaluated", 100.0)
    counted = overall("POS - - - -", missing_policy="counts_as_zero")
    assert (counted.verdict, counted.percent_score.value) == ("action", 20.0)


def test_the_share_is_the_protocols_and_none_may_be_asked_for() -> None:
    assert overall("POS - - - -", minimum_share=Decimal("0.2")).verdict == "acceptable"
    assert overall("POS POS POS NEG -", minimum_share=Decimal("1")).verdict == "not_evaluated"


def test_a_critical_error_that_is_unsatisfactory_by_itself_stays_so_with_few_items() -> None:
    assert overall("NEG - - - -", critical_error="action").verdict == "action"
    review = overall("NEG - - - -", critical_error="review")
    assert review.verdict == "not_evaluated" and "needs_review" in review.marks


def test_the_percent_rule_of_numbers_needs_it_too_and_the_worst_item_rule_does_not() -> None:
    items = [item(number=number) for number in range(1, 6)]
    reported = [ReportedInput("A01", 1, value="4.5", unit="1"), ReportedInput("A02", 1, value="4.5", unit="1"),
                ReportedInput("A03", 1, value="4.5", unit="1")]  # fmt: skip
    by_rule = {
        rule: overall_of(score(quantitative(overall_rule=rule), items, participants(3), reported)).verdict for rule in ("percent", "worst")
    }
    assert by_rule == {"percent": "not_evaluated", "worst": "acceptable"}
