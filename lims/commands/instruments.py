"""instruments list, parse, check and coverage: no database is needed."""

from __future__ import annotations

import json
import os
import sys
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
    from instruments.registry import unusable

    rows = list_parsers()
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo("  ".join(str(value) for value in row.values()))
    for fault in unusable():
        click.echo(f"left out: {fault}", err=True)


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
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--rule", required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False), help="An assay rule as JSON.")
@click.option("--parser", help="Name of the parser; otherwise the file is recognised.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def interpret(file: Path, rule: Path, parser: str | None, as_json: bool) -> None:
    """Interpret one file by an assay rule, by its sample texts: the run first, then each sample; exit 1 when the run is not valid."""
    from lims.errors import LimsError
    from lims.imports.interpretation.texts import interpret_texts

    parsed = _read(str(file), parser)
    if "refused" in parsed:
        click.echo(json.dumps(parsed, ensure_ascii=False, indent=1) if as_json else _in_words(parsed))
        raise click.exceptions.Exit(2)
    try:
        found = interpret_texts(rule.read_bytes(), parsed["readings"])
    except LimsError as error:
        raise click.UsageError(str(error)) from error
    click.echo(json.dumps(found, ensure_ascii=False, indent=1) if as_json else _as_lines(found))
    if found["run"]["verdict"] != "valid":
        raise click.exceptions.Exit(1)


def _as_lines(found: dict[str, Any]) -> str:
    lines = [f"run: {found['run']['verdict']}"]
    for one in [*found["run"]["controls"], *found["samples"]]:
        lines += [f"{one['name']}: {one['result']}", *(f"  {sentence}" for sentence in one["why"])]
    return "\n".join(lines)


@instruments.command()
@click.argument("module")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--write", is_flag=True, help="Write FILE.json beside each file: what is read from it now.")
def check(module: str, folder: Path, write: bool) -> None:
    """Whether the parser MODULE keeps the contract on every file of FOLDER; exit 1 when it does not.

    Each file is read in the child process with its limits: recognised clearly, read twice the same, rows seen = used + skipped,
    every raw text at its source, and as FILE.json beside it says where there is one.
    """
    sys.path.insert(0, os.getcwd())
    faults = _checked("check_module", module)["faults"]
    click.echo(f"{module}: {'; '.join(faults) or 'as the contract says'}")
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != ".json")
    if not files:
        raise click.UsageError(f"There is no file in {folder}.")
    for path in [] if faults else files:
        faults += _check_file(module, path, write)
    raise click.exceptions.Exit(1 if faults else 0)


def _check_file(module: str, path: Path, write: bool) -> list[str]:
    from instruments.checking import golden_fault

    answer = _checked("check_file", module, str(path.resolve()))
    faults, found = list(answer["faults"]), answer.get("found")
    if found is not None and (fault := golden_fault(path, found, write)):
        faults.append(fault)
    click.echo(f"{path.name}: {_summary(found)}{''.join(f'{chr(10)}  {fault}' for fault in faults)}")
    return faults


def _summary(found: dict[str, Any] | None) -> str:
    if found is None:
        return "not read"
    if "refused" in found:
        return f"refused ({found['refused']['code']}): {found['refused']['message']}"
    rows = found["rows"]
    return f"{rows['seen']} rows seen = {rows['used']} used + {len(rows['skipped'])} skipped, {len(found['readings'])} readings"


def _checked(function: str, *arguments: str) -> dict[str, Any]:
    """One check in the child process; a child that breaks down or runs into a limit is a fault."""
    from lims.sandbox import SandboxFailure, run

    try:
        answer: dict[str, Any] = run(f"instruments.checking:{function}", *arguments)
    except SandboxFailure as failure:
        return {"faults": [str(failure)]}
    return answer


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
