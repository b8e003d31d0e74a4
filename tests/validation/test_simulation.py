"""The simulated studies: every family has one, the record is of a run without failure, and a few lines of it repeat here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lims.validation.analysis.design import FAMILIES
from tests.validation_run import STUDIES, allowed, counted
from tests.validation_scenarios import SCENARIOS, Scenario

RECORD = Path(__file__).parents[2] / "docs/validation/simulation.txt"


def test_every_design_family_is_simulated() -> None:
    assert {one.family for one in SCENARIOS} == set(FAMILIES)


def test_the_record_holds_every_scenario_with_2000_studies_and_no_rate_above_the_stated_error() -> None:
    text = RECORD.read_text("utf-8")
    assert f"{len(SCENARIOS)} lines, 0 failed" in text and "TOO HIGH" not in text
    counts = re.findall(r"wrong (?:met|not_met) (\d+)/(\d+) = .*?, stated ([\d.]+) %", text)
    assert len(counts) == len(SCENARIOS)
    for wrong, studies, stated in counts:
        assert int(studies) == STUDIES >= 2000 and int(wrong) <= allowed(float(stated) / 100, STUDIES)


@pytest.mark.parametrize(
    "scenario", [one for one in SCENARIOS if one.family != "linearity"], ids=lambda one: one.criterion.code + one.family
)
def test_a_truth_on_the_limit_is_called_met_seldom_and_a_truth_inside_often(scenario: Scenario) -> None:
    found, good = counted(scenario, scenario.limit, 60), counted(scenario, scenario.inside, 20)
    assert found[scenario.wrong] <= allowed(scenario.stated, 60)
    assert good["met"] >= 8
