"""Loading the shipped catalogue on real databases of both engines."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from lims.audit.models import AuditEvent
from lims.catalogue import queries, service
from lims.db.session import SYSTEM, reading, transaction
from lims.errors import Forbidden
from tests.factories import TwoLaboratories


@pytest.fixture
def loaded(laboratories: TwoLaboratories) -> TwoLaboratories:
    service.load_shipped(SYSTEM)
    return laboratories


def test_loading_again_adds_nothing(loaded: TwoLaboratories):
    assert service.load_shipped(SYSTEM) == 0
    with reading() as session:
        assert sum(queries.counts(session, SYSTEM).values()) > 800


def test_loading_again_keeps_what_was_edited_or_retired(loaded: TwoLaboratories):
    with transaction(SYSTEM, reason="local name") as session:
        row = queries.find(session, SYSTEM, "sample_matrices", "NPS")
        row.name_zh = "本地名称"
    service.load_shipped(SYSTEM)
    with reading() as session:
        assert queries.find(session, SYSTEM, "sample_matrices", "NPS").name_zh == "本地名称"


@pytest.mark.assurance("R2")
def test_each_loaded_list_leaves_one_event_with_its_row_count(loaded: TwoLaboratories):
    with reading() as session:
        events = list(session.scalars(select(AuditEvent).where(AuditEvent.subject == "catalogue_entry")))
        counts = queries.counts(session, SYSTEM)
    assert sorted(event.after["rows"] for event in events) == sorted(counts.values())


def test_only_the_quality_manager_and_the_administrator_load(loaded: TwoLaboratories):
    assert service.load_shipped(loaded.a["qa_manager"]) == 0
    with pytest.raises(Forbidden):
        service.load_shipped(loaded.a["technician"])


def test_entries_are_found_by_code_by_pair_and_by_measurand(loaded: TwoLaboratories):
    actor = loaded.a["technician"]
    with reading() as session:
        assert queries.find(session, actor, "pathogens", "NOSUCH") is None
        pairs = queries.find_pairs(session, actor, [("methods", "NT"), ("result_values", "NT")])
        assert set(pairs) == {("methods", "NT"), ("result_values", "NT")}
        assert set(queries.measurands(session, actor, ["SARSCOV2", "PB", "AEALB", "X"])) == {"SARSCOV2", "PB", "AEALB"}
        assert queries.names(session, actor, "units_ucum", ["mL", "?"]) == {"mL": "millilitre", "?": "?"}


def test_retired_entries_are_no_longer_offered_but_still_found(loaded: TwoLaboratories):
    from lims import clock

    with transaction(SYSTEM, reason="retired") as session:
        queries.find(session, SYSTEM, "sample_matrices", "NPS").retired_at = clock.now()
    with reading() as session:
        assert "NPS" not in {one.code for one in queries.choices(session, SYSTEM, "sample_matrices")}
        assert queries.find(session, SYSTEM, "sample_matrices", "NPS") is not None


def test_pages_go_forth_and_back_over_the_same_entries(loaded: TwoLaboratories):
    with reading() as session:
        first = queries.entries(session, SYSTEM, "glossary", limit=50)
        last = first[-1]
        second = queries.entries(session, SYSTEM, "glossary", after=(last.position, last.code), limit=50)
        back = queries.entries_before(session, SYSTEM, "glossary", "", (second[0].position, second[0].code), limit=50)
        assert [row.code for row in back] == [row.code for row in first]
        assert not {row.code for row in first} & {row.code for row in second}


def test_search_finds_by_code_and_by_both_names_and_takes_a_wildcard_as_a_sign(loaded: TwoLaboratories):
    with reading() as session:
        for text in ("新型冠状", "sars-cov-2", "SARSCOV2"):
            assert "SARSCOV2" in {row.code for row in queries.entries(session, SYSTEM, "pathogens", text)}
        assert queries.entries(session, SYSTEM, "pathogens", "%") == []
