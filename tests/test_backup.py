"""A backup made during work restores on an empty machine, complete to one instant; damage is found and named."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text

import lims
from lims import backup, blobs, clock, seals
from lims.app import open_database
from lims.audit.models import AuditEvent
from lims.blobs import BlobDamaged, BlobStore
from lims.db import migrate
from lims.db.base import Base
from lims.db.engine import Database
from lims.db.session import SYSTEM, Actor, reading, transaction
from lims.errors import Conflict, Invalid, LimsError
from lims.imports import service as imports
from lims.imports.models import Upload
from lims.rounds.report import build
from lims.rounds.service.verifying import check_file
from lims.samples.models import Sample
from lims.settings import Settings, read_settings
from lims.verification.models import VerificationRun
from tests import postgresql
from tests.factories import two_laboratories_in
from tests.paths import ROOT
from tests.report_factory import quantitative
from tests.sample_factory import registered

FIRST = 5  # samples and files before the backup begins


@dataclass
class Writer:
    """A person who registers samples and uploads files, one after the other, until told to stop."""

    actor: Actor
    kept: list[str] = field(default_factory=list)
    failure: list[BaseException] = field(default_factory=list)

    def work(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                self.act()
        except BaseException as error:  # noqa: BLE001 - shown by the test
            self.failure.append(error)

    def act(self) -> None:
        number = len(self.kept)
        imports.store_upload(self.actor, f"file-{number}.csv", f"Well,Sample\r\nA1,{number}\r\n".encode())
        self.kept.append(registered(self.actor, external_number=f"B-{number}").number)


def installation(home: Path, url: str) -> Settings:
    address = {} if url.startswith("sqlite") else {"LIMS_DATABASE_URL": url}
    return read_settings({"LIMS_HOME": str(home), "LIMS_SECRET_KEY": "k" * 40, **address})


@pytest.fixture
def working(database: Database, tmp_path: Path) -> tuple[Settings, Writer]:
    """An installation with a few samples and files, and its writer."""
    settings = replace(installation(tmp_path / "home", database.url), database_url=database.url)
    blobs.use(settings.blobs)
    writer = Writer(two_laboratories_in(database).a["technician"])
    for _act in range(FIRST):
        writer.act()
    return settings, writer


@pytest.fixture
def empty(database: Database, tmp_path: Path) -> Iterator[Settings]:
    """Another machine: an empty home, and an empty database where that is a server's."""
    if database.dialect == "sqlite":
        yield installation(tmp_path / "other", "sqlite")
    else:
        with postgresql.new_database() as url:
            yield installation(tmp_path / "other", url)


@pytest.fixture
def restored(working: tuple[Settings, Writer], empty: Settings, tmp_path: Path) -> Iterator[Settings]:
    """The other machine after a restore, open in this process."""
    settings, _writer = working
    backup.back_up(settings, tmp_path / "backup")
    backup.restore(empty, tmp_path / "backup")
    database = open_database(empty)
    yield empty
    database.close()


