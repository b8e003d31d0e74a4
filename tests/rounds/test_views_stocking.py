"""The stock page, the preparation sheet and the manifests: for the coordinator alone, and the manifest tells no truth."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.factories import browser_of, csrf_of
from tests.round_factory import START, World, at, new_world


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    with at(START):
        world = new_world(tmp_path)
        world.plan()
        world.agree()
        world.enrol()
        world.prepare()
        return world


def test_units_are_entered_and_a_refusal_keeps_what_was_typed(app: Flask, world: World) -> None:
    with at(START):
        browser, path = browser_of(app, world.coordinator), f"/rounds/{world.row().code}/items/stock"
        form = {"csrf_token": csrf_of(browser), "item": "2", "kind": "made", "note": "lot 7"}
        refused = browser.post(path, data={**form, "units": "many"})
        assert refused.status_code == 400 and 'value="many"' in refused.text and 'value="lot 7"' in refused.text
        assert browser.post(path, data={**form, "units": "12"}).status_code == 302
        page = browser.get(path).text
        assert "lot 7" in page and "units are lacking" in page and "nothing entered" not in page


def test_the_sheet_tells_the_truth_to_the_coordinator_alone_and_the_manifest_tells_it_to_nobody(app: Flask, world: World) -> None:
    with at(START):
        browser, base = browser_of(app, world.coordinator), f"/rounds/{world.row().code}"
        assert "POS" in browser.get(f"{base}/items/sheet").text
        manifest = browser.get(f"{base}/packing/manifests").text.partition("<main")[2]
        for lab, box_code in world.box_codes.items():
            assert box_code in manifest and all(code in manifest for code in world.numbers(lab))
            assert world.labs[lab].row.name_en not in manifest
        assert not re.search(r"\b(W?POS|NEG|positive|negative)\b", manifest)
        for lab, role in (("CUSA", "qa_manager"), ("CDCB", "coordinator"), ("CUSA", "technician")):
            other = browser_of(app, world.labs[lab][role])
            assert {other.get(f"{base}/{page}").status_code for page in ("items/stock", "items/sheet", "packing/manifests")} <= {403, 404}
