"""What is wrong with a cell, or what was changed in it so that it can be kept: where, what was read, what is expected, what to do."""

from __future__ import annotations

from dataclasses import dataclass, field

from lims.marks import N_
from lims.words import translate

SENTENCES = {
    "formula": N_("Cell %(cell)s: read the formula %(read)s, expected a typed value. Type the value itself."),
    "error_value": N_("Cell %(cell)s: read the error value %(read)s, expected a typed value. Type what was found, or empty the cell."),
    "turned_into_date": N_("Cell %(cell)s: the spreadsheet turned the input into the date %(read)s. Type it again as text."),
    "too_long": N_("Cell %(cell)s: read %(read)s characters, at most %(expected)s are kept. Shorten the text."),
    "unknown_item": N_("Cell %(cell)s: read the code %(read)s, which is none of your codes. Restore the code; expected: %(expected)s."),
    "no_code": N_("Row %(row)s: read values without an item code in column A. Restore the code or empty the row; expected: %(expected)s."),
    "duplicate": N_("Cell %(cell)s: the code %(read)s stands in the rows %(expected)s. Keep one of these rows and empty the others."),
    "row_removed": N_("Sample %(read)s: its row is missing. Add a row with this code in column A, or fill the error workbook."),
    "no_result": N_("Cell %(cell)s: nothing was read for sample %(read)s. Give a result, or the reason why it could not be tested."),
    "result_code": N_("Cell %(cell)s: read %(read)s, expected one of %(expected)s. Choose from the list."),
    "relation": N_("Cell %(cell)s: read %(read)s, expected =, < or >. Choose from the list."),
    "two_relations": N_("Cell %(cell)s: read %(read)s beside the relation %(expected)s. Keep the sign in one of the two cells."),
    "number": N_("Cell %(cell)s: read %(read)s, expected a number such as 4.52. A word belongs into the column of the result."),
    "not_positive": N_("Cell %(cell)s: read %(read)s, expected a number above 0. Correct it or empty the cell."),
    "u_without_value": N_("Cell %(cell)s: read %(read)s without a value beside it. Type the value, or empty the cell."),
    "k_missing": N_("Cell %(cell)s: nothing was read beside U = %(read)s, expected its coverage factor. Type k, such as 2."),
    "u_missing": N_("Cell %(cell)s: nothing was read beside k = %(read)s, expected the expanded uncertainty. Type U or empty k."),
    "unit": N_("Cell %(cell)s: read the unit %(read)s, expected one of %(expected)s. Convert the value, then choose the unit."),
    "unit_missing": N_("Cell %(cell)s: no unit was read beside the value %(read)s, expected one of %(expected)s. Choose it from the list."),
    "cycle": N_("Cell %(cell)s: read %(read)s as Ct, expected a number such as 31.2, or Undetermined, ND or –. Correct it."),
    "replicate": N_("Cell %(cell)s: read the replicate %(read)s, expected numbers with ; between, such as 4.50; 4.54."),
    "outside": N_("Cell %(cell)s: read %(read)s outside the cells to fill. Empty this cell; remarks have a column of their own."),
    "date": N_("Cell %(cell)s: read %(read)s, expected a date such as 2026-05-20. Type it again."),
    "future": N_("Cell %(cell)s: read the test date %(read)s, expected a day not later than today, %(expected)s. Correct it."),
    "method": N_("Cell %(cell)s: read the method %(read)s, expected a code of the sheet Codes. Choose it from the list."),
    "statement": N_("Cell %(cell)s: read %(read)s, expected yes or no. Choose from the list."),
    "control": N_("Cell %(cell)s: it holds a character that cannot be kept. Type the text again."),
}  # fmt: skip
NOTES = {
    "half_width": N_("Cell %(cell)s: read %(read)s, kept as %(kept)s (full-width characters made half-width)."),
    "relation_read": N_("Cell %(cell)s: read %(read)s, kept as the relation %(expected)s and the value %(kept)s."),
    "code_read": N_("Cell %(cell)s: read %(read)s, kept as the code %(kept)s."),
    "date_read": N_("Cell %(cell)s: read %(read)s, kept as the date %(kept)s."),
    "was_number": N_("Cell %(cell)s: the spreadsheet holds the number %(kept)s. If zeros stood before it, type it again as text."),
    "other_unit": N_(
        "Cell %(cell)s: the unit %(read)s is not that of the round; for the scoring 1 %(read)s is taken as %(kept)s %(expected)s."
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """A problem or a note. ``values`` go into the sentence; what was read is shortened there."""

    code: str
    cell: str
    values: dict[str, str] = field(default_factory=dict)

    def say(self, language: str) -> str:
        """The whole sentence for a reader."""
        sentence = SENTENCES.get(self.code) or NOTES[self.code]
        return translate(sentence, language, cell=self.cell, **{name: _short(text) for name, text in self.values.items()})


def _short(text: str) -> str:
    return text if len(text) <= 160 else text[:160] + "…"
