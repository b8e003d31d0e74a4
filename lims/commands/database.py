"""db upgrade, backup, restore, verify."""

from __future__ import annotations

from pathlib import Path

import click

from lims.commands.opening import open_installation
from lims.settings import read_settings


@click.group()
def db() -> None:
    """Upgrade, back up, restore and verify the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to this program's version."""
    from lims.app import open_database
    from lims.db import migrate

    database = open_database(read_settings())
    try:
        migrate.upgrade(database)
        click.echo(f"The database is at revision {migrate.current(database)}.")
    finally:
        database.close()


@db.command()
@click.argument("folder", type=click.Path(path_type=Path))
def backup(folder: Path) -> None:
    """Copy database and files into FOLDER, which must not exist, while the program goes on working."""
    from lims.backup import back_up

    with open_installation() as settings:
        made = back_up(settings, folder)
    click.echo(f"Backup in {folder}: database and {made.files} files.")


@db.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def restore(folder: Path) -> None:
    """Put the backup of FOLDER into an empty LIMS_HOME."""
    from lims.backup import restore as put_back

    settings = read_settings()
    made = put_back(settings, folder)
    click.echo(f"Restored into {settings.home}: database and {made.files} files. Run: lims db verify")


@db.command()
def verify() -> None:
    """Check the database's own integrity, every audit chain, every kept file; exit 1 when something does not fit."""
    from lims.backup import check_installation

    with open_installation() as settings:
        findings = check_installation(settings)
    for line in findings.lines:
        click.echo(line)
    if not findings.is_ok:
        raise click.exceptions.Exit(1)
    click.echo("ok")
