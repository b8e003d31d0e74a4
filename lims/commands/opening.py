"""Opening the installation for a command."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from lims.errors import Conflict
from lims.marks import N_
from lims.seals import sealer
from lims.settings import Settings, read_settings

if TYPE_CHECKING:
    from lims.db.engine import Database


@contextlib.contextmanager
def open_installation() -> Iterator[Settings]:
    """The settings of LIMS_HOME with its database open and bound; refuses one that another version has migrated."""
    from lims.app import open_database
    from lims.db import migrate

    settings = read_settings()
    database = open_database(settings)
    try:
        if migrate.current(database) != migrate.newest():
            raise Conflict("db.revision", N_("The database is at another version than this program. Run: lims db upgrade"))
        yield settings
    finally:
        database.close()


def clear_interrupted(settings: Settings, database: Database) -> Database:
    """An interrupted demonstration is taken away when it holds nothing else, so that it can be loaded anew; otherwise it is said."""
    from lims.app import open_database
    from lims.demo import interrupted

    if not interrupted.is_interrupted(settings):
        return database
    if not interrupted.holds_nothing_else(database):
        click.echo(
            "The demonstration was interrupted while it was loaded, and people have worked here since: it stays incomplete. "
            "For a whole one choose another LIMS_HOME.",
            err=True,
        )
        return database
    click.echo("The demonstration was interrupted while it was loaded; what it left is taken away.", err=True)
    interrupted.take_away(settings, database)
    return open_database(settings)


@contextlib.contextmanager
def open_empty() -> Iterator[Settings]:
    """As ``open_installation`` for a new LIMS_HOME: it is created and migrated; refuses where somebody has an account."""
    from lims.accounts.queries import is_empty
    from lims.app import open_database
    from lims.db import migrate
    from lims.db.session import reading

    settings = read_settings()
    database = clear_interrupted(settings, open_database(settings))
    try:
        if migrate.current(database) is not None:
            with reading() as session:
                if not is_empty(session):
                    raise Conflict("home.not_empty", N_("%(home)s holds an installation already; nothing was changed."), home=settings.home)
        migrate.upgrade(database)
        sealer()
        yield settings
    finally:
        database.close()
