"""Backup while the program works, restore into an empty home, and the check of everything that is kept."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from lims import clock
from lims.audit.service import verify_chains
from lims.blobs import BlobDamaged, BlobStore
from lims.db import migrate
from lims.db.engine import Database
from lims.db.session import bound, reading
from lims.errors import Conflict, Invalid, LimsError
from lims.marks import N_
from lims.seals import KEY_FILE, PUBLIC_FILE
from lims.settings import Settings, write_private
from lims.version import program_version

RECORD = "backup.json"
#: what SQLite keeps beside a database that was not closed
JOURNALS = ("-wal", "-shm", "-journal")
#: table and column of every file of which a record speaks; a test holds them against the tables
NAMING_COLUMNS = (
    ("upload", "sha256"),
    ("upload", "live_sha256"),
    ("instrument_profile", "example_sha256"),
    ("result", "file_sha256"),
    ("form_upload", "file_sha256"),
    ("interim_report", "blob_sha256"),
    ("round_archive", "blob_sha256"),
    ("round_report", "blob_sha256"),
    ("verification_run", "record_sha256"),
)
NAMED_FILES = " UNION ".join(f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL" for table, column in NAMING_COLUMNS)


@dataclass(frozen=True)
class Backup:
    """What a backup holds: its record and how many files."""

    engine: str
    revision: str
    files: int


@dataclass
class Findings:
    """The lines of a check, and whether everything fits."""

    lines: list[str] = field(default_factory=list)
    is_ok: bool = True

    def note(self, line: str, is_ok: bool) -> None:
        self.lines.append(f"{'ok' if is_ok else 'NOT OK'}  {line}")
        self.is_ok = self.is_ok and is_ok


def back_up(settings: Settings, folder: Path) -> Backup:
    """Copy the database at one instant, then the files (which are only ever added), into the new ``folder``."""
    if folder.exists():
        raise Conflict("backup.exists", N_("%(folder)s exists already. Name a new folder for each backup."), folder=folder)
    database = bound()
    folder.mkdir(parents=True, mode=0o700)
    if database.dialect == "sqlite":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.connection.driver_connection.execute("VACUUM INTO ?", (str(folder / "lims.db"),))  # type: ignore[union-attr]
        (folder / "lims.db").chmod(0o600)
    else:
        _postgresql("pg_dump", settings, "--format=custom", f"--file={folder / 'lims.dump'}")
    files = BlobStore(settings.blobs)
    kept = BlobStore(folder / "files")
    names = [kept.put(files.get(name)) for name in files.names()]
    _copy_key(settings.home, folder)
    made = Backup(database.dialect, str(migrate.current(database)), len(names))
    record = {
        "engine": made.engine,
        "revision": made.revision,
        "files": names,
        "made_at": clock.now().isoformat(),
        "version": program_version(),
    }
    (folder / RECORD).write_text(json.dumps(record, indent=1), "utf-8")
    return made


def restore(settings: Settings, folder: Path) -> Backup:
    """Put a backup into an empty home; a home or database that holds something is left alone."""
    record = _record(folder)
    dialect = make_url(settings.url).get_backend_name()
    if record["engine"] != dialect:
        raise Invalid(
            "backup.engine", N_("The backup is of %(engine)s, this installation uses %(wanted)s."), engine=record["engine"], wanted=dialect
        )
    _refuse_unless_empty(settings)
    kept, files = BlobStore(folder / "files"), BlobStore(settings.blobs)
    for name in record["files"]:
        kept.get(name)  # a damaged backup is found before anything is written
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in record["files"]:
        files.put(kept.get(name))
    _copy_key(folder, settings.home)
    if dialect == "sqlite":  # the database comes last: a home without it is seen to be incomplete
        target = Path(str(make_url(settings.url).database))
        unfinished = target.with_suffix(".restoring")
        shutil.copyfile(folder / "lims.db", unfinished)
        unfinished.chmod(0o600)
        os.replace(unfinished, target)
    else:
        _postgresql("pg_restore", settings, "--exit-on-error", "--single-transaction", "--no-owner", str(folder / "lims.dump"))
    return Backup(record["engine"], record["revision"], len(record["files"]))


def check_installation(settings: Settings) -> Findings:
    """Integrity of the database file, the schema's revision, every audit chain, every kept file."""
    findings = Findings()
    database = bound()
    if database.dialect == "sqlite":
        with database.engine.connect() as connection:
            answer = connection.scalar(text("PRAGMA integrity_check"))
            orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
        findings.note(f"integrity: {answer}, foreign keys: {len(orphans)} broken", answer == "ok" and not orphans)
    revision = migrate.current(database)
    findings.note(f"revision: {revision}", revision == migrate.newest())
    for chain in verify_chains():
        where = "whole" if chain.broken_at is None else f"broken at event {chain.broken_at}"
        findings.note(f"audit chain {chain.chain}: {chain.events} events, {where}", chain.broken_at is None)
    _check_files(settings, findings)
    return findings


