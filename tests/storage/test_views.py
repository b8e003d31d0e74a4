"""The pages of the store: a room to a box, a scan into it, a portion on the sample's page, lists and files."""

from __future__ import annotations

from flask import Flask

from tests.factories import TwoLaboratories, browser_of, csrf_of
from tests.sample_factory import accepted


def post(browser, path: str, **fields: str):
    return browser.post(path, data={"csrf_token": csrf_of(browser), **fields})


def a_box(browser) -> str:
    path = post(browser, "/storage/rooms", level="room", code="r1", capacity="5").location
    for level, code in (("freezer", "F1"), ("rack", "A"), ("box", "B1")):
        answer = post(browser, f"{path}/add", level=level, code=code, capacity="5", rows="2", columns="3")
        assert answer.status_code == 302, answer.text
        path = answer.location
    return path


def test_a_tube_is_put_into_a_box_found_and_taken_out(app: Flask, two_laboratories: TwoLaboratories):
    actor = two_laboratories.a["technician"]
    browser, row = browser_of(app, actor), accepted(actor, quantity="1.0")
    box = a_box(browser)
    assert post(browser, f"{box}/add", level="box", code="X").status_code == 404
    assert "lies at A1" in post(browser, f"{box}/put", code=row.number).text
    taken = post(browser, f"{box}/put", code=accepted(actor).number, position="a1")
    assert taken.status_code == 409 and "Choose another position" in taken.text
    assert browser.get(f"/storage/find?code={row.number}").location == box
    assert browser.get("/storage/find?code=R1/F1").status_code == 302
    assert row.number in browser.get("/storage/stored?place=R1").text
    assert row.number in browser.get("/storage/stored.csv").text and row.number in browser.get("/storage/moves.csv").text
    assert browser.get("/storage/stored.xlsx").data[:2] == b"PK"
    assert "R1/F1/A/B1 A1" in browser.get(f"/samples/{row.id}").text
    assert post(browser, "/storage/take-away", number=row.number).status_code == 302
    assert row.number not in browser.get("/storage/stored.csv").text and row.number in browser.get("/storage/moves").text
    again = post(browser, "/storage/rooms", level="room", code="r1", capacity="5")
    assert again.status_code == 400 and "exists already" in again.text


def test_a_sample_is_divided_on_its_page_and_its_portion_used(app: Flask, two_laboratories: TwoLaboratories):
    actor = two_laboratories.a["technician"]
    browser, row, other = browser_of(app, actor), accepted(actor, quantity="1.0"), accepted(actor, quantity="1.0")
    assert "Divide" in browser.get(f"/samples/{row.id}").text
    page = post(browser, "/storage/divide", number=row.number, count="2", amount="0.4")
    listed = browser.get(page.location).text
    assert f"{row.number}.01" in listed and f"{row.number}.02" in listed
    refused = browser.get(post(browser, "/storage/divide", number=row.number, count="1", amount="0.4").location).text
    assert "are left" in refused
    address = listed.split(f'">{row.number}.01')[0].rpartition('href="')[2]
    for act, fields in (("thaw", {}), ("use", {"amount": "0.1", "note": "PCR"})):
        assert post(browser, f"{address}/{act}", **fields).status_code == 302
    page = browser.get(address).text
    assert "Thawed and frozen again" in page and "0.3 mL" in page and "PCR" in page
    pooled = post(browser, "/storage/pools", parts=f"{row.number}.02 0.1\n{other.number} 0.2")
    assert "0.3 mL" in browser.get(pooled.location).text
    assert post(browser, f"{address}/lose", note="fell").status_code == 302
    assert f"{row.number}.01" in browser.get("/storage/aliquots?state=lost").text
    assert f"{row.number}.01" in browser.get("/storage/aliquots.csv").text
    assert "left: 0.2 mL" in browser.get(f"/samples/{row.id}").text
