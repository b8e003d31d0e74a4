"""serve, worker and up."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import click

from lims.commands.opening import begun, clear_interrupted, is_new, open_installation
from lims.seals import sealer
from lims.settings import Settings, read_settings


@click.command()
def serve() -> None:
    """Serve the web application on HOST:PORT; jobs need a worker beside it (see: lims worker, lims up)."""
    _log()
    with open_installation() as settings:
        _serve(settings)


@click.command()
def worker() -> None:
    """Do the long jobs until stopped."""
    from lims.worker import work_forever

    _log()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with open_installation():
        work_forever(stop)


@click.command()
def up() -> None:
    """Bring everything up: migrate, load the demonstration at the first start, serve with a worker beside it."""
    _log()
    settings = read_settings()
    _prepare(settings)
    with _worker_beside(), open_installation() as settings:
        click.echo(f"Open http://{settings.host}:{settings.port}/")
        sign_ins = settings.home / "demo-sign-ins.txt"
        if sign_ins.exists():
            click.echo(f"Sign-ins of the demonstration: {sign_ins}")
        _serve(settings)


def _prepare(settings: Settings) -> None:
    from lims.app import open_database
    from lims.db import migrate
    from lims.demo import load_demonstration

    database = clear_interrupted(settings, open_database(settings))
    try:
        if is_new(settings, database) and not settings.public:
            click.echo("First start: loading the demonstration ...")
            with begun(settings, database):
                click.echo(load_demonstration(settings).as_text())
        else:
            migrate.upgrade(database)
            sealer()
    finally:
        database.close()


def _serve(settings: Settings) -> None:
    import waitress

    from lims.app import create_app

    options: dict[str, Any] = {"host": settings.host, "port": settings.port, "threads": 8, "ident": None}
    options["max_request_body_size"] = settings.max_upload_mb * 1_000_000 + 1_000_000
    if settings.trusted_proxy:
        options.update(trusted_proxy=settings.trusted_proxy, trusted_proxy_headers="x-forwarded-for x-forwarded-proto x-forwarded-host")
    waitress.serve(create_app(settings), **options)


@contextlib.contextmanager
def _worker_beside() -> Iterator[None]:
    """A worker process that ends with the server."""
    process = subprocess.Popen([sys.executable, "-m", "lims", "worker"], env=os.environ)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _log() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
