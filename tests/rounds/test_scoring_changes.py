"""What other choices would change, in words of both languages."""

from __future__ import annotations

from decimal import Decimal
from typing import get_args

import pytest

from lims.rounds.scoring.changes import CHOICES, sensitivity_lines
from lims.rounds.scoring.verdict_words import VERDICT_WORDS
from lims.statistics.assessment.outcome import Verdict
from lims.statistics.assessment.run import score
from tests.scoring_factory import item, participants, qualitative, quantitative, values


def test_a_changed_verdict_is_named_with_laboratory_item_and_both_verdicts() -> None:
    found = score(quantitative(delta_e=Decimal("1.0")), [item()], participants(4), values([4.5, 4.6, 4.4, 5.2]))
    english, chinese = sensitivity_lines(found, "en"), sensitivity_lines(found, "zh_CN")
    assert "With the allowed difference deciding these verdicts would differ: A04 item 1 satisfactory instead of questionable." in english
    assert "若改以允许差判定，下列评价会不同：A04 样品 1 由有问题变为满意。" in chinese
    assert english[-1].startswith("No verdict would differ with: ")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_choice_that_can_be_tried_has_words(language: str) -> None:
    consensus = {"assigned_value_route": "consensus", "sigma_pt_route": "this_round", "sigma_pt": None}
    plans = [quantitative(**consensus, consensus_estimator=estimator) for estimator in ("algorithm_a", "q_hampel", "median_niqr")]
    tried = set()
    for plan in plans:
        found = score(plan, [item(x_pt=None)], participants(12), values([5 + 0.1 * n for n in range(12)]))
        tried |= {(one.option, one.value) for one in found.sensitivity}
        assert sensitivity_lines(found, language)
    found = score(qualitative(), [item(x_pt=None, expected_code="POS")], participants(2), [])
    tried |= {(one.option, one.value) for one in found.sensitivity}
    assert tried <= CHOICES.keys() and len(tried) > 10
    assert set(VERDICT_WORDS) == set(get_args(Verdict))
