"""Tubes registered by scanning them: nothing scanned is lost, nothing wrong is registered, nothing is registered twice."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from lims.db.session import reading
from lims.errors import Conflict, NotFound, RuleViolation
from lims.samples import queries, service
from lims.samples.lifecycle import scanning
from lims.samples.lifecycle.kinds import KINDS
from lims.samples.queries import Filters
from lims.samples.service import Typed
from tests.factories import TwoLaboratories, browser_of, csrf_of
from tests.sample_factory import registered

SHARED = {
    "matrix": "NPS", "purpose": "monitoring", "priority": "routine", "confidentiality": "own_organisation", "analytes": ["SARSCOV2"],
    "conveyance_number": "3U8694", "category": "screening", "sampled_at": "2026-05-19 08:30", "quantity": "3.0", "unit": "mL",
}  # fmt: skip


def judged(actor, batch_id):
    with reading() as session:
        return service.batch_state(session, actor, queries.batch(session, actor, batch_id))


def begun(actor, rack: int = 96):
    row = service.open_batch(actor, "TRV")
    service.save_typed(actor, row.id, Typed(SHARED, "3", rack))
    return row.id


def named(actor, batch_id, *pseudonyms: str) -> None:
    service.save_typed(actor, batch_id, Typed(SHARED, "3", 96, {n: {"pseudonym": one} for n, one in enumerate(pseudonyms, 1)}))


def problems(actor, batch_id) -> dict[int, set[str]]:
    return {one.row.number: {problem.field for problem in one.problems} for one in judged(actor, batch_id).tubes}


def test_scanned_tubes_become_samples_with_their_shared_and_own_values(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    batch = begun(technician)
    for raw in ("0041851", "００41852", " 0041853 "):
        service.scan(technician, batch, raw, raw)
    assert problems(technician, batch) == {1: {"pseudonym"}, 2: {"pseudonym"}, 3: {"pseudonym"}}
    named(technician, batch, "9H-48-19", "XP-X7-72", "DR-T6-35")
    numbers = service.register_batch(technician, batch)
    assert [re.fullmatch(r"CUSA-\d\d-TRV-(\d{6})-\w", one)[1] for one in numbers] == ["000001", "000002", "000003"]
    with reading() as session:
        rows = [queries.by_number(session, technician, number) for number in numbers]
        steps = [queries.custody(session, technician, row.id)[0] for row in rows]
    assert [row.external_number for row in rows] == ["0041851", "0041852", "0041853"]
    assert [row.location for row in rows] == ["1-A1", "1-A2", "1-A3"]
    assert [row.details["pseudonym"] for row in rows] == ["9H-48-19", "XP-X7-72", "DR-T6-35"]
    assert {(row.matrix, row.quantity_text, row.details["conveyance_number"]) for row in rows} == {("NPS", "3.0", "3U8694")}
    assert steps[1].raw_code == "００41852"
    assert judged(technician, batch).batch.state == "registered"
    with pytest.raises(Conflict, match="finished"):
        service.scan(technician, batch, "0041854")


def test_two_tubes_with_one_code_both_wait_and_a_code_of_the_laboratory_waits_too(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    known = registered(technician, external_number="0041900")
    batch = begun(technician)
    for code in ("0041843", "0041900", "0041844", "0041843", known.number):
        service.scan(technician, batch, code)
    named(technician, batch, "A1-11", "A1-12", "A1-13", "A1-14", "A1-15")
    assert problems(technician, batch) == {n: ({"external_number"} if n != 3 else set()) for n in range(1, 6)}
    assert len(service.register_batch(technician, batch)) == 1
    assert service.drop_scan(technician, batch, 4) == "0041843"
    assert problems(technician, batch)[1] == set()
    assert len(service.register_batch(technician, batch)) == 1
    assert service.register_batch(technician, batch) == []
    assert judged(technician, batch).batch.state == "open"


def test_shared_values_count_for_the_scans_to_come_alone(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    batch = begun(technician)
    service.scan(technician, batch, "0001")
    service.save_typed(technician, batch, Typed({**SHARED, "conveyance_number": "CA4194"}, "", 96))
    service.scan(technician, batch, "0002")
    assert [one.row.values["conveyance_number"] for one in judged(technician, batch).tubes] == ["3U8694", "CA4194"]


def test_a_value_that_no_two_samples_share_is_refused_in_the_second_tube(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    batch = begun(technician)
    for code in ("0001", "0002"):
        service.scan(technician, batch, code)
    named(technician, batch, "A1-11", "A1-11")
    assert problems(technician, batch) == {1: set(), 2: {"pseudonym"}}


def test_undo_takes_the_last_scan_and_its_place_is_given_again(laboratories: TwoLaboratories):
    technician = laboratories.a["technician"]
    batch = begun(technician)
    for code in ("0001", "0002"):
        service.scan(technician, batch, code)
    assert service.undo_scan(technician, batch) == "0002"
    service.scan(technician, batch, "0003")
    assert [(one.row.code, one.row.place) for one in judged(technician, batch).tubes] == [("0001", 0), ("0003", 1)]
    assert [service.undo_scan(technician, batch) for _ in range(3)] == ["0003", "0001", ""]


def test_a_batch_is_its_openers_own(laboratories: TwoLaboratories):
    batch = begun(laboratories.a["technician"])
    for stranger in (laboratories.a["authoriser"], laboratories.b["technician"]):
        for act in (service.undo_scan, service.give_up_batch, service.register_batch):
            with pytest.raises(NotFound):
                act(stranger, batch)
        with pytest.raises(NotFound):
            service.scan(stranger, batch, "0001")


def test_a_full_batch_asks_to_register_first(laboratories: TwoLaboratories, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scanning, "MOST", 2)
    technician = laboratories.a["technician"]
    batch = begun(technician)
    for code in ("0001", "0002"):
        service.scan(technician, batch, code)
    with pytest.raises(RuleViolation, match="2 tubes"):
        service.scan(technician, batch, "0003")


@given(st.sampled_from([50, 96]), st.integers(0, 400))
def test_each_place_has_a_name_of_its_own(size: int, place: int):
    names = [scanning.place_name(one, size) for one in range(place + 1)]
    assert len(set(names)) == place + 1 and all(re.fullmatch(r"[1-9]-[A-H](1[0-2]|[1-9])", one) for one in names)
    assert scanning.next_place(range(place), size) == place


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_scanned(kind: str):
    own, shared = scanning.tube_fields(KINDS[kind]), scanning.shared_fields(KINDS[kind])
    assert {one.code for one in own} >= {one.code for one in KINDS[kind].fields if one.is_own}
    assert "external_number" not in {one.code for one in (*own, *shared)} and "matrix" in {one.code for one in shared}


@pytest.fixture
def browser(app: Flask, two_laboratories: TwoLaboratories) -> FlaskClient:
    return browser_of(app, two_laboratories.a["technician"])


def press(browser: FlaskClient, url: str, **data: object):
    return browser.post(url, data={**SHARED, "csrf_token": csrf_of(browser), "rack": "96", "expected": "2", **data})


def test_the_page_keeps_what_was_typed_and_registers_the_good_tubes(browser: FlaskClient, two_laboratories: TwoLaboratories):
    assert "Begin a batch" in browser.get("/samples/batch").text
    url = browser.post("/samples/batch", data={"csrf_token": csrf_of(browser), "kind": "TRV"}).location
    assert press(browser, url, code="００41851", code_raw="００41851").status_code == 302
    page = browser.get(url).text
    assert 'data-scan-result="ok"' in page and "0041851" in page and "Full-width characters" in page and "1-A1" in page
    press(browser, url, code="0041851", **{"tube-1-pseudonym": "9H-48-19"})
    page = browser.get(url).text
    assert 'data-scan-result="bad"' in page and "is already number 1 of this batch" in page and 'value="9H-48-19"' in page
    press(browser, url, drop="2")
    press(browser, url, code="0041852")
    press(browser, url, code="UNDO", **{"tube-3-pseudonym": "XP-X7-72"})
    assert "is taken back" in browser.get(url).text
    press(browser, url, act="register")
    page = browser.get(url).text
    assert "1 samples are registered" in page or "1 sample is registered" in page
    rows = listed(two_laboratories)
    assert [(row.external_number, row.details["pseudonym"]) for row in rows] == [("0041851", "9H-48-19")]
    assert rows[0].number in page and "Print 1 label" in page


def test_a_batch_survives_the_end_of_the_login_and_giving_up_asks(app: Flask, browser: FlaskClient, two_laboratories: TwoLaboratories):
    url = browser.post("/samples/batch", data={"csrf_token": csrf_of(browser), "kind": "FOD"}).location
    press(browser, url, code="F-0001")
    again = browser_of(app, two_laboratories.a["technician"])
    assert url.rsplit("/", 1)[-1] in again.get("/samples/batch").text
    page = again.get(url).text
    assert "F-0001" in page and 'id="give-up"' in page
    press(again, url, act="give_up")
    assert "Batches of yours" not in again.get("/samples/batch").text and listed(two_laboratories) == []


def listed(laboratories: TwoLaboratories) -> list:
    with reading() as session:
        return queries.page(session, laboratories.a["technician"], Filters()).rows
