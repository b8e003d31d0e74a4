"""Before publication no page and no two pages give a QA manager, reviewer or auditor a participant's code beside its laboratory's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lims.db.engine import Database
from lims.db.session import Actor, reading
from lims.rounds import service
from lims.rounds.models import Participant
from lims.rounds.queries import show_round
from tests.factories import browser_of
from tests.round_factory import DEADLINE, QUANTITATIVE, START, VALUES, World, at, new_world

ROW = re.compile(r"<(tr|li|dd|p|option|summary|h1|h2|caption)\b[^>]*>.*?</\1>", re.DOTALL)
LINK = re.compile(r'(?:href|action)="(/[^"#]*)"')
LEFT_OUT = re.compile(r"^/(static|logout|language|docs)|\.(xlsx|pdf|pem)")
MOST = 400
UNBLINDED = ("analysing", "reviewing")


@dataclass
class Read:
    """What one person could open: address and text, in each state of the round."""

    pages: list[tuple[str, str, str]] = field(default_factory=list)  # state, address, text

    def rows(self) -> Iterator[tuple[str, str, str]]:
        for state, address, text in self.pages:
            for found in ROW.finditer(text):
                yield state, address, unescape(re.sub(r"<[^>]+>", " ", found.group()))
            yield from ((state, address, line) for line in text.splitlines() if "<" not in line)


def read_everything(browser: FlaskClient, state: str, read: Read) -> None:
    """Open every address that leads on from the home page."""
    waiting, known = ["/"], {"/"}
    while waiting:
        address = waiting.pop()
        answer = browser.get(address)
        if answer.status_code == 200 and answer.mimetype in ("text/html", "text/csv", "application/json"):
            read.pages.append((state, address, answer.text))
            for found in LINK.findall(answer.text):
                link = unescape(found)
                if link not in known and not LEFT_OUT.search(link) and len(known) < MOST:
                    known.add(link)
                    waiting.append(link)


def names(world: World, lab: str) -> tuple[str, ...]:
    row = world.labs[lab].row
    return (row.name_en, row.name_zh, str(row.id))


def drive(world: World) -> Iterator[str]:
    """A whole round, in which each laboratory confirms its box on another day; stops in each state."""
    with at(START):
        world.plan(QUANTITATIVE)
        world.agree()
        world.enrol()
        world.prepare()
        yield "preparing"
        world.send()
    for day, lab in enumerate(world.labs, 1):
        with at(START + timedelta(days=day)):
            world.receive(lab)
            world.draft(lab, VALUES[lab])
            if lab != "CUSC":
                world.hand_over(lab)
                world.sign(lab)
    yield "testing"
    with at(DEADLINE):
        service.close_due_rounds()
        yield "locked"
        world.unblind()
        yield "analysing"
        world.evaluate()
        world.opine()
        yield "reviewing"


@pytest.mark.assurance("C2")
@pytest.mark.parametrize(("lab", "role"), [("CUSA", "qa_manager"), ("CDCB", "qa_manager"), ("CUSC", "reviewer"), ("CUSC", "auditor")])
def test_no_page_and_no_two_pages_before_publication_give_a_code_beside_a_name(app: Flask, tmp_path: Path, lab: str, role: str) -> None:
    with at(START):
        world = new_world(tmp_path)
        person: Actor = world.labs[lab][role]
    read = Read()
    for state in drive(world):
        with at(START + timedelta(days=30)):
            read_everything(browser_of(app, person), state, read)
    others = {code: world.part(code) for code in world.labs if code != lab}
    codes = {str(part.code) for part in others.values()}
    known = [name for code in others for name in names(world, code)]
    assert not [row for row in read.rows() if any(code in row[2] for code in codes) and any(name in row[2] for name in known)]
    early = [page for page in read.pages if page[0] not in UNBLINDED]
    assert not [page[:2] for page in early if any(re.search(rf"\b{code}\b", page[2]) for code in codes)]
    coded = [page for page in read.pages if page[0] in UNBLINDED and page[1].startswith("/rounds/R-")]
    unnamed = [world.labs[code].row.name_en for code in others if code != "CUSA"]  # the organiser's name stands in the head
    assert not [page[:2] for page in coded if any(name in page[2] for name in unnamed)]
    assert not [row for row in read.rows() for part in others.values() if tells_who(row[2], part)]


def tells_who(row: str, part: Participant) -> bool:
    """A row by code with what stood beside the name on an earlier page."""
    return str(part.code) in row and ("organiser" in row or f"{part.received_at:%m-%d}" in row)


def test_the_own_side_stands_by_name_then_by_code_then_by_both(sqlite_database: Database, tmp_path: Path) -> None:
    with at(START):
        world = new_world(tmp_path)
    seen = {}
    for state in drive(world):
        seen[state] = lines(world, world.qa("customs"))
    with at(DEADLINE):
        world.release()
    seen["published"] = lines(world, world.qa("customs"))
    own, other = world.part("CUSA").code, world.part("CUSC").code
    assert seen["testing"] == [(own, "CUSA"), (None, "CUSC")]
    assert set(seen["reviewing"]) == {(own, "CUSA"), *((world.part(lab).code, None) for lab in ("CUSC", "CDCB", "CDCD"))}
    assert {line for line in seen["published"] if line[1]} == {(own, "CUSA"), (other, "CUSC")}


def lines(world: World, actor: Actor) -> list[tuple[str | None, str | None]]:
    with reading() as session:
        found = show_round(session, actor, world.round_id).lines
    return [(one.code, one.laboratory.code if one.laboratory else None) for one in found]
