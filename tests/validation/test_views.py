"""The pages of studies: a study from the form to its scope in the browser, what is refused there, and who sees what."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from flask import Flask

from lims.db.session import reading
from lims.validation import service
from lims.validation.queries import list_studies, records
from tests.factories import PASSWORD, browser_of, csrf_of, new_laboratory
from tests.validation_factory import NEW, StudyWorld, agreeing, new_study_world

FORM = {
    "title_en": "Rapid antigen test", "title_zh": "快速抗原检测", "template_code": "VQ_AGREE",
    "method_name": "Kit A", "comparator_name": "RT-PCR", "measurand_code": "SARSCOV2", "matrix_code": "NPS",
}  # fmt: skip
PLAN = {
    "planned_rows": "100", "purpose": "Port screening", "resolves_discordants": "1", "strata": ["site"],
    "c1-characteristic": "ppa", "c1-comparator": "at_least", "c1-limit": "0.90", "c1-role": "bound",
    "c2-characteristic": "npa", "c2-comparator": "at_least", "c2-limit": "0.90", "c2-role": "bound",
}  # fmt: skip
ROWS = "\n".join(f"S{n:03d}\t{'pos' if n <= 50 else 'neg'}\t{'pos' if n <= 50 else 'neg'}" for n in range(1, 101))


@pytest.fixture
def world(sqlite_database) -> StudyWorld:
    return new_study_world()


class Desk:
    """One person's browser on one study."""

    def __init__(self, app: Flask, actor) -> None:
        self.client = browser_of(app, actor)
        self.token = csrf_of(self.client)

    def get(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, status: int = 302, **values: object) -> str:
        answer = self.client.post(path, data={"csrf_token": self.token, **values}, content_type="multipart/form-data")
        assert answer.status_code == status, answer.text
        return answer.text


def seen_for(page: str, action: str) -> str:
    form = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', page, re.S)
    assert form, page
    return re.search(r'name="seen" value="([0-9a-f]{64})"', form.group(0)).group(1)


def sign(desks: list[Desk], at: str, page: str, verb: str, **values: str) -> None:
    for desk in desks:
        desk.post(f"{at}/{verb}", seen=seen_for(desk.get(f"{at}{page}"), f"{at}/{verb}"), password=PASSWORD, **values)


def planned(app: Flask, world: StudyWorld) -> str:
    """A study registered, planned and approved in the browser; its address."""
    lead, qas = Desk(app, world.coordinator), [Desk(app, actor) for actor in world.both("qa_manager")]
    assert "Register the study" in lead.get("/validation/new")
    lead.post("/validation/new", **FORM, partner=str(world.labs["CDCB"].row.organisation_id))
    with reading() as session:
        row = list_studies(session, world.coordinator).rows[0]
    world.study_id, at = row.id, f"/validation/{row.code}"
    lead.post(f"{at}/plan", **PLAN)
    sign(qas, at, "/plan", "approve")
    lead.post(f"{at}/open-collection")
    return at


def test_a_study_runs_through_the_pages_from_the_form_to_the_scope(app: Flask, world: StudyWorld):
    at, lead, tech = planned(app, world), Desk(app, world.coordinator), Desk(app, world.technician)
    qas, reviewers = ([Desk(app, actor) for actor in world.both(role)] for role in ("qa_manager", "reviewer"))
    assert "0 of 100 planned rows" in tech.get(f"{at}/data")
    tech.post(f"{at}/data", rows=ROWS)
    assert "S100" in tech.get(f"{at}/data")
    for verb in ("lock", "analyse"):
        lead.post(f"{at}/{verb}")
    page = lead.get(f"{at}/analysis")
    assert (page.count("criterion met"), "50 / 50" in page) == (2, True)
    lead.post(f"{at}/send")
    sign(reviewers, at, "", "opinion", text="As planned.")
    sign(qas, at, "", "decide", decision="approved")
    sign(qas, at, "", "scope", laboratories="CUSA, CDCB", matrices="NPS", valid_until="2036-05-01")
    assert "authorised for use" in lead.get(at)
    lead.post(f"{at}/watch", kind="lot_check", finding="Lot L2: 10 of 10", is_in_order="1")
    assert "CUSA, CDCB" in tech.get(at)
    lead.post(f"{at}/revalidate", reason="new lot of the kit")
    lead.post(f"{at}/withdraw", reason="kit recalled", password=PASSWORD)
    assert world.row().state == "withdrawn"
    assert "Kit A" in lead.get("/validation/?state=withdrawn&q=kit&direction=ascending")
    assert "Kit A" in lead.get("/validation/export.csv")


