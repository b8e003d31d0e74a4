"""Results are reviewed by a second person and corrected by new versions; what was read survives to the last digit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lims import worker
from lims.db.engine import Database
from lims.db.session import Actor, reading
from lims.errors import Conflict, Invalid, LimsError, NotFound, RuleViolation
from lims.imports import service as imports
from lims.results import queries, service
from lims.results.models import Result
from tests.factories import TwoLaboratories, accepted_sample


def recorded(laboratories: TwoLaboratories, values: dict[str, str]) -> list[Result]:
    """Results of laboratory A as a technician brings them: an uploaded, read and accepted file."""
    actor = laboratories.a["technician"]
    lines = ["Well;Sample;Target;Value;Unit"]
    for number, (sample, value) in enumerate(values.items(), 1):
        accepted_sample(laboratories.a, sample)
        lines.append(f"A{number};{sample};Pb;{value};ug/L")
    upload = imports.store_upload(actor, "metals.csv", "\r\n".join([*lines, ""]).encode(), {"parser": "generic_table"}).upload
    while worker.work_once():
        pass
    return accepted(actor, upload.id)


def accepted(actor: Actor, upload_id) -> list[Result]:
    imports.accept_upload(actor, upload_id)
    with reading() as session:
        return queries.of_upload(session, actor, upload_id)


@pytest.mark.assurance("F9")
def test_a_value_comes_back_to_the_last_digit(laboratories: TwoLaboratories):
    values = {"M-1": "1.10", "M-2": "<0.050", "M-3": "1e-7", "M-4": "123456789.012345678", "M-5": "0"}
    rows = {row.sample.external_number: row for row in recorded(laboratories, values)}
    assert {name: row.value_text for name, row in rows.items()} == values
    assert [rows[f"M-{number}"].value for number in (1, 3, 4, 5)] == [Decimal(values[f"M-{number}"]) for number in (1, 3, 4, 5)]
    assert str(rows["M-1"].value) == "1.10"
    assert (rows["M-2"].status, rows["M-2"].comparator, rows["M-2"].value) == ("censored", "<", Decimal("0.050"))


@pytest.mark.assurance("F9")
@pytest.mark.parametrize("typed", ["1.10", "1e-7", "-0.5", "123456789.012345678", "100000000000000000"])
def test_a_typed_value_comes_back_to_the_last_digit(laboratories: TwoLaboratories, typed: str):
    [row] = recorded(laboratories, {"M-1": "5"})
    new = service.amend_result(laboratories.a["technician2"], row.id, typed, "misread")
    with reading() as session:
        kept = queries.result(session, laboratories.a["technician"], new.id)
        assert (kept.value_text, kept.status, kept.value) == (typed, "value", Decimal(typed))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("< 5", ("censored", "<", Decimal(5))), (">1e3", ("censored", ">", Decimal(1000))), ("ND", ("not_detected", None, None)),
        ("未检出", ("not_detected", None, None)), ("−0.5", ("value", None, Decimal("-0.5"))),
    ],
)  # fmt: skip
def test_a_typed_value_means_what_it_says(typed: str, expected: tuple[object, ...]):
    assert service.read_value(typed) == expected


@pytest.mark.parametrize("typed", ["", "abc", "NaN", "Infinity", "<", "1,5", "<<5"])
def test_a_word_never_becomes_a_number(typed: str):
    with pytest.raises(Invalid):
        service.read_value(typed)


@pytest.mark.assurance("R1")
def test_a_correction_is_a_new_version_and_the_old_one_stays(laboratories: TwoLaboratories):
    [row] = recorded(laboratories, {"M-1": "1.10"})
    second = laboratories.a["technician2"]
    service.review_results(second, [row.id])
    new = service.amend_result(second, row.id, "1.20", "dilution was not entered")
    with reading() as session:
        versions = queries.versions(session, second, row.line_id)
        assert [(one.version, one.value_text, one.reason) for one in versions] == [
            (2, "1.20", "dilution was not entered"), (1, "1.10", ""),
        ]  # fmt: skip
        assert [one.id for one in queries.of_sample(session, second, row.sample_id)] == [new.id]
        assert set(queries.reviews(session, second, [row.id, new.id])) == {row.id}, "the new version needs a review of its own"
        assert (versions[0].upload_id, versions[0].source, versions[0].file_sha256) == (row.upload_id, row.source, row.file_sha256)
    with pytest.raises(Conflict, match="Open its newest version"):
        service.amend_result(second, row.id, "1.30", "the old version again")
    with pytest.raises(Conflict):
        service.review_results(laboratories.a["authoriser"], [row.id])


@pytest.mark.assurance("R1")
@pytest.mark.parametrize("statement", ["UPDATE result SET value_text = '9'", "DELETE FROM result"])
def test_the_database_itself_refuses_to_change_a_result(laboratories: TwoLaboratories, database: Database, statement: str):
    recorded(laboratories, {"M-1": "1.10"})
    connection = database.engine.raw_connection()
    try:
        with pytest.raises(Exception, match="append-only"):
            connection.cursor().execute(statement)
    finally:
        connection.rollback()
        connection.close()
    with reading() as session:
        assert [row.value_text for row in queries.all_rows(session, laboratories.a["technician"])] == ["1.10"]


def test_a_correction_needs_a_reason(laboratories: TwoLaboratories):
    [row] = recorded(laboratories, {"M-1": "1.10"})
    with pytest.raises(Invalid, match="Reason: empty"):
        service.amend_result(laboratories.a["technician2"], row.id, "1.20", "  ")


@pytest.mark.assurance("A6")
def test_the_author_of_a_correction_does_not_review_it(laboratories: TwoLaboratories):
    [row] = recorded(laboratories, {"M-1": "1.10"})
    second = laboratories.a["technician2"]
    new = service.amend_result(second, row.id, "1.20", "misread")
    with pytest.raises(RuleViolation, match="another person"):
        service.review_results(second, [new.id])
    assert service.review_results(laboratories.a["authoriser"], [new.id]) == 1


def test_a_result_is_reviewed_once_and_all_of_a_choice_or_none(laboratories: TwoLaboratories):
    rows = recorded(laboratories, {"M-1": "1.10", "M-2": "2.20"})
    second = laboratories.a["technician2"]
    service.review_results(second, [rows[0].id])
    with pytest.raises(Conflict):
        service.review_results(laboratories.a["authoriser"], [row.id for row in rows])
    with reading() as session:
        assert set(queries.reviews(session, second, [row.id for row in rows])) == {rows[0].id}
    with pytest.raises(Invalid):
        service.review_results(second, [])


@pytest.mark.assurance("A2")
def test_another_laboratory_finds_no_result(laboratories: TwoLaboratories):
    [row] = recorded(laboratories, {"M-1": "1.10"})
    stranger = laboratories.b["authoriser"]
    with reading() as session:
        assert queries.all_rows(session, stranger) == []
        assert queries.of_samples(session, stranger, [row.sample_id]) == []
        with pytest.raises(NotFound):
            queries.result(session, stranger, row.id)
    for act in (lambda: service.review_results(stranger, [row.id]), lambda: service.amend_result(stranger, row.id, "1", "x")):
        with pytest.raises(LimsError) as refused:
            act()
        assert refused.value.status == 404
