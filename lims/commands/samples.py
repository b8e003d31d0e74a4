"""samples template, samples import."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lims.commands.opening import open_installation
from lims.commands.writing import write

if TYPE_CHECKING:
    from lims.db.session import Actor
    from lims.samples.service import Imported


@click.group()
def samples() -> None:
    """Spreadsheets of samples: templates and imports."""


@samples.command()
@click.argument("kind")
@click.option("-o", "output", type=click.Path(path_type=Path), help="Where to write the workbook; KIND.xlsx when it is not said.")
@click.option("--json", "as_json", is_flag=True, help="Print the description of the fields instead.")
def template(kind: str, output: Path | None, as_json: bool) -> None:
    """Write the spreadsheet template of a kind of sample, such as TRV."""
    from dataclasses import replace

    from lims.db.session import SYSTEM
    from lims.samples.service.templates import describe_template, kind_named
    from lims.samples.service.templates import template as workbook

    with open_installation():
        actor = replace(SYSTEM, language=_language())
        if as_json:
            click.echo(json.dumps(describe_template(actor, kind), ensure_ascii=False, indent=1))
            return
        path = output or Path(f"{kind_named(kind).code}.xlsx")
        write(path, workbook(actor, kind))
    click.echo(f"{path}")


@samples.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--laboratory", required=True, help="Code of the laboratory.")
@click.option("--as", "login", required=True, help="User name of the person who imports.")
@click.option("--kind", default="", help="Kind of the samples, where neither a template's mark nor the headings tell it.")
@click.option("--all-or-nothing", is_flag=True, help="Import nothing when one row is refused.")
@click.option("--json", "as_json", is_flag=True)
def import_(file: Path, laboratory: str, login: str, kind: str, all_or_nothing: bool, as_json: bool) -> int:
    """Register the samples of a filled sheet. Refused rows go into FILE.errors.xlsx, to be corrected and imported again."""
    from lims.errors import LimsError
    from lims.samples.service import import_sheet
    from lims.samples.service.templates import reasons
    from lims.words import say

    with open_installation():
        actor = _person(laboratory, login)
        try:
            imported = import_sheet(actor, file.name, file.read_bytes(), kind.upper(), all_or_nothing=all_or_nothing)
        except LimsError as error:
            if not as_json:
                raise
            outcome: dict[str, Any] = {
                "accepted": 0,
                "known": 0,
                "refused": [{"row": None, "column": None, "reason": say(error, _language())}],
            }
            click.echo(json.dumps({**outcome, "error_workbook": None}, ensure_ascii=False, indent=1))
            return 1
        preview = imported.preview
        outcome = {"accepted": len(imported.numbers), "known": len(preview.known), "refused": reasons(preview, _language())}
        outcome["error_workbook"] = _error_workbook(imported, file, all_or_nothing)
    click.echo(json.dumps(outcome, ensure_ascii=False, indent=1) if as_json else _told(outcome))
    return 1 if preview.head.problems or (all_or_nothing and preview.refused) else 0


def _person(laboratory: str, login: str) -> Actor:
    from lims import clock
    from lims.accounts import queries
    from lims.db.session import reading
    from lims.errors import NotFound
    from lims.marks import N_

    with reading() as session:
        place = queries.laboratory_by_code(session, laboratory.upper())
        if place is None:
            raise NotFound("accounts.no_laboratory", N_("No laboratory has the code %(code)s."), code=laboratory)
        person = queries.user_by_login(session, login)
        if person is None or not person.is_enabled:
            raise NotFound("accounts.no_user", N_("No user has the name %(login)s."), login=login)
        return queries.actor_for(session, person, place.id, clock.now())


def _error_workbook(imported: Imported, file: Path, all_or_nothing: bool) -> str | None:
    from lims.samples.service.templates import error_workbook

    if not imported.preview.refused:
        return None
    path = file.with_name(f"{file.stem}.errors.xlsx")
    write(path, error_workbook(imported.preview, _language(), with_ready=all_or_nothing))
    return str(path)


def _told(outcome: dict[str, Any]) -> str:
    lines = [f"{outcome['accepted']} registered, {outcome['known']} known already, {len(outcome['refused'])} reasons against others"]
    lines += [f"  row {one['row']}, {one['column']}: {one['reason']}" for one in outcome["refused"]]
    return "\n".join([*lines, *([f"Refused rows: {outcome['error_workbook']}"] if outcome["error_workbook"] else [])])


def _language() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh_CN" if spoken.startswith("zh") else "en"
