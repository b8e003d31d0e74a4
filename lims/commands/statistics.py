"""statistics verify: the reference cases computed here and now; no database is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lims.commands.writing import write

if TYPE_CHECKING:
    from lims.statistics.reference.verifying import Verification, Verified

LONGEST = 60  # characters of a value on the line of its case; --json and the record carry it whole


@click.group()
def statistics() -> None:
    """Verify the statistics against reference cases."""


@statistics.command()
@click.argument("place", metavar="[DIR]", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON, with every computed field.")
@click.option("-o", "output", metavar="RECORD.xlsx", type=click.Path(path_type=Path, dir_okay=False), help="Write the verification record.")
def verify(place: Path | None, as_json: bool, output: Path | None) -> None:
    """Run every case of DIR (default: the shipped ones); exit 0 only if all pass.

    DIR is a folder of *.json files, or one such file; the form of a case is that of the shipped ones.
    """
    from lims.statistics.reference import cases_in, shipped_cases
    from lims.statistics.reference.verifying import verify as verified

    try:
        cases = list(shipped_cases() if place is None else cases_in(place))
    except OSError as error:
        raise click.ClickException(f"{place} cannot be read: {error}") from error
    found = verified(cases)
    if output is not None:
        from lims.clock import now
        from lims.verification.report import record_of, workbook

        write(output, workbook(record_of(found, cases, now(), origin=str(place or ""))))
    click.echo(json.dumps(found.as_json(), ensure_ascii=False, allow_nan=False) if as_json else _in_words(found))
    if not found.is_passed:
        raise click.exceptions.Exit(1)


def _in_words(found: Verification) -> str:
    total = f"{found.total} cases: {found.passed} passed, {found.total - found.passed} failed"
    return "\n".join([*(_line(case) for case in found.cases), total, *(f"method not supported: {name}" for name in found.unsupported)])


def _line(case: Verified) -> str:
    """One line; a case that is not met names each field with what was expected and what was computed."""
    if case.is_passed:
        return f"pass  {case.id}  {case.method}"
    whys = (f"{one.field}: {one.reason or f'expected {_short(one.expected)}, got {_short(one.got)}'}" for one in case.failed)
    return f"FAIL  {case.id}  {case.method}  {'; '.join(whys)}".replace("\n", " ")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
