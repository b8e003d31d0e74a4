"""What exists already is said at its field, never a fault: every unique key that a form can meet, on both engines."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from lims import clock
from lims.accounts import queries, service
from lims.accounts.models import Membership
from lims.accounts.service import sessions
from lims.db.session import SYSTEM, reading, transaction
from lims.errors import Conflict, Forbidden, Invalid, RuleViolation
from lims.samples.service import register_sample
from tests.factories import PASSWORD, TwoLaboratories, browser_of, csrf_of
from tests.sample_factory import registered, traveller

NAMES = {"name_en": "Somebody", "name_zh": "某机构"}


def test_the_code_of_an_organisation_is_taken_once_in_any_case(laboratories: TwoLaboratories):
    for code in ("CUS", " cus "):
        with pytest.raises(Conflict, match="in use already") as refused:
            service.add_organisation(SYSTEM, code, "Other", "其他", "other")
        assert refused.value.field == "code"
    with pytest.raises(Invalid) as invalid:
        service.add_organisation(SYSTEM, "a b", "Other", "其他", "other")
    assert invalid.value.field == "code"


def test_the_code_of_a_laboratory_and_a_user_name_are_taken_once(laboratories: TwoLaboratories):
    organisation_id = laboratories.a.row.organisation_id
    with pytest.raises(Conflict) as refused:
        service.add_laboratory(SYSTEM, organisation_id, "cusa", "Other", "其他")
    assert refused.value.field == "code"
    login = laboratories.a["technician"].login
    with pytest.raises(Conflict) as refused:
        service.add_user(SYSTEM, login.upper(), "Somebody", laboratories.a.id, ["technician"], PASSWORD)
    assert refused.value.field == "login"


def test_a_role_chosen_twice_is_given_once_and_not_again(laboratories: TwoLaboratories):
    user = service.add_user(SYSTEM, "somebody", "Somebody", laboratories.a.id, ["auditor", "auditor"], PASSWORD)
    with reading() as session:
        assert queries.roles_of(session, user.id, laboratories.a.id, clock.now()) == {"auditor"}
    with pytest.raises(Conflict, match="has this role"):
        service.give_role(SYSTEM, user.id, laboratories.a.id, "auditor")


def test_two_tokens_may_have_one_name(laboratories: TwoLaboratories):
    user_id = laboratories.a["technician"].user_id
    assert service.create_token(SYSTEM, user_id, "scales") != service.create_token(SYSTEM, user_id, "scales")  # type: ignore[arg-type]


def test_two_samples_may_have_one_external_number(laboratories: TwoLaboratories):
    actor = laboratories.a["technician"]
    assert registered(actor, external_number="7").number != registered(actor, external_number="7").number


def test_the_same_idempotency_key_at_the_same_moment_gives_one_sample(laboratories: TwoLaboratories):
    barrier = threading.Barrier(2)
    draft = traveller()

    def register() -> object:
        barrier.wait()
        return register_sample(laboratories.a["technician"], draft, "key-1").number

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(register) for _number in range(2)]
    given = {future.exception() or future.result() for future in futures}
    numbers = {one for one in given if isinstance(one, str)}
    assert len(numbers) == 1
    assert all(isinstance(one, str | Conflict) for one in given), given


def test_a_key_that_only_the_database_sees_is_a_conflict_with_a_sentence(laboratories: TwoLaboratories):
    user_id = laboratories.a["technician"].user_id
    with pytest.raises(Conflict, match="Nothing was saved"), transaction(SYSTEM, "the same role twice") as session:
        values = {"user_id": user_id, "laboratory_id": laboratories.a.id, "role": "technician", "starts_at": clock.now()}
        session.add(Membership(**values))


def test_the_forms_say_it_at_the_field(app: Flask, two_laboratories: TwoLaboratories):
    admin = browser_of(app, two_laboratories.a["administrator"])
    forms = {
        "/admin/organisations/new": {"code": "CUS", "side": "other", **NAMES},
        "/admin/laboratories/new": {"organisation": str(two_laboratories.a.row.organisation_id), "code": "CUSA", **NAMES},
        "/admin/users/new": {
            "login": two_laboratories.a["technician"].login, "name": "Somebody", "laboratory": str(two_laboratories.a.id),
            "roles": ["technician", "technician"],
        },
    }  # fmt: skip
    for path, typed in forms.items():
        answer = admin.post(path, data={"csrf_token": csrf_of(admin), **typed})
        assert answer.status_code == 409, (path, answer.status_code)
        field = "login" if "login" in typed else "code"
        assert f'id="{field}-error"' in answer.text and "in use already" in answer.text


def test_a_new_password_lifts_the_lock_as_the_sentence_promises(laboratories: TwoLaboratories):
    person, admin = laboratories.a["technician"], laboratories.a["administrator"]
    for _number in range(sessions.FAILURES_ALLOWED):
        with pytest.raises(Forbidden):
            service.sign_in(person.login, "not the password", "10.0.0.9", "")
    with pytest.raises(RuleViolation, match="ask your administrator for a new password"):
        service.sign_in(person.login, PASSWORD, "10.0.0.9", "")
    fresh = service.reset_password(admin, person.user_id)  # type: ignore[arg-type]
    assert service.sign_in(person.login, fresh, "10.0.0.9", "").must_change_password


def test_a_locked_address_promises_nothing_that_does_not_help(laboratories: TwoLaboratories):
    with clock.frozen(clock.now()):
        for number in range(sessions.FAILURES_PER_ADDRESS):
            with pytest.raises(Forbidden):
                service.sign_in(f"nobody-{number}", "not the password", "10.0.0.9", "")
        with pytest.raises(RuleViolation, match="from this address") as refused:
            service.sign_in(laboratories.a["technician"].login, PASSWORD, "10.0.0.9", "")
        assert "new password" not in str(refused.value)
    with clock.frozen(clock.now() + sessions.LOCK + timedelta(seconds=1)):
        assert service.sign_in(laboratories.a["technician"].login, PASSWORD, "10.0.0.9", "")
