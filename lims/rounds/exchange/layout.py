"""Where everything stands on the form: one list of lines that the writer writes and the reader expects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lims.canonical import digest
from lims.marks import N_
from lims.rounds.exchange.identity import Identity
from lims.rounds.lifecycle.units import unit_text
from lims.words import translate

SHEET = "结果 Results"
CODES = "代码 Codes"
STATEMENT = "is_independent"
#: the fields of the head, as the web form names them
FIELD_WORDS = {
    "method_code": N_("Method"), "tested_on": N_("Test date"), "tested_by": N_("Tested by"), "standard_no": N_("Standard no."),
    "instrument": N_("Instrument"), "instrument_no": N_("Instrument no."), "extraction_kit": N_("Extraction kit"),
    "extraction_lot": N_("Extraction kit lot"), "amplification_kit": N_("Amplification kit"),
    "amplification_lot": N_("Amplification kit lot"), "amplification_expiry": N_("Amplification kit expiry"),
    "cut_off": N_("Cut-off rule"), "lod": N_("Limit of detection"), "loq": N_("Limit of quantification"),
    "qc_result": N_("Result of the controls"), "deviations": N_("Deviations from the protocol"),
    STATEMENT: N_("Tested independently, as routine samples; no result was exchanged"),
}  # fmt: skip
FIELD_HINTS = {
    "method_code": N_("Needed. A code of the sheet Codes"), "tested_on": N_("Needed. As 2026-05-20"), STATEMENT: N_("Needed. yes or no"),
    "amplification_expiry": N_("As 2026-05-20"),
}  # fmt: skip
ITEM_WORDS = {
    "result_code": N_("Result"), "relation": N_("Relation"), "value": N_("Value"), "unit": N_("Unit"),
    "expanded_u": N_("Expanded uncertainty U"), "k": N_("Coverage factor k"), "replicates": N_("Replicates"),
    "internal_control": N_("Internal control"), "could_not_test": N_("Could not be tested because"), "remark": N_("Remark"),
}  # fmt: skip
HOW = N_(
    "Fill only the white cells. Cells are text: what you type is kept as typed. Empty, ND, 0 and “–” are different. Do not rename, move or "
    "delete rows and sheets. Then upload this file on the page of the round; an authoriser signs there."
)
REASON = N_("Reason")


@dataclass(frozen=True)
class Line:
    """One row of the form: what it is, which field or item it asks for, and the fixed texts from column A on."""

    kind: str  # title, how, fact, blank, section, field, heads, item
    name: str = ""
    texts: tuple[str, ...] = ()


def both(sentence: str, **values: object) -> str:
    """The words in both languages, one above the other."""
    return f"{translate(sentence, 'zh_CN', **values)}\n{translate(sentence, 'en', **values)}"


def beside(sentence: str) -> str:
    """The words in both languages, one beside the other."""
    return f"{translate(sentence, 'zh_CN')} {translate(sentence, 'en')}"


def item_columns(identity: Identity) -> tuple[str, ...]:
    """The fields of one item from column B on; a target's cycle is ``ct-`` and its name."""
    if identity.kind == "qualitative":
        return ("result_code", *(f"ct-{one}" for one in identity.targets), "internal_control", "could_not_test", "remark")
    return ("relation", "value", "unit", "expanded_u", "k", "replicates", "result_code", "could_not_test", "remark")


def width(identity: Identity) -> int:
    """Columns of the form, the code and the reasons of an error workbook included."""
    return 1 + len(item_columns(identity)) + int(identity.is_part)


def lines(identity: Identity) -> list[Line]:
    """Every row of the form, the first one on top."""
    unit = unit_text(identity.unit)
    facts = (
        (N_("Round"), identity.round), (N_("Participant code"), identity.participant),
        (N_("Protocol version"), str(identity.protocol_version)),
        (N_("Measurand"), f"{identity.measurand} ({unit})" if unit and identity.kind == "quantitative" else identity.measurand),
        (N_("Deadline"), identity.deadline),
    )  # fmt: skip
    heads = [beside_lines(identity, name) for name in item_columns(identity)]
    return [
        Line("title", texts=(f"{beside(N_('Result form'))} {identity.round}",)), Line("how", texts=(both(HOW),)),
        *(Line("fact", texts=(beside(label), text)) for label, text in facts), Line("blank"),
        *([Line("section", texts=(beside(N_("Method and reagents")),))] if identity.fields else []),
        *(Line("field", name, (beside(FIELD_WORDS[name]),)) for name in identity.fields), Line("blank"),
        Line("section", texts=(beside(N_("Results by item code")),)),
        Line("heads", texts=(both(N_("Sample")), *heads, *([both(REASON)] if identity.is_part else []))),
        *(Line("item", code, (code,)) for code in identity.items),
    ]  # fmt: skip


def fixed_cells(identity: Identity) -> dict[tuple[int, int], str]:
    """The texts that nobody changes, by row (from 1) and column (from 0); item codes are told by their text, not their place."""
    return {
        (number, column): text for number, line in enumerate(lines(identity), 1) if line.kind != "item"
        for column, text in enumerate(line.texts)
    }  # fmt: skip


def squeezed(text: str) -> str:
    """The text without its blanks: programs break lines in their own ways."""
    return "".join(text.split())


def layout_hash(cells: Mapping[tuple[int, int], str]) -> str:
    """The hash of fixed cells."""
    return digest([[row, column, squeezed(text)] for (row, column), text in sorted(cells.items())])


def beside_lines(identity: Identity, name: str) -> str:
    """The heading of one column, with its unit."""
    if name.startswith("ct-"):
        return f"{name[3:]}\nCt"
    unit = unit_text(identity.unit)
    hint = {"replicates": "; ", "internal_control": "Ct", "expanded_u": unit}.get(name, "")
    return both(ITEM_WORDS[name]) + (f"\n({hint.strip()})" if hint.strip() else "")


def code_words(names: dict[str, str], code: str) -> str:
    """What a code means, in both languages."""
    return beside(names[code]) if code in names else code
