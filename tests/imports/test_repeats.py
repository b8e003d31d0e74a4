"""Further results on a sample that has some: another test adds, the same test again needs an explicit choice."""

from __future__ import annotations

import pytest

from lims import worker
from lims.db.session import Actor, reading
from lims.errors import Invalid, RuleViolation
from lims.imports import queries, service
from lims.imports.models import Upload
from lims.results import queries as results
from lims.results import service as result_service
from lims.results.models import Result
from lims.samples import queries as samples
from tests.factories import TwoLaboratories, accepted_sample


def run_of(*rows: tuple[str, str, str]) -> bytes:
    """A generic table of (sample, target, value) with silent and found controls."""
    lines = ["Well,Sample,Task,Target,Ct"]
    lines += [f"A{number},{sample},UNKNOWN,{target},{ct}" for number, (sample, target, ct) in enumerate(rows, 1)]
    return "\r\n".join([*lines, "G12,PC,Positive Control,N,22.00", "H12,NTC,NTC,N,Undetermined", ""]).encode()


def uploaded(actor: Actor, *rows: tuple[str, str, str], name: str = "run.csv") -> Upload:
    upload = service.store_upload(actor, name, run_of(*rows)).upload
    while worker.work_once():
        pass
    with reading() as session:
        return queries.upload(session, actor, upload.id)


@pytest.fixture
def bench(laboratories: TwoLaboratories) -> TwoLaboratories:
    accepted_sample(laboratories.a, "S-1")
    return laboratories


def standing(actor: Actor) -> list[tuple[str, str, int]]:
    """What counts on the sample: target, value, version."""
    with reading() as session:
        rows = results.all_rows(session, actor)
        return sorted((row.target, row.value_text, row.version) for row in rows)


def state_of(actor: Actor) -> str:
    with reading() as session:
        return samples.by_numbers(session, actor, ["S-1"])["S-1"][0].status


def all_standing(actor: Actor) -> list[Result]:
    with reading() as session:
        return results.all_rows(session, actor)


def test_two_uploads_that_waited_for_the_same_sample_are_both_accepted(bench: TwoLaboratories):
    actor = bench.a["technician"]
    first, second = uploaded(actor, ("S-1", "N", "24.50")), uploaded(actor, ("S-1", "ORF1ab", "25.50"))
    assert service.accept_upload(actor, first.id) == 1
    assert service.accept_upload(actor, second.id) == 1
    assert standing(actor) == [("N", "24.50", 1), ("ORF1ab", "25.50", 1)]
    assert state_of(actor) == "tested"


def test_a_further_test_of_a_tested_sample_is_matched_by_itself(bench: TwoLaboratories):
    actor = bench.a["technician"]
    service.accept_upload(actor, uploaded(actor, ("S-1", "N", "24.50")).id)
    later = uploaded(actor, ("S-1", "E", "26.00"))
    _upload, rows = service.review(actor, later.id)
    assert [(one.problem, one.is_open) for one in rows if not one.is_control] == [("", False)]
    assert service.accept_upload(actor, later.id) == 1


def test_the_same_test_again_is_refused_until_somebody_chooses(bench: TwoLaboratories):
    actor = bench.a["technician"]
    service.accept_upload(actor, uploaded(actor, ("S-1", "N", "24.50")).id)
    again = uploaded(actor, ("S-1", "N", "24.90"))
    with pytest.raises(RuleViolation, match="have a result already"):
        service.accept_upload(actor, again.id)
    with pytest.raises(Invalid, match="Reason: empty"):
        service.accept_upload(actor, again.id, "version", " ")
    assert standing(actor) == [("N", "24.50", 1)]


def test_the_same_test_again_as_a_new_version_with_its_reason(bench: TwoLaboratories):
    actor = bench.a["technician"]
    service.accept_upload(actor, uploaded(actor, ("S-1", "N", "24.50")).id)
    service.accept_upload(actor, uploaded(actor, ("S-1", "N", "24.90")).id, "version", "new extraction")
    assert standing(actor) == [("N", "24.90", 2)]
    [row] = all_standing(actor)
    with reading() as session:
        assert [(one.version, one.reason) for one in results.versions(session, actor, row.line_id)] == [(2, "new extraction"), (1, "")]