def verify(settings: Settings) -> subprocess.CompletedProcess[str]:
    """``lims db verify`` on the installation, as the operator calls it."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("LIMS_")}
    environment |= {"LIMS_HOME": str(settings.home), "PYTHONPATH": str(ROOT)}
    if settings.database_url:
        environment["LIMS_DATABASE_URL"] = settings.database_url
    command = [sys.executable, "-m", "lims", "db", "verify"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def numbers(session: Any) -> list[str]:
    return list(session.scalars(select(Sample.number).order_by(Sample.number)))


def back_up_during_work(settings: Settings, writer: Writer, folder: Path) -> range:
    """Make a backup while the writer works; how many samples it may hold."""
    stop = threading.Event()
    thread = threading.Thread(target=writer.work, args=(stop,))
    thread.start()
    try:
        before = len(writer.kept)
        backup.back_up(settings, folder)
        after = len(writer.kept)
    finally:
        stop.set()
        thread.join()
    assert writer.failure == []
    return range(before, after + 2)


@pytest.mark.assurance("D4")
def test_a_backup_during_work_restores_complete_to_one_instant(working: tuple[Settings, Writer], empty: Settings, tmp_path: Path):
    settings, writer = working
    expected = back_up_during_work(settings, writer, tmp_path / "backup")
    backup.restore(empty, tmp_path / "backup")
    database = open_database(empty)
    try:
        findings = backup.check_installation(empty)
        with reading() as session:
            kept = numbers(session)
            added = select(func.count()).select_from(AuditEvent).where(AuditEvent.subject == "sample", AuditEvent.action == "insert")
            events = session.scalar(added)
            files = set(session.scalars(select(Upload.sha256)))
    finally:
        database.close()
    assert findings.is_ok, findings.lines
    assert (len(kept) in expected, events) == (True, len(kept))
    assert kept == sorted(writer.kept)[: len(kept)]
    original, copy = BlobStore(settings.blobs), BlobStore(empty.blobs)
    assert len(kept) <= len(files) <= len(kept) + 1
    assert files <= set(copy.names())
    assert all(copy.get(name) == original.get(name) for name in copy.names())


@pytest.mark.assurance("D4")
def test_work_goes_on_in_the_restored_copy(restored: Settings, working: tuple[Settings, Writer]):
    _settings, writer = working
    writer.act()
    with reading() as session:
        assert len(numbers(session)) == FIRST + 1
    assert backup.check_installation(restored).is_ok


@pytest.mark.assurance("D4")
def test_the_check_finds_a_damaged_and_a_missing_file(restored: Settings):
    whole = verify(restored)
    assert (whole.returncode, whole.stdout.splitlines()[-1:]) == (0, ["ok"]), whole.stderr
    damaged, missing = sorted(path for path in restored.blobs.glob("??/*"))[:2]
    damaged.write_bytes(b"something else")
    missing.unlink()
    answer = verify(restored)
    assert answer.returncode == 1, answer.stderr
    assert f"damaged: {damaged.name}" in answer.stdout
    assert f"missing: {missing.name}" in answer.stdout


@pytest.mark.assurance("D4")
def test_the_check_knows_every_column_that_names_a_file():
    for found in pkgutil.walk_packages(lims.__path__, "lims."):
        if ".models" in found.name:
            importlib.import_module(found.name)
    hashes = {(table.name, column.name) for table in Base.metadata.tables.values() for column in table.columns if "sha256" in column.name}
    assert set(backup.NAMING_COLUMNS) == hashes
    assert len(backup.NAMING_COLUMNS) == len(hashes)


@pytest.mark.assurance("D4")
def test_the_check_finds_a_lost_record_of_a_verification(working: tuple[Settings, Writer]):
    settings, writer = working
    with transaction(SYSTEM, "kept a record") as session:
        session.add(
            VerificationRun(
                laboratory_id=writer.actor.laboratory_id, run_at=clock.now(), run_by=writer.actor.user_id, person_name="Technician 1",
                program_version="0.1.0", platform="test", total=1, passed=1, failed=[], unsupported=[], record_sha256="ab" * 32,
            )
        )  # fmt: skip
    findings = backup.check_installation(settings)
    assert not findings.is_ok
    assert f"NOT OK  files named by records: missing: {'ab' * 32}" in findings.lines


@pytest.mark.assurance("D4")
def test_both_halves_of_the_key_are_restored(working: tuple[Settings, Writer], empty: Settings, tmp_path: Path):
    settings, _writer = working
    seals.open_sealer(settings.home)
    backup.back_up(settings, tmp_path / "backup")
    backup.restore(empty, tmp_path / "backup")
    for name in (seals.KEY_FILE, seals.PUBLIC_FILE):
        assert (empty.home / name).read_bytes() == (settings.home / name).read_bytes()
    assert (empty.home / seals.KEY_FILE).stat().st_mode & 0o777 == 0o600
    report = build(quantitative(6), seals.open_sealer(settings.home))
    trusted = seals.public_key_of((empty.home / seals.PUBLIC_FILE).read_bytes())
    assert check_file(report, trusted, key_was_named=False).checked.origin == "proven"


@pytest.mark.assurance("D4")
def test_the_check_finds_a_broken_chain(restored: Settings):
    database = Database(restored.url, is_pooled=False)
    with database.writer.execution_options(lims_unguarded=True).begin() as connection:
        where = "" if database.dialect == "sqlite" else " ON audit_event"
        connection.execute(text(f"DROP TRIGGER audit_event_no_update{where}"))
        connection.execute(text("UPDATE audit_event SET actor_name = 'somebody else' WHERE subject = 'sample' AND seq > 3"))
    database.close()
    answer = verify(restored)
    assert answer.returncode == 1, answer.stderr
    assert "broken at event" in answer.stdout


def test_a_home_or_database_that_holds_something_is_left_alone(working: tuple[Settings, Writer], empty: Settings, tmp_path: Path):
    settings, _writer = working
    backup.back_up(settings, tmp_path / "backup")
    backup.restore(empty, tmp_path / "backup")
    other_home = replace(empty, home=tmp_path / "third", database_url=empty.url)
    for target in (empty, other_home):
        with pytest.raises(Conflict, match="not empty"):
            backup.restore(target, tmp_path / "backup")
    assert not (tmp_path / "third").exists()


def test_a_damaged_backup_is_refused_before_anything_is_written(working: tuple[Settings, Writer], empty: Settings, tmp_path: Path):
    settings, _writer = working
    backup.back_up(settings, tmp_path / "backup")
    sorted((tmp_path / "backup" / "files").glob("??/*"))[-1].write_bytes(b"other")
    with pytest.raises(BlobDamaged):
        backup.restore(empty, tmp_path / "backup")
    assert not empty.home.exists()


def test_a_backup_never_overwrites_another(working: tuple[Settings, Writer], tmp_path: Path):
    settings, _writer = working
    backup.back_up(settings, tmp_path / "backup")
    with pytest.raises(Conflict, match="exists already"):
        backup.back_up(settings, tmp_path / "backup")


def test_an_unfinished_backup_and_one_of_the_other_engine_are_refused(two_laboratories: object, settings: Settings, tmp_path: Path):
    folder = tmp_path / "backup"
    folder.mkdir()
    with pytest.raises(Invalid, match="no complete backup"):
        backup.restore(settings, folder)
    (folder / "backup.json").write_text(json.dumps({"engine": "postgresql", "files": [], "revision": "0001"}), "utf-8")
    with pytest.raises(Invalid, match="postgresql"):
        backup.restore(settings, folder)


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LimsError, match="pg_nothing"):
        backup._found("pg_nothing")


@pytest.mark.postgresql
def test_the_servers_programs_are_found_off_the_path(monkeypatch: pytest.MonkeyPatch):
    if postgresql.programs() is None:
        pytest.skip(postgresql.REASON)
    monkeypatch.setenv("PATH", "")
    assert Path(backup._found("pg_dump")).parent == postgresql.programs()


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_a_journal_that_another_database_left_is_named_and_nothing_is_restored(tmp_path: Path, ending: str):
    settings = installation(tmp_path / "home", "sqlite://")
    database = open_database(settings)
    migrate.upgrade(database)
    backup.back_up(settings, tmp_path / "kept")
    database.close()
    other = installation(tmp_path / "other", "sqlite://")
    other.home.mkdir()
    left = other.home / f"lims.db{ending}"
    left.write_bytes(b"of another database")
    with pytest.raises(Conflict, match=f"lims.db{ending}"):
        backup.restore(other, tmp_path / "kept")
    assert sorted(path.name for path in other.home.iterdir()) == [left.name]
    left.unlink()
    backup.restore(other, tmp_path / "kept")
    assert (other.home / "lims.db").stat().st_mode & 0o777 == 0o600
