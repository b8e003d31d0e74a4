"""Interim reports before the final one, and the archive of a published round reopened hash by hash."""

from __future__ import annotations

import io
import json
import zipfile
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from flask import Flask

from lims import blobs, seals, worker
from lims.db.session import reading
from lims.errors import NotFound, RuleViolation
from lims.rounds import service
from lims.rounds.queries import records, review
from lims.rounds.report.checking import check
from tests.factories import PASSWORD, browser_of, csrf_of
from tests.round_factory import DEADLINE, QUALITATIVE, RIGHT, SECOND, START, World, at, new_world


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    """A qualitative round under review."""
    with at(START):
        world = new_world(tmp_path)
        world.to_testing(QUALITATIVE)
        for lab in ("CUSA", "CUSC", "CDCB", "CDCD"):
            world.submit(lab, RIGHT)
    world.blobs = blobs.store()
    with at(DEADLINE + SECOND):
        world.unblind()
        world.evaluate()
    return world


def interim(world: World, second: str):
    seen = world.seen("score_run")
    return service.issue_interim(world.coordinator, world.round_id, PASSWORD, second, PASSWORD, world.blobs, seen=seen)


def test_an_interim_report_is_marked_on_every_sheet_verified_and_never_a_certificate(app: Flask, world: World) -> None:
    base = f"/rounds/{world.row().code}"
    with at(DEADLINE + SECOND):
        participant = browser_of(app, world.labs["CDCD"]["technician"])
        assert participant.get(f"{base}/interim").status_code == 404
        with pytest.raises(RuleViolation):
            interim(world, world.qa("customs").login)
        issued = interim(world, world.qa("cdc").login)
        content = world.blobs.get(issued.blob_sha256)
        book = openpyxl.load_workbook(io.BytesIO(content))
        for sheet in book:
            if sheet.sheet_state == "visible":
                assert "INTERIM REPORT" in str(sheet["A2"].value) and "中期报告" in str(sheet["A2"].value), sheet.title
        found = check(content, seals.sealer().public_key)
        assert (found["state"], found["origin"]) == ("holds", "proven")
        page = participant.get(f"{base}/interim").text
        assert "Expected values of your items" in page and all(code in page for code in world.numbers("CDCD"))
        assert not any((world.part(lab).code or "") in page for lab in ("CUSA", "CUSC", "CDCB"))
        assert participant.get(f"{base}/interim/1/workbook").status_code == 404
        assert participant.get(f"{base}/mine/certificate").status_code == 404
        judge = browser_of(app, world.qa("cdc"))
        assert judge.get(f"{base}/interim/1/workbook").data == content
        world.opine()
        world.release()
    with reading() as session:
        final = records.reports_of(session, world.row())[0]
    assert issued.number.endswith("-I1") and final.number != issued.number
    words = openpyxl.load_workbook(io.BytesIO(world.blobs.get(final.blob_sha256)))
    said = "\n".join(str(cell.value) for row in words.worksheets[-2].iter_rows() for cell in row if cell.value is not None)
    assert "INTERIM REPORT" not in said and issued.number in said


def test_the_archive_holds_the_round_and_every_hash_is_right(app: Flask, world: World) -> None:
    auditor, technician = world.labs["CDCB"]["auditor"], world.labs["CDCB"]["technician"]
    with at(DEADLINE + SECOND):
        with pytest.raises(NotFound):
            service.request_archive(auditor, world.round_id)
        world.opine()
        world.release()
        base = f"/rounds/{world.row().code}/archive"
        browser = browser_of(app, auditor)
        assert browser.post(base, data={"csrf_token": csrf_of(browser)}).status_code == 302
        while worker.work_once():
            pass
        with reading() as session:
            kept = review.archives_of(session, auditor, world.row())[0]
        page = browser.get(base).text
        assert str(kept.id) in page
        answer = browser.get(f"{base}/{kept.id}")
        assert answer.mimetype == "application/zip" and sha256(answer.data).hexdigest() == kept.blob_sha256
        assert browser_of(app, world.qa("customs")).get(f"{base}/{kept.id}").status_code == 404
        assert browser_of(app, technician).get(base).status_code == 403
    _every_hash_is_right(answer.data)
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    names = set(archive.namelist())
    assert {"submissions/all.csv", "record/moves.json", "audit/events.json", "verification/reports.json"} <= names
    verified = json.loads(archive.read("verification/reports.json"))
    assert [(one["state"], one["origin"]) for one in verified] == [("holds", "proven")]
    whole = b"".join(archive.read(name) for name in names if name.startswith(("submissions/", "evaluation/", "raw/")))
    assert not any(f"Laboratory {lab}".encode() in whole for lab in world.labs)
    assert len([name for name in names if name.startswith("submissions/") and name.endswith(".json")]) == 4


def _every_hash_is_right(content: bytes) -> None:
    archive = zipfile.ZipFile(io.BytesIO(content))
    lines = [line.split("  ", 1) for line in archive.read("SHA256SUMS").decode().splitlines()]
    assert {path for _digest, path in lines} == set(archive.namelist()) - {"SHA256SUMS"}
    for digest, path in lines:
        assert sha256(archive.read(path)).hexdigest() == digest, path
    manifest = json.loads(archive.read("manifest.json"))
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == {path: digest for digest, path in lines if path != "manifest.json"}
