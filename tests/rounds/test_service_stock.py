"""Stock of items: counted down by tests, losses and boxes; a gate of the dispatch once it is entered."""

from __future__ import annotations

from pathlib import Path

import pytest

from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import Forbidden, Invalid, NotFound, RuleViolation
from lims.rounds import service
from lims.rounds.lifecycle.stock import ItemStock, reserve_of
from lims.rounds.queries import records, stock
from tests.round_factory import PANEL, START, World, at, new_world


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    with at(START):
        world = new_world(tmp_path)
        world.plan()
        world.agree()
        return world


def enter(world: World, units: int, kind: str = "made", *numbers: int) -> None:
    with at(START):
        for number in numbers or range(1, len(PANEL) + 1):
            service.record_stock(world.coordinator, world.round_id, number, kind, units)


def units_of(world: World) -> dict[int, ItemStock]:
    with reading() as session:
        row = world.row()
        return {one.number: one for one in stock.stock_of(session, row, records.items_of(session, row))}


@pytest.mark.parametrize(("n", "reserve"), [(2, 5), (50, 5), (51, 6), (200, 20)])
def test_the_reserve_is_the_greater_of_a_tenth_and_five(n: int, reserve: int) -> None:
    assert reserve_of(n) == reserve


def test_units_are_counted_down_by_tests_losses_and_boxes(world: World) -> None:
    enter(world, 20)
    enter(world, 7, "homogeneity", 1)
    enter(world, 1, "broken", 1)
    with at(START):
        world.enrol()
        world.prepare()
    first, second = units_of(world)[1], units_of(world)[2]
    assert (first.made, first.used, first.packed, first.left, first.need, first.lacking) == (20, 8, 4, 8, 9, 0)
    assert (second.left, second.lacking) == (16, 0)


def test_what_is_not_there_is_not_used(world: World) -> None:
    enter(world, 3)
    with pytest.raises(RuleViolation) as refusal:
        enter(world, 4, "homogeneity", 2)
    assert refusal.value.values == {"item": 2, "units": 4, "left": 3}
    with pytest.raises(Invalid):
        enter(world, 0)
    with pytest.raises(NotFound):
        enter(world, 1, "made", 99)
    with at(START), pytest.raises(Forbidden):
        service.record_stock(world.qa("customs"), world.round_id, 1, "made", 3)


def test_a_stock_below_the_need_keeps_the_boxes_in_the_house(world: World) -> None:
    enter(world, 9)
    enter(world, 1, "broken", 3)
    with at(START):
        world.enrol()
        world.prepare()
        with pytest.raises(service.GateClosed) as refusal:
            world.send()
        assert "3 (8 / 9)" in str(refusal.value.values["reasons"])
        enter(world, 1, "made", 3)
        world.send()
        assert world.state() == "dispatched"


def test_no_box_is_packed_when_no_unit_is_left(world: World) -> None:
    enter(world, 2)
    with at(START):
        world.enrol()
        with pytest.raises(RuleViolation) as refusal:
            world.prepare()
    assert refusal.value.code == "rounds.stock_empty"


def test_a_round_without_stock_entries_goes_on_with_the_gate_waived(world: World) -> None:
    with at(START):
        world.enrol()
        world.prepare()
        world.send()
        assert world.state() == "dispatched"
