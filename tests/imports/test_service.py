"""An instrument file becomes results only by a person, and can be taken back whole."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select

from lims import blobs, worker
from lims.blobs import BlobDamaged
from lims.db.session import Actor, reading
from lims.errors import LimsError, NotFound, RuleViolation
from lims.imports import queries, service
from lims.imports.models import Upload
from lims.results import queries as results
from lims.results import service as result_service
from lims.results.models import Result
from tests.factories import TwoLaboratories, accepted_sample

CTS = [("S-0001", "24.50"), ("S-0002", "Undetermined"), ("S-0003", "31.20")]


def table(rows: list[tuple[str, str]], control: str = "Undetermined") -> bytes:
    """A small generic table with one target and a no-template control."""
    lines = ["Well,Sample,Task,Target,Ct"]
    lines += [f"A{number},{sample},UNKNOWN,N,{ct}" for number, (sample, ct) in enumerate(rows, 1)]
    return "\r\n".join([*lines, "G12,PC,Positive Control,N,22.00", f"H12,NTC,NTC,N,{control}", ""]).encode()


def uploaded(actor: Actor, content: bytes, name: str = "run.csv") -> Upload:
    upload = service.store_upload(actor, name, content).upload
    while worker.work_once():
        pass
    with reading() as session:
        return queries.upload(session, actor, upload.id)


@pytest.fixture
def bench(laboratories: TwoLaboratories) -> TwoLaboratories:
    for external, _ct in CTS:
        accepted_sample(laboratories.a, external)
    return laboratories


def count_results() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Result)) or 0


def test_exact_numbers_are_matched_and_accepted_as_results(bench: TwoLaboratories):
    actor = bench.a["technician"]
    upload = uploaded(actor, table(CTS))
    assert (upload.state, upload.found["rows"]["seen"]) == ("review", 5), upload.refusal
    assert service.accept_upload(actor, upload.id) == 3
    with reading() as session:
        rows = results.of_upload(session, actor, upload.id)
        assert [(row.sample.external_number, row.status, row.value_text) for row in rows] == [
            ("S-0001", "value", "24.50"), ("S-0002", "not_detected", "Undetermined"), ("S-0003", "value", "31.20"),
        ]  # fmt: skip
        assert {row.sample.status for row in rows} == {"tested"}
        assert str(rows[0].value) == "24.50"


@pytest.mark.assurance("F5")
def test_each_result_leads_to_its_cell(bench: TwoLaboratories):
    actor = bench.a["technician"]
    content = table(CTS)
    upload = uploaded(actor, content)
    service.accept_upload(actor, upload.id)
    with reading() as session:
        for row in results.of_upload(session, actor, upload.id):
            kept = blobs.store().get(row.file_sha256 or "").decode().splitlines()
            line = kept[int((row.source or "").removeprefix("line ")) - 1]
            assert row.value_text in line.split(",")
            assert (row.parser, row.parser_version, row.recorded_by) == (upload.parser, upload.parser_version, actor.user_id)


@pytest.mark.assurance("F5")
def test_a_flipped_byte_in_the_store_is_noticed(bench: TwoLaboratories, file_store: blobs.BlobStore):
    upload = uploaded(bench.a["technician"], table(CTS))
    path = Path(file_store.folder) / upload.sha256[:2] / upload.sha256
    content = bytearray(path.read_bytes())
    content[10] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(BlobDamaged):
        file_store.get(upload.sha256)


def test_an_import_never_makes_a_sample_and_asks_for_unmatched_rows(bench: TwoLaboratories):
    actor = bench.a["technician"]
    upload = uploaded(actor, table([("S-0001", "24.50"), ("S-OOO2", "30.00"), ("UNKNOWN-9", "28.00")]))
    _upload, rows = service.review(actor, upload.id)
    problems = {one.reading.sample: (one.problem, [row.external_number for row in one.candidates]) for one in rows if one.is_open}
    assert problems == {"S-OOO2": ("look_alike", ["S-0002"]), "UNKNOWN-9": ("unknown", [])}
    with pytest.raises(RuleViolation, match="2 rows"):
        service.accept_upload(actor, upload.id)
    look_alike = next(one for one in rows if one.reading.sample == "S-OOO2")
    service.decide_readings(actor, upload.id, [look_alike.reading.row], "match", look_alike.candidates[0].id, "compared with the tube")
    service.decide_readings(actor, upload.id, [one.reading.row for one in rows if one.reading.sample == "UNKNOWN-9"], "park")
    assert service.accept_upload(actor, upload.id) == 2


def test_an_empty_value_is_never_taken_for_not_detected(bench: TwoLaboratories):
    actor = bench.a["technician"]
    upload = uploaded(actor, table([("S-0001", ""), ("S-0002", "30.00")]))
    _upload, rows = service.review(actor, upload.id)
    assert [(one.reading.status, one.problem) for one in rows if one.is_open] == [("missing", "missing")]


def test_a_failed_control_blocks_until_another_authoriser_gives_a_reason(bench: TwoLaboratories):
    actor = bench.a["technician"]
    upload = uploaded(actor, table(CTS, control="22.10"))
    with pytest.raises(RuleViolation, match="Control"):
        service.accept_upload(actor, upload.id)
    service.override_controls(bench.a["authoriser"], upload.id, "carry-over in H12 only, repeated")
    assert service.accept_upload(actor, upload.id) == 3


def test_nobody_overrides_the_controls_of_an_own_upload(bench: TwoLaboratories):
    upload = uploaded(bench.a["authoriser"], table(CTS, control="22.10"))
    with pytest.raises(RuleViolation, match="another authoriser"):
        service.override_controls(bench.a["authoriser"], upload.id, "reason")


@pytest.mark.assurance("F4")
def test_the_same_bytes_twice_or_renamed_give_no_new_upload(bench: TwoLaboratories):
    actor = bench.a["technician"]
    first = uploaded(actor, table(CTS))
    service.accept_upload(actor, first.id)
    again = service.store_upload(bench.a["technician2"], "renamed.csv", table(CTS))
    assert (again.is_new, again.upload.id) == (False, first.id)
    assert count_results() == 3


@pytest.mark.assurance("F4")
def test_the_same_bytes_at_the_same_moment_give_one_upload(bench: TwoLaboratories):
    start = threading.Barrier(4)

    def upload(_number: int) -> tuple[bool, object]:
        start.wait()
        stored = service.store_upload(bench.a["technician"], "run.csv", table(CTS))
        return stored.is_new, stored.upload.id

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(upload, range(4)))
    assert sum(is_new for is_new, _id in answers) >= 1
    assert len({upload_id for _new, upload_id in answers}) == 1


def test_an_upload_is_undone_whole_until_a_result_was_reviewed(bench: TwoLaboratories):
    actor = bench.a["technician"]
    upload = uploaded(actor, table(CTS))
    service.accept_upload(actor, upload.id)
    assert service.undo_upload(actor, upload.id, "wrong plate") == 3
    with reading() as session:
        assert results.of_upload(session, actor, upload.id) == []
    again = uploaded(actor, table(CTS))
    service.accept_upload(actor, again.id)
    with reading() as session:
        keys = [row.id for row in results.of_upload(session, actor, again.id)]
    result_service.review_results(bench.a["technician2"], keys[:1])
    with pytest.raises(RuleViolation, match="reviewed already"):
        service.undo_upload(actor, again.id, "too late")


def test_an_upload_is_not_undone_when_an_amended_result_was_reviewed_before(bench: TwoLaboratories):
    actor = bench.a["technician"]
    upload = uploaded(actor, table(CTS))
    service.accept_upload(actor, upload.id)
    with reading() as session:
        first = results.of_upload(session, actor, upload.id)[0].id
    result_service.review_results(bench.a["technician2"], [first])
    result_service.amend_result(actor, first, "25.10", "read from the wrong curve")
    with pytest.raises(RuleViolation, match="reviewed already"):
        service.undo_upload(actor, upload.id, "too late")


@pytest.mark.assurance("A6")
def test_nobody_reviews_an_own_result(bench: TwoLaboratories):
    actor = bench.a["technician"]
    upload = uploaded(actor, table(CTS))
    service.accept_upload(actor, upload.id)
    with reading() as session:
        keys = [row.id for row in results.of_upload(session, actor, upload.id)]
    with pytest.raises(RuleViolation, match="another person"):
        result_service.review_results(actor, keys)
    assert result_service.review_results(bench.a["technician2"], keys) == 3


@pytest.mark.assurance("A2")
def test_another_laboratory_finds_neither_upload_nor_candidates(bench: TwoLaboratories):
    upload = uploaded(bench.a["technician"], table(CTS))
    with pytest.raises(NotFound):
        service.accept_upload(bench.b["technician"], upload.id)
    foreign = uploaded(bench.b["technician"], table(CTS))
    _upload, rows = service.review(bench.b["technician"], foreign.id)
    assert {one.problem for one in rows if one.is_open} == {"unknown"}
    assert all(not one.candidates for one in rows)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"hello world\n", os.urandom(400)])
def test_a_file_nobody_recognises_is_refused_with_a_sentence_and_can_be_uploaded_again(bench: TwoLaboratories, content: bytes):
    upload = uploaded(bench.a["technician"], content, "strange.bin")
    assert upload.state == "refused"
    assert upload.refusal and upload.refusal["sentence"]
    assert service.store_upload(bench.a["technician"], "strange.bin", content).is_new


def test_an_empty_file_is_refused_at_once(bench: TwoLaboratories):
    with pytest.raises(LimsError, match="0 bytes"):
        service.store_upload(bench.a["technician"], "empty.csv", b"")