def _refuse_unless_empty(settings: Settings) -> None:
    """Nothing is ever written over: neither files nor tables."""
    if make_url(settings.url).get_backend_name() == "sqlite":
        target = Path(str(make_url(settings.url).database))
        _refuse_journals(target)
        is_used = target.exists()
    else:
        database = Database(settings.url, is_pooled=False)
        is_used = bool(inspect(database.engine).get_table_names())
    if is_used or BlobStore(settings.blobs).names():
        raise Conflict("backup.home_not_empty", N_("%(home)s is not empty. Restore into an empty folder."), home=settings.home)


def _refuse_journals(target: Path) -> None:
    """A journal of another database beside the restored one would be played back into it."""
    left = [path.name for path in (target.with_name(target.name + ending) for ending in JOURNALS) if path.exists()]
    if left:
        raise Conflict(
            "backup.journal_left",
            N_("%(folder)s holds %(names)s, left by another database. Move these files away, then restore again."),
            folder=target.parent, names=", ".join(left),
        )  # fmt: skip


def _copy_key(source: Path, target: Path) -> None:
    """The key that seals reports and its public half go with the rest; whoever may read the backup could seal with it."""
    if (source / PUBLIC_FILE).exists():
        (target / PUBLIC_FILE).write_bytes((source / PUBLIC_FILE).read_bytes())
    if (source / KEY_FILE).exists():
        write_private(target / KEY_FILE, (source / KEY_FILE).read_text("ascii"))


def _check_files(settings: Settings, findings: Findings) -> None:
    files = BlobStore(settings.blobs)
    names, damaged = files.names(), []
    for name in names:
        try:
            files.get(name)
        except BlobDamaged:
            damaged.append(name)
    findings.note(f"files: {len(names)}, damaged: {', '.join(damaged) or 'none'}", not damaged)
    with reading() as session:
        missing = sorted(set(session.scalars(text(NAMED_FILES))) - set(names))
    findings.note(f"files named by records: missing: {', '.join(missing) or 'none'}", not missing)


def _record(folder: Path) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads((folder / RECORD).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise Invalid(
            "backup.unreadable", N_("%(folder)s holds no complete backup: its record backup.json is missing."), folder=folder
        ) from error
    return record


def _postgresql(program: str, settings: Settings, *arguments: str) -> None:
    url = make_url(settings.url)
    environment = {**os.environ, "PGPASSWORD": url.password or ""}
    connection = [f"--host={url.host or ''}", f"--port={url.port or 5432}", f"--username={url.username or ''}", f"--dbname={url.database}"]
    answer = subprocess.run([_found(program), *connection, *arguments], env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise LimsError("backup.program", N_("%(program)s failed: %(message)s"), program=program, message=answer.stderr.strip()[-500:])


def _found(program: str) -> str:
    """The program on the PATH, else the newest version's among Debian's server programs."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    found = shutil.which(program) or (str(newest[-1]) if newest else None)
    if found is None:
        raise LimsError("backup.no_program", N_("%(program)s is not here. Install the package postgresql-client."), program=program)
    return found
