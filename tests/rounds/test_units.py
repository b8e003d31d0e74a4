"""A value in another unit of the same quantity is scored in the unit of the round, exactly; any other unit blocks the scoring alone."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lims.db.engine import Database
from lims.db.session import reading
from lims.rounds import service
from lims.rounds.lifecycle.units import FAMILIES, converted, convertible, factor, said
from lims.rounds.queries import records
from lims.rounds.queries.report import report_input
from lims.rounds.queries.scoring import scoring_input
from lims.statistics.assessment.plan import ScoringPlan
from tests.round_factory import DEADLINE, QUANTITATIVE, SECOND, START, World, at, new_world

CHEMISTRY = ScoringPlan(kind="quantitative", measurand="Cd", unit="mg/kg", sigma_pt=Decimal("0.25"))
ANSWERS = {"CUSA": ("4.52", "mg/kg"), "CUSC": ("4480", "ug/kg"), "CDCB": ("0.000450", "g/(100.g)"), "CDCD": ("4.6", "{copies}/mL")}


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


def test_every_factor_goes_both_ways_and_no_logarithm_has_one() -> None:
    for family in FAMILIES:
        for one in family:
            for other in family:
                there, back = factor(one, other), factor(other, one)
                assert there is None or back is None or there * back == 1
                assert (there is None) == (back is None) or one == other or {one, other} & {"h", "d"}
    assert factor("ug/kg", "mg/kg") == Decimal("0.001") and factor("min", "h") is None
    assert factor("{Log_copies}/mL", "{copies}/mL") is None and factor("mg/kg", "mg/L") is None
    assert convertible("mg/kg") == ("mg/kg", "ug/kg", "g/kg", "g/(100.g)") and convertible("{Ct}") == ("{Ct}",)


def test_the_converted_number_keeps_every_digit() -> None:
    assert converted("4480.10", Decimal("0.001")) == "4.48010"
    assert converted("123456789012345678901234567890", Decimal("1000")) == "123456789012345678901234567890000"
    assert said("4480", "ug/kg", "mg/kg") == "4480 ug/kg × 0.001 = 4.480 mg/kg" and said("4.5", "mg/kg", "mg/kg") == ""


def test_values_are_scored_in_the_unit_of_the_round_and_printed_as_they_were_signed(world: World) -> None:
    with at(START):
        world.to_testing(CHEMISTRY)
        for lab, (value, unit) in ANSWERS.items():
            entry = world.entry(lab, {1: value, 2: value})
            values = tuple(replace(one, unit=unit, expanded_u=value, replicates=(value,)) for one in entry.values)
            service.save_draft(world.labs[lab]["technician"], world.round_id, replace(entry, values=values))
            world.hand_over(lab)
            world.sign(lab)
    with at(DEADLINE + SECOND):
        world.unblind()
        with reading() as session:
            given = scoring_input(session, world.coordinator, world.row()).reported
        by_code = {one.participant_code: one for one in given if one.item_number == 1}
        read = {lab: by_code[str(world.part(lab).code)] for lab in ANSWERS}
        assert [(read[lab].value, read[lab].unit) for lab in ("CUSA", "CUSC", "CDCB")] == [
            ("4.52", "mg/kg"), ("4.480", "mg/kg"), ("4.500000", "mg/kg"),
        ]  # fmt: skip
        assert (read["CUSC"].expanded_u, read["CUSC"].replicates) == ("4.480", ("4.480",))
        assert (read["CDCD"].value, read["CDCD"].unit) == ("4.6", "{copies}/mL")
        world.evaluate()
        world.opine()
        world.release()
        with reading() as session:
            row, run = world.row(), records.newest_evaluation(session, world.row())
            assert run is not None
            report = report_input(session, world.coordinator, row, run, records.reports_of(session, row)[0])
    lines = {one.participant_code: one for one in report.submitted if one.item_number == 1}
    line = lines[str(world.part("CUSC").code)]
    assert (line.value, line.unit, line.remark) == ("4480", "ug/kg", "4480 ug/kg × 0.001 = 4.480 mg/kg")
    foreign = [one for one in report.score.scores if one.participant_code == world.part("CDCD").code]
    assert {(one.verdict, one.reasons[0].code) for one in foreign} == {("not_evaluated", "unit_differs")}


def test_a_round_in_logarithms_takes_its_own_unit_alone(world: World) -> None:
    with at(START):
        world.plan(replace(QUANTITATIVE, unit="{copies}/mL"))
        assert world.row().units == ("{copies}/mL",)
        world.plan(replace(QUANTITATIVE, unit="{copies}/mL", is_log10=False))
        assert world.row().units == ("{copies}/mL", "{copies}/uL")
