"""Agreement: kappa never alone, not estimable where it is not, published tables."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.statistics.assessment.agreement import table_of
from lims.statistics.assessment.outcome import AgreementTable
from lims.statistics.assessment.round_score import RoundScore
from lims.statistics.assessment.run import score
from tests.scoring_factory import answers, panel, participants, qualitative, reason_codes, reference_case, run_panel

Pairs = list[tuple[str | None, str | None]]


def pairs_of(table: list[list[int]]) -> Pairs:
    words = ("positive", "negative")
    return [(words[i], words[j]) for i, row in enumerate(table) for j, count in enumerate(row) for _ in range(count)]


def pair_table(found: RoundScore) -> AgreementTable:
    return next(table for table in found.agreement if table.kind == "pair")


@pytest.mark.assurance("R8")
@pytest.mark.parametrize("case_id", ["kap-cavo-unw", "kap-bentur-unw", "kap-paradox2-unw"])
def test_kappa_and_its_interval_are_as_published(case_id: str) -> None:
    case = reference_case("6_agreement__cohen_kappa", case_id)
    table = table_of(qualitative(), "pair", "A01", "A02", pairs_of(case["input"]["table"]))
    assert table.kappa.value == pytest.approx(case["expected"]["kappa"], rel=1e-9)
    assert [table.kappa.low, table.kappa.high] == pytest.approx(case["expected"]["ci95"], rel=1e-6)
    assert table.kappa_se == pytest.approx(case["expected"]["ase"], rel=1e-9)
    assert table.po.value == pytest.approx(case["expected"]["po"], rel=1e-9)


@pytest.mark.assurance("R8")
def test_mcnemar_is_exact_below_twenty_five_discordant_pairs_and_corrected_above() -> None:
    few, many = (reference_case("6_agreement__mcnemar", name) for name in ("mcn-cavo", "mcn-agresti"))
    exact = table_of(qualitative(), "pair", "A01", "A02", pairs_of(few["input"]["table"])).mcnemar
    assert exact is not None and exact.method == "exact"
    assert exact.p_value == pytest.approx(few["expected"]["p_exact"], rel=1e-9)
    corrected = table_of(qualitative(), "pair", "A01", "A02", pairs_of(many["input"]["table"])).mcnemar
    assert corrected is not None and corrected.method == "chi_square_corrected"
    assert corrected.p_value == pytest.approx(many["expected"]["p_chi2_cc"], rel=1e-9)


@pytest.mark.parametrize(("table", "kappa", "low"), [([[1, 0], [1, 3]], 0.55, -0.16), ([[2, 0], [1, 7]], 0.74, 0.26)])
def test_small_tables_carry_interval_and_warning(table: list[list[int]], kappa: float, low: float) -> None:
    """Domain 5.5: 5 items and 1 discordance 0.55 (-0.16 to 1); 10 items and 1 discordance 0.74 (0.26 to 1)."""
    found = table_of(qualitative(), "pair", "A01", "A02", pairs_of(table))
    assert found.kappa.value == pytest.approx(kappa, abs=0.005)
    assert found.kappa.low == pytest.approx(low, abs=0.005)
    assert found.kappa.high == 1.0
    assert reason_codes(found.warnings) == ["too_few_pairs"]


def test_one_laboratory_with_one_category_is_not_estimable_though_they_agree_nine_times_in_ten() -> None:
    """Domain 5.5: all positive against 9 of 10: arithmetic kappa 0.00 at 90 % agreement."""
    found = table_of(qualitative(), "pair", "A01", "A02", pairs_of([[9, 1], [0, 0]]))
    assert found.kappa.value is None and found.kappa.low is None
    assert found.kappa.reason is not None and found.kappa.reason.code == "one_rater_constant"
    assert found.po.value == 0.9 and found.pabak.value == pytest.approx(0.8)
    assert found.npa.value == 0.0 and found.ppa.value == 1.0
    everything = table_of(qualitative(), "pair", "A01", "A02", pairs_of([[10, 0], [0, 0]]))
    assert everything.kappa.reason is not None and everything.kappa.reason.code == "one_category_only"
    assert everything.npa.reason is not None and everything.npa.value is None


def test_pairs_left_out_are_counted_or_become_a_third_category() -> None:
    items = panel("POS", "WPOS", "NEG", "NEG")
    rows = ["POS IND NEG INV", "POS POS NEG NEG"]
    left_out = pair_table(run_panel(qualitative(), items, rows))
    assert (left_out.n_pairs, left_out.n_left_out) == (2, 2)
    third = pair_table(run_panel(qualitative(agreement_indeterminate="third_category"), items, rows))
    assert (third.n_pairs, third.n_left_out, len(third.categories)) == (3, 1, 3)
    assert third.kappa.value is not None and third.mcnemar is None


@pytest.mark.parametrize(("rule", "share", "otherwise"), [("counted", 0.5, 1.0), ("left_out", 1.0, 0.5)])
def test_a_third_category_has_ppa_and_npa_by_the_rule_of_the_protocol_and_the_other_way_beside(
    rule: str, share: float, otherwise: float
) -> None:
    plan = qualitative(agreement_indeterminate="third_category", agreement_third_category=rule)
    found = run_panel(plan, panel("POS", "WPOS", "NEG", "NEG"), ["POS IND NEG IND", "POS POS NEG NEG"])
    own = next(table for table in found.agreement if table.kind == "truth" and table.row == "A01")
    assert own.third is not None and own.third.rule == rule
    assert (own.ppa.value, own.npa.value) == (share, share) and own.third.ppa_otherwise.value == otherwise
    assert (own.third.positives, own.third.negatives, own.third.reference) == (1, 1, 0)
    note = next(one for one in own.warnings if one.code == f"third_category_{rule}")
    assert note.params == {"positives": 1, "negatives": 1, "reference": 0, "n": 2}
    assert own.ppa.low is not None and own.third.ppa_otherwise.low is not None
    assert {one.name: one.value for one in found.options}["agreement_third_category"] == rule


def test_all_laboratories_together_have_both_ways_with_intervals_over_the_items() -> None:
    plan = qualitative(agreement_indeterminate="third_category")
    rows = ["POS IND NEG NEG", "POS POS NEG IND", "POS WPOS NEG NEG"]
    pooled = run_panel(plan, panel("POS", "WPOS", "NEG", "NEG"), rows).agreement[0]
    assert (pooled.row, pooled.ppa.value, pooled.ppa.method) == ("all", 5 / 6, "cluster_bootstrap")
    assert pooled.third is not None and pooled.third.ppa_otherwise.value == 1.0
    assert pooled.ppa.low is not None and pooled.third.npa_otherwise.method == "cluster_bootstrap"


def test_two_categories_have_no_third_and_no_note_on_one() -> None:
    found = run_panel(qualitative(), panel("POS", "WPOS", "NEG", "NEG"), ["POS IND NEG IND", "POS POS NEG NEG"])
    assert {table.third for table in found.agreement} == {None}
    assert not [one for table in found.agreement for one in table.warnings if one.code.startswith("third")]


def test_a_panel_gives_truth_tables_pooled_and_single_and_every_pair_up_to_seven() -> None:
    items = panel("POS", "WPOS", "NEG")
    six = run_panel(qualitative(), items, ["POS NEG NEG"] + ["POS POS NEG"] * 5)
    assert [(t.kind, t.row) for t in six.agreement[:2]] == [("truth", "all"), ("truth", "A01")]
    assert sum(t.kind == "truth" for t in six.agreement) == 7 and sum(t.kind == "pair" for t in six.agreement) == 15
    assert six.agreement[1].ppa.value == 0.5 and six.agreement[1].npa.value == 1.0
    assert six.agreement[0].ppa.value == pytest.approx(11 / 12)
    eight = run_panel(qualitative(), items, ["POS POS NEG"] * 8)
    assert not any(t.kind == "pair" for t in eight.agreement)
    assert "no_pairwise" in reason_codes(eight.not_concluded)


def test_split_samples_without_truth_are_agreement_and_no_score() -> None:
    items = panel(*[None] * 4)  # type: ignore[list-item]
    found = run_panel(qualitative(design="split", assigned_value_route="none"), items, ["POS NEG POS NEG", "POS NEG NEG NEG"])
    assert {one.verdict for one in found.overall} == {"not_evaluated"}
    assert [table.kind for table in found.agreement] == ["pair"]
    assert pair_table(found).counts == ((1, 1), (0, 2))
    assert {"truth_unknown", "kappa_few_pairs"} <= set(reason_codes(found.not_concluded))


def test_the_two_sides_are_pooled_from_five_each_without_claiming_an_interval() -> None:
    found = run_panel(qualitative(), panel("POS", "NEG"), ["POS NEG"] * 9 + ["NEG NEG"])
    group = next(table for table in found.agreement if table.kind == "group")
    assert group.n_pairs == 50 and group.po.value == pytest.approx(0.9)
    assert group.po.low is None and group.kappa.value is None
    assert group.kappa.reason is not None and group.kappa.reason.code == "pairs_not_independent"


def test_the_organiser_stands_in_its_own_table_and_not_among_all_laboratories() -> None:
    items, rows = panel("POS", "WPOS", "NEG", "NEG"), ["NEG NEG NEG NEG", "POS POS NEG NEG", "POS NEG NEG NEG"]
    who = [replace(one, is_organiser=one.code == "A01") for one in participants(3)]
    found = score(qualitative(), items, who, answers(rows))
    pooled, own = found.agreement[0], found.agreement[1]
    assert (pooled.row, pooled.n_pairs, pooled.ppa.value) == ("all", 8, 0.75) and (own.row, own.ppa.value) == ("A01", 0.0)
    alone = score(qualitative(), items, who[:2], answers(rows[:2]))
    assert [table.row for table in alone.agreement if table.kind == "truth"] == ["A01", "A02"]


def test_forty_pairs_of_four_items_are_four_items_and_said_to_depend_on_each_other() -> None:
    found = run_panel(qualitative(), panel("POS", "WPOS", "NEG", "NEG"), ["POS POS NEG NEG"] * 6 + ["POS NEG NEG POS"] * 4).agreement[0]
    assert (found.n_pairs, found.n_items) == (40, 4)
    codes = reason_codes(found.warnings)
    assert codes == ["too_few_items", "pairs_of_items", "items_drawn_again"]
    assert found.warnings[0].params == {"n": 4, "least": 30} and found.warnings[2].params["seed"] == 20220613
    assert found.mcnemar is None and found.kappa_se is None
    assert found.kappa.method == found.po.method == "cluster_bootstrap"
    naive = table_of(qualitative(), "pair", "A", "B", pairs_of([list(row) for row in found.counts])).kappa
    assert found.kappa.low is not None and naive.low is not None and found.kappa.low < naive.low


def test_one_negative_item_leaves_the_pooled_kappa_without_interval_and_so_unshown() -> None:
    found = run_panel(qualitative(), panel("POS", "WPOS", "NEG"), ["POS POS NEG", "POS NEG NEG"]).agreement[0]
    assert found.kappa.value is None and found.kappa.reason is not None and found.kappa.reason.code == "too_few_clusters"
    assert found.po.value == pytest.approx(5 / 6) and found.po.low is None


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(st.sampled_from(["POS", "NEG", "IND", "INV", "-"]), min_size=4, max_size=4).map(" ".join), min_size=2, max_size=5))
def test_no_table_ever_holds_nan_or_a_kappa_without_interval(rows: list[str]) -> None:
    found = run_panel(qualitative(), panel("POS", "WPOS", "NEG", "NEG"), rows)
    for table in found.agreement:
        assert sum(map(sum, table.counts)) == table.n_pairs
        assert (table.kappa.value is None) == (table.kappa.low is None)
        for one in (table.po, table.ppa, table.npa, table.kappa):
            assert one.value is not None or one.reason is not None
            assert all(math.isfinite(number) for number in (one.value, one.low, one.high) if number is not None)
