"""The same run exported again: what is new, changed, gone; and nothing that was released changes by itself."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from lims import worker
from lims.db.session import Actor, reading
from lims.errors import RuleViolation
from lims.imports import queries, service
from lims.imports.differences import counts, differences, is_same_run
from lims.imports.models import Upload, UploadReading
from lims.results import queries as results
from lims.results import service as result_service
from tests.factories import TwoLaboratories, accepted_sample, browser_of, csrf_of


def row(position: str | None, sample: str, raw: str, target: str = "N") -> UploadReading:
    return UploadReading(position=position, sample=sample, target=target, channel=None, quantity="ct", raw=raw, status="value", unit=None)


def test_readings_meet_by_well_and_target():
    before = [row("A1", "S-1", "20.0"), row("A2", "S-2", "21.0"), row("A3", "S-3", "22.0")]
    after = [row("A1", "S-1", "20.0"), row("A2", "S-2", "25.0"), row("A4", "S-3", "22.0")]
    found = differences(before, after)
    assert [(one.kind, (one.after or one.before).position) for one in found] == [
        ("same", "A1"), ("changed", "A2"), ("new", "A4"), ("gone", "A3"),
    ]  # fmt: skip
    assert counts(found) == {"new": 1, "changed": 1, "gone": 1, "same": 1}


def test_another_sample_in_the_same_well_is_a_change():
    assert [one.kind for one in differences([row("A1", "S-1", "20.0")], [row("A1", "S-2", "20.0")])] == ["changed"]


def test_without_wells_readings_meet_by_sample_and_order():
    before = [row(None, "S-1", "20.0"), row(None, "S-1", "21.0")]
    after = [row(None, "S-1", "20.0"), row(None, "S-1", "21.5"), row(None, "S-2", "9.0")]
    assert [one.kind for one in differences(before, after)] == ["same", "changed", "new"]


def test_runs_are_the_same_by_their_start_and_never_by_nothing():
    start = {"started_at": "2026-05-22T09:00:00", "serial": "7"}
    assert is_same_run(start, dict(start))
    assert not is_same_run(start, start | {"serial": "8"})
    assert not is_same_run(start, {"run_name": "x"})
    assert is_same_run({"run_name": "x"}, {"run_name": "x"})
    assert not is_same_run({}, {})


def table(*rows: tuple[str, str]) -> bytes:
    lines = ["Well,Sample,Task,Target,Ct"]
    lines += [f"A{number},{sample},UNKNOWN,N,{ct}" for number, (sample, ct) in enumerate(rows, 1)]
    return "\r\n".join([*lines, "G12,PC,Positive Control,N,22.00", "H12,NTC,NTC,N,Undetermined", ""]).encode()


def uploaded(actor: Actor, content: bytes, name: str = "run.csv") -> Upload:
    upload = service.store_upload(actor, name, content).upload
    while worker.work_once():
        pass
    with reading() as session:
        return queries.upload(session, actor, upload.id)


def test_an_export_of_the_same_run_is_shown_beside_the_first_one(app: Flask, two_laboratories: TwoLaboratories):
    laboratory = two_laboratories.a
    actor = laboratory["technician"]
    for name in ("S-1", "S-2"):
        accepted_sample(laboratory, name)
    first = uploaded(actor, table(("S-1", "20.00"), ("S-2", "30.00")))
    service.accept_upload(actor, first.id)
    second = uploaded(actor, table(("S-1", "20.50"), ("S-2", "30.00")))
    browser = browser_of(app, actor)
    page = browser.get(f"/uploads/{second.id}").text
    assert "This run was uploaded before" in page and f"/uploads/{first.id}" in page
    assert "new 0, changed 1, gone 0, same 3" in page and "0 + 1 + 0 + 3 = 4" in page
    assert "This run was uploaded before" not in browser.get(f"/uploads/{uploaded(actor, table(('S-2', '9.0')), 'other.csv').id}").text
    file = io.BytesIO(table(("S-1", "20.50"), ("S-2", "30.00"))), "x.csv"
    again = browser.post("/uploads/new", data={"csrf_token": csrf_of(browser), "files": file}, follow_redirects=True)
    assert "was uploaded before" in again.text, "the same bytes are shown, not imported"


def test_a_sample_reviewed_after_its_row_was_matched_asks_again(laboratories: TwoLaboratories):
    laboratory = laboratories.a
    actor, reviewer = laboratory["technician"], laboratory["authoriser"]
    accepted_sample(laboratory, "S-1")
    first, second = uploaded(actor, table(("S-1", "20.00"))), uploaded(actor, table(("S-1", "20.50")))
    service.accept_upload(actor, first.id)
    with reading() as session:
        standing = results.of_upload(session, actor, first.id)
    result_service.review_results(reviewer, [one.id for one in standing])
    _upload, rows = service.review(actor, second.id)
    waiting = [one for one in rows if one.is_open]
    assert [one.problem for one in waiting] == ["closed"]
    with pytest.raises(RuleViolation, match="not decided"):
        service.accept_upload(actor, second.id, "version", "exported again")
    service.decide_readings(actor, second.id, [waiting[0].reading.row], "match", waiting[0].candidates[0].id, "the baseline was mended")
    assert service.accept_upload(actor, second.id, "version", "exported again") == 1
