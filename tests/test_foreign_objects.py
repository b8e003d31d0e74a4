"""For a person of another laboratory no object of the first one exists: on every route, with every method, in every role."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask

from lims import worker
from lims.accounts import service as accounts
from lims.accounts.access import action_of
from lims.accounts.permissions import ACTIONS
from lims.custody import service as custody
from lims.db.engine import Database
from lims.db.session import SYSTEM, reading
from lims.imports import service as imports
from lims.jobs import queries as jobs
from lims.results import queries as results
from lims.rounds import service as rounds
from lims.samples import service as samples
from lims.storage import service as storage
from tests.factories import PASSWORD, OneLaboratory, accepted_sample, browser_of, csrf_of, new_laboratory
from tests.imports.rules import approved
from tests.round_factory import START, World, at, new_world
from tests.sample_factory import registered
from tests.test_doors import rules, snapshot

ROLES_TRIED = ("technician", "authoriser", "qa_manager", "coordinator", "reviewer", "auditor")
TABLE = b"Well,Sample,Task,Target,Ct\r\nA1,EXT-77,UNKNOWN,N,24.5\r\nG12,PC,Positive Control,N,22.0\r\nH12,NTC,NTC,N,Undetermined\r\n"


@dataclass
class Objects:
    """One object of each kind of the first laboratory, by the name of the route's argument."""

    by_argument: dict[str, object]
    names: list[str]
    stranger: OneLaboratory


@pytest.fixture
def objects(sqlite_database: Database, tmp_path) -> Objects:
    with at(START):
        world: World = new_world(tmp_path)
        world.plan()
        line = rounds.propose_line(world.coordinator, rounds.LineDraft(world.scheme_id, "2027-03", "NAT5"))
        stranger = new_laboratory("CDCX", "cdc", "OTH")
    mine = world.labs["CUSA"]
    sample = accepted_sample(mine, "EXT-77")
    upload = imports.store_upload(mine["technician"], "canary-run.csv", TABLE).upload
    worker.work_once()
    imports.accept_upload(mine["technician"], upload.id)
    session_id = accounts.sign_in(mine["technician"].login, PASSWORD, "127.0.0.1", "test").session_id
    with reading() as session:
        result = results.of_upload(session, mine["technician"], upload.id)[0]
        job = jobs.jobs_of(session, mine["technician"])[0]
    batch = samples.open_batch(mine["technician"], "TRV")
    room = storage.add_place(mine["technician"], "room", "CANARY-1")
    measured = registered(mine["technician"], quantity="1.0", external_number="")
    portion = storage.divide(mine["technician"], measured.number, "0.1")[0]
    box = custody.open_box(mine["technician"], "CDCD", "referral")
    custody.put_in(mine["technician"], box.id, accepted_sample(mine).number)
    profile = imports.copy_shipped(mine["authoriser"], "slan")
    worklist = imports.make_worklist(mine["technician"], imports.Plan([accepted_sample(mine, "EXT-78").number]))
    rule = approved(mine)
    draft = imports.next_rule_version(mine["technician"], rule.id)
    known = {
        "sample_id": sample.id, "batch_id": batch.id, "upload_id": upload.id, "result_id": result.id, "job_id": job.id,
        "session_id": session_id,
        "profile_id": profile.id, "box_id": box.id, "line_id": line.id, "place_id": room.id, "aliquot_id": portion.id,
        "worklist_id": worklist.id, "rule_id": rule.id, "draft_id": draft.id,
        "code": world.row().code, "number": sample.number,
    }  # fmt: skip
    return Objects(known, ["Laboratory CUSA", sample.number, "EXT-77", box.number, "canary-run", "Round of the test"], stranger)


@pytest.mark.assurance("A2")
@pytest.mark.parametrize("role", ROLES_TRIED)
def test_every_route_says_not_found_to_a_stranger(app: Flask, sqlite_database: Database, objects: Objects, role: str):
    browser, stranger = browser_of(app, objects.stranger[role]), app.test_client()
    program = {"Authorization": f"Bearer {accounts.create_token(SYSTEM, objects.stranger[role].user_id, 'test')}"}
    token, before, wrong = csrf_of(browser), snapshot(sqlite_database), {}
    for rule in rules(app):
        if not rule.arguments & set(objects.by_argument) or rule.endpoint.startswith("catalogue"):
            continue
        address = app.url_map.bind("localhost").build(rule.endpoint, _arguments(rule, objects))
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            action = action_of(app, rule.endpoint, method)
            is_program = address.startswith("/api/") and method != "GET"
            sent = {"json": {}, "headers": program} if is_program else {"data": {"csrf_token": token} if method != "GET" else None}
            answer = (stranger if is_program else browser).open(address, method=method, **sent)
            expected = 404 if action and role in ACTIONS[action] else 403
            if answer.status_code != expected or any(name in answer.text for name in objects.names if name not in address):
                wrong[f"{method} {rule}"] = answer.status_code
    assert wrong == {}
    assert snapshot(sqlite_database) == before


def _arguments(rule, objects: Objects) -> dict[str, object]:
    from tests.test_doors import _made_up

    return {name: objects.by_argument.get(name, None) or _made_up(rule, name) for name in rule.arguments}


@pytest.mark.assurance("A2")
def test_search_and_lists_of_a_stranger_are_empty(app: Flask, objects: Objects):
    browser = browser_of(app, objects.stranger["technician"])
    for address in (
        "/search?q=EXT-77",
        f"/search?q={objects.by_argument['number']}",
        "/samples/",
        "/uploads/",
        "/results/",
        "/rounds/",
        "/rounds/plan",
        "/",
    ):
        answer = browser.get(address)
        assert answer.status_code == 200
        found = [
            name
            for name in objects.names
            if name in answer.text and f'value="{name}"' not in answer.text and f"'{name}'" not in answer.text
        ]
        assert found == [], address
