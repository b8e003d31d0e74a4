"""Signing asks for the password again; without it nothing is signed and nothing of the signed act is kept."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select

from lims.accounts import queries as accounts
from lims.accounts.models import Organisation
from lims.accounts.service import reset_password
from lims.clock import now
from lims.db.session import reading, transaction
from lims.errors import Forbidden
from lims.signatures import queries
from lims.signatures.service import sign, witness
from tests.factories import PASSWORD, TwoLaboratories

SUBJECT = uuid.UUID(int=5)


def act(laboratories: TwoLaboratories, password: str) -> None:
    """Something is changed and signed in one transaction."""
    actor = laboratories.a["qa_manager"]
    with transaction(actor, "signed act") as session:
        session.add(Organisation(code="NEW", name_en="N", name_zh="N", side="other"))
        sign(session, actor, "round", SUBJECT, "releases the report", "0" * 64, password)


def organisations() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Organisation)) or 0


@pytest.mark.assurance("L7")
@pytest.mark.parametrize("password", ["", "wrong", PASSWORD.upper(), PASSWORD + " "])
def test_without_the_password_nothing_is_signed_and_nothing_written(laboratories: TwoLaboratories, password: str):
    before = organisations()
    with pytest.raises(Forbidden):
        act(laboratories, password)
    assert organisations() == before
    with reading() as session:
        assert queries.signatures_of(session, "round", SUBJECT) == []


@pytest.mark.assurance("L7")
def test_a_failed_signature_is_counted_although_its_transaction_is_rolled_back(laboratories: TwoLaboratories):
    for _ in range(5):
        with pytest.raises(Forbidden):
            act(laboratories, "wrong")
    with reading() as session:
        login = laboratories.a["qa_manager"].login
        assert accounts.failures_since(session, now().replace(year=2020), login=login) == 5
    with pytest.raises(Forbidden):
        act(laboratories, PASSWORD)


def test_a_signature_keeps_name_roles_time_meaning_and_content(laboratories: TwoLaboratories):
    act(laboratories, PASSWORD)
    with reading() as session:
        row = queries.signatures_of(session, "round", SUBJECT)[0]
    actor = laboratories.a["qa_manager"]
    assert (row.name, row.roles, row.meaning, row.content_hash) == (actor.name, "qa_manager", "releases the report", "0" * 64)
    assert row.organisation_id == actor.organisation_id


def test_a_witness_signs_under_the_own_name_without_a_login_session(laboratories: TwoLaboratories):
    second = witness(laboratories.b["qa_manager"].login, PASSWORD)
    assert second == laboratories.b["qa_manager"]
    for login, password in ((laboratories.b["qa_manager"].login, "wrong"), ("nobody", PASSWORD)):
        with pytest.raises(Forbidden):
            witness(login, password)


def test_a_password_that_its_owner_must_change_signs_nothing(laboratories: TwoLaboratories):
    qa = laboratories.a["qa_manager"]
    given = reset_password(laboratories.a["administrator"], qa.user_id)
    with pytest.raises(Forbidden):
        act(laboratories, given)
    with pytest.raises(Forbidden):
        witness(qa.login, given)
