"""Triggers that keep history: rows of a protected table can be added, never changed or taken away.

SQLite's batch migrations rebuild a table and silently lose its triggers; a migration that does so calls ``protect``
again, and a test compares the list of triggers after every upgrade.
"""

from __future__ import annotations

from typing import Any

MESSAGE = "append-only"


def statements(dialect: str, table: str) -> list[str]:
    """The DDL that protects ``table`` on the engine ``dialect``."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is {MESSAGE}'); END"
            for verb in ("update", "delete")
        ] + [
            # INSERT OR REPLACE deletes without firing a delete trigger
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) "
            f"BEGIN SELECT RAISE(ABORT, '{table} is {MESSAGE}'); END"
        ]
    return [
        "CREATE OR REPLACE FUNCTION lims_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '% is {MESSAGE}', TG_TABLE_NAME; END $$",
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION lims_append_only()",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION lims_append_only()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION lims_append_only()",
    ]


def protect(op: Any, table: str) -> None:
    """Protect ``table`` inside a migration (``op`` is alembic's)."""
    for statement in statements(op.get_bind().dialect.name, table):
        op.execute(statement)


def release(op: Any, table: str) -> None:
    """Take the protection away on the way down."""
    dialect = op.get_bind().dialect.name
    verbs = ("update", "delete", "replace") if dialect == "sqlite" else ("update", "delete", "truncate")
    for verb in verbs:
        op.execute(f"DROP TRIGGER {table}_no_{verb}" + ("" if dialect == "sqlite" else f" ON {table}"))
