"""The seam: rows keep their text, and study and analysis go to JSON and back unchanged."""

from decimal import Decimal

import pytest

from lims.validation.analysis.design import Criterion, Exclusion, Observation, Strata, StudyInput, json_of, study_of
from lims.validation.analysis.values import Reported, reported


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<5", Reported("<5", Decimal(5), "<")),
        ("＞ 1000", Reported("＞ 1000", Decimal(1000), ">")),
        ("5.10", Reported("5.10", Decimal("5.10"))),
        ("-0.3", Reported("-0.3", Decimal("-0.3"))),
        ("阳性", Reported("阳性", call="positive")),
        ("Pos", Reported("Pos", call="positive")),
        ("+/-", Reported("+/-", call="indeterminate")),
        ("haemolytic", Reported("haemolytic")),
        ("", Reported("")),
    ],
)
def test_a_result_keeps_its_text_beside_what_it_means(text: str, expected: Reported) -> None:
    assert reported(text) == expected


def test_a_censored_result_has_no_number_of_its_own() -> None:
    assert reported("<5").number is None and reported("<5").is_censored and reported("5").number == 5.0


def test_a_study_goes_to_json_and_back_unchanged() -> None:
    study = StudyInput(
        "qualitative_agreement",
        (Criterion("A1", "ppa", "at_least", Decimal("0.90"), by="site"), Criterion("A2", "bias", "between", Decimal(-1), Decimal(1))),
        (Observation(1, "S1", reported("<5"), reported("阴性"), ct=Decimal("31.20"), strata=Strata(site="CDC Laboratory B")),),
        (Exclusion(1, "haemolysed", "seen at receipt"),),
        ("site", "lot"),
    )
    assert study_of(json_of(study)) == study
    assert json_of(study_of(json_of(study))) == json_of(study)


def test_limits_out_of_order_rows_twice_and_exclusions_of_nothing_are_refused() -> None:
    row = Observation(1, "S1", reported("pos"))
    for wrong in (
        lambda: Criterion("A", "ppa", "between", Decimal(1)),
        lambda: Criterion("A", "ppa", "at_least", Decimal(0), Decimal(1)),
        lambda: Criterion("A", "ppa", "at_least", Decimal(0), confidence=Decimal(1)),
        lambda: StudyInput("pod", (), (row, row)),
        lambda: StudyInput("pod", (), (row,), (Exclusion(2, "lost"),)),
    ):
        with pytest.raises(ValueError, match="expected|own|not there"):
            wrong()
