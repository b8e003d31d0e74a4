"""Rounds for programs: only what the token's person may see, one answer for one key, scores and report after publication."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lims import blobs
from lims.accounts.service import create_token
from lims.db.session import SYSTEM, Actor, reading
from lims.rounds.queries import records
from tests.factories import new_laboratory
from tests.round_factory import DEADLINE, QUALITATIVE, QUANTITATIVE, RIGHT, SECOND, START, VALUES, World, at, new_world


class Program:
    """A program with the token of one person."""

    def __init__(self, app: Flask, actor: Actor, language: str = "en") -> None:
        assert actor.user_id is not None
        self.client: FlaskClient = app.test_client()
        self.headers = {"Authorization": f"Bearer {create_token(SYSTEM, actor.user_id, 'test')}", "Accept-Language": language}

    def get(self, address: str) -> Any:
        return self.client.get(f"/api/v1/rounds{address}", headers=self.headers)

    def put(self, code: str, body: dict[str, Any], key: str | None = "k-1") -> Any:
        keys = {"Idempotency-Key": key} if key else {}
        return self.client.put(f"/api/v1/rounds/{code}/submission", json=body, headers={**self.headers, **keys})


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    with at(START):
        world = new_world(tmp_path)
    world.blobs = blobs.store()
    return world


def body_of(world: World, lab: str = "CDCB", answers: dict[int, str] = RIGHT) -> dict[str, Any]:
    values = [{"item_code": code, "result_code": answers[number]} for code, number in world.numbers(lab).items()]
    return {"head": {"method_code": "QRTPCR", "tested_on": "2026-05-04"}, "is_independent": True, "values": values}


def versions(world: World, lab: str = "CDCB") -> int:
    with reading() as session:
        return len(records.versions_of(session, world.part(lab)))


def test_a_program_lists_rounds_reads_one_and_saves_its_draft(app: Flask, world: World) -> None:
    with at(START):
        world.to_testing(QUALITATIVE)
        program, code = Program(app, world.labs["CDCB"]["technician"]), world.row().code
        listed = program.get("").json["rounds"]
        assert [(one["code"], one["state"], one["participant_code"]) for one in listed] == [(code, "testing", world.part("CDCB").code)]
        one = program.get(f"/{code}").json
        assert sorted(one["item_codes"]) == sorted(world.numbers("CDCB")) and one["takes_results"] is True
        assert program.get(f"/{code}/submission").json["version"] == 0
        saved = program.put(code, body_of(world))
        assert saved.status_code == 200, saved.text
        assert (saved.json["version"], saved.json["status"], saved.json["problems"]) == (1, "draft", [])
        assert program.get(f"/{code}/submission").json["values"] == saved.json["values"]
        world.hand_over("CDCB")
        world.sign("CDCB")


def test_the_same_key_gives_the_same_answer_and_another_body_is_a_conflict(app: Flask, world: World) -> None:
    with at(START):
        world.to_testing(QUALITATIVE)
        program, code = Program(app, world.labs["CDCB"]["technician"]), world.row().code
        first = program.put(code, body_of(world))
        world.draft("CDCB", {**RIGHT, 1: "NEG"})
        again = program.put(code, body_of(world))
        assert (again.status_code, again.json, versions(world)) == (200, first.json, 2)
        other = program.put(code, body_of(world, answers={**RIGHT, 2: "IND"}))
        assert (other.status_code, other.json["error"]["code"], versions(world)) == (409, "rounds.key_used", 2)
        assert program.put(code, body_of(world, answers={**RIGHT, 2: "IND"}), "k-2").json["version"] == 3
        assert program.put(code, body_of(world, answers={**RIGHT, 2: "IND"}), "k-3").json["version"] == 3
        newer = program.put(code, {**body_of(world), "base_version": 1}, "k-4")
        assert (newer.status_code, newer.json["error"]["code"]) == (409, "rounds.other_editor")
        assert program.put(code, body_of(world), None).status_code == 422


def test_a_wrong_field_is_named_by_its_path_in_the_callers_language(app: Flask, world: World) -> None:
    with at(START):
        world.to_testing(QUANTITATIVE)
        program, code = Program(app, world.labs["CDCB"]["technician"]), world.row().code
        codes = sorted(world.numbers("CDCB"))
        good = [{"item_code": one, "value": "4.50", "unit": QUANTITATIVE.unit} for one in codes]
        wrong = [
            ([good[0], {**good[1], "value": "four"}], "values.1.value"), ([{**good[0], "expanded_u": "-1"}], "values.0.expanded_u"),
            ([{**good[0], "result_code": "PERHAPS"}], "values.0.result_code"), ([{"value": "4"}], "values.0.item_code"),
            ([{**good[0], "item_code": "ZZZZZZ"}], "values.0.item_code"), ([{**good[0], "ct": {"N": "thirty"}}], "values.0.ct.N"),
        ]  # fmt: skip
        for values, path in wrong:
            answer = program.put(code, {"values": values}, path)
            assert answer.status_code in (400, 422), answer.text
            assert [one["field"] for one in answer.json["error"]["problems"]] == [path], answer.text
        assert program.put(code, {"head": {"colour": "red"}}).json["error"]["problems"][0]["field"] == "head.colour"
        chinese = Program(app, world.labs["CDCB"]["technician"], "zh-CN").put(code, {"values": wrong[0][0]}, "zh")
        assert "读到 four" in chinese.json["error"]["problems"][0]["message"]
    assert versions(world) == 0


def test_scores_and_report_are_not_there_before_publication(app: Flask, world: World) -> None:
    with at(START):
        world.to_testing(QUANTITATIVE)
        programs = {lab: Program(app, world.labs[lab]["authoriser"]) for lab in ("CUSA", "CDCB")}
        code = world.row().code
        for lab, values in VALUES.items():
            world.submit(lab, values)
    with at(DEADLINE + SECOND):
        steps = (lambda: None, world.unblind, world.evaluate, world.opine)
        for step in steps:
            step()
            for program in programs.values():
                assert [program.get(f"/{code}/{part}").status_code for part in ("scores", "report")] == [404, 404]
        world.release()
        for lab, program in programs.items():
            scores = program.get(f"/{code}/scores").json
            assert scores["participant_code"] == world.part(lab).code and len(scores["items"]) == 2
            assert {one["item_code"] for one in scores["items"]} == set(world.numbers(lab))
            assert {one["value"] for one in scores["items"]} == set(VALUES[lab].values())
            report = program.get(f"/{code}/report")
            assert report.status_code == 200 and report.data[:2] == b"PK"


def test_no_answer_before_publication_carries_a_code_of_another_laboratory(app: Flask, world: World) -> None:
    with at(START):
        world.to_testing(QUALITATIVE)
        code = world.row().code
        world.submit("CUSA", RIGHT)
        others = [world.part(lab).code for lab in world.labs if lab != "CDCB"]
        foreign = [one for lab in world.labs if lab != "CDCB" for one in world.numbers(lab)]
        program = Program(app, world.labs["CDCB"]["technician"])
        answers = [program.get(""), program.get(f"/{code}"), program.get(f"/{code}/submission"), program.get(f"/{code}/scores")]
        answers += [program.put(code, body_of(world)), program.put(code, body_of(world, "CUSA"), "k-9")]
        told = "\n".join(one.text for one in answers[:-1])
        assert [one for one in [*others, *foreign] if one and one in told] == []
        invented = program.put(code, {"values": [{"item_code": "ZZZZZZ", "result_code": "POS"}]}, "k-10")
        first = body_of(world, "CUSA")["values"][0]["item_code"]
        assert answers[-1].text.replace(first, "?").split('"request"')[0] == invented.text.replace("ZZZZZZ", "?").split('"request"')[0]


def test_a_foreign_round_and_a_person_who_knows_the_codes_get_nothing(app: Flask, world: World) -> None:
    with at(START):
        world.to_testing(QUALITATIVE)
        code = world.row().code
        stranger = Program(app, new_laboratory("CDCX", "cdc", "OTH")["technician"])
        for part in ("", "/submission", "/scores", "/report"):
            assert stranger.get(f"/{code}{part}").status_code in (403, 404)
        assert stranger.put(code, {"rubbish": 1}).status_code == 404
        assert stranger.get("").json["rounds"] == []
        assert Program(app, world.coordinator).put(code, {}).status_code == 403
        assert app.test_client().get(f"/api/v1/rounds/{code}").status_code == 401


def test_the_description_of_the_interface_names_the_addresses(app: Flask, world: World) -> None:
    program = Program(app, world.labs["CDCB"]["technician"])
    described = program.client.get("/api/v1/openapi.json", headers=program.headers).json
    paths = described["paths"]
    assert {"get", "put"} <= set(paths["/api/v1/rounds/{code}/submission"])
    assert {"/api/v1/rounds", "/api/v1/rounds/{code}", "/api/v1/rounds/{code}/scores", "/api/v1/rounds/{code}/report"} <= set(paths)
    headers = [one["name"] for one in paths["/api/v1/rounds/{code}/submission"]["put"]["parameters"]]
    assert "Idempotency-Key" in headers and "requestBody" in paths["/api/v1/rounds/{code}/submission"]["put"]
