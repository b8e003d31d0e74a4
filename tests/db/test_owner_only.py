"""The database, its home and a backup of it are for their owner only."""

from __future__ import annotations

import os
from pathlib import Path

from lims import backup
from lims.app import open_database
from lims.db import migrate
from lims.db.engine import Database
from lims.settings import Settings, read_settings


def installation(home: Path) -> Settings:
    return read_settings({"LIMS_HOME": str(home), "LIMS_SECRET_KEY": "k" * 40})


def test_the_database_and_its_home_are_for_their_owner_only(tmp_path: Path):
    before = os.umask(0o022)
    try:
        settings = installation(tmp_path / "home")
        database = open_database(settings)
        migrate.upgrade(database)
        backup.back_up(settings, tmp_path / "kept")
        database.close()
        backup.restore(installation(tmp_path / "again"), tmp_path / "kept")
    finally:
        os.umask(before)
    for folder in ("home", "kept", "again"):
        assert (tmp_path / folder).stat().st_mode & 0o777 == 0o700, folder
        assert (tmp_path / folder / "lims.db").stat().st_mode & 0o777 == 0o600, folder


def test_a_database_that_others_could_read_is_closed_to_them_at_the_next_start(tmp_path: Path):
    path = tmp_path / "lims.db"
    path.touch(mode=0o644)
    path.chmod(0o644)
    Database(f"sqlite:///{path}").close()
    assert path.stat().st_mode & 0o777 == 0o600
