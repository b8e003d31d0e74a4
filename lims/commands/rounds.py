"""round list, round report."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lims.commands.opening import open_installation
from lims.commands.writing import write


@click.group("round")
def round_() -> None:
    """List rounds and write their reports."""


@round_.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Every round of this installation with its state and deadline."""
    from lims.db.session import reading
    from lims.rounds.queries import every_round

    with open_installation(), reading() as session:
        rows = [
            {"code": row.code, "title": row.title_en, "kind": row.kind, "state": row.state, "deadline": row.deadline.isoformat()}
            for row in every_round(session)
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for one in rows:
        click.echo("  ".join(str(value) for value in one.values()))


@round_.command()
@click.argument("code")
@click.option("-o", "output", type=click.Path(path_type=Path), required=True, help="Where to write the workbook.")
def report(code: str, output: Path) -> None:
    """Write the newest published report of a round as a workbook."""
    from lims import blobs
    from lims.db.session import reading
    from lims.rounds.queries import newest_report

    with open_installation():
        with reading() as session:
            digest = newest_report(session, code).blob_sha256
        write(output, blobs.store().get(digest))
    click.echo(f"{output}")
