"""The trail shows no reported result and no code of a round before its report: it must not be read there ahead of time."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from lims import blobs
from lims.rounds import service
from tests.factories import PASSWORD, browser_of
from tests.round_factory import DEADLINE, QUALITATIVE, RIGHT, START, at, new_world


@pytest.mark.assurance("A5")
@pytest.mark.parametrize("role", ["auditor", "qa_manager", "authoriser"])
def test_reported_values_and_item_codes_are_not_on_the_page_of_the_trail(app: Flask, tmp_path: Path, role: str) -> None:
    with at(START):
        world = new_world(tmp_path)
        world.to_testing(QUALITATIVE)
        world.submit("CUSA", RIGHT)
        browser = browser_of(app, world.labs["CUSA"][role])
        for subject in ("", "reported_value", "submission", "item_code"):
            page = browser.get(f"/audit/?subject={subject}").text
            assert "result_code" not in page and "<td>code of an item</td>" not in page


@pytest.mark.assurance("A5")
def test_after_the_report_the_own_values_are_on_the_trail_and_stay_there_while_it_is_corrected(app: Flask, tmp_path: Path) -> None:
    with at(START):
        world = new_world(tmp_path)
        world.to_testing(QUALITATIVE)
        for lab in world.labs:
            world.submit(lab, RIGHT)
    world.blobs = blobs.store()
    with at(DEADLINE):
        world.unblind()
        browser = browser_of(app, world.labs["CUSA"]["auditor"])
        assert "result_code" not in browser.get("/audit/").text
        world.evaluate()
        world.opine()
        world.release()
        page = browser.get("/audit/?subject=reported_value").text
        assert "result_code" in page and page.count("<td>reported value</td>") % len(RIGHT) == 0
        for side in ("customs", "cdc"):
            service.return_to_analysis(world.qa(side), world.round_id, "a wrong factor", PASSWORD, seen=world.seen("return"))
        assert "result_code" in browser.get("/audit/?subject=reported_value").text
