"""What a kind's template offers: its fields with the choices of the catalogue, as rows, and the refused rows of an import."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from lims import clock
from lims.catalogue import queries as catalogue
from lims.db.session import Actor, reading
from lims.errors import NotFound
from lims.marks import N_
from lims.samples.exchange import error_bytes, template_bytes, type_of
from lims.samples.lifecycle.common import columns
from lims.samples.lifecycle.fields import LISTED, MANY, Field, Problem
from lims.samples.lifecycle.heading import heading
from lims.samples.lifecycle.kinds import KINDS, Kind
from lims.samples.service.checks import takes
from lims.samples.service.intake import Preview, SheetRow
from lims.words import translate

Choices = dict[str, list[tuple[str, str]]]


def kind_named(code: str) -> Kind:
    """The kind with this code; raises NotFound."""
    if code.upper() not in KINDS:
        raise NotFound("samples.no_kind", N_("Read the kind %(read)s, expected one of: %(choices)s."), read=code, choices=", ".join(KINDS))
    return KINDS[code.upper()]


def describe_template(actor: Actor, code: str) -> list[dict[str, Any]]:
    """Every field of a kind's template as plain values."""
    kind = kind_named(code)
    with reading() as session:
        choices = _choices(session, actor, kind)
    return [_described(one, [code for code, _name in choices.get(one.code, [])]) for one in columns(kind)]


def template(actor: Actor, code: str) -> bytes:
    """A kind's template as a workbook, in the actor's language."""
    kind = kind_named(code)
    with reading() as session:
        choices = _choices(session, actor, kind)
    return template_bytes(kind, choices, actor.language or "en", clock.now())


def error_workbook(preview: Preview, language: str, *, with_ready: bool = False) -> bytes:
    """The refused rows with their reasons; ``with_ready`` keeps the good rows too, when nothing of the file was imported."""
    rows = [row for row in preview.rows if row.problems or (with_ready and not row.known)]
    told = [(row.line.cells, _why(preview, row, language)) for row in rows]
    return error_bytes(preview.head.kind, preview.head.found, told, language, clock.now())


def reasons(preview: Preview, language: str) -> list[dict[str, Any]]:
    """Every reason with its row and its column, the head's first."""
    head = [(preview.head_row, problem) for problem in preview.head.problems]
    rows = [(row.line.number, problem) for row in preview.refused for problem in row.problems]
    return [
        {"row": number, "column": preview.heading_of(problem), "reason": translate(problem.sentence, language, **problem.values)}
        for number, problem in head + rows
    ]


def _why(preview: Preview, row: SheetRow, language: str) -> str:
    if not row.problems:
        return ""
    told = []
    for problem in row.problems:
        column, sentence = preview.heading_of(problem), translate(problem.sentence, language, **problem.values)
        told.append(f"{column}: {sentence}" if column else sentence)
    return translate(N_("Row %(row)s"), language, row=row.line.number) + "\n" + "\n".join(told)


def _described(one: Field, choices: list[str]) -> dict[str, Any]:
    example = one.example if not choices or one.example in choices else choices[0]
    return {
        "name": one.code, "header_en": heading(one, "en"), "header_zh": heading(one, "zh_CN"), "required": one.is_required,
        "unique": one.is_unique, "type": type_of(one), "choices": choices, "example": example,
    }  # fmt: skip


def _choices(session: Session, actor: Actor, kind: Kind) -> Choices:
    found: Choices = {one.code: [(code, translate(name, actor.language or "en")) for code, name in one.choices] for one in columns(kind)}
    for one in columns(kind):
        if one.takes == LISTED:
            found[one.code] = [
                (entry.code, entry.name) for entry in catalogue.choices(session, actor, one.list_code) if takes(kind, one, entry)
            ]
        elif one.takes == MANY:
            found[one.code] = [(entry.code, entry.name) for entry in catalogue.choices(session, actor, *kind.measurands)]
    return found


__all__ = ["Problem", "describe_template", "error_workbook", "kind_named", "reasons", "template"]
