"""The data of a study: grid with paste and sheet, exclusions, repeats of discordant results; and the blinded reading page."""

from __future__ import annotations

import hashlib
from typing import Any

from flask import render_template, request

from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.errors import Invalid
from lims.marks import N_
from lims.sheets.filled import read_sheet
from lims.validation import service
from lims.validation.designs import plan_of
from lims.validation.models import ValidationStudy
from lims.validation.queries import records
from lims.validation.service.collecting import EXCLUSION_REASONS, READINGS
from lims.validation.tables import COLUMN_WORDS, COLUMNS, Problem, cells_of, is_discordant, lines_of, read_rows
from lims.validation.views.base import blueprint, carry_out, find_study, reader, state_words, typed
from lims.web.language import _

RETEST_WORDS = {
    "test_again": N_("method under validation, again"), "reference_again": N_("comparator, again"), "third_method": N_("third method"),
}  # fmt: skip
CALL_WORDS = {
    "positive": N_("positive"), "negative": N_("negative"), "indeterminate": N_("indeterminate"), "invalid": N_("invalid"),
}  # fmt: skip
MOST_SHOWN = 500


@blueprint.get("/<study>/data")
@requires("validation.view")
def data(study: str) -> Any:
    """Rows, exclusions, discordant results, and the ways to add data."""
    return _data_page(study)


@blueprint.post("/<study>/data")
@requires("validation.collect")
def add(study: str) -> Any:
    """Add pasted rows or a sheet; nothing is kept while one cell is faulty."""
    row = find_study(study)
    problems: list[Problem] = []
    done = _("The rows are kept.")

    def act() -> object:
        lines, source, note, digest = _given(_family(row))
        rows, found = read_rows(lines, _family(row))
        problems.extend(found)
        if found:
            raise Invalid("validation.cells", N_("Nothing was kept: cells are to be corrected first. They are named below."))
        return service.add_rows(reader(), row.id, rows, source, note, digest)

    return carry_out(row, act, done, lambda code, refusal: _data_page(code, refusal, problems), "validation.data")


def _given(family: str) -> tuple[list[list[str]], str, str, str]:
    """Lines with where they come from: an uploaded sheet, else the pasted text."""
    file = request.files.get("sheet")
    if file is None or not file.filename:
        text = request.form.get("rows", "")
        return lines_of(text, family), "paste" if "\t" in text else "manual", "", ""
    content, width = file.read(), len(COLUMNS[family])
    found = read_sheet(file.filename, content)
    lines = [[line.text(column) for column in range(max(width, max(line.cells, default=0) + 1))] for line in found.lines]
    heading = {"item", _(COLUMN_WORDS["item"]).lower()}
    kept = lines[1:] if lines and lines[0][0].strip().lower() in heading else lines
    return kept, "sheet", file.filename[:200], hashlib.sha256(content).hexdigest()


@blueprint.post("/<study>/exclude")
@requires("validation.collect")
def exclude(study: str) -> Any:
    """Leave a row out, with its reason."""
    row, number = find_study(study), typed("number")

    def act() -> object:
        return service.exclude_row(reader(), row.id, _number(number), typed("reason_code"), typed("reason"))

    return carry_out(row, act, _("Row %(number)s is left out.", number=number), _data_page, "validation.data")


@blueprint.post("/<study>/retest")
@requires("validation.collect")
def retest(study: str) -> Any:
    """Keep a repeat of a discordant result."""
    row, number = find_study(study), typed("number")

    def act() -> object:
        return service.retest_row(reader(), row.id, _number(number), typed("kind"), typed("result"), typed("method_name"))

    return carry_out(row, act, _("The repeat of row %(number)s is kept.", number=number), _data_page, "validation.data")


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise Invalid(
            "validation.row_number", N_('Row: read "%(read)s", expected the number of a row. Correct it.'), field="number", read=text
        )
    return int(text)


def _family(row: ValidationStudy) -> str:
    with reading() as session:
        found = records.plan_in_force(session, row)
    if found is None:
        raise Invalid("validation.plan_first", N_("The study has no plan yet. Write the plan first."))
    return plan_of(found.content).family


def _data_page(study: str, refusal: str = "", problems: list[Problem] | None = None) -> str:
    row = find_study(study)
    with reading() as session:
        plan = records.plan_in_force(session, row)
        rows, retests = records.rows_of(session, row), records.retests_of(session, row)
        left_out = {one.row_number: one for one in records.exclusions_of(session, row)}
    content = plan_of(plan.content) if plan else None
    family = content.family if content else "qualitative_agreement"
    seen = [(one, records.observation_of(one)) for one in rows]
    discordants = [(one, found, [two for two in retests if two.row_number == one.number]) for one, found in seen if is_discordant(found)]
    return render_template(
        "validation/data.html", row=row, refusal=refusal, typed=request.form, columns=[_(COLUMN_WORDS[name]) for name in COLUMNS[family]],
        lines=[(one, cells_of(found, family), left_out.get(one.number)) for one, found in seen[-MOST_SHOWN:]], total=len(rows),
        planned=content.planned_rows if content else 0, faults=[_fault(one) for one in problems or ()], discordants=discordants,
        may_add=row.state == "data_collection" and bool(current_actor().roles & {"technician", "authoriser"}),
        is_blinded=bool(content and content.is_blinded), state=state_words(row.state), **_words(),
    )  # fmt: skip


def _fault(one: Problem) -> str:
    return _(one.sentence, line=one.line, column=_(COLUMN_WORDS[one.column]) if one.column else "", **one.values)


def _words() -> dict[str, Any]:
    """The lists that the forms of the page offer."""
    calls, retests = [(code, _(CALL_WORDS[code])) for code in READINGS], [(code, _(word)) for code, word in RETEST_WORDS.items()]
    reasons = [(code, _(word)) for code, word in EXCLUSION_REASONS.items()]
    return {"calls": calls, "call_words": dict(calls), "retests": retests, "retest_words": dict(retests), "reasons": reasons}


@blueprint.get("/<study>/reading")
@requires("validation.collect")
def blinded(study: str) -> Any:
    """What this person has read; nobody sees the other reader's results here."""
    return _reading_page(study)


@blueprint.post("/<study>/reading")
@requires("validation.collect")
def read(study: str) -> Any:
    """Keep one reading."""
    row, item = find_study(study), typed("item")
    which = 2 if typed("reader") == "2" else 1

    def act() -> object:
        return service.read_item(reader(), row.id, item, which, typed("result"))

    return carry_out(row, act, _("Item %(item)s is read.", item=item), _reading_page, "validation.blinded")


def _reading_page(study: str, refusal: str = "") -> str:
    row = find_study(study)
    with reading() as session:
        mine = [one for one in records.readings_of(session, row) if one.user_id == current_actor().user_id]
    return render_template(
        "validation/reading.html", row=row, refusal=refusal, typed=request.form, mine=mine, which=mine[0].reader if mine else 0,
        calls=[(code, _(CALL_WORDS[code])) for code in READINGS], call_words={code: _(word) for code, word in CALL_WORDS.items()},
        is_open=row.state == "data_collection",
    )  # fmt: skip
