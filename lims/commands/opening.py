"""Opening the installation for a command."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lims.errors import Conflict
from lims.marks import N_
from lims.seals import KEY_FILE, PUBLIC_FILE, sealer
from lims.settings import SECRET_FILE, Settings, read_settings

if TYPE_CHECKING:
    from lims.db.engine import Database

#: what an installation keeps beside its database and its file store
OWN_FILES = (KEY_FILE, PUBLIC_FILE, SECRET_FILE)


@contextlib.contextmanager
def open_installation() -> Iterator[Settings]:
    """The settings of LIMS_HOME, its database open and bound; refuses where there is none or another version has migrated it."""
    from lims.app import open_database
    from lims.db import migrate

    settings = read_settings()
    if _is_file_missing(settings):
        raise _nothing_here(settings)
    database = open_database(settings)
    try:
        revision = migrate.current(database)
        if revision is None:
            raise _nothing_here(settings)
        if revision != migrate.newest():
            raise Conflict("db.revision", N_("The database is at another version than this program. Run: lims db upgrade"))
        yield settings
    finally:
        database.close()


def _is_file_missing(settings: Settings) -> bool:
    """Whether the database is a file that is not there; opening it would make it."""
    from sqlalchemy.engine import make_url

    url = make_url(settings.url)
    return url.get_backend_name() == "sqlite" and not Path(str(url.database)).exists()


def _nothing_here(settings: Settings) -> Conflict:
    return Conflict(
        "home.nothing_here",
        N_("%(home)s holds no installation. Make an empty one with: lims init, or one with the demonstration: lims demo"),
        home=settings.home,
    )


def is_new(settings: Settings, database: Database) -> bool:
    """Whether neither LIMS_HOME nor the database holds anything of an installation."""
    from lims.db import migrate

    return not _holds_files(settings) and migrate.current(database) is None


def _holds_files(settings: Settings) -> bool:
    from lims.blobs import BlobStore

    return any((settings.home / name).exists() for name in OWN_FILES) or bool(BlobStore(settings.blobs).names())


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
                    raise _not_empty(settings)
        migrate.upgrade(database)
        sealer()
        yield settings
    finally:
        database.close()


@contextlib.contextmanager
def open_for_demonstration() -> Iterator[Settings]:
    """A LIMS_HOME in which there was nothing, migrated and marked; an interrupted demonstration is taken away first."""
    from lims.app import open_database
    from lims.demo import interrupted

    settings = read_settings()
    if _holds_files(settings) and not interrupted.is_interrupted(settings):
        raise _not_empty(settings)
    database = clear_interrupted(settings, open_database(settings))
    try:
        if not is_new(settings, database):
            raise _not_empty(settings)
        with begun(settings, database):
            yield settings
    finally:
        database.close()


@contextlib.contextmanager
def begun(settings: Settings, database: Database) -> Iterator[None]:
    """The demonstration's marker stands from the first table on, so that a start that is killed is known by the next."""
    from lims.db import migrate
    from lims.demo import interrupted

    with interrupted.marked(settings):
        migrate.upgrade(database)
        sealer()
        yield


def _not_empty(settings: Settings) -> Conflict:
    return Conflict("home.not_empty", N_("%(home)s holds an installation already; nothing was changed."), home=settings.home)
