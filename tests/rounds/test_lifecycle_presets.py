"""Templates of the catalogue as beginnings of a plan: each names what the form knows, and whose turn it is."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lims.rounds import forms
from lims.rounds.lifecycle import presets
from lims.rounds.lifecycle.turns import is_month, turn_of
from lims.statistics.assessment.plan import ScoringPlan

CATALOGUE = Path(forms.__file__).parents[1] / "catalogue" / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (CATALOGUE / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_every_template_of_the_catalogue_has_a_preset_of_its_number_of_items() -> None:
    shipped = {row["code"]: row["n_items"] for row in rows("round_templates.tsv")}
    assert set(shipped) == set(presets.PRESETS)
    for code, n_items in shipped.items():
        least, most = (int(part) for part in (n_items.split("-") * 2)[:2])
        assert least <= presets.PRESETS[code].n_items <= most, code


@pytest.mark.parametrize("code", sorted(presets.PRESETS))
def test_a_preset_offers_only_what_the_form_can_choose(code: str) -> None:
    values = presets.PRESETS[code].values
    units = {row["ucum"] for row in rows("units_ucum.tsv")}
    assert set(values) <= {name for name in forms.PlanForm.__dict__ if not name.startswith("_")}
    for name, value in values.items():
        assert value in forms.POLICIES.get(name, {value: ""}), name
    assert values["unit"] in units
    ScoringPlan(measurand="x", **values)


def test_a_template_of_the_laboratory_has_no_preset() -> None:
    assert presets.preset("OWN1") is None


@pytest.mark.parametrize(("earlier", "next_one"), [(None, "A"), ("A", "B"), ("B", "C"), ("C", "A"), ("stranger", "A")])
def test_the_turn_goes_round_the_parties(earlier: str | None, next_one: str) -> None:
    assert turn_of(["A", "B", "C"], earlier) == next_one


@pytest.mark.parametrize(
    ("text", "is_one"), [("2027-03", True), ("2027-00", False), ("2027-13", False), ("27-03", False), ("2027-03-01", False)]
)
def test_a_month_is_a_year_and_a_month(text: str, is_one: bool) -> None:
    assert is_month(text) is is_one
