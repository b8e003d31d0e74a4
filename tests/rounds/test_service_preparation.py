"""Homogeneity and stability records: evaluated, checked by a second person, and a gate once one exists."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask

from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import Invalid, RuleViolation
from lims.rounds import service
from lims.rounds.queries import preparation, records
from lims.rounds.scoring.preparation import Basis, conclude, read_grid
from tests.factories import PASSWORD, browser_of, csrf_of, new_person
from tests.round_factory import START, World, at, new_world

UNITS = "\n".join(["POS/26.1\tPOS/26.3"] * 10)


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    with at(START):
        world = new_world(tmp_path)
        world.plan()
        world.agree()
        return world


def checker_of(world: World) -> str:
    return new_person("checker.one", "auditor", world.coordinator.laboratory_id).login


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
        login = checker_of(world)
        world.enrol()
        world.prepare()
        with pytest.raises(RuleViolation):
            service.record_preparation(
                world.coordinator, world.row().id, 1, "homogeneity", UNITS, checker=world.coordinator.login, password=PASSWORD
            )
        with reading() as session:
            codes = {item.number: item.expected_code for item in records.items_of(session, world.row())}
        for number, code in codes.items():
            wrong = "NEG" if code == "POS" else "POS"
            for word in (wrong, code):
                grid = UNITS.replace("POS", str(word))
                service.record_preparation(world.coordinator, world.row().id, number, "homogeneity", grid, checker=login, password=PASSWORD)
                if number == 1 and word == wrong:
                    with pytest.raises(service.GateClosed) as closed:
                        world.send()
                    assert {gate.code: gate.outcome for gate in closed.value.gates}["homogeneity_passed"] == "unmet"
        with reading() as session:
            kept = preparation.versions(session, world.row())
            assert preparation.open_items(session, world.row(), records.items_of(session, world.row()), "homogeneity") == ()
        assert [one.conclusion for one in kept] == ["not_passed", "passed"] * len(codes)
        world.send()
        assert world.state() == "dispatched"


def test_the_page_keeps_what_was_pasted_when_refused_and_shows_the_conclusion(app: Flask, world: World) -> None:
    with at(START):
        login = checker_of(world)
        browser = browser_of(app, world.coordinator)
        path = f"/rounds/{world.row().code}/items/records"
        form = {"csrf_token": csrf_of(browser), "item": "1", "kind": "homogeneity", "first": UNITS, "login": login}
        refused = browser.post(path, data={**form, "password": "wrong"})
        assert refused.status_code == 403 and "POS/26.1" in refused.text
        assert browser.post(path, data={**form, "password": PASSWORD}).status_code == 302
        assert "passed" in browser.get(path).text
