"""The opened box: conditions item by item, a replacement with the same codes, and receipts that are overdue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import Invalid, NotFound, RuleViolation
from lims.rounds import service
from lims.rounds.queries import receipt, records
from lims.rounds.queries.overdue import overdue_boxes
from lims.rounds.service import Box
from tests.round_factory import RIGHT, START, World, at, new_world

BOX = Box("three layers", "UN3373", "-20")


@pytest.fixture
def world(database: Database, tmp_path: Path) -> World:
    with at(START):
        world = new_world(tmp_path)
        world.to_testing()
        return world


def find(world: World, lab: str, condition: str, remark: str = "") -> int:
    found = dict.fromkeys(world.numbers(lab), (condition, remark))
    return len(service.record_findings(world.labs[lab]["technician"], world.round_id, found))


def test_only_what_differs_is_added_and_every_finding_stays(world: World) -> None:
    with at(START):
        assert find(world, "CUSC", "intact") == 5 and find(world, "CUSC", "intact") == 0
        first = min(world.numbers("CUSC"))
        assert len(service.record_findings(world.labs["CUSC"]["technician"], world.round_id, {first: ("leaking", "at the cap")})) == 1
        with reading() as session:
            newest = receipt.findings_of(session, world.row())
        assert sorted(one.condition for one in newest.values()) == ["intact"] * 4 + ["leaking"]


def test_codes_of_others_and_unknown_conditions_are_refused(world: World) -> None:
    technician, own = world.labs["CUSC"]["technician"], min(world.numbers("CUSC"))
    with at(START):
        with pytest.raises(NotFound):
            service.record_findings(technician, world.round_id, {min(world.numbers("CDCB")): ("intact", "")})
        with pytest.raises(Invalid):
            service.record_findings(technician, world.round_id, {own: ("", "")})


def test_a_replacement_needs_damage_and_a_reason_and_keeps_the_codes(world: World) -> None:
    bench, before = world.labs["CUSC"]["technician"], world.numbers("CUSC")
    with at(START):
        find(world, "CUSC", "intact")
        with pytest.raises(RuleViolation):
            service.ask_replacement(bench, world.round_id, "all broken")
        find(world, "CUSC", "broken")
        with pytest.raises(Invalid):
            service.ask_replacement(bench, world.round_id, " ")
        service.ask_replacement(bench, world.round_id, "all broken")
        with reading() as session:
            assert [one.title for one in overdue_boxes(session, world.coordinator)] == ["Round %(code)s: a replacement is asked for"]
        with pytest.raises(NotFound):
            service.send_replacement(world.coordinator, world.round_id, world.part("CDCB").id, BOX)
        record = service.send_replacement(world.coordinator, world.round_id, world.part("CUSC").id, BOX)
        assert world.part("CUSC").state == "sent" and record.box_code not in world.box_codes.values()
        service.confirm_receipt(bench, world.round_id, record.box_code)
        assert world.numbers("CUSC") == before
        world.submit("CUSC", RIGHT)
        assert world.part("CUSC").state == "submitted"


def test_a_replacement_is_counted_from_the_stock(world: World) -> None:
    with at(START):
        for number in range(1, 6):
            service.record_stock(world.coordinator, world.round_id, number, "made", 4)
        find(world, "CUSC", "broken")
        service.ask_replacement(world.labs["CUSC"]["technician"], world.round_id, "all broken")
        with pytest.raises(RuleViolation) as refusal:
            service.send_replacement(world.coordinator, world.round_id, world.part("CUSC").id, BOX)
    assert refusal.value.code == "rounds.stock_empty"


@pytest.mark.parametrize(
    ("sent", "due"),
    [(datetime(2026, 5, 4, 1, tzinfo=UTC), 7), (datetime(2026, 5, 7, 1, tzinfo=UTC), 12), (datetime(2026, 5, 9, 1, tzinfo=UTC), 13)],
)
def test_a_receipt_is_overdue_after_three_working_days(sent: datetime, due: int) -> None:
    assert receipt.overdue_since(sent).day == due


def test_an_unconfirmed_box_is_listed_and_stands_on_the_home_page_once_it_is_overdue(database: Database, tmp_path: Path) -> None:
    with at(START):
        world = new_world(tmp_path)
        world.plan()
        world.agree()
        world.enrol()
        world.prepare()
        world.send()
        world.receive("CUSA")
    for days, expected in ((1, 0), (7, 3)):
        with at(START + timedelta(days=days)), reading() as session:
            assert len(receipt.overdue(session, world.row())) == expected
            assert len(overdue_boxes(session, world.coordinator)) == bool(expected)
            assert len(records.dispatches_of(session, world.row())) == 4
