"""Every committed change leaves exactly one event, a refused one none, and nothing passes the trail."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, text, update

from lims.accounts.models import Organisation
from lims.audit.models import AuditEvent
from lims.audit.service import verify_chains
from lims.db.engine import Database
from lims.db.guard import UnauditedWrite, permitted_bulk
from lims.db.session import SYSTEM, reading, transaction
from lims.signatures.service import sign
from tests.factories import PASSWORD, new_laboratory

NEW = {"name_en": "N", "name_zh": "机构", "side": "other", "row_version": 1}


def events() -> list[AuditEvent]:
    with reading() as session:
        return list(session.scalars(select(AuditEvent).order_by(AuditEvent.chain, AuditEvent.seq)))


def add(code: str) -> Organisation:
    with transaction(SYSTEM, f"added {code}") as session:
        row = Organisation(code=code, **NEW)
        session.add(row)
    return row


@pytest.mark.assurance("R2")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(["add", "change", "nothing", "refused"]), st.integers(0, 3)), max_size=8))
def test_the_trail_is_the_difference_of_the_model(database: Database, steps: list[tuple[str, int]]):
    start, codes = len(events()), []
    expected: list[tuple[str, str]] = []
    for number, (kind, which) in enumerate(steps):
        code = f"{len(events())}-{number}"
        if kind == "add" or not codes:
            codes.append(add(code).id)
            expected.append(("insert", f"added {code}"))
            continue
        row_id = codes[which % len(codes)]
        try:
            with transaction(SYSTEM, f"{kind} {number}") as session:
                row = session.get_one(Organisation, row_id)
                row.name_en = row.name_en if kind == "nothing" else row.name_en + "x"
                session.flush()
                if kind == "refused":
                    raise ZeroDivisionError
        except ZeroDivisionError:
            continue
        if kind == "change":
            expected.append(("update", f"change {number}"))
    assert [(event.action, event.reason) for event in events()[start:]] == expected


@pytest.mark.assurance("R2")
@pytest.mark.parametrize("way", ["orm bulk update", "insert of a list", "core on the connection", "raw sql", "raw sql with a schema"])
def test_a_write_past_the_flush_is_refused(database: Database, way: str):
    row = add("A")
    before = len(events())
    with pytest.raises(UnauditedWrite), transaction(SYSTEM, "past") as session:
        if way == "orm bulk update":
            session.execute(update(Organisation).values(name_en="changed"))
        elif way == "insert of a list":
            session.execute(insert(Organisation), [{"code": "B", **NEW}])
        elif way == "core on the connection":
            session.connection().execute(Organisation.__table__.delete())
        else:
            schema = {"sqlite": "main.", "postgresql": "public."}[database.dialect] if way.endswith("schema") else ""
            session.execute(text(f"UPDATE {schema}organisation SET name_en = 'changed'"))
    assert len(events()) == before
    with reading() as session:
        assert session.get_one(Organisation, row.id).name_en == "N"


@pytest.mark.assurance("R2")
def test_a_permitted_bulk_leaves_one_event_with_count_and_hash(database: Database):
    rows = [{"code": f"B{n}", **NEW} for n in range(5)]
    with transaction(SYSTEM, "bulk") as session, permitted_bulk(session, "organisation", None, rows):
        session.execute(insert(Organisation), rows)
    last = events()[-1]
    assert (last.action, last.after["rows"], len(last.after["sha256"])) == ("bulk", 5, 64)


def test_an_event_names_old_and_new_and_keeps_secrets(laboratories):
    changed = [event for event in events() if event.subject == "app_user"]
    assert changed
    assert all(event.after["password_hash"] == "(kept secret)" for event in changed)


@pytest.mark.assurance("R1")
@pytest.mark.parametrize(
    "verb", ["UPDATE audit_event SET reason = 'x'", "DELETE FROM audit_event", "UPDATE signature SET name = 'x'", "DELETE FROM signature"]
)
def test_append_only_tables_refuse_raw_sql(database: Database, verb: str):
    laboratory = new_laboratory("CUSA", "customs", "CUS")
    with transaction(SYSTEM, "sign") as session:
        sign(session, laboratory["technician"], "round", laboratory.id, "released the report", "0" * 64, PASSWORD)
    with database.writer.execution_options(lims_unguarded=True).connect() as connection, pytest.raises(Exception, match="append-only"):
        connection.execute(text(verb))


def test_the_chain_verifies_and_shows_the_first_changed_event(database: Database):
    for code in ("A", "B", "C"):
        add(code)
    assert [report.broken_at for report in verify_chains()] == [None]
    with database.writer.execution_options(lims_unguarded=True).begin() as connection:
        table = "" if database.dialect == "sqlite" else " ON audit_event"
        connection.execute(text(f"DROP TRIGGER audit_event_no_update{table}"))
        connection.execute(text("UPDATE audit_event SET reason = 'other' WHERE seq = 2"))
    assert [report.broken_at for report in verify_chains()] == [2]


@pytest.mark.assurance("R1")
def test_a_record_cannot_be_replaced_under_its_own_key(sqlite_database: Database):
    add("A")
    statement = "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event LIMIT 1"
    with (
        sqlite_database.writer.execution_options(lims_unguarded=True).connect() as connection,
        pytest.raises(Exception, match="append-only"),
    ):
        connection.execute(text(statement))


def test_verifying_while_others_write_raises_no_false_alarm(sqlite_database: Database, monkeypatch: pytest.MonkeyPatch):
    from lims.audit.service import chains as service

    add("A")
    verify = service._verify
    monkeypatch.setattr(service, "_verify", lambda chain, head: (add(f"{chain[:4]}M"), verify(chain, head))[1])
    assert [report.broken_at for report in verify_chains()] == [None]
