"""A sample's state follows its results: reviewed by another person, released with a signature, opened by a correction."""

from __future__ import annotations

import pytest
from flask import Flask

from lims import worker
from lims.db.session import Actor, reading
from lims.errors import Conflict, Forbidden, RuleViolation
from lims.imports import service as imports
from lims.results import queries, service
from lims.results.models import Result
from lims.samples import queries as samples
from lims.samples.models import Sample
from tests.factories import PASSWORD, OneLaboratory, TwoLaboratories, accepted_sample, browser_of, csrf_of

HEAD = "Well;Sample;Target;Value;Unit"


def recorded(actor: Actor, *lines: str) -> list[Result]:
    content = "\r\n".join([HEAD, *lines, ""]).encode()
    upload = imports.store_upload(actor, "metals.csv", content, {"parser": "generic_table"}).upload
    while worker.work_once():
        pass
    imports.accept_upload(actor, upload.id)
    with reading() as session:
        return queries.of_upload(session, actor, upload.id)


def sample_of(laboratory: OneLaboratory, key: object) -> Sample:
    with reading() as session:
        return samples.sample(session, laboratory["technician"], key)  # type: ignore[arg-type]


def seen(laboratory: OneLaboratory, key: object) -> str:
    """What an authoriser reads before signing."""
    with reading() as session:
        row = samples.sample(session, laboratory["technician"], key)  # type: ignore[arg-type]
        return service.results_hash(row, queries.of_sample(session, laboratory["technician"], row.id))


@pytest.fixture
def two(laboratories: TwoLaboratories) -> list[Result]:
    """Two results of one sample of laboratory A."""
    accepted_sample(laboratories.a, "M-1")
    return recorded(laboratories.a["technician"], "A1;M-1;Pb;1.10;ug/L", "A2;M-1;Cd;0.20;ug/L")


def test_a_sample_is_reviewed_when_its_last_result_is(laboratories: TwoLaboratories, two: list[Result]):
    key, second = two[0].sample_id, laboratories.a["technician2"]
    service.review_results(second, [two[0].id])
    assert sample_of(laboratories.a, key).status == "tested"
    service.review_results(second, [two[1].id])
    assert sample_of(laboratories.a, key).status == "reviewed"
    with reading() as session:
        way = [(one.status_before, one.status_after, one.actor_name) for one in samples.custody(session, second, key)]
    assert way[0] == ("tested", "reviewed", second.name)


def test_reviewed_results_are_released_with_a_signature_and_the_sample_is_reported(laboratories: TwoLaboratories, two: list[Result]):
    key, authoriser = two[0].sample_id, laboratories.a["authoriser"]
    with pytest.raises(RuleViolation, match="not every result is reviewed"):
        service.release_results(authoriser, key, PASSWORD, seen=seen(laboratories.a, key))
    service.review_results(laboratories.a["technician2"], [row.id for row in two])
    with pytest.raises(Forbidden):
        service.release_results(authoriser, key, "not the password", seen=seen(laboratories.a, key))
    with pytest.raises(Conflict, match="changed since you opened the page"):
        service.release_results(authoriser, key, PASSWORD, seen="")
    assert sample_of(laboratories.a, key).status == "reviewed"
    assert service.release_results(authoriser, key, PASSWORD, seen=seen(laboratories.a, key)).status == "reported"


def test_a_technician_releases_nothing_and_an_authoriser_not_the_own_entries(laboratories: TwoLaboratories):
    authoriser, second = laboratories.a["authoriser"], laboratories.a["technician2"]
    accepted_sample(laboratories.a, "M-1")
    rows = recorded(authoriser, "A1;M-1;Pb;1.10;ug/L")
    service.review_results(second, [rows[0].id])
    key = rows[0].sample_id
    with pytest.raises(Forbidden):
        service.release_results(second, key, PASSWORD, seen=seen(laboratories.a, key))
    with pytest.raises(RuleViolation, match="another authoriser"):
        service.release_results(authoriser, key, PASSWORD, seen=seen(laboratories.a, key))
    assert sample_of(laboratories.a, key).status == "reviewed"


def test_a_correction_opens_a_reported_sample_and_it_ends_as_corrected(laboratories: TwoLaboratories, two: list[Result]):
    key, second, authoriser = two[0].sample_id, laboratories.a["technician2"], laboratories.a["authoriser"]
    service.review_results(second, [row.id for row in two])
    service.release_results(authoriser, key, PASSWORD, seen=seen(laboratories.a, key))
    new = service.amend_result(second, two[0].id, "1.20", "dilution was not entered")
    assert sample_of(laboratories.a, key).status == "tested"
    service.review_results(laboratories.a["technician"], [new.id])
    assert sample_of(laboratories.a, key).status == "reviewed"
    assert service.release_results(authoriser, key, PASSWORD, seen=seen(laboratories.a, key)).status == "corrected"


def test_an_authoriser_releases_on_the_page_of_the_sample(app: Flask, two_laboratories: TwoLaboratories):
    laboratory = two_laboratories.a
    accepted_sample(laboratory, "M-1")
    rows = recorded(laboratory["technician"], "A1;M-1;Pb;1.10;ug/L")
    browser = browser_of(app, laboratory["authoriser"])
    path = f"/samples/{rows[0].sample_id}"
    assert "Release the results" not in browser.get(path).text
    service.review_results(laboratory["technician2"], [rows[0].id])
    assert "Release the results" in browser.get(path).text
    assert "Release the results of 1 sample" in browser.get("/").text
    hash_seen = seen(laboratory, rows[0].sample_id)
    typed = {"csrf_token": csrf_of(browser), "password": PASSWORD, "seen": hash_seen}
    page = browser.post(f"/results/of-sample/{rows[0].sample_id}/release", data=typed, follow_redirects=True).text
    assert "are released" in page and "Reported" in page
