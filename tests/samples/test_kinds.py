"""The description of every kind: complete, with examples that the rules take, and the same on form, page and interface."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask

from lims.db.session import reading
from lims.samples import queries, service
from lims.samples.lifecycle.common import COMMON, columns
from lims.samples.lifecycle.fields import CHOICE, LISTED, MANY, read_fields
from lims.samples.lifecycle.kinds import KINDS
from lims.samples.service import NewSample, SampleInvalid
from tests.factories import TwoLaboratories, browser_of

MATRICES = {
    "TRV": "NPS", "PAT": "CSF", "VEC": "MOSQ", "ROD": "RODO", "FOD": "FMEAT", "ENV": "SURF", "SPG": "SGMIC", "ANI": "ABLD",
    "PLT": "PSEED", "CNV": "BALW", "REF": "FCEREAL", "PTI": "PTQ",
}  # fmt: skip


def example(kind: str, **changes: object) -> NewSample:
    """A sample of the kind with the example of every field of its own."""
    details = {one.code: one.example for one in KINDS[kind].fields}
    return NewSample(kind=kind, matrix=MATRICES[kind], details=details, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("code", KINDS)
def test_every_field_has_one_name_and_an_example_that_its_rule_takes(code: str):
    fields = columns(KINDS[code])
    assert len({one.code for one in fields}) == len(fields)
    assert all(one.choices for one in fields if one.takes == CHOICE)
    assert all(one.list_code for one in fields if one.takes == LISTED)
    values, problems = read_fields(KINDS[code].fields, {one.code: one.example for one in KINDS[code].fields}, datetime.now(UTC).date())
    assert problems == []
    assert set(values) == {one.code for one in KINDS[code].fields}


def test_every_common_field_has_an_example_apart_from_those_that_depend_on_the_kind():
    assert {one.code for one in COMMON if not one.example} == {"matrix"}
    assert [one.code for one in COMMON if one.takes == MANY] == ["analytes"]


@pytest.mark.parametrize("code", KINDS)
def test_a_sample_of_every_kind_is_registered_and_shown_with_all_its_fields(two_laboratories: TwoLaboratories, app: Flask, code: str):
    technician = two_laboratories.a["technician"]
    row = service.register_sample(technician, example(code))
    with reading() as session:
        assert queries.sample(session, technician, row.id).details == {one.code: one.example for one in KINDS[code].fields}
    browser = browser_of(app, technician)
    page = browser.get(f"/samples/{row.id}").text
    assert all(one.label.replace("'", "&#39;") in page for one in KINDS[code].fields)
    form = browser.get(f"/samples/new?kind={code}").text
    assert all(f'name="{one.code}"' in form for one in columns(KINDS[code]))


@pytest.mark.parametrize(
    ("code", "changes"), [("VEC", {"taxon": "RATNOR"}), ("ROD", {"species": "AEAEG"}), ("SPG", {"category": "NOSUCH"})]
)
def test_a_field_takes_only_its_own_entries_of_the_catalogue(laboratories: TwoLaboratories, code: str, changes: dict[str, str]):
    draft = example(code)
    with pytest.raises(SampleInvalid) as caught:
        service.register_sample(laboratories.a["technician"], NewSample(code, draft.matrix, {**draft.details, **changes}))
    assert [one.field for one in caught.value.problems] == list(changes)


@pytest.mark.parametrize(("code", "matrix"), [("VEC", "RODO"), ("ROD", "MOSQ"), ("CNV", "SURF"), ("ENV", "BALW"), ("ANI", "FMEAT")])
def test_a_kind_refuses_the_matrix_of_another(laboratories: TwoLaboratories, code: str, matrix: str):
    with pytest.raises(SampleInvalid) as caught:
        service.register_sample(laboratories.a["technician"], NewSample(code, matrix, example(code).details))
    assert [one.field for one in caught.value.problems] == ["matrix"]


def test_a_pseudonym_may_not_look_like_a_telephone_number():
    _values, problems = read_fields(KINDS["PAT"].fields, {"pseudonym": "13800138000", "category": "contact"}, datetime.now(UTC).date())
    assert [one.field for one in problems] == ["pseudonym"]