def test_faulty_cells_are_named_and_nothing_is_kept(app: Flask, world: StudyWorld):
    world.register()
    world.plan()
    world.approve()
    service.open_collection(world.coordinator, world.study_id)
    at, tech = f"/validation/{world.row().code}", Desk(app, world.technician)
    page = tech.post(f"{at}/data", status=400, rows="S1\tpos\tpos\nS2\tmaybe\tneg\t\nS3\tpos\tpos\tlow")
    assert "Line 2, Method under validation: read &#34;maybe&#34;" in page
    assert "Line 3, Ct: read &#34;low&#34;, expected a number" in page
    assert "S2\tmaybe" in page  # what was typed stays
    with reading() as session:
        assert records.rows_of(session, world.row()) == []


def test_a_spreadsheet_is_taken_with_the_hash_of_its_bytes(app: Flask, world: StudyWorld):
    world.register()
    world.plan()
    world.approve()
    service.open_collection(world.coordinator, world.study_id)
    at, tech = f"/validation/{world.row().code}", Desk(app, world.technician)
    file = (io.BytesIO(b"item,test,comparator\nS1,pos,pos\nS2,neg,neg\n"), "rows.csv")
    tech.post(f"{at}/data", sheet=file)
    with reading() as session:
        rows = records.rows_of(session, world.row())
    assert [(row.content["item"], row.source, row.source_note, len(row.source_hash)) for row in rows] == [
        ("S1", "sheet", "rows.csv", 64), ("S2", "sheet", "rows.csv", 64),
    ]  # fmt: skip


def test_after_the_lock_every_form_that_touches_criteria_or_data_is_refused(app: Flask, world: StudyWorld):
    world.to_collection(rows=agreeing(12, 12))
    service.lock_data(world.coordinator, world.study_id)
    at = f"/validation/{world.row().code}"
    lead, tech, qa = Desk(app, world.coordinator), Desk(app, world.technician), Desk(app, world.labs["CUSA"]["qa_manager"])
    with reading() as session:
        before = records.data_hash(session, world.row()), [one.content_hash for one in records.plans_of(session, world.row())]
    lead.post(f"{at}/plan", status=422, **PLAN, reason="weaker")
    qa.post(f"{at}/approve", status=422, seen="0" * 64, password=PASSWORD)
    lead.post(f"{at}/drop-amendment", status=422)
    tech.post(f"{at}/data", status=422, rows="X\tpos\tpos")
    tech.post(f"{at}/exclude", status=422, number="1", reason_code="control", reason="late")
    tech.post(f"{at}/retest", status=422, number="1", kind="test_again", result="positive")
    tech.post(f"{at}/reading", status=422, item="X", reader="1", result="positive")
    lead.post(f"{at}/open-collection", status=422, reason="again")
    with reading() as session:
        after = records.data_hash(session, world.row()), [one.content_hash for one in records.plans_of(session, world.row())]
    assert after == before
    assert "stand still" in lead.get(f"{at}/plan")


def test_a_reader_sees_only_the_own_readings(app: Flask, world: StudyWorld):
    world.register(replace(NEW, template_code="VQ_READERS"))
    world.plan()
    world.approve()
    service.open_collection(world.coordinator, world.study_id)
    at = f"/validation/{world.row().code}"
    one, other = Desk(app, world.technician), Desk(app, world.labs["CDCB"]["technician"])
    one.post(f"{at}/reading", item="STRIP-0001", reader="1", result="positive")
    assert "STRIP-0001" in one.get(f"{at}/reading")
    assert "STRIP-0001" not in other.get(f"{at}/reading")
    assert "STRIP-0001" not in other.get(f"{at}/data")
    other.post(f"{at}/reading", status=400, item="", reader="2", result="positive")


def test_a_stranger_finds_neither_study_nor_its_forms(app: Flask, world: StudyWorld):
    world.to_collection(rows=agreeing(5, 5))
    at = f"/validation/{world.row().code}"
    stranger = new_laboratory("CDCX", "cdc", "OTH")
    lead, tech = Desk(app, stranger["coordinator"]), Desk(app, stranger["technician"])
    assert world.row().code not in lead.get("/validation/")
    for path in ("", "/plan", "/data", "/analysis"):
        lead.get(at + path, 404)
    tech.get(f"{at}/reading", 404)
    for path in ("/plan", "/lock", "/analyse", "/send", "/watch", "/revalidate", "/withdraw", "/open-collection", "/drop-amendment"):
        lead.post(at + path, status=404)
    for path in ("/data", "/exclude", "/retest", "/reading"):
        tech.post(at + path, status=404)


def test_a_plan_with_a_faulty_criterion_is_not_kept_and_what_was_typed_stays(app: Flask, world: StudyWorld):
    world.register()
    at, lead = f"/validation/{world.row().code}", Desk(app, world.coordinator)
    page = lead.post(f"{at}/plan", status=400, **{**PLAN, "c1-limit": "ninety"})
    assert "Criterion 1: read" in page and 'value="ninety"' in page
    assert "Planned rows" in lead.post(f"{at}/plan", status=400, **{**PLAN, "planned_rows": "many"})
    lead.post("/validation/new", status=400, **{**FORM, "template_code": "XX"})
    lead.post("/validation/new", status=422, **FORM)