def test_the_same_test_again_beside_the_first_one(bench: TwoLaboratories):
    actor = bench.a["technician"]
    service.accept_upload(actor, uploaded(actor, ("S-1", "N", "24.50")).id)
    service.accept_upload(actor, uploaded(actor, ("S-1", "N", "24.90")).id, "beside")
    assert standing(actor) == [("N", "24.50", 1), ("N", "24.90", 1)]


def test_replicates_of_one_run_are_no_repetition(bench: TwoLaboratories):
    actor = bench.a["technician"]
    assert service.accept_upload(actor, uploaded(actor, ("S-1", "N", "24.50"), ("S-1", "N", "24.60")).id) == 2


def test_fewer_readings_than_results_do_not_replace_them(bench: TwoLaboratories):
    actor = bench.a["technician"]
    service.accept_upload(actor, uploaded(actor, ("S-1", "N", "24.50"), ("S-1", "N", "24.60")).id)
    again = uploaded(actor, ("S-1", "N", "24.90"))
    with pytest.raises(RuleViolation, match="1 readings, but 2 results"):
        service.accept_upload(actor, again.id, "version", "new extraction")
    assert service.accept_upload(actor, again.id, "beside") == 1


def test_more_readings_than_results_are_versions_and_new_ones(bench: TwoLaboratories):
    actor = bench.a["technician"]
    service.accept_upload(actor, uploaded(actor, ("S-1", "N", "24.50")).id)
    service.accept_upload(actor, uploaded(actor, ("S-1", "N", "24.90"), ("S-1", "N", "24.80")).id, "version", "in duplicate")
    assert standing(actor) == [("N", "24.80", 1), ("N", "24.90", 2)]


def test_undoing_the_second_upload_brings_the_first_version_back(bench: TwoLaboratories):
    actor = bench.a["technician"]
    service.accept_upload(actor, uploaded(actor, ("S-1", "N", "24.50")).id)
    again = uploaded(actor, ("S-1", "N", "24.90"))
    service.accept_upload(actor, again.id, "version", "new extraction")
    assert service.undo_upload(actor, again.id, "wrong plate") == 1
    assert standing(actor) == [("N", "24.50", 1)]
    assert state_of(actor) == "tested"


def test_a_line_whose_second_version_was_taken_back_goes_on_with_a_third(bench: TwoLaboratories):
    actor = bench.a["technician"]
    service.accept_upload(actor, uploaded(actor, ("S-1", "N", "24.50")).id)
    again = uploaded(actor, ("S-1", "N", "24.90"))
    service.accept_upload(actor, again.id, "version", "new extraction")
    service.undo_upload(actor, again.id, "wrong plate")
    [row] = all_standing(actor)
    assert result_service.amend_result(bench.a["technician2"], row.id, "24.70", "misread").version == 3
    assert standing(actor) == [("N", "24.70", 3)]


def test_undoing_an_upload_takes_its_corrections_back_too(bench: TwoLaboratories):
    actor = bench.a["technician"]
    upload = uploaded(actor, ("S-1", "N", "24.50"))
    service.accept_upload(actor, upload.id)
    [row] = all_standing(actor)
    result_service.amend_result(bench.a["technician2"], row.id, "24.70", "misread")
    service.undo_upload(actor, upload.id, "wrong plate")
    assert standing(actor) == []
    assert state_of(actor) == "retest"


def test_a_result_for_a_reviewed_sample_is_a_choice_and_opens_it_again(bench: TwoLaboratories):
    actor, second = bench.a["technician"], bench.a["technician2"]
    service.accept_upload(actor, uploaded(actor, ("S-1", "N", "24.50")).id)
    result_service.review_results(second, [row.id for row in all_standing(actor)])
    assert state_of(actor) == "reviewed"
    later = uploaded(actor, ("S-1", "E", "26.00"))
    _upload, rows = service.review(actor, later.id)
    [one] = [one for one in rows if not one.is_control]
    assert (one.problem, one.is_open, len(one.candidates)) == ("closed", True, 1)
    service.decide_readings(actor, later.id, [one.reading.row], "match", one.candidates[0].id)
    service.accept_upload(actor, later.id)
    assert state_of(actor) == "tested"
    [new] = [row for row in all_standing(actor) if row.target == "E"]
    result_service.review_results(second, [new.id])
    assert state_of(actor) == "reviewed"
