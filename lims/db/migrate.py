"""Bringing a database to the schema of this version, and telling which version it has."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, text

from lims.db.engine import Database
from lims.paths import shared_path


def _config(connection: Any, metadata: Any = None) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(shared_path("migrations")))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config


def upgrade(database: Database, revision: str = "head") -> None:
    """Migrate up to ``revision``; each step is a transaction of its own."""
    _run(database, "upgrade", revision)


def downgrade(database: Database, revision: str) -> None:
    """Migrate down to ``revision`` ("base" takes every table away)."""
    _run(database, "downgrade", revision)


def current(database: Database) -> str | None:
    """The revision of the database; None for an empty one."""
    from alembic.migration import MigrationContext

    with database.engine.connect() as connection:
        revision: str | None = MigrationContext.configure(connection).get_current_revision()
        return revision


def newest() -> str:
    """The newest revision this version of the program knows."""
    from alembic.script import ScriptDirectory

    head = ScriptDirectory.from_config(_config(None)).get_current_head()
    return str(head)


def triggers(database: Database) -> list[str]:
    """The names of all triggers, sorted."""
    if database.dialect == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with database.engine.connect() as connection:
        return sorted(connection.scalars(text(query)))


def _run(database: Database, verb: str, revision: str) -> None:
    from alembic import command

    engine: Engine = database.engine.execution_options(lims_writes=True, lims_unguarded=True)
    with engine.connect() as connection:
        getattr(command, verb)(_config(connection), revision)
        connection.commit()
