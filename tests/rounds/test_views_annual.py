"""The pages of the annual plan: proposal, signature, file, and a round begun from a line, a template or an earlier round."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask
from openpyxl import load_workbook

from lims.db.session import reading
from lims.rounds import service
from lims.rounds.queries import annual, records
from lims.rounds.service import LineDraft
from tests.factories import PASSWORD, browser_of, csrf_of, new_laboratory, seen_on
from tests.round_factory import PANEL, START, World, at, new_world


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


def test_a_line_is_proposed_signed_by_both_sides_and_listed_with_its_file(app: Flask, world: World) -> None:
    with at(START):
        browser = browser_of(app, world.coordinator)
        assert "The year is not planned yet" in browser.get("/rounds/plan").text
        form = {"csrf_token": csrf_of(browser), "scheme": str(world.scheme_id), "month": "2027-03", "template": "NAT4"}
        refused = browser.post("/rounds/plan/new", data={**form, "month": "March"})
        assert refused.status_code == 400 and "expected a month such as 2027-03" in refused.text
        answer = browser.post("/rounds/plan/new", data=form)
        assert answer.status_code == 302
        where = answer.location
        for side in ("customs", "cdc"):
            signing = browser_of(app, world.qa(side))
            page = signing.get(where).text
            sent = {"csrf_token": csrf_of(signing), "seen": seen_on(page, f"{where}/agree")}
            assert signing.post(f"{where}/agree", data={**sent, "password": "wrong"}).status_code == 403
            assert signing.post(f"{where}/agree", data={**sent, "password": PASSWORD}).status_code == 302
        assert "agreed" in browser.get(where).text
        listed = browser.get("/rounds/plan?year=2027&state=agreed").text
        assert "2027-03" in listed and "in turn" in listed and "2 / 2" in listed
        assert "No line of the plan fits" in browser.get("/rounds/plan?year=2026").text
        book = load_workbook(io.BytesIO(browser.get("/rounds/plan/export.xlsx?year=2027").data))
        cells = [str(cell) for row in book.active.iter_rows(values_only=True) for cell in row if cell]
        assert "2027-03" in cells and any("Technician" in cell or "2027" in cell for cell in cells)


def test_a_stranger_finds_no_line(app: Flask, world: World) -> None:
    with at(START):
        line = service.propose_line(world.coordinator, LineDraft(world.scheme_id, "2027-03", "NAT5"))
        stranger = browser_of(app, new_laboratory("FAR1", "cdc", "FAR")["coordinator"])
        assert stranger.get(f"/rounds/plan/{line.id}").status_code == 404
        assert "2027-03" not in stranger.get("/rounds/plan").text
        assert stranger.get(f"/rounds/new?line={line.id}").status_code == 404


def test_a_line_fills_the_form_with_its_template_and_scheme(app: Flask, world: World) -> None:
    with at(START):
        line = service.propose_line(world.coordinator, LineDraft(world.scheme_id, "2027-03", "NAT4"))
        for side in ("customs", "cdc"):
            service.agree_line(world.qa(side), line.id, PASSWORD, seen=annual.basis_of(line))
        page = browser_of(app, world.labs["CDCB"]["coordinator"]).get(f"/rounds/new?line={line.id}").text
    assert "Round of the annual plan" in page and "Filled from template NAT4: 4 items" in page
    assert page.count('<option value="core" selected') == 4


def test_a_clone_takes_protocol_and_design_and_never_truth_or_codes(app: Flask, world: World) -> None:
    with at(START):
        world.plan()
        world.agree()
        world.enrol()
        world.prepare()
        page = browser_of(app, world.coordinator).get(f"/rounds/new?clone={world.row().code}").text
        with reading() as session:
            codes = [one.code for one in records.all_item_codes(session, world.row())]
    assert "were not taken over" in page and "Agreement of both sides" in page and "No exchange of results" in page
    assert page.count('<option value="core" selected') == len(PANEL)
    assert '<option value="POS" selected' not in page and '<option value="yes" selected' not in page
    assert not any(code in page for code in codes)
    assert 'name="deadline_day" type="date" value=""' in page or 'value="2026-05-20"' not in page


def test_the_other_side_clones_a_round_only_once_it_is_published(app: Flask, world: World) -> None:
    with at(START):
        world.plan()
        other = browser_of(app, world.labs["CDCB"]["coordinator"])
        assert other.get(f"/rounds/new?clone={world.row().code}").status_code == 404
