"""Which lists there are, what is in them, and how a shipped file becomes rows. Pure.

``code`` is unique within its list only. The lists of ``MEASURANDS`` share one set of codes, so that a requested
analyte needs its code alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lims.marks import N_


@dataclass(frozen=True)
class CatalogueList:
    """A list: its code (the file's name), its title, and the columns in which the file keeps code and names."""

    code: str
    title: str
    key: str = "code"
    en: str = "name_en"
    zh: str = "name_zh"


LISTS = (
    CatalogueList("pathogens", N_("Human pathogens")),
    CatalogueList("animal_plant_agents", N_("Animal and plant agents")),
    CatalogueList("vectors", N_("Vectors and hosts")),
    CatalogueList("chemical_analytes", N_("Chemical analytes")),
    CatalogueList("sample_matrices", N_("Sample matrices")),
    CatalogueList("methods", N_("Methods")),
    CatalogueList("units_ucum", N_("Units"), key="ucum"),
    CatalogueList("result_values", N_("Result values")),
    CatalogueList("sample_statuses", N_("Sample states")),
    CatalogueList("rejection_reasons", N_("Reasons for rejection")),
    CatalogueList("transport_categories", N_("Transport classes")),
    CatalogueList("special_goods_categories", N_("Special goods")),
    CatalogueList("special_goods_risk_grades", N_("Risk grades of special goods")),
    CatalogueList("customs_districts", N_("Customs districts")),
    CatalogueList("ports", N_("Ports of entry")),
    CatalogueList("standards", N_("Laws and standards"), en="title_en", zh="title_zh"),
    CatalogueList("round_templates", N_("Round templates")),
    CatalogueList("validation_templates", N_("Validation templates")),
    CatalogueList("capa_root_causes", N_("Root causes")),
    CatalogueList("glossary", N_("Glossary"), key="key", en="en", zh="zh"),
)
BY_CODE = {one.code: one for one in LISTS}
MEASURANDS = ("pathogens", "animal_plant_agents", "chemical_analytes", "vectors")
#: Special cells of the shipped files.
DOES_NOT_APPLY = "-"

Row = dict[str, str]


@dataclass(frozen=True)
class ShippedRow:
    """One line of a shipped file, split into what every list has and the list's own columns."""

    code: str
    position: int
    name_en: str
    name_zh: str
    certainty: str
    note: str
    columns: Row


def read_shipped(one: CatalogueList, text: str) -> Iterator[ShippedRow]:
    """The rows of a tab-separated file without quoting; every cell is text, an empty cell is left out.

    Raises ValueError when a line has another number of cells than the header.
    """
    lines = [line for line in text.split("\n") if line]
    header = lines[0].split("\t")
    for position, line in enumerate(lines[1:], start=1):
        cells = dict(zip(header, line.split("\t"), strict=True))
        code, en, zh = (cells.pop(name, "") for name in (one.key, one.en, one.zh))
        certainty, note = cells.pop("certainty", ""), cells.pop("note", "")
        yield ShippedRow(code, position, en, zh, certainty, note, {key: value for key, value in cells.items() if value})


def shipped_file(one: CatalogueList) -> Path:
    """Where the list's file lies in the package."""
    return Path(__file__).parent / "data" / f"{one.code}.tsv"


def split_list(cell: object, separator: str = ";") -> tuple[str, ...]:
    """The members of a cell that holds a list."""
    return tuple(part.strip() for part in str(cell or "").split(separator) if part.strip() and part.strip() != DOES_NOT_APPLY)
