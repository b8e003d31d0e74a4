"""The database itself keeps the history of rounds and refuses states that do not exist."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from lims.db import migrate
from lims.db.engine import Database
from lims.rounds import service
from lims.rounds.models import APPEND_ONLY
from tests.round_factory import DEADLINE, RIGHT, START, World, at, new_world


def published(folder: Path) -> World:
    """A world with one published round, so that every table of history has rows."""
    with at(START):
        world = new_world(folder)
        world.to_testing()
        world.withdraw_items()
        world.send()
        for lab in world.labs:
            world.receive(lab)
            world.submit(lab, RIGHT)
    with at(DEADLINE):
        world.unblind()
        world.evaluate()
        world.opine()
        world.release()
    return world


@pytest.mark.assurance("R1")
def test_rows_of_history_are_neither_changed_nor_taken_away_by_sql(database: Database, tmp_path: Path) -> None:
    published(tmp_path)
    for table in APPEND_ONLY:
        for statement in (f"UPDATE {table} SET laboratory_id = laboratory_id", f"DELETE FROM {table}"):
            with database.engine.connect().execution_options(lims_unguarded=True) as connection:
                with pytest.raises(DBAPIError, match="append-only"):
                    connection.execute(text(statement))
                connection.rollback()
                assert connection.scalar(text(f"SELECT count(*) FROM {table}"))


@pytest.mark.assurance("R1")
def test_every_table_of_history_has_its_triggers(database: Database) -> None:
    triggers = migrate.triggers(database)
    assert not [table for table in APPEND_ONLY for verb in ("update", "delete") if f"{table}_no_{verb}" not in triggers]


@pytest.mark.assurance("R6")
@pytest.mark.parametrize(("table", "state"), [("round", "finished"), ("participant", "failed")])
def test_a_state_that_does_not_exist_is_refused_by_the_database(database: Database, tmp_path: Path, table: str, state: str) -> None:
    with at(START):
        world = new_world(tmp_path)
        world.plan()
        world.agree()
        service.invite(world.coordinator, world.round_id, [world.labs["CDCB"].id])
    with database.engine.connect().execution_options(lims_unguarded=True) as connection, pytest.raises(IntegrityError):
        connection.execute(text(f"UPDATE {table} SET state = :state"), {"state": state})
