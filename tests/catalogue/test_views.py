"""The pages of the catalogue."""

from __future__ import annotations

import pytest
from flask import Flask

from lims.catalogue import service
from lims.catalogue.scope import LISTS
from lims.db.session import SYSTEM
from tests.factories import TwoLaboratories, browser_of


@pytest.fixture
def browser(app: Flask, two_laboratories: TwoLaboratories):
    service.load_shipped(SYSTEM)
    return browser_of(app, two_laboratories.a["technician"])


def test_every_list_has_a_page(browser):
    for one in LISTS:
        page = browser.get(f"/catalogue/{one.code}")
        assert page.status_code == 200, one.code
        assert one.title.replace("'", "&#39;") in page.text
    for address in ("/catalogue/organisations", "/catalogue/nosuch", "/catalogue/pathogens?after=x"):
        assert browser.get(address).status_code == 404


def test_the_index_counts_the_entries_of_each_list(browser):
    page = browser.get("/catalogue/")
    assert "Human pathogens" in page.text
    assert ">63<" in page.text
    assert "verify before use" in browser.get("/catalogue/pathogens?q=MERSCOV").text


def test_a_list_is_searched_and_paged(browser):
    page = browser.get("/catalogue/glossary")
    assert "after=" in page.text and "before=" not in page.text
    assert "No entry fits" in browser.get("/catalogue/glossary?q=zzzz").text
