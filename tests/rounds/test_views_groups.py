"""What the evaluation page says of the two sides: bias, equivalence, kappa between the groups."""

from __future__ import annotations

from decimal import Decimal

from flask import Flask

from lims.rounds.views import agreement, scores
from tests.report_factory import qualitative, quantitative


def test_bias_and_equivalence_stand_in_words(app: Flask) -> None:
    report = quantitative(18, is_log10=True, equivalence_limit=Decimal("0.3"), delta_e_percent=None)
    with app.test_request_context(headers={"Accept-Language": "en"}):
        shown = agreement.groups(report.score)
    assert all("95 % CI" in one["difference"] for one in shown)
    assert all("interval" in one["equivalence"] and "±0.30; 90 % CI" in one["equivalence"] for one in shown)


def test_without_a_limit_the_reason_stands_below(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        shown = agreement.groups(quantitative(18).score)
        assert shown[0]["equivalence"] == "" and "等效检验" in agreement.group_reasons(shown)


def test_kappa_between_the_groups_has_its_interval(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        shown = agreement.groups(qualitative(14).score)
    assert " to " in shown[0]["kappa"] and shown[0]["equivalence"] == ""


def test_a_third_category_shows_ppa_and_npa_both_ways_with_their_number(app: Flask) -> None:
    report = qualitative(14, agreement_indeterminate="third_category")
    with app.test_request_context(headers={"Accept-Language": "en"}):
        shown = agreement.against_truth(report.score)
        plain = agreement.against_truth(qualitative(14).score)
    assert shown is not None and plain is not None
    names = [name for name, _value, _interval in shown["measures"]]
    assert {"PPA without indeterminate results", "NPA without indeterminate results"} <= set(names)
    assert "Indeterminate is neither positive nor negative" in shown["warnings"]
    assert not any("indeterminate" in name for name, _value, _interval in plain["measures"])


def test_every_sign_of_a_slip_is_told_in_both_languages(app: Flask) -> None:
    from lims.rounds.scoring.flags import EVIDENCE, flag_line
    from lims.rounds.scoring.questions import KINDS
    from lims.statistics.assessment.round_score import Flag

    evidence = dict.fromkeys(
        ("reported", "centre", "distance", "mended", "distance_mended", "power", "least_distance", "largest_distance_mended", "limit",
         "n_identical", "n_common", "expected_identical", "chance"), 1.0,
    )  # fmt: skip
    assert EVIDENCE.keys() == KINDS.keys()
    for code in EVIDENCE:
        for language in ("en", "zh_CN"):
            assert "A1" in flag_line(Flag(code, ("A1",), (1,), evidence), language)
    with app.test_request_context():
        assert scores.signs(quantitative(14).score) == []
