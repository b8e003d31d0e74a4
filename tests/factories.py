"""Builders of what tests need: laboratories, people, browsers. Everything is made through the services."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient

from lims import clock
from lims.accounts import queries, service
from lims.accounts.models import Laboratory
from lims.accounts.permissions import ROLES
from lims.db.engine import Database
from lims.db.session import SYSTEM, Actor, reading
from lims.samples import service as samples
from lims.samples.lifecycle.draft import NewSample
from lims.samples.lifecycle.receipt import Decision, Receipt
from lims.samples.lifecycle.states import ACCEPTED
from lims.samples.models import Sample

PASSWORD = "four quiet glass rivers"


@dataclass
class OneLaboratory:
    """A laboratory and its people: ``people["technician"]`` is an actor; ``technician2`` is a second technician."""

    row: Laboratory
    people: dict[str, Actor] = field(default_factory=dict)

    @property
    def id(self) -> uuid.UUID:
        return self.row.id

    def __getitem__(self, role: str) -> Actor:
        return self.people[role]


@dataclass
class TwoLaboratories:
    """Laboratory A of the customs side and laboratory B of the CDC side."""

    a: OneLaboratory
    b: OneLaboratory


def two_laboratories_in(database: Database) -> TwoLaboratories:
    """Two laboratories of two organisations with one person per role and a second technician each."""
    a = new_laboratory("CUSA", "customs", "CUS")
    b = new_laboratory("CDCB", "cdc", "CDC")
    return TwoLaboratories(a, b)


def new_laboratory(code: str, side: str, organisation: str) -> OneLaboratory:
    """A laboratory with its people; the organisation is made unless it is known."""
    with reading() as session:
        known = {row.code: row.id for row in queries.all_organisations(session)}
    organisation_id = (
        known.get(organisation)
        or service.add_organisation(SYSTEM, organisation, f"Organisation {organisation}", f"机构{organisation}", side).id
    )
    row = service.add_laboratory(SYSTEM, organisation_id, code, f"Laboratory {code}", f"实验室{code}")
    laboratory = OneLaboratory(row)
    for role in (*ROLES, "technician2"):
        laboratory.people[role] = new_person(f"{role.replace('_', '-')}.{code.lower()}", role.removesuffix("2"), row.id)
    return laboratory


def new_person(login: str, role: str, laboratory_id: uuid.UUID) -> Actor:
    """A person with one role, as an actor."""
    user = service.add_user(SYSTEM, login, f"Person {login}", laboratory_id, [role], PASSWORD, must_change_password=False)
    with reading() as session:
        return queries.actor_for(session, user, laboratory_id, clock.now())


def browser_of(app: Flask, actor: Actor) -> FlaskClient:
    """A browser in which the actor is signed in, by the real sign-in page, in English."""
    client = app.test_client()
    page = client.get("/login", headers={"Accept-Language": "en"})
    answer = client.post("/login", data={"csrf_token": token_in(page.text), "login": actor.login, "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    client.post("/language", data={"csrf_token": csrf_of(client), "language": "en"})
    return client


def token_in(page: str) -> str:
    """The CSRF token of a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def seen_on(page: str, action: str) -> str:
    """The hash of what is signed, as the form of this action on the page carries it."""
    form = re.search(rf'<form method="post" action="{re.escape(action)}".*?</form>', page, re.S)
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', form.group(0)) if form else None
    assert found, page
    return found.group(1)


def csrf_of(client: FlaskClient, path: str = "/account") -> str:
    """A CSRF token for the browser's login session."""
    return token_in(client.get(path).text)


def registered_sample(laboratory: OneLaboratory, external_number: str = "") -> Sample:
    """An environment sample that the laboratory has registered and not received yet."""
    draft = NewSample(kind="ENV", matrix="SURF", external_number=external_number, details={"surface": "outer_box"})
    return samples.register_sample(laboratory["technician"], draft)


def accepted_sample(laboratory: OneLaboratory, external_number: str = "") -> Sample:
    """An environment sample that the laboratory has received and accepted, ready for testing."""
    row = registered_sample(laboratory, external_number)
    return samples.receive_sample(laboratory["technician"], row.id, Receipt(decision=Decision(ACCEPTED)))
