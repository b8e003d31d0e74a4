"""Homogeneity and stability records: figures shown, signed by a fit checker, a gate once one exists, stale when the item changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lims.db.engine import Database
from lims.db.session import Actor, reading
from lims.errors import Conflict, Invalid, RuleViolation
from lims.rounds import service
from lims.rounds.queries import gates, preparation, records
from lims.rounds.queries.scoring import scoring_input
from lims.rounds.scoring.preparation import Basis, conclude, read_grid
from lims.rounds.service.enrolment import truth_hash
from tests.factories import PASSWORD, new_person
from tests.round_factory import DEADLINE, LEVELS, PANEL, QUANTITATIVE, RIGHT, START, VALUES, World, at, new_world, round_plan

UNITS = "\n".join(["POS/26.1\tPOS/26.3"] * 10)
CHANGES = ("0.02 -0.01", "0.01 0.03", "-0.02 0.00", "0.00 0.02", "-0.03 -0.01", "0.03 0.01", "0.01 -0.02", "-0.01 0.01", "0.00 -0.02",
           "0.02 0.00")  # fmt: skip


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


def units_of(level: Decimal, by: Decimal = Decimal(0)) -> str:
    return "\n".join("\t".join(str(level + by + Decimal(part)) for part in line.split()) for line in CHANGES)


def measure_all(world: World, kind: str = "homogeneity") -> None:
    for item in LEVELS:
        level = item.x_pt or Decimal(0)
        world.measure(item.number, kind, units_of(level), units_of(level, Decimal("-0.03")) if kind == "stability" else "")


def open_items(world: World, kind: str = "homogeneity"):
    with reading() as session:
        return preparation.open_items(session, world.row(), records.items_of(session, world.row()), kind)


def test_arsenic_in_chocolate_of_the_standard_passes_with_its_printed_figures() -> None:
    first = "0.185 0.194 0.187 0.189 0.182 0.186 0.188 0.196 0.191 0.181"
    units = f"{first} 0.188 0.180 0.187 0.196 0.177 0.186 0.179 0.187 0.188 0.196".split()
    grid = [units[place : place + 2] for place in range(0, 20, 2)]
    found = conclude("homogeneity", grid, [], Basis(sigma_pt=Decimal("0.02807")))
    assert found.conclusion == "passed" and abs(float(found.figures["s_x"]) - 0.00398) < 0.00002
    assert conclude("homogeneity", grid[:9], [], Basis(sigma_pt=Decimal("0.02807"))).conclusion == "not_concluded"
    assert conclude("homogeneity", grid, [], Basis()).conclusion == "not_concluded"
    assert conclude("stability", grid, [["0.193", "0.194"]], Basis(sigma_pt=Decimal("0.02807"))).conclusion == "passed"
    assert conclude("stability", grid, [["0.293", "0.294"]], Basis(sigma_pt=Decimal("0.02807"))).conclusion == "not_passed"


def test_a_panel_passes_when_ten_units_in_duplicate_lie_in_the_category_with_a_small_spread_of_ct() -> None:
    basis = Basis(expected_code="POS")
    assert conclude("homogeneity", read_grid(UNITS, "first"), [], basis).conclusion == "passed"
    assert conclude("homogeneity", read_grid(UNITS, "first")[:9], [], basis).conclusion == "not_concluded"
    assert conclude("homogeneity", [*read_grid(UNITS, "first"), ["NEG", "POS"]], [], basis).conclusion == "not_passed"
    assert conclude("homogeneity", [["POS/20", "POS/30"]] * 10, [], basis).conclusion == "not_passed"


def test_a_ragged_grid_or_a_word_in_place_of_a_number_is_told_with_its_line() -> None:
    with pytest.raises(Invalid) as ragged:
        read_grid("1 2\n3", "first")
    assert ragged.value.values["line"] == 2
    with pytest.raises(Invalid) as word:
        conclude("homogeneity", [["1", "x"]], [], Basis(sigma_pt=Decimal(1)))
    assert word.value.values["place"] == 2


def test_the_dispatch_waits_for_every_item_once_one_record_exists_and_earlier_versions_stay(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        world.enrol()
        world.prepare()
        for item in PANEL:
            for word in ("NEG" if item.expected_code == "POS" else "POS", item.expected_code):
                world.measure(item.number, "homogeneity", UNITS.replace("POS", str(word)))
                if item.number == 1 and word == "NEG":
                    with pytest.raises(service.GateClosed) as closed:
                        world.send()
                    assert {gate.code: gate.outcome for gate in closed.value.gates}["homogeneity_passed"] == "unmet"
        with reading() as session:
            kept = preparation.versions(session, world.row())
        assert open_items(world).items == ()
        assert [one.conclusion for one in kept] == ["not_passed", "passed"] * len(PANEL)
        assert all(one.u == "" for one in kept)
        world.send()
        assert world.state() == "dispatched"


@pytest.mark.parametrize("role", ["auditor", "administrator", "technician", "reviewer", "coordinator"])
def test_a_record_is_checked_by_a_fit_person_and_never_by_its_analyst(world: World, role: str) -> None:
    with at(START):
        world.plan()
        world.agree()
        other = world.labs["CUSA"][role]
        with pytest.raises(RuleViolation) as refused:
            world.measure(1, "homogeneity", UNITS, checker=other)
        assert refused.value.code == ("rounds.checker_is_analyst" if role == "coordinator" else "rounds.checker_role")
        with pytest.raises(RuleViolation) as stranger:
            world.measure(1, "homogeneity", UNITS, checker=world.qa("cdc"))
        assert stranger.value.code == "rounds.checker_unfit"
        fit: list[Actor] = [world.qa("customs"), world.labs["CUSA"]["authoriser"]]
        fit.append(new_person("second.coordinator", "coordinator", world.labs["CUSA"].id))
        assert [world.measure(1, "homogeneity", UNITS, checker=one).version for one in fit] == [1, 2, 3]


def test_the_checker_signs_the_figures_that_were_shown_and_no_others(world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        pasted = service.Pasted(1, "homogeneity", UNITS)
        shown = service.preview_preparation(world.coordinator, world.round_id, pasted)
        assert (shown.found.conclusion, shown.found.figures["results"]) == ("passed", "20")
        who = {"checker": world.qa("customs").login, "password": PASSWORD}
        for other, seen in ((replace(pasted, first=UNITS.replace("26.1", "26.2")), shown.seen), (pasted, "")):
            with pytest.raises(Conflict):
                service.record_preparation(world.coordinator, world.round_id, other, seen=seen, **who)
        service.define_items(world.coordinator, world.round_id, [replace(PANEL[0], expected_code="NEG"), *PANEL[1:]])
        with pytest.raises(Conflict):
            service.record_preparation(world.coordinator, world.round_id, pasted, seen=shown.seen, **who)
        service.define_items(world.coordinator, world.round_id, PANEL)
        assert service.record_preparation(world.coordinator, world.round_id, pasted, seen=shown.seen, **who).content_hash == shown.seen


def test_a_record_is_stale_once_the_item_is_another_and_the_gate_says_why(world: World) -> None:
    with at(START):
        world.plan(QUANTITATIVE)
        world.agree()
        world.enrol()
        measure_all(world)
        assert open_items(world).items == ()
        service.define_items(world.coordinator, world.round_id, [replace(LEVELS[0], x_pt=Decimal("4.60")), LEVELS[1]])
        found = open_items(world)
        assert (found.items, found.stale, found.changed) == (("1",), ("1",), ("x_pt",))
        world.prepare()
        with pytest.raises(service.GateClosed) as closed:
            world.send()
        why = "Those of items 1 count no longer, because this was changed after them: assigned value."
        assert why in str(closed.value.values["reasons"])
        world.measure(1, "homogeneity", units_of(Decimal("4.60")))
        world.send()


def test_an_amendment_that_leaves_the_items_keeps_their_records_and_another_limit_or_panel_does_not(world: World) -> None:
    with at(START):
        world.plan(QUANTITATIVE)
        world.agree()
        world.enrol()
        measure_all(world)
        world.prepare()
        for side in ("customs", "cdc"):
            service.amend_protocol(world.qa(side), world.round_id, "another purpose", PASSWORD, seen=world.seen("amend"))
        assert open_items(world).items == ()
        service.revise_plan(world.coordinator, world.round_id, round_plan(replace(QUANTITATIVE, sigma_pt=Decimal("0.30"))))
        assert (open_items(world).stale, open_items(world).changed) == (("1", "2"), ("sigma_pt",))
        world.agree()
        service.open_enrolment(world.coordinator, world.round_id)
        measure_all(world)
        world.prepare()
        world.send()
        for side in ("customs", "cdc"):
            service.withdraw_items(world.qa(side), world.round_id, "item 1 leaks", PASSWORD, seen=world.seen("withdraw_items"))
        assert open_items(world) is None


def test_the_uncertainties_of_standing_records_enter_the_input_of_the_score_run_and_a_later_record_makes_it_stale(world: World) -> None:
    with at(START):
        world.plan(QUANTITATIVE)
        world.agree()
        world.enrol()
        with reading() as session:
            without = scoring_input(session, world.coordinator, world.row()).hash
        measure_all(world)
        measure_all(world, "stability")
        world.prepare()
        with reading() as session:
            kept = preparation.newest(session, world.row())
            given = {one.number: one for one in scoring_input(session, world.coordinator, world.row()).items}
            assert truth_hash(records.items_of(session, world.row())) == world.row().truth_hash
        assert given[1].u_hom == Decimal(kept[(1, "homogeneity")].u) and given[1].u_trans == Decimal(kept[(1, "stability")].u)
        assert given[1].u_stab is None and (given[1].u_hom, given[1].u_trans) != (None, None)
        world.send()
        for lab in world.labs:
            world.receive(lab)
            world.submit(lab, VALUES[lab])
    with at(DEADLINE):
        world.unblind()
        world.evaluate()
        with reading() as session:
            run = records.newest_evaluation(session, world.row())
            assert run is not None and run.input_hash != without and not gates.is_stale(session, world.coordinator, world.row(), run)
        figure = next(one for one in run.outcome["items"] if one["item_number"] == 1)
        expected = (Decimal("0.05") ** 2 + given[1].u_hom ** 2 + given[1].u_trans ** 2).sqrt()
        assert abs(Decimal(str(figure["u_x_pt"]["value"])) - expected) < Decimal("1e-9")
        add_a_record_behind_the_services(world, kept[(1, "homogeneity")])
        with reading() as session:
            assert gates.is_stale(session, world.coordinator, world.row(), run)


def add_a_record_behind_the_services(world: World, record) -> None:
    from lims.db.session import transaction
    from lims.rounds.models import PreparationRecord

    copied = {column.key: getattr(record, column.key) for column in PreparationRecord.__table__.columns if column.key != "id"}
    with transaction(world.coordinator, "test") as session:
        session.add(PreparationRecord(**copied | {"version": record.version + 1, "u": "0.09"}))


def test_a_category_offers_no_uncertainty_and_waits_for_its_expected_result(world: World) -> None:
    with at(START):
        world.plan(items=(replace(PANEL[0], expected_code=None), *PANEL[1:]))
        world.agree()
        with pytest.raises(RuleViolation) as refused:
            world.measure(1, "homogeneity", UNITS)
        assert refused.value.code == "rounds.truth_first"
        service.define_items(world.coordinator, world.round_id, PANEL)
        world.measure(1, "homogeneity", UNITS)
        with reading() as session:
            assert {(one.u_hom, one.u_trans) for one in scoring_input(session, world.coordinator, world.row()).items} == {(None, None)}
        assert RIGHT[1] == PANEL[0].expected_code
