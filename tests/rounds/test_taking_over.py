"""Take-over: the own results of the items are proposed with their source; only what a person chooses is saved; never another's."""

from __future__ import annotations

from pathlib import Path

import pytest

from lims import worker
from lims.db.engine import Database
from lims.errors import RuleViolation
from lims.imports import service as imports
from lims.rounds.exchange.proposals import Found, measured
from lims.rounds.service import exchange_results
from tests.factories import accepted_sample, browser_of, csrf_of
from tests.form_factory import LAB, technician
from tests.round_factory import QUALITATIVE, RIGHT, START, World, at, new_world

CONTROLS = ("G12,PC,Positive Control,N,22.00", "H12,NTC,NTC,N,Undetermined")


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> World:
    with at(START):
        world = new_world(tmp_path)
        world.to_testing(QUALITATIVE)
    return world


def run_instrument(world: World, lab: str, rows: dict[str, str]) -> None:
    """The items registered as samples under their codes, and an instrument file with a cycle for each accepted."""
    for code in rows:
        accepted_sample(world.labs[lab], code)
    lines = [
        "Well,Sample,Task,Target,Ct",
        *(f"A{n},{code},UNKNOWN,N,{cycle}" for n, (code, cycle) in enumerate(rows.items(), 1)),
        *CONTROLS,
    ]
    upload = imports.store_upload(technician(world, lab), "run.csv", "\r\n".join([*lines, ""]).encode()).upload
    while worker.work_once():
        pass
    imports.accept_upload(technician(world, lab), upload.id)


def told(world: World, lab: str = LAB) -> exchange_results.TakeOver:
    return exchange_results.proposals_for(technician(world, lab), world.round_id)


def test_cycles_are_proposed_with_their_source_and_saved_when_chosen(world: World) -> None:
    with at(START):
        codes = sorted(world.numbers(LAB))
        assert told(world).proposals == () and told(world).samples == 0
        run_instrument(world, LAB, {codes[0]: "24.50", codes[1]: "Undetermined"})
        found = told(world)
        name = "ct-N"
        assert {(one.item, one.name, one.text) for one in found.proposals} == {
            (codes[0], name, "24.50"), (codes[1], name, "Undetermined"),
        }  # fmt: skip
        assert all("run" in one.source or "-ENV-" in one.source for one in found.proposals) and not found.proposals[0].is_reviewed
        assert world.version(LAB) == 0
        saved = exchange_results.take_over(technician(world), world.round_id, {f"{codes[0]}:{name}"}, 0)
        assert saved.version == 1 and [one.item for one in told(world).proposals] == [codes[1]]
        with pytest.raises(RuleViolation):
            exchange_results.take_over(technician(world), world.round_id, {"ZZZZZZ:value"}, 1)


def test_the_rest_of_the_draft_stays_and_another_laboratory_sees_nothing(world: World) -> None:
    with at(START):
        world.draft(LAB, RIGHT)
        codes = sorted(world.numbers(LAB))
        run_instrument(world, LAB, {codes[0]: "24.50"})
        found = told(world)
        taken = found.proposals[0]
        exchange_results.take_over(technician(world), world.round_id, {f"{taken.item}:{taken.name}"}, 1)
        after = told(world).open.values
        assert {code: value.result_code for code, value in after.items()} == {c: RIGHT[n] for c, n in world.numbers(LAB).items()}
        assert after[codes[0]].ct[taken.name[3:]] == "24.50"
        assert told(world, "CDCD").samples == 0
        accepted_sample(world.labs["CDCD"], codes[0])
        assert told(world, "CDCD").samples == 0


def test_a_value_needs_a_unit_that_the_round_takes_and_several_are_replicates() -> None:
    def one(text: str, unit: str, status: str = "value", comparator: str = "") -> Found:
        return Found("Cd", "mass_fraction", status, text, comparator, unit, "S-1", is_reviewed=True)

    units = ("mg/kg", "ug/kg")
    single = measured("7KX3PA", [one("4.50", "ug/kg")], units)
    assert [(part.name, part.text) for part in single.proposals] == [("value", "4.50"), ("unit", "ug/kg")]
    limit = measured("7KX3PA", [one("<0.10", "mg/kg", "censored", "<")], units)
    assert [(part.name, part.text) for part in limit.proposals] == [("value", "0.10"), ("unit", "mg/kg"), ("relation", "<")]
    several = measured("7KX3PA", [one("4.50", "mg/kg"), one("4.60", "mg/kg")], units)
    assert [(part.name, part.text) for part in several.proposals] == [("replicates", "4.50; 4.60")]
    assert [part.code for part in several.left] == ["replicates"]
    foreign = measured("7KX3PA", [one("4.50", "furlong")], units)
    assert foreign.proposals == [] and [part.code for part in foreign.left] == ["unit"]


def test_the_page_shows_the_proposals_and_takes_the_chosen_ones(app, world: World) -> None:
    with at(START):
        codes = sorted(world.numbers(LAB))
        run_instrument(world, LAB, {codes[0]: "24.50"})
        browser, address = browser_of(app, technician(world)), f"/rounds/{world.row().code}/submit/results"
        page = browser.get(address)
        assert page.status_code == 200 and "24.50" in page.text and codes[0] in page.text
        key = f"{told(world).proposals[0].item}:{told(world).proposals[0].name}"
        sent = {"csrf_token": csrf_of(browser), "base_version": "0"}
        assert browser.post(address, data=sent).status_code == 422
        assert browser.post(address, data={**sent, "take": key}).status_code == 302 and world.version(LAB) == 1
        assert "Nothing to take over" in browser.get(address).text
