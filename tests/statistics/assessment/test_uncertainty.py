"""The parts of the uncertainty of the assigned value go into u(x_pt), into the choice of z or z', and into En."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lims.statistics.assessment.outcome import Reason
from lims.statistics.assessment.run import score
from tests.scoring_factory import item, participants, quantitative, values

CERTIFIED = {"expanded_u_x_pt": Decimal("0.06"), "k_x_pt": Decimal("2")}


def test_stated_parts_are_added_in_quadrature_and_shown_one_by_one() -> None:
    one = item(**CERTIFIED, u_hom=Decimal("0.04"), u_stab=Decimal("0"))
    found = score(quantitative(), [one], participants(4), values([4.5, 4.6, 4.4, 4.7])).items[0]
    assert found.u_x_pt.value == pytest.approx(0.05)
    assert (found.u_parts.u_char.value, found.u_parts.u_hom.value, found.u_parts.u_stab.value) == (0.03, 0.04, 0.0)
    assert found.u_parts.u_trans.reason == Reason("u_part_not_stated")


def test_inhomogeneity_turns_z_into_z_prime() -> None:
    plain = score(quantitative(), [item(**CERTIFIED)], participants(4), values([4.5, 4.6, 4.4, 5.2]))
    rough = score(quantitative(), [item(**CERTIFIED, u_hom=Decimal("0.10"))], participants(4), values([4.5, 4.6, 4.4, 5.2]))
    assert (plain.items[0].chosen, rough.items[0].chosen) == ("z", "z_prime")
    assert rough.scores[3].z_prime.value == pytest.approx(0.7 / (0.25**2 + 0.03**2 + 0.10**2) ** 0.5)


def test_the_expanded_uncertainty_in_en_covers_the_parts() -> None:
    one = item(**CERTIFIED, u_hom=Decimal("0.04"))
    found = score(quantitative(), [one], participants(2), values([4.6, 4.4], u=["0.10", "0.10"])).scores[0]
    assert found.en.value == pytest.approx(0.1 / (0.10**2 + 0.10**2) ** 0.5)


def test_without_any_part_the_certificate_stands_as_it_is() -> None:
    found = score(quantitative(), [item(**CERTIFIED)], participants(2), values([4.6, 4.4], u=["0.10", "0.10"]))
    assert found.items[0].u_x_pt.value == 0.03
    assert found.scores[0].en.value == pytest.approx(0.1 / (0.10**2 + 0.06**2) ** 0.5)


def test_parts_cannot_stand_for_an_uncertainty_of_the_determination_that_nobody_stated() -> None:
    found = score(quantitative(), [item(u_hom=Decimal("0.04"))], participants(4), values([4.5, 4.6, 4.4, 4.7])).items[0]
    assert found.u_x_pt.reason == Reason("u_assigned_value_missing")
