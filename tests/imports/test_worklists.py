"""Worklists: made from samples, exported for the instrument, and its file matched by the plan."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask

from lims import worker
from lims.db.session import Actor, reading
from lims.errors import Invalid, NotFound, RuleViolation
from lims.imports import queries, service
from lims.imports.models import Upload, Worklist
from lims.imports.service import Plan
from lims.imports.worklist import laid_out, number_in, wells
from tests.factories import TwoLaboratories, accepted_sample, browser_of, csrf_of, registered_sample


def test_wells_are_filled_column_by_column_and_controls_stand_last():
    layout = laid_out([("k1", "S-1"), ("k2", "S-2")], 96, 2, 1, 1)
    assert [(one["well"], one["text"]) for one in layout] == [
        ("A1", "S-1"), ("B1", "S-1"), ("C1", "S-2"), ("D1", "S-2"), ("G12", "PC"), ("H12", "NTC"),
    ]  # fmt: skip
    assert (len(wells(384)), wells(384)[-1]) == (384, "P24")


def test_the_number_is_found_wherever_the_file_names_it_and_never_guessed_between_two():
    assert number_in(None, "run WL-26-000007 N gene", "x.csv") == "WL-26-000007"
    assert number_in("WL-26-000007.xls", "WL-26-000007") == "WL-26-000007"
    assert number_in("WL-26-000007", "WL-26-000008") is None
    assert number_in("WL-26-0000071", None, "AWL-26-000001") is None


class Bench:
    def __init__(self, laboratories: TwoLaboratories) -> None:
        self.actor: Actor = laboratories.a["technician"]
        self.samples = [accepted_sample(laboratories.a, name) for name in ("S-1", "S-2", "S-3")]
        self.plan = service.make_worklist(self.actor, Plan(["S-1", self.samples[1].number, "S-3"], "Morning run", "RT-PCR", ["N"]))

    def uploaded(self, rows: list[str], name: str = "") -> Upload:
        content = "\r\n".join(["Well,Sample,Task,Target,Ct", *rows, "G12,PC,Positive Control,N,22.00", "H12,NTC,NTC,N,Undetermined", ""])
        upload = service.store_upload(self.actor, name or f"{self.plan.number}.csv", content.encode()).upload
        while worker.work_once():
            pass
        with reading() as session:
            return queries.upload(session, self.actor, upload.id)

    def problems(self, upload: Upload) -> dict[str | None, str]:
        _upload, rows = service.review(self.actor, upload.id)
        return {one.reading.position: one.problem for one in rows if one.is_open}


@pytest.fixture
def bench(laboratories: TwoLaboratories) -> Bench:
    return Bench(laboratories)


def test_the_file_of_a_planned_run_matches_by_construction(bench: Bench):
    numbers = [one.number for one in bench.samples]
    upload = bench.uploaded(
        [f"{well},{number},UNKNOWN,N,2{place}.00" for place, (well, number) in enumerate(zip(("A1", "B1", "C1"), numbers, strict=True))]
    )
    assert bench.problems(upload) == {}
    assert service.accept_upload(bench.actor, upload.id) == 3


def test_a_well_without_a_sample_text_takes_the_sample_of_the_plan(bench: Bench):
    upload = bench.uploaded(["A1,,UNKNOWN,N,24.50", "B1,,UNKNOWN,N,30.10", "D1,,UNKNOWN,N,31.00"])
    assert bench.problems(upload) == {"D1": "empty"}
    with reading() as session:
        decided = {row.sample_id for row in queries.decisions(session, upload.id, bench.actor).values()}
    assert decided == {bench.samples[0].id, bench.samples[1].id}


def test_without_the_number_of_the_worklist_an_empty_text_matches_nothing(bench: Bench):
    upload = bench.uploaded(["A1,,UNKNOWN,N,24.50", "B1,S-2,UNKNOWN,N,30.10"], "other.csv")
    assert bench.problems(upload) == {"A1": "empty"}


def test_a_text_that_differs_from_the_plan_is_asked_about_with_both(bench: Bench):
    upload = bench.uploaded(["A1,S-2,UNKNOWN,N,24.50", "B1,S-2,UNKNOWN,N,30.10", "H12,S-3,UNKNOWN,N,30.10"])
    assert bench.problems(upload) == {"A1": "planned", "H12": "planned"}
    _upload, rows = service.review(bench.actor, upload.id)
    first = rows[0]
    assert [one.id for one in first.candidates] == [bench.samples[0].id, bench.samples[1].id]
    with pytest.raises(RuleViolation):
        service.decide_in_bulk(bench.actor, upload.id, [first.reading.row], "match")
    assert service.decide_readings(bench.actor, upload.id, [first.reading.row], "match", bench.samples[1].id, "tubes were swapped") == 1


def test_unknown_doubled_or_unready_samples_and_a_full_plate_are_refused(bench: Bench, laboratories: TwoLaboratories):
    registered_sample(laboratories.a, "S-7")
    accepted_sample(laboratories.b, "S-8")
    for numbers, error, words in (
        (["S-9"], Invalid, "No sample S-9"), (["S-8"], Invalid, "No sample S-8"), (["S-1", "S-1"], Invalid, "twice"),
        (["S-7"], RuleViolation, "not ready"), ([], Invalid, "none is chosen"),
    ):  # fmt: skip
        with pytest.raises(error, match=words):
            service.make_worklist(bench.actor, Plan(numbers))
    with pytest.raises(Invalid, match="104 wells"):
        service.make_worklist(bench.actor, Plan(["S-1"] * 13, replicates=8))


def test_another_laboratory_sees_and_uses_no_worklist(bench: Bench, laboratories: TwoLaboratories):
    stranger = laboratories.b["technician"]
    with reading() as session, pytest.raises(NotFound):
        queries.worklist(session, stranger, bench.plan.id)


def test_the_pages_make_show_and_export_a_worklist(app: Flask, two_laboratories: TwoLaboratories):
    row = accepted_sample(two_laboratories.a, "S-1")
    other = accepted_sample(two_laboratories.a, "S-2")
    browser = browser_of(app, two_laboratories.a["technician"])
    assert row.number in browser.get("/uploads/worklists/new").text
    form = {
        "csrf_token": csrf_of(browser),
        "title": "Run 1",
        "targets": "N, ORF1ab",
        "size": "96",
        "replicates": "1",
        "ntc": "1",
        "positive": "1",
    }
    refused = browser.post("/uploads/worklists/new", data={**form, "numbers": "NOBODY"})
    assert refused.status_code == 400 and "No sample NOBODY" in refused.text and 'value="Run 1"' in refused.text
    page = browser.post("/uploads/worklists/new", data={**form, "selected": [row.number], "numbers": "S-2"}, follow_redirects=True)
    assert "is made" in page.text and 'class="plate"' in page.text and f">{row.number[-8:-2][-4:]}<" in page.text
    with reading() as session:
        known: Worklist = queries.worklists(session, two_laboratories.a["technician"], None).rows[0]
    lines = list(csv.reader(io.StringIO(browser.get(f"/uploads/worklists/{known.id}/export.csv").data.decode("utf-8-sig"))))
    assert lines[0] == ["Well", "Sample name", "Barcode", "Task", "Target", "Worklist no."]
    assert ["A1", row.number, row.number, "UNKNOWN", "N", known.number] in lines
    assert ["B1", other.number, other.number, "UNKNOWN", "ORF1ab", known.number] in lines
    assert ["H12", "NTC", "", "NTC", "N", known.number] in lines
    assert browser.get(f"/uploads/worklists/{known.id}/export.xlsx").data.startswith(b"PK")
    assert known.number[-6:] in browser.get("/uploads/worklists").text
    assert browser_of(app, two_laboratories.b["technician"]).get(f"/uploads/worklists/{known.id}").status_code == 404
