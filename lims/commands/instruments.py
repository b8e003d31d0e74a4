"""instruments list, instruments parse: no database is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click


@click.group()
def instruments() -> None:
    """List parsers and read instrument files."""


@instruments.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_(as_json: bool) -> None:
    """Parsers with versions, formats and maturity."""
    from instruments.command import list_parsers

    rows = list_parsers()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo("  ".join(str(value) for value in row.values()))


@instruments.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--parser", help="Name of the parser; otherwise the file is recognised.")
@click.option("--profile", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A table profile as JSON.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def parse(file: Path, parser: str | None, profile: Path | None, as_json: bool) -> None:
    """Read one file and print its readings; exit 2 when it is refused."""
    from lims.sandbox import SandboxFailure, run

    arguments = [str(file), parser, str(profile) if profile else None]
    try:
        parsed: dict[str, Any] = run("instruments.command:parse_file", *arguments)
    except SandboxFailure as failure:
        parsed = {"refused": {"code": failure.code, "message": str(failure), "where": None}}
    click.echo(json.dumps(parsed, ensure_ascii=False, indent=1) if as_json else _in_words(parsed))
    if "refused" in parsed:
        raise click.exceptions.Exit(2)


def _in_words(parsed: dict[str, Any]) -> str:
    if "refused" in parsed:
        return str(parsed["refused"]["message"])
    rows = parsed["rows"]
    lines = [f"{parsed['parser']} {parsed['parser_version']} ({parsed['score']}): {'; '.join(parsed['reasons'])}"]
    lines.append(f"rows: {rows['seen']} seen = {rows['used']} used + {len(rows['skipped'])} skipped")
    lines += [
        f"{one['position'] or '-'}\t{one['sample']}\t{one['target'] or '-'}\t{one['status']}\t{one['raw']}" for one in parsed["readings"]
    ]
    return "\n".join(lines)
