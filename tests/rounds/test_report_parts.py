"""The parts of u(x_pt), the comparison of the two sides and the signs of slips in the workbook: each number its formula or its value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from lims.rounds.report import RoundReport, build, pairs
from lims.rounds.report.canvas import SHEETS
from lims.rounds.report.checking import check
from lims.seals import open_sealer
from lims.statistics.assessment.run import score
from tests.office import converted
from tests.report_factory import qualitative, quantitative

LOGARITHMS: dict[str, Any] = {"u_parts": True, "is_log10": True, "equivalence_limit": Decimal("0.3"), "delta_e_percent": None}
ROUNDS: dict[str, Callable[[], RoundReport]] = {
    "parts": lambda: quantitative(18, every_u=True, **LOGARITHMS),
    "parts of a consensus": lambda: quantitative(18, "consensus", u_parts=True),
    "median": lambda: quantitative(18, "consensus", consensus_estimator="median_niqr"),
    "hampel": lambda: quantitative(18, "consensus", u_parts=True, consensus_estimator="q_hampel"),
    "groups": lambda: qualitative(14),
}


def opened(content: bytes, **options: Any) -> Any:
    return openpyxl.load_workbook(BytesIO(content), **options)


def sheet_of(report: RoundReport, key: str) -> Any:
    return opened(build(replace(report, language="en"))).worksheets[list(SHEETS).index(key)]


def texts(sheet: Any) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


def row_below(sheet: Any, head: str) -> list[Any]:
    """The row below the one whose first cell reads ``head``."""
    at = next(row[0].row for row in sheet.iter_rows() if row[0].value == head)
    return [cell.value for cell in sheet[at + 1]]


@pytest.mark.office
@pytest.mark.parametrize("name", ROUNDS)
def test_another_program_recomputes_the_parts_and_the_comparison(name: str, tmp_path: Path) -> None:
    content = build(ROUNDS[name]())
    given, recalculated = opened(content), opened(converted(content, tmp_path).read_bytes(), data_only=True)
    found = [
        (pair, given[pair.sheet][pair.value_cell].value, recalculated[pair.sheet][pair.formula_cell].value) for pair in pairs(given)
    ]
    assert len(found) > 10
    assert [one for one in found if not isinstance(one[2], int | float) or abs(one[2] - one[1]) > 1e-9 * max(1.0, abs(one[1]))] == []


@pytest.mark.parametrize("name", ROUNDS)
def test_a_sealed_report_with_parts_and_comparison_is_verified(name: str, tmp_path: Path) -> None:
    sealer = open_sealer(tmp_path)
    found = check(build(ROUNDS[name](), sealer), sealer.public_key)
    assert (found["state"], found["differences"]) == ("holds", [])


def test_the_items_sheet_shows_every_part_and_a_dash_for_what_is_not_stated() -> None:
    report = ROUNDS["parts"]()
    found = row_below(sheet_of(report, "items"), "Uncertainty of the assigned value and its parts")
    assert found[:5] == ["Item", "u_char", "u_hom", "u_stab", "u_trans"]
    sheet = sheet_of(report, "items")
    at = next(cell.row for cell in sheet["B"] if cell.value == "u_char") + 1
    assert [sheet.cell(at, column).value for column in range(1, 7)] == [1, 0.05, 0.04, 0.03, 0, 2]
    assert sheet.cell(at, 7).value == pytest.approx(0.0707106781) and sheet.cell(at, 9).value == pytest.approx(0.1414213562)
    plain = sheet_of(quantitative(), "items")
    at = next(cell.row for cell in plain["B"] if cell.value == "u_char") + 1
    assert [plain.cell(at, column).value for column in range(2, 6)] == [0.05, "–", "–", "–"]


def test_the_agreement_sheet_shows_bias_and_equivalence_of_the_sides() -> None:
    report = ROUNDS["parts"]()
    sheet = sheet_of(report, "agreement")
    first = report.score.groups[0]
    bias = row_below(sheet, "Difference of the groups")
    assert bias[1] == first.bias.value and str(bias[2]).startswith("=D") and bias[3:5] == [first.bias.low, first.bias.high]
    test = row_below(sheet, "Test of equivalence (two one-sided tests)")
    assert test[1:5] == [0.3, first.equivalence.low, first.equivalence.high, first.equivalence.p]
    assert any(text.startswith(("equivalent: ", "not ")) for text in texts(sheet))
    without = texts(sheet_of(quantitative(18), "agreement"))
    assert any("The protocol states no limit below which a bias between the sides does not matter" in text for text in without)


def test_the_agreement_sheet_shows_kappa_between_the_groups_with_its_interval() -> None:
    report = ROUNDS["groups"]()
    kappa = report.score.groups[0].kappa
    found = row_below(sheet_of(report, "agreement"), "Kappa between the groups")
    assert kappa.value is not None and found[1:4] == [kappa.value, kappa.low, kappa.high]


def test_a_sign_of_a_slip_stands_in_the_report_with_its_evidence_and_changes_nothing() -> None:
    report = quantitative(14)
    wrong = tuple(replace(one, value="5520") if place == 8 else one for place, one in enumerate(report.reported))
    scored = score(report.plan, report.item_plans, _given(report), wrong)
    found = texts(sheet_of(replace(report, reported=wrong, score=scored), "statistics"))
    assert any("power of ten: unit or decimal point - reported 5520 where 5.52 is expected" in text for text in found)
    assert "A sign is a question to the laboratory. No result was changed or left out because of it." in found
    assert "Rules screened the scored results; no sign of a slip was found." in texts(sheet_of(quantitative(14), "statistics"))


def _given(report: RoundReport) -> list[Any]:
    from lims.statistics.assessment.plan import ParticipantInput

    return [ParticipantInput(one.code, one.side, one.state, one.is_organiser) for one in report.participants]


def test_the_estimator_of_the_consensus_is_named() -> None:
    assert {"x* (median)", "s* (nIQR)"} <= set(texts(sheet_of(ROUNDS["median"](), "statistics")))
    assert {"x* (Hampel)", "s* (Q method)"} <= set(texts(sheet_of(ROUNDS["hampel"](), "statistics")))


def _split() -> RoundReport:
    """Two laboratories, 20 split samples, no reference value."""
    return quantitative(4, "none", every_u=True, n_items=20, is_log10=True, design="split", delta_e_percent=None)


CHOICES: dict[str, Callable[[], RoundReport]] = {
    "split samples": _split,
    "horwitz": lambda: quantitative(8, sigma_pt_route="horwitz", sigma_pt=None, mass_fraction_per_unit=Decimal("0.000001")),
    "precision": lambda: quantitative(
        8, sigma_pt_route="precision_experiment", sigma_pt=None, s_reproducibility=Decimal("0.3"), s_repeatability=Decimal("0.1"),
        replicates=2,
    ),  # fmt: skip
    "limits in the consensus": lambda: quantitative(18, "consensus", censored_in_consensus="half_value"),
    "limits in the median": lambda: quantitative(18, "consensus", censored_in_consensus="sign_ignored", consensus_estimator="median_niqr"),
}


@pytest.mark.office
@pytest.mark.parametrize("name", CHOICES)
def test_another_program_recomputes_what_the_choices_of_the_protocol_give(name: str, tmp_path: Path) -> None:
    content = build(CHOICES[name]())
    given, recalculated = opened(content), opened(converted(content, tmp_path).read_bytes(), data_only=True)
    found = [(pair, given[pair.sheet][pair.value_cell].value, recalculated[pair.sheet][pair.formula_cell].value) for pair in pairs(given)]
    assert [one for one in found if not isinstance(one[2], int | float) or abs(one[2] - one[1]) > 1e-9 * max(1.0, abs(one[1]))] == []


@pytest.mark.parametrize("name", CHOICES)
def test_a_sealed_report_by_these_choices_is_verified(name: str, tmp_path: Path) -> None:
    sealer = open_sealer(tmp_path)
    found = check(build(CHOICES[name](), sealer), sealer.public_key)
    assert (found["state"], found["differences"]) == ("holds", [])


def test_twenty_split_samples_of_two_laboratories_show_their_limits_of_agreement() -> None:
    report = _split()
    limits = report.score.limits_of_agreement
    assert limits is not None and limits.n == 20
    found = row_below(sheet_of(report, "statistics"), "D")
    assert found[1] == limits.bias.value and found[3] == limits.bias.low and str(found[2]).startswith("=AVERAGE(")
    assert not any("Limits of agreement (Bland" in text for text in texts(sheet_of(quantitative(4, "none", is_log10=True), "statistics")))


def test_the_protocol_sheet_says_every_statistical_choice() -> None:
    found = texts(sheet_of(quantitative(8, equivalence_limit=Decimal("0.3"), censoring_policy="not_evaluated"), "protocol"))
    assert {"Algorithm A (x*, s*)", "never evaluated", "left out of median and consensus", "± 0.3"} <= set(found)
    assert "80 %" in texts(sheet_of(qualitative(), "protocol"))
