"""Samples for programs, by bearer token."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lims.accounts.service import create_token
from lims.db.session import SYSTEM, Actor
from lims.samples.lifecycle.kinds import KINDS
from tests.factories import TwoLaboratories
from tests.sample_factory import registered

BODY = {
    "kind": "TRV", "matrix": "NPS", "external_number": "0041829", "quantity": "1.10", "unit": "mL", "analytes": ["SARSCOV2"],
    "sampled_at": "2026-05-19T08:30:00+08:00",
    "details": {"pseudonym": "7Q-4KD-92", "category": "screening", "conveyance_number": "3U8694"},
}  # fmt: skip


class Program:
    """A program with the token of one person."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}

    def get(self, address: str):
        return self.client.get(address, headers=self.headers)

    def post(self, body: dict, **headers: str):
        return self.client.post("/api/v1/samples", json=body, headers={**self.headers, **headers})


def token_of(actor: Actor) -> str:
    assert actor.user_id is not None
    return create_token(SYSTEM, actor.user_id, "test")


@pytest.fixture
def program(app: Flask, two_laboratories: TwoLaboratories) -> Program:
    return Program(app, token_of(two_laboratories.a["technician"]))


def test_a_program_registers_reads_and_lists(program: Program):
    answer = program.post(BODY)
    assert answer.status_code == 201, answer.text
    made = answer.json
    assert (made["status"], made["quantity"], made["external_number"]) == ("registered", "1.10", "0041829")
    assert program.get(f"/api/v1/samples/{made['number']}").json == made
    assert program.get("/api/v1/samples?q=0041829&status=registered").json == {"samples": [made], "next": None}
    for n in range(3):
        program.post({**BODY, "external_number": f"E{n}"})
    first = program.get("/api/v1/samples?limit=2&kind=TRV").json
    second = program.get(first["next"]).json
    assert [one["external_number"] for one in first["samples"] + second["samples"]] == ["E2", "E1", "E0", "0041829"]
    assert second["next"] is None


def test_the_same_key_gives_the_same_sample(program: Program):
    one = program.post(BODY, **{"Idempotency-Key": "k1"}).json
    assert program.post(BODY, **{"Idempotency-Key": "k1"}).json == one
    other = program.post({**BODY, "external_number": "other"}, **{"Idempotency-Key": "k1"})
    assert other.status_code == 409
    assert other.json["error"]["code"] == "samples.key_used"


def test_problems_are_told_by_field_and_unknown_fields_refused(program: Program):
    answer = program.post({**BODY, "matrix": "NOSUCH", "details": {"pseudonym": "x"}})
    assert answer.status_code == 400
    assert {one["field"] for one in answer.json["error"]["problems"]} == {"matrix", "category", "conveyance_number"}
    for wrong in ({"status": "reported"}, {"sampled_at": "2026-05-19T08:30:00"}, {"kind": "XXX"}, {"quantity": 1.1}):
        assert program.post({**BODY, **wrong}).status_code == 422, wrong
    assert program.get("/api/v1/samples").json["samples"] == []
    assert program.get("/api/v1/samples?colour=red").status_code == 422


@pytest.mark.assurance("A2")
def test_another_laboratorys_sample_is_not_found(app: Flask, program: Program, two_laboratories: TwoLaboratories):
    row = registered(two_laboratories.b["technician"])
    foreign, missing = program.get(f"/api/v1/samples/{row.number}"), program.get("/api/v1/samples/CUSA-26-TRV-999999-X")
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json["error"]["code"] == missing.json["error"]["code"]
    assert program.get("/api/v1/samples").json["samples"] == []


def test_without_a_token_or_with_a_role_that_may_not_nothing_is_answered(app: Flask, program: Program, two_laboratories: TwoLaboratories):
    assert app.test_client().get("/api/v1/samples").status_code == 401
    assert Program(app, "wrong").get("/api/v1/samples").status_code == 401
    auditor = Program(app, token_of(two_laboratories.a["auditor"]))
    assert auditor.get("/api/v1/samples").status_code == 200
    assert auditor.post(BODY).status_code == 403


def test_the_interface_is_described(program: Program):
    answer = program.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert set(answer.json["paths"]) >= {"/api/v1/samples", "/api/v1/samples/{number}"}
    assert answer.json["components"]["schemas"]["NewSample"]["properties"]["kind"]["enum"] == list(KINDS)
