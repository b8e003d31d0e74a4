"""The pages of boxes: packed by scan, signed, received, settled, printed; a conflict shows the difference."""

from __future__ import annotations

from flask import Flask

from tests.factories import PASSWORD, TwoLaboratories, browser_of, csrf_of, seen_on
from tests.sample_factory import accepted


def post(browser, path: str, **fields: str):
    return browser.post(path, data={"csrf_token": csrf_of(browser), **fields})


def begun(browser) -> str:
    answer = post(browser, "/custody/new", receiver="CDCB", purpose="referral")
    assert answer.status_code == 302, answer.text
    return answer.location


def sent(browser, *numbers: str) -> str:
    """The address of a box that was packed and dispatched through the pages."""
    box = begun(browser)
    for number in numbers:
        assert post(browser, f"{box}/put", code=number).status_code == 200
    post(browser, f"{box}/transport", category="CAT_B", packaging="P650", condition="2-8")
    seen = seen_on(browser.get(box).text, f"{box}/dispatch")
    assert post(browser, f"{box}/dispatch", seen=seen, password=PASSWORD).status_code == 302
    return box


def test_a_box_goes_from_one_laboratory_to_the_other(app: Flask, two_laboratories: TwoLaboratories):
    sender, receiver = two_laboratories.a["technician"], two_laboratories.b["technician"]
    rows = [accepted(sender, external_number=f"E-{n}") for n in range(3)]
    ours, theirs = browser_of(app, sender), browser_of(app, receiver)
    box = sent(ours, *(row.number for row in rows))
    assert "Receive" in theirs.get(box).text
    page = theirs.get(f"{box}/receive")
    assert page.status_code == 200 and "E-0" in page.text
    short = post(theirs, f"{box}/receive", scanned=rows[0].number, counted="3", condition="intact", password=PASSWORD)
    assert short.status_code == 400 and "1 tubes are marked" in short.text
    fields = {"scanned": f"{rows[0].number}\nE-1\nZ-9", "found-3": "missing", "note-3": "empty place", "counted": "3", "temperature": "5.2"}
    answer = post(theirs, f"{box}/receive", condition="intact", password=PASSWORD, **fields)
    assert answer.status_code == 302, answer.text
    page = ours.get(box).text
    for words in ("Places that differ: 2.", "Declared missing", "empty place", "Z-9", "Surplus", "Settle"):
        assert words in page
    assert post(ours, f"{box}/settle/3", outcome="lost", note="not in the rack").status_code == 302
    assert "Lost on the way" in ours.get(box).text
    printed = theirs.get(f"{box}/print").text
    assert rows[0].number in printed and sender.name in printed and receiver.name in printed
    again = post(theirs, f"{box}/receive", counted="0", condition="intact", password=PASSWORD)
    assert again.status_code == 409 and "Where the two receipts differ" in again.text


def test_a_missing_condition_is_said_on_the_page_and_at_the_door(app: Flask, two_laboratories: TwoLaboratories):
    browser = browser_of(app, two_laboratories.a["technician"])
    box = begun(browser)
    page = browser.get(box).text
    assert "The box is empty" in page and f'action="{box}/dispatch"' not in page
    refused = post(browser, f"{box}/dispatch", seen="x", password=PASSWORD)
    assert refused.status_code == 422 and "The box has no transport class" in refused.text
    wrong = post(browser, f"{box}/put", code="NOSUCH")
    assert wrong.status_code == 404 and "No sample NOSUCH" in wrong.text
    assert post(browser, f"{box}/transport", category="CAT_B", permit_number="510104199003077812").status_code == 400
    assert post(browser, f"{box}/give-up").status_code == 302


def test_the_list_is_filtered_sorted_and_exported(app: Flask, two_laboratories: TwoLaboratories):
    sender = two_laboratories.a["technician"]
    ours, theirs = browser_of(app, sender), browser_of(app, two_laboratories.b["technician"])
    box = sent(ours, accepted(sender).number)
    begun(ours)
    assert ">000001<" in theirs.get("/custody/?state=dispatched&way=to_us").text
    assert ">000002<" not in theirs.get("/custody/").text
    page = ours.get("/custody/?state=packing&direction=ascending").text
    assert ">000002<" in page and ">000001<" not in page
    number = ours.get("/custody/export.csv?state=dispatched").text.splitlines()[1].split(",")[0]
    assert "-BOX-000001-" in number
    assert ours.get("/custody/export.xlsx").data[:2] == b"PK"
    assert theirs.get(f"/custody/scan?code={number}").location == f"{box}/receive"
    assert ours.get(f"/custody/scan?code={number}").location == box
    assert "No box XX" in ours.get("/custody/scan?code=XX").text
    assert number in ours.get(f"/search?q={number}").text or ours.get(f"/search?q={number}").status_code == 302
