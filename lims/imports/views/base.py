"""What the pages of uploads share: the blueprint and the words of an upload."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint

from instruments.registry import parsers
from lims.accounts.access import current_actor
from lims.db.session import reading
from lims.imports.models import Upload
from lims.imports.profile_queries import offered
from lims.marks import N_
from lims.web.language import _, place_words

blueprint = Blueprint("imports", __name__, url_prefix="/uploads")

STATES = {
    "queued": ("dashed", N_("waits to be read")), "review": ("half", N_("to check")), "refused": ("cross", N_("not read")),
    "accepted": ("full", N_("accepted")), "undone": ("empty", N_("undone")),
}  # fmt: skip
QUANTITIES = {
    "ct": "Ct", "concentration": N_("concentration"), "copies": N_("copies"), "absorbance": N_("absorbance"),
    "fluorescence": N_("fluorescence"), "mass_fraction": N_("mass fraction"), "qualitative": N_("qualitative"),
    "identification": N_("identification"), "other": N_("other"),
}  # fmt: skip
ROLES = {
    "unknown": N_("sample"), "ntc": N_("no-template control"), "negative_control": N_("negative control"),
    "positive_control": N_("positive control"), "internal_control": N_("internal control"), "standard": N_("standard"),
    "calibrator": N_("calibrator"), "blank": N_("blank"), "qc": N_("quality control"),
}  # fmt: skip
READ_AS = {
    "value": N_("value"), "not_detected": N_("not detected"), "censored": N_("beyond a limit"), "invalid": N_("not usable"),
    "missing": N_("empty"),
}  # fmt: skip
MARKS = {"\t": N_("tab"), ",": N_("comma"), ";": N_("semicolon"), "|": N_("vertical bar"), ".": N_("point"), " ": N_("space")}


def words(note: Mapping[str, Any]) -> str:
    """A kept sentence of a parser in the reader's language."""
    sentence, values = note["sentence"], dict(note.get("values") or {})
    values.update({name: place_words(value) for name, value in values.items() if isinstance(value, str) and value.startswith("line ")})
    return _(sentence, **values) if values else _(sentence).replace("%%", "%")


def marks_of(upload: Upload) -> str:
    """Encoding, delimiter and decimal mark as the parser took them; the sheet of a workbook."""
    found = upload.found
    parts = [found.get("encoding", ""), found.get("sheet", "")]
    parts = [part.upper() if place == 0 else part for place, part in enumerate(parts) if part]
    parts += [_(MARKS.get(found[name], found[name])) for name in ("delimiter", "decimal_mark") if found.get(name)]
    return " / ".join(parts) or "–"


def own_profiles() -> list[tuple[str, str]]:
    """The laboratory's own profiles as choices of the parser."""
    with reading() as session:
        rows = offered(session, current_actor())
    return [(f"profile:{row.id}", _("Own profile %(name)s %(version)s", name=row.title or row.name, version=row.version)) for row in rows]


def parser_title(name: str | None) -> str:
    """What the parser calls itself; a name that is no longer installed stands for itself."""
    return next((_(one.TITLE) for one in parsers() if name == one.NAME), name or "–")


def size_words(size: int) -> str:
    """A size in B, kB or MB."""
    if size < 1000:
        return f"{size} B"
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"


def unit_words(unit: str | None) -> str:
    """A unit without the braces of UCUM annotations."""
    return (unit or "").replace("{", "").replace("}", "")
