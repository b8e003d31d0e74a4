"""validation list, validation report."""

from __future__ import annotations

import json
from pathlib import Path

import click

from lims.commands.opening import open_installation
from lims.commands.writing import write


@click.group("validation")
def validation() -> None:
    """List validation studies and write their reports."""


@validation.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Every study of this installation with its state."""
    from lims.db.session import reading
    from lims.validation.queries import every_study

    with open_installation(), reading() as session:
        rows = [{"code": row.code, "title": row.title_en, "state": row.state} for row in every_study(session)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for one in rows:
        click.echo("  ".join(one.values()))


@validation.command()
@click.argument("code")
@click.option("-o", "output", type=click.Path(path_type=Path), required=True, help="Where to write the workbook.")
def report(code: str, output: Path) -> None:
    """Write the report of a study's newest frozen analysis as a workbook."""
    from lims import seals
    from lims.db.session import reading
    from lims.validation.queries import study_of_owner
    from lims.validation.queries.report import report_input
    from lims.validation.report.workbook import build

    with open_installation():
        with reading() as session:
            given = report_input(session, study_of_owner(session, code))
        write(output, build(given, seals.sealer()))
    click.echo(f"{output}")
