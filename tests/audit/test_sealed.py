"""The trail shows no reported result and no code of a round: a reader of the trail must not read a round before its publication."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.factories import browser_of
from tests.round_factory import QUALITATIVE, RIGHT, START, at, new_world


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
            assert "result_code" not in page and '<td class="mono">item_code</td>' not in page
