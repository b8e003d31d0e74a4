"""Who signs, signs what the page showed: a matter that changed meanwhile is not signed, and the page shows it as it is now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lims import blobs
from lims.db.session import Actor, reading
from lims.rounds import service
from lims.rounds.queries import matters, records
from lims.signatures.models import Signature
from lims.signatures.queries import signatures_of
from tests.factories import PASSWORD, browser_of, csrf_of, seen_on
from tests.round_factory import DEADLINE, QUALITATIVE, RIGHT, START, World, at, new_world, round_plan

SAYS = {
    "en": "changed since you opened the page. It is shown as it stands now: read it again and sign again.",
    "zh_CN": "自您打开页面后已有改动，现显示的是当前内容：请重新阅读后再签名。",
}


@pytest.fixture
def world(app: Flask, tmp_path: Path) -> World:
    """A planned round; its files go to the store of the application."""
    with at(START):
        world = new_world(tmp_path)
        world.plan()
    world.blobs = blobs.store()
    return world


def judged(world: World) -> None:
    """The round under joint review with an opinion of each party."""
    with at(START):
        world.agree()
        world.enrol()
        world.prepare()
        world.send()
        for lab in world.labs:
            world.receive(lab)
            world.submit(lab, RIGHT)
    with at(DEADLINE):
        world.unblind()
        service.evaluate_round(world.coordinator, world.round_id)


def reviewed(world: World) -> None:
    judged(world)
    with at(DEADLINE):
        world.check()


def opined(world: World) -> None:
    reviewed(world)
    with at(DEADLINE):
        world.opine()


def new_purpose(world: World) -> None:
    plan = round_plan(QUALITATIVE)
    words = replace(plan.words, purpose="Another purpose")
    service.revise_plan(world.coordinator, world.round_id, replace(plan, words=words))


def another_run(world: World) -> None:
    service.evaluate_round(world.coordinator, world.round_id, "asked again")


def back_to_another_run(world: World) -> None:
    for side in ("customs", "cdc"):
        service.return_to_analysis(world.qa(side), world.round_id, "a wrong figure", PASSWORD, seen=world.seen("return"))
    world.evaluate()


def another_opinion(world: World) -> None:
    text = "Item 3 was hard to see."
    service.write_opinion(world.labs["CDCD"]["reviewer"], world.round_id, text, PASSWORD, seen=world.seen("score_run"))


@dataclass(frozen=True)
class Case:
    """Up to which step the round is driven, who signs where, what is changed meanwhile, and what the page shows then."""

    before: Callable[[World], None]
    who: Callable[[World], Actor]
    page: str
    form: str
    change: Callable[[World], None]
    shows: str
    fields: tuple[tuple[str, str], ...] = ()


CASES = {
    "protocol": Case(lambda world: None, lambda world: world.qa("cdc"), "", "approve", new_purpose, "Another purpose"),
    "check": Case(judged, lambda world: world.reviewer("cdc"), "evaluation", "check", another_run, "evaluation/2"),
    "opinion": Case(
        reviewed, lambda world: world.reviewer("cdc"), "review", "review/opinion", back_to_another_run, "evaluation/2",
        (("text", "Everything in order."),),
    ),
    "release": Case(opined, lambda world: world.qa("cdc"), "review", "review/release", another_opinion, "Item 3 was hard to see."),
}  # fmt: skip


def address(world: World, tail: str) -> str:
    return f"/rounds/{world.row().code}/{tail}".rstrip("/")


def in_language(app: Flask, actor: Actor, language: str) -> FlaskClient:
    browser = browser_of(app, actor)
    browser.post("/language", data={"csrf_token": csrf_of(browser), "language": language})
    return browser


def signed_by(world: World, actor: Actor) -> list[Signature]:
    with reading() as session:
        row = world.row()
        runs = records.evaluations_of(session, row)
        found = [*signatures_of(session, "round", row.id), *(one for run in runs for one in signatures_of(session, "evaluation", run.id))]
    return [one for one in found if one.user_id == actor.user_id and one.meaning != "agrees to go back to the analysis"]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", CASES)
def test_what_changed_after_the_page_was_opened_is_not_signed(app: Flask, world: World, name: str, language: str) -> None:
    case = CASES[name]
    case.before(world)
    actor, action = case.who(world), address(world, case.form)
    with at(DEADLINE if name != "protocol" else START):
        browser = in_language(app, actor, language)
        seen = seen_on(browser.get(address(world, case.page)).text, action)
        case.change(world)
        earlier, before = len(signed_by(world, actor)), world.state()
        fields = {"csrf_token": csrf_of(browser), "password": PASSWORD, **dict(case.fields)}
        refused = browser.post(action, data={**fields, "seen": seen})
        assert refused.status_code == 409 and SAYS[language] in refused.text
        assert case.shows in refused.text
        assert all(value in refused.text for _name, value in case.fields)
        assert (len(signed_by(world, actor)), world.state()) == (earlier, before)
        assert browser.post(action, data=fields).status_code == 409
        now = seen_on(refused.text, action)
        assert now != seen
        assert browser.post(action, data={**fields, "seen": now}).status_code == 302
    assert len(signed_by(world, actor)) == earlier + 1


def test_the_signature_keeps_the_hash_that_the_page_showed(world: World) -> None:
    opined(world)
    with at(DEADLINE):
        shown = {"round": world.seen("protocol"), "check": world.seen("score_run"), "release": world.seen("release")}
        service.release(world.qa("cdc"), world.round_id, PASSWORD, world.blobs, seen=shown["release"])
        with reading() as session:
            assert matters.of_protocol(session, world.row()) == shown["round"]
    assert shown["round"] in {one.content_hash for one in signed_by(world, world.qa("cdc"))}
    assert shown["release"] in {one.content_hash for one in signed_by(world, world.qa("cdc"))}
    assert shown["check"] in {one.content_hash for one in signed_by(world, world.reviewer("cdc"))}


def test_the_page_of_a_planned_round_shows_all_that_is_signed_and_no_truth(app: Flask, world: World) -> None:
    with at(START):
        page = browser_of(app, world.qa("cdc")).get(address(world, "")).text
    assert world.seen("protocol") in page
    for words in ("percent score with a threshold", "late results are accepted and listed, not scored", "Agreement of both sides"):
        assert words in page
    assert page.count('data-item="') == 5
    assert "expected_code" not in page and "WPOS" not in page
