"""The schema goes up and down on both engines, equals the models, and keeps its triggers after every step."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import lims
from lims.db import migrate
from lims.db.base import Base
from lims.db.engine import Database
from lims.paths import shared_path
from tests import postgresql
from tests.db.protected import PROTECTED, expected_triggers


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a table, on both engines."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield database
        database.close()
        return
    if postgresql.server_url() is None:
        pytest.skip(postgresql.REASON)
    with postgresql.new_database() as url:
        database = Database(url, is_pooled=False)
        yield database
        database.close()


def revisions() -> list[str]:
    """All revisions, oldest first."""
    script = ScriptDirectory(str(shared_path("migrations")))
    return [one.revision for one in reversed(list(script.walk_revisions()))]


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def load_all_models() -> None:
    for module in pkgutil.walk_packages(lims.__path__, "lims."):
        if ".models" in module.name:
            importlib.import_module(module.name)


def differences(database: Database) -> list[Any]:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": Base.metadata})
        return list(compare_metadata(context, Base.metadata))


@pytest.mark.assurance("R1")
def test_the_triggers_after_every_upgrade_and_downgrade_are_the_committed_ones(empty_database: Database):
    for revision in revisions():
        migrate.upgrade(empty_database, revision)
        assert migrate.triggers(empty_database) == expected_triggers(empty_database.dialect, revision), revision
    for revision in reversed(revisions()[:-1]):
        migrate.downgrade(empty_database, revision)
        assert migrate.triggers(empty_database) == expected_triggers(empty_database.dialect, revision), revision


@pytest.mark.assurance("D5")
def test_up_to_the_head_down_to_nothing_and_up_again(empty_database: Database):
    migrate.upgrade(empty_database)
    first = tables(empty_database)
    assert (migrate.current(empty_database), "round" in first) == (migrate.newest(), True)
    migrate.downgrade(empty_database, "base")
    assert (migrate.current(empty_database), tables(empty_database), migrate.triggers(empty_database)) == (None, set(), [])
    migrate.upgrade(empty_database)
    assert (migrate.current(empty_database), tables(empty_database)) == (migrate.newest(), first)


@pytest.mark.assurance("D5")
def test_the_models_equal_the_schema(empty_database: Database):
    load_all_models()
    migrate.upgrade(empty_database)
    assert tables(empty_database) == set(Base.metadata.tables)
    assert differences(empty_database) == []


def test_a_missing_column_is_seen_by_the_comparison(empty_database: Database):
    load_all_models()
    migrate.upgrade(empty_database)
    with empty_database.engine.execution_options(lims_unguarded=True).begin() as connection:
        connection.execute(text("ALTER TABLE upload_reading DROP COLUMN channel"))
    assert [one[0] for one in differences(empty_database)] == ["add_column"]


def test_the_models_name_the_same_protected_tables():
    from lims.rounds.models import APPEND_ONLY

    assert sorted(APPEND_ONLY) == PROTECTED["0005"]
    assert list(PROTECTED) == revisions()
