"""The journeys of the house, each from its first page to its last, as persons with a browser walk them."""

from __future__ import annotations

import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from lims import blobs, worker
from tests.factories import TwoLaboratories, browser_of, csrf_of
from tests.round_factory import DEADLINE, QUANTITATIVE, SECOND, START, VALUES, World, at, new_world

TUBE = "0088001"
TYPED = {"external_number": TUBE, "matrix": "SURF", "purpose": "monitoring", "surface": "outer_box", "analytes": ["SARSCOV2"]}
FILE = f"""Well,Sample,Task,Target,Ct
A1,{TUBE},Unknown,ORF1ab,27.41
A1,{TUBE},Unknown,N,26.88
B2,NO-SUCH-TUBE,Unknown,ORF1ab,31.20
F12,PC,Positive Control,ORF1ab,26.71
F12,PC,Positive Control,N,26.71
H12,NTC,NTC,ORF1ab,Undetermined
H12,NTC,NTC,N,Undetermined
"""


def send(browser: FlaskClient, path: str, **values: object):
    """Fill a form and look at the page that follows."""
    answer = browser.post(path, data={"csrf_token": csrf_of(browser), **values}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer


def received_sample(browser: FlaskClient) -> str:
    """Register a sample, print its label, scan the tube and accept it; the address of its page."""
    page = send(browser, "/samples/new?kind=ENV", **TYPED).request.path
    labels = send(browser, "/samples/labels", selected=page.rstrip("/").rsplit("/", 1)[-1], layout="single")
    assert TUBE in labels.text and "<svg" in labels.text
    scanned = browser.get("/samples/receive", query_string={"code": TUBE})
    assert scanned.status_code == 302
    accepted = send(browser, scanned.location, arrival_temperature="4.6", condition="intact", decision="accepted")
    assert accepted.request.path == page
    return page


def test_a_sample_is_registered_labelled_and_received(app: Flask, two_laboratories: TwoLaboratories):
    browser = browser_of(app, two_laboratories.a["technician"])
    page = browser.get(received_sample(browser)).text
    assert "Awaiting test" in page and "printed once" in page
    stranger = browser_of(app, two_laboratories.b["technician"])
    assert TUBE not in stranger.get("/samples/").text


def test_an_instrument_file_becomes_reviewed_results_of_its_sample(app: Flask, two_laboratories: TwoLaboratories):
    browser = browser_of(app, two_laboratories.a["technician"])
    sample = received_sample(browser)
    upload = send(browser, "/uploads/new", files=(io.BytesIO(FILE.encode()), "plate.csv")).request.path
    while worker.work_once():
        pass
    shown = browser.get(upload).text
    assert "NO-SUCH-TUBE" in shown and "Run counts" in shown
    row = re.search(r'name="row-(\d+)"', shown)
    assert row, shown
    send(browser, f"{upload}/decide", **{f"row-{row[1]}": "park"})
    send(browser, f"{upload}/accept")

    assert 'name="selected"' not in browser.get("/results/").text  # nobody reviews an own entry
    second = browser_of(app, two_laboratories.a["technician2"])
    waiting = second.get("/results/").text
    chosen = re.findall(r'name="selected"[^>]*value="([0-9a-f-]+)"', waiting)
    assert len(chosen) == 2, waiting
    send(second, "/results/review", selected=chosen)
    assert "27.41" in browser.get(sample).text
    assert TUBE not in second.get("/results/").text


@pytest.fixture
def world(app: Flask, tmp_path) -> World:
    """Four laboratories; the application's own file store."""
    with at(START):
        made = new_world(tmp_path)
    made.blobs = blobs.store()
    return made


def test_a_round_goes_from_its_plan_to_a_published_report(app: Flask, world: World):
    with at(START):
        world.to_testing(QUANTITATIVE)
        code = world.row().code
        for lab, answers in VALUES.items():
            world.draft(lab, answers)
            world.hand_over(lab)
        signer = browser_of(app, world.labs["CUSA"]["authoriser"])
        assert code in signer.get("/").text  # it waits on the home page of who signs
        for lab in VALUES:
            world.sign(lab)
        assert signer.get(f"/rounds/{code}/mine").status_code == 404  # nothing before release
    with at(DEADLINE + SECOND):
        world.unblind()
        world.evaluate()
        reviewer = browser_of(app, world.reviewer("customs"))
        assert reviewer.get(f"/rounds/{code}/review").status_code == 200
        world.opine()
        world.release()
        assert world.state() == "published"
        signer = browser_of(app, world.labs["CUSA"]["authoriser"])
        assert signer.get(f"/rounds/{code}/mine").status_code == 200
        report = browser_of(app, world.qa("cdc")).get(f"/rounds/{code}/report").text
        address = re.search(r'href="([^"]+/workbook)"', report)
        assert address, report
        book = load_workbook(io.BytesIO(browser_of(app, world.qa("cdc")).get(address[1]).data))
        assert sum(sheet.sheet_state == "visible" for sheet in book) == 14


def test_the_home_page_shows_each_role_what_waits_for_it(app: Flask, world: World):
    with at(START):
        world.plan()
        code = world.row().code
        home = {role: browser_of(app, world.labs["CUSA"][role]).get("/").text for role in ("qa_manager", "technician")}
        assert code in home["qa_manager"] and code not in home["technician"]  # the protocol waits for its approval
        world.agree()
        world.enrol()
        world.prepare()
        world.send()
        home = {role: browser_of(app, world.labs["CUSA"][role]).get("/").text for role in ("qa_manager", "technician")}
        assert code in home["technician"] and code not in home["qa_manager"]  # the box waits for its receipt
