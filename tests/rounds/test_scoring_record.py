"""The score run as a record: canonical hash, stored form, sentences, and what holds for any input."""

from __future__ import annotations

import json
import math
import random
import re
from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.rounds.scoring.sentences import SENTENCES, describe
from lims.rounds.scoring.stored import from_json, to_json
from lims.statistics.assessment.outcome import Figure, Reason
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ReportedInput, ScoringPlan
from lims.statistics.assessment.round_score import RoundScore
from lims.statistics.assessment.run import input_hash, score
from lims.statistics.outcome import REASON_CODES
from lims.words import catalogue
from tests.scoring_factory import answers, codes, item, panel, participants, qualitative, quantitative, run_panel, run_values, values

NUMBERS = st.one_of(
    st.sampled_from(["4.5", "9", "0", "-1", "1e400", "abc", "", "4,5", "1e-7"]), st.decimals(-20, 20, places=3).map(str), st.none(),
)


def rows_of(n: int) -> st.SearchStrategy[list[ReportedInput]]:
    one = st.tuples(NUMBERS, st.sampled_from(["=", "<", ">"]), NUMBERS, st.sampled_from([None, "1", "mg/kg"]), st.sampled_from(
        ["", "excluded_invalid", "not_scored"]))
    return st.lists(st.none() | one, min_size=n, max_size=n).map(lambda found: [
        ReportedInput(code, 1, None, part[1], part[0], part[2], None, part[3], (), None, part[4])
        for code, part in zip(codes(n), found, strict=True) if part is not None
    ])


PLANS = st.builds(
    quantitative, assigned_value_route=st.sampled_from(["formulation", "consensus", "none"]),
    sigma_pt_route=st.sampled_from(["perception", "this_round", "none"]), sigma_pt=st.sampled_from([None, Decimal("0.25"), Decimal(0)]),
    delta_e=st.sampled_from([None, Decimal("0.5")]), delta_e_percent=st.sampled_from([None, Decimal(10)]), is_log10=st.booleans(),
    late_policy=st.sampled_from(["refuse", "list", "score_marked"]),
    preferred_statistic=st.sampled_from(["by_table", "z", "en", "zeta", "pa"]),
)
PEOPLE = st.lists(st.tuples(st.sampled_from(["customs", "cdc"]), st.sampled_from(
    ["submitted", "late", "could_not_test", "no_response", "withdrawn"]), st.booleans()), min_size=0, max_size=15)
ITEMS = st.builds(
    item, x_pt=st.sampled_from([None, Decimal("4.5"), Decimal(0)]),
    expanded_u_x_pt=st.sampled_from([None, Decimal("0.06"), Decimal(0), Decimal(1)]),
    is_core=st.booleans(),
)


@st.composite
def rounds(draw: st.DrawFn) -> RoundScore:
    """Any quantitative round, sensible or not."""
    people = [ParticipantInput(code, *who) for code, who in zip(codes(20), draw(PEOPLE), strict=False)]
    return score(draw(PLANS), [draw(ITEMS)], people, draw(rows_of(len(people))))


def parts(value: Any) -> list[Any]:
    """Every dataclass inside a value, itself included."""
    if is_dataclass(value):
        return [value, *(part for one in fields(value) for part in parts(getattr(value, one.name)))]
    return [part for one in value for part in parts(one)] if isinstance(value, tuple) else []


@settings(max_examples=150, deadline=None)
@given(rounds())
def test_whatever_comes_in_every_figure_is_a_finite_number_or_a_reason_with_a_sentence(found: RoundScore) -> None:
    for part in parts(found):
        if isinstance(part, Reason):
            for language in ("en", "zh_CN"):
                assert "%(" not in describe(part, language)
        if isinstance(part, Figure):
            assert (part.value is None) != (part.reason is None)
            assert part.value is None or math.isfinite(part.value)
    for one in found.scores:
        decided = one.verdict in ("acceptable", "warning", "action")
        assert not decided or one.chosen is not None
        for name in ("d", "d_percent", "pa", "z", "z_prime", "zeta", "en"):
            figure = getattr(one, name)
            assert figure.value is None or figure.is_informative == (one.chosen != name)


