"""instruments list, parse and coverage: no database is needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from lims.paths import PACKAGE


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
    parsed = _read(str(file), parser, str(profile) if profile else None)
    click.echo(json.dumps(parsed, ensure_ascii=False, indent=1) if as_json else _in_words(parsed))
    if "refused" in parsed:
        raise click.exceptions.Exit(2)


@instruments.command()
@click.option("--files", type=click.Path(path_type=Path, file_okay=False), help="Folder with real files and their manifest.json.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the page here instead of printing it.")
def coverage(files: Path | None, output: Path | None) -> None:
    """Read every real file of a folder and write the page of what is read (docs/instruments/coverage.md)."""
    from instruments.coverage import coverage as page_of

    folder = files or PACKAGE.parents[1] / "shared" / "instrument-files"
    if not (folder / "manifest.json").is_file():
        raise click.UsageError(f"There is no manifest.json in {folder}. Name the folder with --files.")
    page = page_of(folder, _read)
    if output is None:
        click.echo(page, nl=False)
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, "utf-8")


def _read(path: str, parser: str | None = None, profile: str | None = None) -> dict[str, Any]:
    """One file in the child process, as `parse` reads it."""
    from lims.sandbox import SandboxFailure, run

    try:
        parsed: dict[str, Any] = run("instruments.command:parse_file", path, parser, profile)
    except SandboxFailure as failure:
        return {"refused": {"code": failure.code, "message": str(failure), "where": None}}
    return parsed


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
