"""What a check of a report found, in sentences for page and command line."""

from __future__ import annotations

from collections.abc import Callable

from lims.marks import N_
from lims.rounds.report.checking import Checked

Speak = Callable[..., str]

WHAT = {
    "value": N_("value or formula"),
    "result": N_("saved result of the formula"),
    "format": N_("number format"),
    "ink": N_("letters that cannot be read"),
    "merged": N_("merged cells"),
    "hidden": N_("hidden rows, columns or sheet"),
    "printed": N_("header or footer"),
    "rules": N_("conditional format"),
    "comments": N_("comment on a cell"),
    "chart": N_("chart"),
    "extra": N_("picture, text box or foreign part over the cells"),
    "sheet_missing": N_("sheet taken out"),
    "sheet_added": N_("sheet added"),
    "order": N_("order of the sheets"),
    "seal": N_("sealed data"),
    "signature": N_("the seal does not fit the data"),
    "key": N_("sealed with another key than the one given"),
}

HEADS = {
    "holds": N_("Untouched: every number was computed again and agrees with what the report shows."),
    "changed": N_("Changed: the report is not as it was sealed."),
    "not_a_report": N_("Not a report of this program."),
}
ORIGINS = {
    "proven": N_("Sealed with the key that is trusted here."),
    "unproven": N_("Numbers consistent, origin not proven: the public key of the organiser is not here."),
    "foreign": N_(
        "Numbers consistent, origin not proven: sealed with another key than that of this installation. "
        "Compare the fingerprint with the one the organiser names."
    ),
    "broken": N_("The seal does not fit the data."),
}
SAVED_AGAIN = N_("A spreadsheet program saved the file again; what it shows is unchanged.")
OTHER_PROGRAM = N_(
    "The report was written by %(software)s; this is %(here)s. Where only wording differs, check it with the version that wrote it."
)


def lines(checked: Checked, speak: Speak, here: str) -> list[str]:
    """Head, origin and notes, without the list of differences; ``here`` names this program."""
    said = [speak(HEADS[checked.state])]
    if checked.state == "not_a_report":
        return [*said, *([speak(checked.reason)] if checked.reason else []), *([speak(checked.detail)] if checked.detail else [])]
    if checked.state == "holds" or checked.origin == "broken":
        said.append(speak(ORIGINS[checked.origin]))
    if checked.state == "holds" and checked.is_saved_again:
        said.append(speak(SAVED_AGAIN))
    if checked.state == "changed" and checked.software not in ("", here):
        said.append(speak(OTHER_PROGRAM, software=checked.software, here=here))
    return said
