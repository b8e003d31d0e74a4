"""A transaction is one use case: all or nothing, never without an actor, never past the trail."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, func, select

from lims.accounts import queries
from lims.accounts.models import Organisation
from lims.db import session as sessions
from lims.db.engine import Database, is_wal_safe
from lims.db.session import SYSTEM, reading, transaction
from lims.db.types import ExactDecimal, Instant
from lims.errors import LimsError


def organisations() -> int:
    with reading() as session:
        return len(queries.all_organisations(session))


def test_an_inner_transaction_joins_the_outer_one(database: Database):
    with pytest.raises(ZeroDivisionError), transaction(SYSTEM, "outer"):
        with transaction(SYSTEM, "inner") as session:
            session.add(Organisation(code="X", name_en="X", name_zh="X", side="other"))
        raise ZeroDivisionError
    assert organisations() == 0


def test_a_session_for_reading_refuses_to_write(database: Database):
    with reading() as session:
        session.add(Organisation(code="X", name_en="X", name_zh="X", side="other"))
        with pytest.raises(LimsError, match="actor"):
            session.flush()


def test_no_writing_without_an_audit_observer(database: Database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sessions, "_observers", [])
    with pytest.raises(LimsError, match="audit observer"), transaction(SYSTEM, "unseen"):
        pass


def test_what_must_be_remembered_although_refused_is_kept(database: Database):
    def remember() -> None:
        with transaction(SYSTEM, "kept") as session:
            session.add(Organisation(code="KEPT", name_en="X", name_zh="X", side="other"))

    with pytest.raises(ZeroDivisionError), transaction(SYSTEM, "refused"):
        sessions.remember_although_refused(remember)
        raise ZeroDivisionError
    assert organisations() == 1


def test_a_reader_inside_a_transaction_sees_its_writes(database: Database):
    with transaction(SYSTEM, "write") as session:
        session.add(Organisation(code="X", name_en="X", name_zh="X", side="other"))
        session.flush()
        with reading() as same:
            assert same.scalar(select(func.count()).select_from(Organisation)) == 1


@pytest.mark.assurance("D2")
@pytest.mark.parametrize(
    ("version", "expected"),
    [((3, 7, 0), False), ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
     ((3, 50, 7), True), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 52, 0), False), ((3, 52, 1), True), ((3, 53, 4), True)],
)  # fmt: skip
def test_only_versions_without_the_fault_get_the_wal_journal(version: tuple[int, ...], expected: bool):
    assert is_wal_safe(version) is expected


@pytest.mark.assurance("D2")
def test_a_file_in_wal_held_open_elsewhere_stops_the_start(tmp_path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "held.db"
    holder = create_engine(f"sqlite:///{path}", module=__import__("lims.db.engine", fromlist=["sqlite_module"]).sqlite_module())
    with holder.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode = wal")
        connection.exec_driver_sql("CREATE TABLE t (x)")
        connection.exec_driver_sql("SELECT * FROM t")
        monkeypatch.setattr("lims.db.engine.is_wal_safe", lambda _version: False)
        with pytest.raises(Exception, match="journal|locked") as refusal, Database(f"sqlite:///{path}").engine.connect():
            pass
        assert "journal" in str(refusal.value) or "locked" in str(refusal.value)


@pytest.mark.assurance("F9")
@pytest.mark.parametrize("dialect", ["sqlite"])
@given(st.decimals(allow_nan=False, allow_infinity=False, places=None))
def test_a_decimal_comes_back_with_every_digit(dialect: str, value: Decimal):
    kind, engine = ExactDecimal(), create_engine("sqlite://").dialect
    kept = kind.process_result_value(kind.process_bind_param(value, engine), engine)
    assert str(kept) == str(value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), 1.5])
def test_only_finite_decimals_are_kept(value: object):
    with pytest.raises(ValueError, match="finite"):
        ExactDecimal().process_bind_param(value, create_engine("sqlite://").dialect)  # type: ignore[arg-type]


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        Instant().process_bind_param(datetime(2026, 5, 22, 17), create_engine("sqlite://").dialect)
    assert (
        Instant().process_bind_param(datetime(2026, 5, 22, 17, tzinfo=UTC), create_engine("sqlite://").dialect)
        == "2026-05-22T17:00:00.000000Z"
    )
