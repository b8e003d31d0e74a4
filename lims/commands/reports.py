"""report verify."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lims.settings import read_settings

if TYPE_CHECKING:
    from lims.rounds.service.verifying import Verified

EXIT = {"holds": 0, "changed": 1, "not_a_report": 2}


@click.group("report")
def report() -> None:
    """Verify issued reports."""


@report.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="The organiser's public key (PEM).")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def verify(file: Path, key: Path | None, as_json: bool) -> int:
    """Compute every number of a report again, compare every cell, check the seal.

    Without --key the public key in LIMS_HOME is trusted; where there is none, numbers are checked and the origin is not proven.
    Ends with 0 when all holds, 1 when something was changed, 2 when the file is no report.
    """
    from lims.rounds.report.checking import MOST_BYTES
    from lims.rounds.service.verifying import check_file

    with file.open("rb") as handle:
        content = handle.read(MOST_BYTES + 1)
    verified = check_file(content, _trusted(key), key_was_named=key is not None)
    if as_json:
        click.echo(json.dumps(asdict(verified.checked), ensure_ascii=False, indent=1))
    else:
        _print(verified)
    return EXIT[verified.checked.state]


def _trusted(key: Path | None) -> str | None:
    from lims.seals import PUBLIC_FILE, public_key_of

    own = read_settings().home / PUBLIC_FILE
    path = key or (own if own.exists() else None)
    return None if path is None else public_key_of(path.read_bytes())


def _print(verified: Verified) -> None:
    from lims.rounds.report.said import WHAT, lines
    from lims.version import program_version
    from lims.words import say, translate

    def speak(sentence: str, **params: object) -> str:
        return translate(sentence, "en", **params)

    checked = verified.checked
    for line in lines(checked, speak, f"LIMS {program_version()}"):
        click.echo(line)
    if verified.failure is not None:
        click.echo(say(verified.failure, "en"))
    if checked.number:
        click.echo(f"Report {checked.number} of {checked.round_code}, {checked.cells} cells, key {checked.fingerprint}")
    for one in checked.differences:
        place = f"{one.sheet}!{one.cell}" if one.cell else one.sheet
        click.echo(f"  {place}  {WHAT[one.what]}: shown {one.shown or '-'}; recomputed {one.expected or '-'}")
