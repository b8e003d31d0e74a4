"""Every door of the application: who may pass, what each answer carries, and that looking changes nothing."""

from __future__ import annotations

import uuid

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule

from lims.accounts.access import PUBLIC_ENDPOINTS, action_of
from lims.accounts.permissions import ACTIONS, ROLES
from lims.accounts.service import permit
from lims.db.engine import Database
from lims.db.session import Actor
from lims.errors import Forbidden
from lims.web.headers import HEADERS
from tests.factories import TwoLaboratories, browser_of, csrf_of

PUBLIC = {"static", "accounts.login", "accounts.setup", "accounts.language", "health.healthz"}
TRAFFIC = {"login_session", "login_failure", "audit_event", "audit_head", "alembic_version"}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def rules(app: Flask) -> list[Rule]:
    return sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint))


def address(app: Flask, rule: Rule) -> str:
    """An address of the rule with made-up arguments of the right kind."""
    values = {name: _made_up(rule, name) for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def _made_up(rule: Rule, name: str) -> object:
    converter = rule._converters[name]
    kind = type(converter).__name__
    if kind == "AnyConverter":
        return sorted(converter.items)[0]
    return {"UUIDConverter": uuid.UUID(int=7), "IntegerConverter": 7}.get(kind, "R-26-07")


def snapshot(database: Database) -> dict[str, list[tuple]]:
    """The content of every table, traffic apart."""
    names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    with database.engine.connect() as connection:
        tables = [name for name in connection.scalars(text(names)) if name not in TRAFFIC]
        return {name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"')).all())) for name in tables}


@pytest.mark.assurance("A1")
def test_every_route_declares_an_action_or_is_public(app: Flask):
    assert PUBLIC_ENDPOINTS == PUBLIC
    without = {
        (rule.endpoint, method)
        for rule in rules(app)
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint not in PUBLIC and action_of(app, rule.endpoint, method) is None
    }
    assert without == set()


@pytest.mark.assurance("A1")
def test_without_a_sign_in_only_the_public_routes_answer(app: Flask, two_laboratories: TwoLaboratories):
    client = app.test_client()
    open_doors = {}
    for rule in rules(app):
        if rule.endpoint in PUBLIC:
            continue
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            status = client.open(address(app, rule), method=method).status_code
            if status not in (302, 400, 401):
                open_doors[f"{method} {rule}"] = status
    assert open_doors == {}


@pytest.mark.assurance("W3")
def test_every_unsafe_method_needs_a_token_and_changes_nothing_without(
    app: Flask, sqlite_database: Database, two_laboratories: TwoLaboratories
):
    browser = browser_of(app, two_laboratories.a["technician"])
    before, passed = snapshot(sqlite_database), {}
    for rule in rules(app):
        for method in (rule.methods & UNSAFE) if not rule.rule.startswith("/api/") else ():
            status = browser.open(address(app, rule), method=method).status_code
            if status != 400:
                passed[f"{method} {rule}"] = status
    assert passed == {}
    assert snapshot(sqlite_database) == before


@pytest.mark.assurance("W3")
def test_a_cookie_alone_writes_nothing_through_the_interface_for_programs(app: Flask, two_laboratories: TwoLaboratories):
    browser = browser_of(app, two_laboratories.a["technician"])
    assert browser.get("/api/v1/samples").status_code == 200
    assert browser.post("/api/v1/samples", json={"kind": "ENV", "matrix": "SURF"}).status_code == 401


@pytest.mark.assurance("W3")
@pytest.mark.parametrize("role", ROLES)
def test_looking_at_every_page_changes_nothing(app: Flask, sqlite_database: Database, two_laboratories: TwoLaboratories, role: str):
    browser = browser_of(app, two_laboratories.a[role])
    before, broken = snapshot(sqlite_database), {}
    for rule in rules(app):
        if "GET" in rule.methods and rule.endpoint != "static":
            status = browser.get(address(app, rule)).status_code
            if status >= 500:
                broken[str(rule)] = status
    assert broken == {}
    assert snapshot(sqlite_database) == before


@pytest.mark.assurance("W1")
def test_every_answer_carries_the_security_headers(app: Flask, two_laboratories: TwoLaboratories):
    browser = browser_of(app, two_laboratories.a["technician"])
    answers = [browser.get(address(app, rule)) for rule in rules(app) if "GET" in rule.methods and rule.endpoint != "static"]
    answers += [browser.get("/nowhere"), browser.post("/nowhere"), browser.get("/static/lims.css")]
    answers.append(browser.post("/language", data={"x": "y" * 60_000_000}))
    for answer in answers:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        if not answer.request.path.startswith("/static"):
            assert answer.headers["Cache-Control"] == "no-store"
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'self'" in policy


@pytest.mark.assurance("W7")
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_fault_shows_a_number_and_nothing_of_the_inside(
    app: Flask, two_laboratories: TwoLaboratories, accept: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    browser = browser_of(app, two_laboratories.a["technician"])

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("SELECT secret FROM /var/lib/secret.db")

    monkeypatch.setattr("lims.jobs.views.queries.jobs_of", broken)
    answer = browser.get("/jobs/", headers={"Accept": accept})
    assert answer.status_code == 500
    for inside in ("secret", "Traceback", "RuntimeError", "SELECT", "/var/lib"):
        assert inside not in answer.text
    number = answer.json["error"]["request"] if accept == "application/json" else None
    assert (number or "") in caplog.text
    assert "secret" in caplog.text


@pytest.mark.assurance("L8")
def test_cookies_are_bound_to_the_host_in_production(tmp_path, sqlite_database: Database, two_laboratories: TwoLaboratories):
    from lims.app import create_app
    from lims.settings import read_settings

    public = create_app(read_settings({"LIMS_HOME": str(tmp_path), "LIMS_PUBLIC": "true", "LIMS_SECRET_KEY": "k" * 40}), sqlite_database)
    answer = public.test_client().get("/login", base_url="https://lims.example")
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.assurance("A5")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_a_role_may_do_exactly_what_the_table_says(role: str, action: str):
    actor = Actor(user_id=uuid.UUID(int=1), name="N", laboratory_id=uuid.UUID(int=2), organisation_id=None, roles=frozenset({role}))
    if role in ACTIONS[action]:
        permit(actor, action)
    else:
        with pytest.raises(Forbidden):
            permit(actor, action)


@pytest.mark.assurance("A5")
def test_the_table_of_roles_and_actions_is_the_committed_one():
    from pathlib import Path

    lines = [f"{action}: {', '.join(role for role in ROLES if role in ACTIONS[action])}" for action in sorted(ACTIONS)]
    committed = (Path(__file__).parents[1] / "docs" / "permissions.txt").read_text("utf-8").splitlines()
    assert lines == committed


@pytest.mark.assurance("A5")
@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_action_gets_403_at_the_door(
    app: Flask, sqlite_database: Database, two_laboratories: TwoLaboratories, role: str
):
    browser = browser_of(app, two_laboratories.a[role])
    token, wrong = csrf_of(browser), {}
    before = snapshot(sqlite_database)
    for rule in rules(app):
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            action = None if rule.endpoint in PUBLIC else action_of(app, rule.endpoint, method)
            if action is None or role in ACTIONS[action] or rule.rule.startswith("/api/"):
                continue
            status = browser.open(address(app, rule), method=method, data={"csrf_token": token} if method != "GET" else None).status_code
            if status != 403:
                wrong[f"{method} {rule}"] = status
    assert wrong == {}
    assert snapshot(sqlite_database) == before
