"""A PostgreSQL for the tests: the one LIMS_TEST_POSTGRESQL_URL names, else a throw-away cluster, else none.

One cluster serves all processes of a test run; the last one to leave stops it. Each process makes its own databases.
"""

from __future__ import annotations

import atexit
import fcntl
import functools
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

ENVIRONMENT = "LIMS_TEST_POSTGRESQL_URL"
REASON = f"PostgreSQL is not here: neither {ENVIRONMENT} is set nor is the package postgresql-15 installed"
SETTINGS = {
    # The tests kill clients, never the server: it need not wait for the disk.
    "fsync": "off",
    "full_page_writes": "off",
    # Its workers belong to the superuser: a test database that one of them visits could not be dropped.
    "autovacuum": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "listen_addresses": "127.0.0.1",
}


def programs() -> Path | None:
    """The folder of initdb and pg_ctl, newest version first."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda path: int(path.parts[-3]))
    return folders[-1].parent if folders else None


def _as_owner() -> list[str] | None:
    """The words before a server program's name: the server refuses root, so there it runs as the user postgres."""
    if os.geteuid() != 0:
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        return None
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


class Cluster:
    """A cluster in a folder of its own, shared by the processes of one test run through a lock file."""

    def __init__(self, folder: Path, binaries: Path, prefix: list[str]) -> None:
        self.folder, self.binaries, self.prefix = folder, binaries, prefix
        self.data, self.address = folder / "data", folder / "address"
        self._shared: IO[str] | None = None

    def join(self) -> str:
        """Start the cluster unless it runs, stay its user until this process ends, and return its address."""
        self.folder.mkdir(mode=0o711, exist_ok=True)
        with self._gate():
            if not self.address.exists():
                self._sweep()
                self._start()
            self._shared = (self.folder / "users").open("a")
            fcntl.flock(self._shared, fcntl.LOCK_SH)
            atexit.register(self.leave)
            return self.address.read_text()

    def leave(self) -> None:
        """Stop the cluster and remove its folder when no other process uses it."""
        with self._gate():
            assert self._shared is not None
            self._shared.close()
            self._stop_if_unused()

    def _stop_if_unused(self) -> None:
        with (self.folder / "users").open("a") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            self._run("pg_ctl", "stop", "--mode=immediate", "--wait", f"--pgdata={self.data}", check=False)
            shutil.rmtree(self.folder)

    @contextmanager
    def _gate(self) -> Iterator[None]:
        """One process of this user at a time starts or stops a cluster."""
        with (self.folder.parent / f"lims-postgresql-{os.geteuid()}.gate").open("a") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            yield

    def _sweep(self) -> None:
        """Stop what killed runs left behind."""
        for users in self.folder.parent.glob("lims-postgresql-*/users"):
            if users.stat().st_uid == os.geteuid():
                Cluster(users.parent, self.binaries, self.prefix)._stop_if_unused()

    def _start(self) -> None:
        password = secrets.token_hex(16)
        secret = self.folder / "password"
        secret.touch(mode=0o600)
        secret.write_text(password)
        self.data.mkdir(mode=0o700, exist_ok=True)
        if self.prefix:
            for path in (secret, self.data, self.folder):
                shutil.chown(path, "postgres", "postgres")
        self._run(
            "initdb", f"--pgdata={self.data}", "--username=lims_owner", "--auth=scram-sha-256", f"--pwfile={secret}",
            "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
        )
        port = self._serve()
        _make_role(f"postgresql+psycopg://lims_owner:{password}@127.0.0.1:{port}/postgres", password)
        self.address.touch(mode=0o600)
        self.address.write_text(f"postgresql+psycopg://lims_test:{password}@127.0.0.1:{port}/postgres")

    def _serve(self) -> int:
        for _attempt in range(5):
            port = _free_port()
            options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
            options += f" -c port={port} -c unix_socket_directories={self.folder}"
            log = self.data / "server.log"
            answer = self._run("pg_ctl", "start", "--wait", f"--pgdata={self.data}", f"--log={log}", f"--options={options}", check=False)
            if answer.returncode == 0:
                return port
        raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-2000:]}")

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
        # The server keeps what it inherits: a pipe would never close.
        with tempfile.TemporaryFile() as output:
            command = [*self.prefix, str(self.binaries / program), *arguments]
            answer = subprocess.run(command, cwd="/", stdout=output, stderr=subprocess.STDOUT, check=False)
            if check and answer.returncode:
                output.seek(0)
                raise RuntimeError(output.read().decode(errors="replace"))
            return answer


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _make_role(owner_url: str, password: str) -> None:
    """The tests' own role is no superuser: a superuser passes checks that hold the application."""
    _execute(owner_url, f"CREATE ROLE lims_test LOGIN CREATEDB CREATEROLE PASSWORD '{password}'")


def _execute(url: str | URL, statement: str) -> None:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


@functools.cache
def server_url() -> str | None:
    """The address of a server where this run may create databases, or None."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return named
    binaries, prefix = programs(), _as_owner()
    if binaries is None or prefix is None:
        return None
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}-{secrets.token_hex(4)}"
    return Cluster(Path(tempfile.gettempdir()) / f"lims-postgresql-{run}", binaries, prefix).join()


@contextmanager
def new_database() -> Iterator[str]:
    """The address of an empty database that is dropped at the end; RuntimeError(REASON) when there is no server."""
    url = server_url()
    if url is None:
        raise RuntimeError(REASON)
    with _created(url, "") as address:
        yield address


@contextmanager
def copy_of(template: str) -> Iterator[str]:
    """The address of a copy of the database at ``template``, to which nobody may be connected; dropped at the end."""
    from sqlalchemy import make_url

    url = server_url()
    if url is None:
        raise RuntimeError(REASON)
    with _created(url, f" TEMPLATE {make_url(template).database}") as address:
        yield address


@contextmanager
def _created(url: str, template: str) -> Iterator[str]:
    from sqlalchemy import make_url

    name = f"lims_test_{secrets.token_hex(6)}"
    _execute(url, f"CREATE DATABASE {name}{template}")
    try:
        yield make_url(url).set(database=name).render_as_string(hide_password=False)
    finally:
        _drop(url, name)


def _drop(url: str, name: str) -> None:
    """Drop a database; a server process that still visits it for a moment is waited for."""
    import time

    from sqlalchemy.exc import DBAPIError

    for attempt in range(20):
        try:
            return _execute(url, f"DROP DATABASE {name} WITH (FORCE)")
        except DBAPIError:
            if attempt == 19:
                raise
            time.sleep(0.5)
