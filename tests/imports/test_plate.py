"""The plate on the review page: several plates and wavelengths apart, a sign in each well beside its colour, both languages."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lims import worker
from tests.factories import TwoLaboratories, browser_of, csrf_of

OWN = Path(__file__).parents[1] / "instruments"


@pytest.fixture
def browser(app: Flask, two_laboratories: TwoLaboratories) -> FlaskClient:
    return browser_of(app, two_laboratories.a["technician"])


def uploaded(browser: FlaskClient, *path: str) -> str:
    """The address of the upload's page after the file was read."""
    content = OWN.joinpath(*path).read_bytes()
    data = {"csrf_token": csrf_of(browser), "files": (io.BytesIO(content), path[-1])}
    page = browser.post("/uploads/new", data=data, follow_redirects=True)
    assert page.status_code == 200, page.text
    while worker.work_once():
        pass
    return page.request.path


def plate(page: str) -> dict[str, tuple[str, str]]:
    """Class and text of each well that holds something."""
    cells = re.findall(r'<td class="([^"]*)" data-well="(\w+)"[^>]*>(?:<a [^>]*>)?([^<]*)', page)
    return {well: (kind, text) for kind, well, text in cells if kind != "empty-well"}


def test_each_plate_and_wavelength_is_a_drawing_of_its_own(browser: FlaskClient):
    path = uploaded(browser, "biotek_gen5", "two_plates_comma.txt")
    first, last = browser.get(f"{path}?target=0").text, browser.get(f"{path}?target=2").text
    for name in ("ELISA:450, plate 1", "ELISA:650, plate 1", "ELISA:450, plate 2", "ELISA:650, plate 2"):
        assert name in first
    assert plate(first)["A1"][1] == "2.3" and plate(last)["A1"][1] == "2.4"


def test_a_well_that_is_no_number_has_a_sign_beside_its_colour(browser: FlaskClient):
    page = browser.get(f"{uploaded(browser, 'biotek_gen5', 'two_plates_comma.txt')}?target=0").text
    wells = plate(page)
    assert (wells["A2"][1], wells["B3"][1], wells["C4"][1]) == ("&gt;OVRF", "✕", "?")
    assert all("sign" in wells[well][0].split() for well in ("A2", "B3", "C4")) and "sign" not in wells["A1"][0].split()
    assert wells["C1"][1] == "0.041"
    assert "ctl" in wells["A1"][0].split() and 'title="SPL1 · not usable · *****"' in page
    assert 'data-grid="plate"' in page


def test_the_plate_speaks_the_readers_language(browser: FlaskClient):
    path = uploaded(browser, "thermo_skanit", "two_plates.txt")
    browser.post("/language", data={"csrf_token": csrf_of(browser), "language": "zh_CN"})
    page = browser.get(f"{path}?target=0").text
    assert "Absorbance 1 450 nm，孔板 1" in page and "– 未检出，? 空，✕ 不可用" in page


def test_a_plate_without_layout_is_shown_and_asks(browser: FlaskClient):
    page = browser.get(uploaded(browser, "elisa_generic", "two_wavelengths_no_layout.txt")).text
    assert "does not say what the wells hold" in page
    assert plate(page)["C3"][1] == "&gt;OVRF"
