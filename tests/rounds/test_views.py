"""The pages of rounds, from the plan to the box in hand, as browsers of coordinator, QA managers and laboratories see them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lims.db.session import Actor, reading
from lims.rounds.queries import distribution, gates, list_rounds, records
from lims.rounds.queries.scoring import plan_of
from tests.factories import PASSWORD, browser_of, csrf_of, new_laboratory, seen_on
from tests.round_factory import QUANTITATIVE, RIGHT, World, at, new_world

NOW = datetime(2026, 5, 4, 2, 0, tzinfo=UTC)
CODE = "R-26-01"
TYPED = {
    "template_code": "NAT5", "title_zh": "样本盘比对", "title_en": "Panel round", "deadline_day": "2026-05-22", "deadline_time": "17:00",
    "zone": "Asia/Shanghai", "kind": "qualitative", "measurand": "SARS-CoV-2 RNA", "unit": "1", "design": "panel",
    "assigned_value_route": "formulation", "sigma_pt_route": "perception", "k": "2", "percent_score_threshold": "80",
    "scoring_rule": "percent", "critical_error": "review", "indeterminate_policy": "half", "missing_policy": "not_counted",
    "late_policy": "list", "preferred_statistic": "by_table", "overall_rule": "worst", "purpose": "Agreement of both sides",
    "contacts": "Coordinator", "conduct_rules": "No exchange of results before the deadline", "item-2-level_en": "near neighbour",
    "item-1-use": "core", "item-1-expected_code": "POS", "item-1-is_strong": "yes", "item-2-use": "core", "item-2-expected_code": "NEG",
}  # fmt: skip


@pytest.fixture(autouse=True)
def frozen() -> Any:
    with at(NOW):
        yield


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    return new_world(tmp_path)


@pytest.fixture
def browsers(app: Flask, world: World) -> dict[str, FlaskClient]:
    people = {
        "coordinator": world.coordinator, "qa.customs": world.qa("customs"), "qa.cdc": world.qa("cdc"),
        **{f"{role}.{lab}": world.labs[lab][role] for lab in world.labs for role in ("technician", "authoriser")},
    }  # fmt: skip
    return {name: browser_of(app, actor) for name, actor in people.items()}


def post(browser: FlaskClient, path: str, **data: Any) -> Any:
    return browser.post(path, data={"csrf_token": csrf_of(browser), **data})


def state_of(actor: Actor) -> str:
    with reading() as session:
        return list_rounds(session, actor).rows[0].state


def test_a_round_goes_from_the_plan_to_the_box_in_hand(world: World, browsers: dict[str, FlaskClient]):
    coordinator = browsers["coordinator"]
    answer = post(coordinator, "/rounds/new", scheme=str(world.scheme_id), **TYPED)
    assert answer.status_code == 302 and answer.location == f"/rounds/{CODE}", answer.text
    page = coordinator.get(f"/rounds/{CODE}").text
    for words in ("2026-05-22 Fri 17:00 (Beijing time UTC+8)", "The approval of the QA manager is missing for", "Revise the plan", "NAT5"):
        assert words in page, words
    for side in ("customs", "cdc"):
        seen = seen_on(browsers[f"qa.{side}"].get(f"/rounds/{CODE}").text, f"/rounds/{CODE}/approve")
        assert post(browsers[f"qa.{side}"], f"/rounds/{CODE}/approve", seen=seen, password=PASSWORD).status_code == 302
    assert state_of(world.coordinator) == "designed"
    places = [str(lab.id) for lab in world.labs.values()]
    assert post(coordinator, f"/rounds/{CODE}/invite", laboratory=places).status_code == 302
    assert post(coordinator, f"/rounds/{CODE}/open").status_code == 302
    for lab in world.labs:
        assert post(browsers[f"authoriser.{lab}"], f"/rounds/{CODE}/enrol", consent="yes").status_code == 302
    assert post(coordinator, f"/rounds/{CODE}/prepare").status_code == 302
    assert post(coordinator, f"/rounds/{CODE}/seal").status_code == 302
    boxes = _pack(world, coordinator)
    second = world.labs["CUSA"]["qa_manager"].login
    boxes_seen = seen_on(coordinator.get(f"/rounds/{CODE}").text, f"/rounds/{CODE}/dispatch")
    assert post(coordinator, f"/rounds/{CODE}/dispatch", login=second, password=PASSWORD, seen=boxes_seen).status_code == 302
    answer = post(browsers["technician.CDCB"], f"/rounds/{CODE}/receive", box_code=boxes["CDCB"], temperature="-18.2", condition="intact")
    assert answer.status_code == 302, answer.text
    assert state_of(world.coordinator) == "testing"
    page = coordinator.get(f"/rounds/{CODE}").text
    assert "−18.2" in page and "items received" in page and "Truth sealed" in page and "conditions waived" in page


def _pack(world: World, coordinator: FlaskClient) -> dict[str, str]:
    """Make a distribution record for each participant on the packing page; box codes by laboratory."""
    with reading() as session:
        row = list_rounds(session, world.coordinator).rows[0]
        parts = distribution(session, world.coordinator, row.id)
    for part, _codes, _boxes in parts:
        where = f"/rounds/{CODE}/packing/{part.id}"
        refused = post(coordinator, where, packaging="", un_class="UN3373", temperature_set="-20", logger="L-77")
        assert refused.status_code == 400 and 'value="L-77"' in refused.text
        assert post(coordinator, where, packaging="P650", un_class="UN3373", temperature_set="-20").status_code == 302
    page = coordinator.get(f"/rounds/{CODE}/packing").text
    labels = coordinator.get(f"/rounds/{CODE}/labels").text
    names = {lab.id: name for name, lab in world.labs.items()}
    found = {}
    with reading() as session:
        for part, codes, boxes in distribution(session, world.coordinator, row.id):
            assert all(one.code in page and one.code in labels for one in codes)
            found[names[part.laboratory_id]] = boxes[0].box_code
    assert not any(f"Laboratory {name}" in labels for name in world.labs)
    return found


def test_what_was_typed_stays_and_every_problem_is_told(world: World, browsers: dict[str, FlaskClient]):
    typed = {**TYPED, "title_en": "", "deadline_day": "tomorrow", "percent_score_threshold": "-3", "item-2-x_pt": "much"}
    answer = post(browsers["coordinator"], "/rounds/new", scheme=str(world.scheme_id), **typed)
    assert answer.status_code == 400
    told = ("Error:", "Empty. Fill it in.", "Expected a number above 0.", "Item 2, x(pt): read much")
    for words in (*told, 'value="near neighbour"', "样本盘比对"):
        assert words in answer.text, words
    with reading() as session:
        assert list_rounds(session, world.coordinator).rows == []


def test_a_plan_is_revised_before_the_approval_only(world: World, browsers: dict[str, FlaskClient]):
    world.plan()
    coordinator = browsers["coordinator"]
    page = coordinator.get(f"/rounds/{CODE}/plan").text
    assert 'value="Round of the test"' in page and 'value="2026-05-20"' in page and 'value="17:00"' in page
    assert post(coordinator, f"/rounds/{CODE}/plan", **TYPED).status_code == 302
    assert (world.row().title_en, world.row().deadline) == ("Panel round", datetime(2026, 5, 22, 9, tzinfo=UTC))
    world.agree()
    assert coordinator.get(f"/rounds/{CODE}/plan").status_code == 302
    post(coordinator, f"/rounds/{CODE}/plan", **{**TYPED, "title_en": "Too late"})
    assert world.row().title_en == "Panel round"


def test_the_truth_is_written_until_it_is_sealed(world: World, browsers: dict[str, FlaskClient]):
    world.plan(QUANTITATIVE)
    world.agree()
    coordinator = browsers["coordinator"]
    rows = {"item-1-use": "core", "item-1-x_pt": "4.61", "item-1-expanded_u_x_pt": "0.1", "item-2-use": "core", "item-2-x_pt": "3.3"}
    assert post(coordinator, f"/rounds/{CODE}/items", **rows).status_code == 302
    with reading() as session:
        assert [str(item.x_pt) for item in records.items_of(session, world.row())] == ["4.61", "3.3"]
    more = {**rows, "item-3-use": "core"}
    assert post(coordinator, f"/rounds/{CODE}/items", **more).status_code == 422
    post(coordinator, f"/rounds/{CODE}/seal")
    page = coordinator.get(f"/rounds/{CODE}/items").text
    assert "4.61" in page and "Save the items" not in page
    assert post(coordinator, f"/rounds/{CODE}/items", **rows).status_code == 422


def test_a_wrong_password_writes_nothing_and_keeps_the_dialog(world: World, browsers: dict[str, FlaskClient]):
    world.plan()
    answer = post(browsers["qa.customs"], f"/rounds/{CODE}/approve", seen=world.seen("protocol"), password="wrong")
    assert answer.status_code == 403 and "the password does not match" in answer.text
    assert re.search(r'<dialog class="dialog" id="approve"[^>]* data-show', answer.text)
    with reading() as session:
        assert records.approvals_of(session, world.row()) == []
    assert state_of(world.coordinator) == "planned"


def test_cancelling_needs_the_code_and_the_other_party_and_keeps_the_reason(world: World, browsers: dict[str, FlaskClient]):
    world.plan()
    where, typed = f"/rounds/{CODE}/cancel", {"reason": "Items thawed", "login": world.qa("cdc").login, "password": PASSWORD}
    typed["seen"] = world.seen("cancel")
    answer = post(browsers["coordinator"], where, typed="R-26-99", **typed)
    assert answer.status_code == 422 and 'value="Items thawed"' in answer.text
    assert post(browsers["coordinator"], where, typed=CODE, **{**typed, "password": "wrong"}).status_code == 403
    assert state_of(world.coordinator) == "planned"
    assert post(browsers["coordinator"], where, typed=CODE, **typed).status_code == 302
    assert state_of(world.coordinator) == "cancelled"


def test_a_later_deadline_holds_when_both_parties_sign_the_same(world: World, browsers: dict[str, FlaskClient]):
    world.to_testing()
    typed = {"day": "2026-05-25", "hour": "12:00", "reason": "Box delayed", "password": PASSWORD}
    assert post(browsers["qa.customs"], f"/rounds/{CODE}/extend", **{**typed, "hour": "noon"}).status_code == 400
    assert post(browsers["qa.customs"], f"/rounds/{CODE}/extend", **typed, seen=world.seen("deadline")).status_code == 302
    assert world.row().deadline == datetime(2026, 5, 20, 9, tzinfo=UTC)
    assert post(browsers["qa.cdc"], f"/rounds/{CODE}/extend", **typed).status_code == 409
    page = browsers["qa.cdc"].get(f"/rounds/{CODE}").text
    assert "Proposed and signed already" in page and 'value="Box delayed"' in page and 'value="2026-05-25"' in page
    seen = seen_on(page, f"/rounds/{CODE}/extend")
    assert post(browsers["qa.cdc"], f"/rounds/{CODE}/extend", **typed, seen=seen).status_code == 302
    assert world.row().deadline == datetime(2026, 5, 25, 4, tzinfo=UTC)


def test_a_laboratory_sees_its_own_codes_only_and_no_truth(world: World, browsers: dict[str, FlaskClient]):
    world.to_testing()
    world.submit("CUSC", RIGHT)
    page = browsers["technician.CDCB"].get(f"/rounds/{CODE}").text
    own, others = set(world.numbers("CDCB")), {code for lab in ("CUSA", "CUSC", "CDCD") for code in world.numbers(lab)}
    assert all(code in page for code in own) and world.part("CDCB").code in page
    assert not any(code in page for code in others)
    for lab in ("CUSA", "CUSC", "CDCD"):
        assert f"Laboratory {lab}" not in page or lab == "CUSA"  # the organiser is named
        assert f">{world.part(lab).code}<" not in page
    assert "WPOS" not in page and "weak positive" not in page and "Submitted" not in page


def test_the_coordinator_sees_who_answered_and_no_result(world: World, browsers: dict[str, FlaskClient]):
    world.to_testing()
    world.submit("CUSC", {**RIGHT, 1: "IND"})
    page = browsers["coordinator"].get(f"/rounds/{CODE}").text
    assert "Laboratory CUSC" in page and world.part("CUSC").code in page and "1 / 4" in page
    assert "IND" not in page and 'indeterminate"' not in page and ">indeterminate<" not in page


@pytest.mark.parametrize(
    ("role", "method", "path"),
    [
        ("coordinator", "get", ""), ("coordinator", "get", "/plan"), ("coordinator", "get", "/items"), ("coordinator", "get", "/packing"),
        ("coordinator", "get", "/labels"), ("coordinator", "post", "/plan"), ("coordinator", "post", "/items"),
        ("coordinator", "post", "/invite"), ("coordinator", "post", "/open"), ("coordinator", "post", "/prepare"),
        ("coordinator", "post", "/seal"), ("coordinator", "post", "/dispatch"), ("coordinator", "post", "/cancel"),
        ("coordinator", "post", "/packing/01890000-0000-7000-8000-000000000000"), ("qa_manager", "post", "/approve"),
        ("qa_manager", "post", "/extend"), ("authoriser", "post", "/enrol"), ("authoriser", "post", "/decline"),
        ("authoriser", "post", "/withdraw"), ("technician", "post", "/receive"), ("technician", "get", ""), ("auditor", "get", ""),
        ("reviewer", "get", ""),
    ],
)  # fmt: skip
def test_a_round_is_not_there_for_an_uninvited_laboratory(app: Flask, world: World, role: str, method: str, path: str):
    world.to_testing()
    stranger = browser_of(app, new_laboratory("CDCX", "cdc", "OTHER")[role])
    token = {"csrf_token": csrf_of(stranger)} if method == "post" else None
    answer = getattr(stranger, method)(f"/rounds/{CODE}{path}", data=token)
    assert answer.status_code == 404 and "Round of the test" not in answer.text
    assert CODE not in stranger.get("/rounds/").text and CODE not in stranger.get("/rounds/export.csv").text


def test_a_laboratory_of_no_party_cannot_be_invited(world: World, browsers: dict[str, FlaskClient]):
    world.plan()
    world.agree()
    foreign = new_laboratory("CDCX", "cdc", "OTHER")
    assert "CDCX" not in browsers["coordinator"].get(f"/rounds/{CODE}").text
    assert post(browsers["coordinator"], f"/rounds/{CODE}/invite", laboratory=[str(foreign.id)]).status_code == 404


def test_the_list_is_filtered_turned_round_and_exported(world: World, browsers: dict[str, FlaskClient]):
    world.plan()
    world.plan(title_en="Second round")
    coordinator = browsers["coordinator"]
    page = coordinator.get("/rounds/").text
    assert page.index("R-26-02") < page.index("R-26-01")
    turned = coordinator.get("/rounds/?direction=ascending").text
    assert turned.index("R-26-01") < turned.index("R-26-02")
    assert "No round fits these filters" in coordinator.get("/rounds/?state=published").text
    export = coordinator.get("/rounds/export.csv?q=second").text
    assert "R-26-02" in export and "R-26-01" not in export


def test_a_scheme_is_drawn_up_and_its_first_round_follows(world: World, browsers: dict[str, FlaskClient]):
    partner = str(world.labs["CDCB"].row.organisation_id)
    typed = {"title_zh": "流感比对计划", "title_en": "Influenza", "measurand_code": "FLUA", "matrix_code": "NPS"}
    coordinator = browsers["coordinator"]
    assert "at least two organisations" in post(coordinator, "/rounds/schemes/new", code="S-FLU", **typed).text
    answer = post(coordinator, "/rounds/schemes/new", code="S-FLU", party_ids=[partner], **typed)
    assert answer.status_code == 302 and answer.location.startswith("/rounds/new?scheme="), answer.text
    assert "S-FLU Influenza" in coordinator.get(answer.location).text


@pytest.mark.parametrize("path", ["/rounds/", "/rounds/new", "/rounds/schemes/new", f"/rounds/{CODE}", f"/rounds/{CODE}/items",
                                  f"/rounds/{CODE}/packing", f"/rounds/{CODE}/labels"])  # fmt: skip
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_page_speaks_both_languages(world: World, browsers: dict[str, FlaskClient], path: str, language: str):
    world.to_testing()
    coordinator = browsers["coordinator"]
    coordinator.post("/language", data={"csrf_token": csrf_of(coordinator), "language": language})
    answer = coordinator.get(path)
    assert answer.status_code == 200
    assert f'lang="{"zh-CN" if language == "zh_CN" else "en"}"' in answer.text
    assert "style=" not in re.sub(r"<svg.*?</svg>", "", answer.text, flags=re.S) and "None" not in answer.text


def test_the_statistical_choices_of_the_protocol_are_kept_shown_again_and_part_of_what_is_agreed(world: World, browsers: Any):
    world.plan()
    coordinator = browsers["coordinator"]
    chosen = {
        "consensus_estimator": "q_hampel", "censoring_policy": "not_evaluated", "censored_in_consensus": "sign_ignored",
        "equivalence_limit": "0.3", "minimum_share": "90", "is_one_scale": "y", "mass_fraction_per_unit": "0.000001",
        "s_reproducibility": "0.3", "s_repeatability": "0.1", "replicates": "2", "earlier_rounds": "4.50 0.25\n6.1 0.3",
        "agreement_indeterminate": "third_category", "agreement_third_category": "left_out",
    }  # fmt: skip
    default = plan_of(world.row())
    assert (default.minimum_share, default.censoring_policy, default.equivalence_limit) == (Decimal("0.8"), "by_limits", None)
    with reading() as session:
        before = gates.protocol_basis(session, world.row())
    assert post(coordinator, f"/rounds/{CODE}/plan", **TYPED, **chosen).status_code == 302
    found = plan_of(world.row())
    assert (found.consensus_estimator, found.minimum_share, found.replicates) == ("q_hampel", Decimal("0.9"), 2)
    assert (found.agreement_indeterminate, found.agreement_third_category) == ("third_category", "left_out")
    assert [(one.x_pt, one.sd) for one in found.earlier_rounds] == [(Decimal("4.50"), Decimal("0.25")), (Decimal("6.1"), Decimal("0.3"))]
    with reading() as session:
        assert gates.protocol_basis(session, world.row()) != before
    page = coordinator.get(f"/rounds/{CODE}/plan").text
    assert "4.50 0.25" in page and 'value="90' in page and "Set it before any result" in page
    refused = post(coordinator, f"/rounds/{CODE}/plan", **TYPED, **{**chosen, "earlier_rounds": "4.5", "minimum_share": "120"})
    assert refused.status_code == 400 and "Read 4.5, expected two numbers" in refused.text and "Expected 0 to 100." in refused.text
