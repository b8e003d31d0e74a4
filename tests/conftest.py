"""Standing parts of the tests: real databases of both engines, the real application, two laboratories that know nothing of each other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from lims import blobs, seals
from lims.accounts import passwords
from lims.app import create_app
from lims.audit import listener
from lims.catalogue.service import load_shipped
from lims.db import migrate
from lims.db.engine import Database
from lims.db.session import SYSTEM, bind
from lims.settings import Settings, read_settings
from tests import postgresql
from tests.factories import TwoLaboratories, two_laboratories_in

SHIPPED_HASHER = passwords._hasher


@pytest.fixture(scope="session", autouse=True)
def cheap_password_hashes() -> None:
    """argon2id with its smallest parameters: the tests make hundreds of people. What is shipped is tested by name."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)


@pytest.fixture
def shipped_hasher(monkeypatch: pytest.MonkeyPatch) -> PasswordHasher:
    """The password hasher as shipped."""
    monkeypatch.setattr(passwords, "_hasher", SHIPPED_HASHER)
    return SHIPPED_HASHER


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file at the newest revision with the shipped catalogue, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "lims.db"
    _prepare(Database(f"sqlite:///{path}"))
    return path


def _prepare(database: Database) -> None:
    listener.install()
    bind(database)
    migrate.upgrade(database)
    load_shipped(SYSTEM)
    database.close()


@pytest.fixture(scope="session")
def migrated_postgresql() -> Iterator[str]:
    """The address of a PostgreSQL database at the newest revision with the shipped catalogue, to be copied."""
    if postgresql.server_url() is None:
        pytest.skip(postgresql.REASON)
    with postgresql.new_database() as url:
        _prepare(Database(url, is_pooled=False))
        yield url


@pytest.fixture
def sqlite_database(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """A fresh SQLite database at the newest revision, open in this process."""
    path = tmp_path / "lims.db"
    shutil.copy(migrated_file, path)
    yield from _opened(Database(f"sqlite:///{path}"))


@pytest.fixture
def postgresql_database(migrated_postgresql: str) -> Iterator[Database]:
    """A fresh PostgreSQL database at the newest revision, open in this process."""
    with postgresql.copy_of(migrated_postgresql) as url:
        yield from _opened(Database(url, is_pooled=False))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database: every test that takes it runs on both engines."""
    opened: Database = request.getfixturevalue(f"{request.param}_database")
    return opened


def _opened(database: Database) -> Iterator[Database]:
    listener.install()
    bind(database)
    yield database
    database.close()


@pytest.fixture(autouse=True)
def file_store(tmp_path: Path) -> blobs.BlobStore:
    """An empty file store."""
    seals.use(tmp_path)
    return blobs.use(tmp_path / "files")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an installation in a temporary folder."""
    return read_settings({"LIMS_HOME": str(tmp_path / "home"), "LIMS_SECRET_KEY": "k" * 40})


@pytest.fixture
def app(sqlite_database: Database, settings: Settings) -> Flask:
    """The application on SQLite, with CSRF protection on."""
    return create_app(settings, sqlite_database)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not signed in."""
    return app.test_client()


@pytest.fixture
def laboratories(database: Database) -> TwoLaboratories:
    """Two laboratories of two organisations with one person per role, on both engines."""
    return two_laboratories_in(database)


@pytest.fixture
def two_laboratories(sqlite_database: Database) -> TwoLaboratories:
    """Two laboratories of two organisations with one person per role, on SQLite."""
    return two_laboratories_in(sqlite_database)