@settings(max_examples=60, deadline=None)
@given(rounds())
def test_the_stored_form_gives_the_same_score_again(found: RoundScore) -> None:
    assert from_json(json.loads(json.dumps(to_json(found), allow_nan=False))) == found


def test_a_stored_form_with_a_missing_or_strange_key_is_refused() -> None:
    content = to_json(run_values(quantitative(), item(), ["4.5", "4.6", "4.7"]))
    del content["band"]
    with pytest.raises(ValueError, match="keys differ"):
        from_json(content)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 14))
def test_order_does_not_matter_neither_for_score_nor_for_hash(seed: int, n: int) -> None:
    plan, items = quantitative(), [item(number=1), item(number=2)]
    people = participants(n)
    rows = [replace(row, item_number=number) for number in (1, 2) for row in values([f"4.{30 + index}" for index in range(n)])]
    shuffled = [list(part) for part in (items, people, rows)]
    for part in shuffled:
        random.Random(seed).shuffle(part)
    assert score(plan, *shuffled) == score(plan, items, people, rows)  # type: ignore[arg-type]


BASE: tuple[ScoringPlan, list[ItemPlan], list[ParticipantInput], list[ReportedInput]] = (
    quantitative(), [item()], participants(3), values(["4.5", "4.6", "4.7"]),
)


def test_the_hash_is_the_same_for_equal_decimals_and_known() -> None:
    plan, items, people, rows = BASE
    assert input_hash(*BASE) == input_hash(replace(plan, sigma_pt=Decimal("0.2500")), [item(x_pt=Decimal("4.5"))], people, rows)
    assert re.fullmatch("[0-9a-f]{64}", input_hash(*BASE))
    assert score(*BASE).input_hash == input_hash(*BASE)


@pytest.mark.parametrize("changed", [
    (replace(BASE[0], sigma_pt=Decimal("0.26")), *BASE[1:]),
    (replace(BASE[0], conventions=replace(BASE[0].conventions, quartiles=6)), *BASE[1:]),
    (replace(BASE[0], small_numbers=replace(BASE[0].small_numbers, consensus_from=11)), *BASE[1:]),
    (BASE[0], [item(x_pt=Decimal("4.51"))], *BASE[2:]),
    (*BASE[:2], [*BASE[2][:2], replace(BASE[2][2], state="late")], BASE[3]),
    (*BASE[:2], [*BASE[2][:2], replace(BASE[2][2], is_organiser=True)], BASE[3]),
    (*BASE[:3], [*BASE[3][:2], replace(BASE[3][2], value="4.70")]),
    (*BASE[:3], [*BASE[3][:2], replace(BASE[3][2], relation="<")]),
    (*BASE[:3], BASE[3][:2]),
])
def test_any_change_of_rules_or_results_changes_the_hash(changed: Any) -> None:
    """Pain 7: what was scored can be told from what is there now."""
    assert input_hash(*changed) != input_hash(*BASE)


def test_every_reason_of_the_statistics_and_of_this_package_has_a_sentence_in_both_languages() -> None:
    assert set(REASON_CODES) <= set(SENTENCES)
    chinese = catalogue("zh_CN")
    assert all(sentence in chinese for sentence in SENTENCES.values())


def test_the_small_number_rule_is_said_in_words() -> None:
    found = run_values(quantitative(), item(), ["4.5", "4.6", "4.7", "4.4", "4.5", "4.6"])
    said = [describe(reason, "en") for reason in found.not_concluded]
    assert said[0].startswith("No consensus value and no z against one: with 6 results |z| cannot exceed 2.04,")
    assert describe(found.conclusions[0], "en") == "Rule for 3 laboratories or more, below 8, applied (n = 6 with valid results)."


def test_every_count_reconciles_with_the_number_of_participants() -> None:
    people = [replace(who, state=state) for who, state in zip(
        participants(6), ["submitted", "submitted", "late", "no_response", "withdrawn", "could_not_test"], strict=True)]
    found = score(qualitative(), panel("POS", "NEG"), people, answers(["POS NEG", "NEG NEG", "POS NEG", "- -", "- -", "- -"]))
    counts = next(reason.params for reason in found.conclusions if reason.code == "verdict_counts")
    assert counts["total"] == found.n_participants == sum(int(counts[name]) for name in counts if name != "total")
    assert run_panel(qualitative(), panel("POS"), ["POS"]).n_scored == 1
