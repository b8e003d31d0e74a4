"""The pages of the opened box: the bench records and asks, the coordinator sees and sends."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.factories import browser_of, csrf_of
from tests.round_factory import START, World, at, new_world


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    with at(START):
        world = new_world(tmp_path)
        world.to_testing()
        return world


def test_from_a_broken_item_to_the_replacement(app: Flask, world: World) -> None:
    with at(START):
        bench, path = browser_of(app, world.labs["CUSC"]["technician"]), f"/rounds/{world.row().code}/receipt"
        form, codes = {"csrf_token": csrf_of(bench)}, sorted(world.numbers("CUSC"))
        refused = bench.post(path, data={**form, f"condition-{codes[0]}": "broken", f"remark-{codes[0]}": "cap off"})
        assert refused.status_code == 400 and "cap off" in refused.text
        given = {f"condition-{code}": "intact" for code in codes} | {f"condition-{codes[0]}": "broken", f"remark-{codes[0]}": "cap off"}
        assert bench.post(path, data={**form, **given}).status_code == 302
        assert bench.post(path, data={**form, "step": "replace", "reason": "one broken"}).status_code == 302
        assert "A replacement is asked for: one broken" in bench.get(path).text
        office, boxes = browser_of(app, world.coordinator), f"/rounds/{world.row().code}/packing/receipts"
        page = office.get(boxes).text
        assert "cap off" in page and "5 / 5" in page and "one broken" in page
        sent = {"csrf_token": csrf_of(office), "packaging": "P650", "un_class": "UN3373", "temperature_set": "-20"}
        assert office.post(f"{boxes}/{world.part('CUSC').id}", data=sent).status_code == 302
        assert world.part("CUSC").state == "sent"


def test_others_see_neither_page(app: Flask, world: World) -> None:
    with at(START):
        base = f"/rounds/{world.row().code}"
        for lab, role in (("CUSA", "qa_manager"), ("CDCB", "coordinator"), ("CDCB", "auditor")):
            browser = browser_of(app, world.labs[lab][role])
            assert {browser.get(f"{base}/{page}").status_code for page in ("receipt", "packing/receipts")} <= {403, 404}
        other = browser_of(app, world.labs["CDCB"]["technician"]).get(f"{base}/receipt").text
        assert not any(code in other for code in world.numbers("CUSC"))
