"""version, init, demo."""

from __future__ import annotations

import json

import click

from lims.commands.opening import open_empty, open_for_demonstration


@click.command()
def version() -> None:
    """Print the version."""
    from lims.version import program_version

    click.echo(program_version())


@click.command()
def init() -> None:
    """Create an empty installation; the printed token makes the first administrator on the page /setup."""
    from lims.accounts.service import make_setup_token
    from lims.catalogue.service import load_shipped
    from lims.db.session import SYSTEM
    from lims.seals import sealer

    with open_empty():
        load_shipped(SYSTEM)
        token, fingerprint = make_setup_token(), sealer().fingerprint
    click.echo(f"Reports issued here are sealed with the key {fingerprint}")
    click.echo(f"The installation is ready. Open /setup and enter this token within 24 hours; it works once:\n{token}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print laboratories and sign-ins as JSON.")
def demo(as_json: bool) -> None:
    """Load the demonstration into an empty LIMS_HOME; refuses when something is there already."""
    from lims.demo import load_demonstration

    with open_for_demonstration() as settings:
        loaded = load_demonstration(settings)
    if as_json:
        click.echo(json.dumps(loaded.as_json(), ensure_ascii=False, indent=1))
    else:
        click.echo(f"The demonstration is loaded: {len(loaded.laboratories)} laboratories. Sign-ins: {settings.home / 'demo-sign-ins.txt'}")
