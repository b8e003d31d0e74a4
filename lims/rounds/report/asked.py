"""On sheet 11: the questions before scoring, with answer and decision, and the correction notices as they were written."""

from __future__ import annotations

from lims.marks import N_
from lims.rounds.report.canvas import Canvas, text

NOT_SCREENED = N_("The results were not screened for slips before scoring.")
NO_SIGN = N_("The results were screened by rule before the unblinding; no sign of a slip was found.")
HOW_ASKED = N_(
    "Rules screened the results before the unblinding, without showing a value to the organiser. The laboratory was asked to confirm the "
    "items and was not told what was found. A reported value is never replaced; a correction notice is printed and not scored."
)


def write_asked(canvas: Canvas) -> None:
    """The section; one question a row."""
    words, report = canvas.words, canvas.report
    canvas.section(N_("Questions before scoring"))
    if not report.asked:
        canvas.say(NO_SIGN if report.n_screenings else NOT_SCREENED)
        return
    canvas.say(HOW_ASKED)
    for one in report.asked:
        items = ", ".join(str(number) for number in one.item_numbers)
        who = words.label(N_("%(code)s, items %(items)s"), code=one.participant_code, items=items)
        said = [(N_("Kind of sign"), one.kind), (N_("Answer"), one.answer or words.say(N_("no answer"), " "))]
        said += [(N_("Correction notice"), one.notice)] if one.notice else []
        said += [(N_("Decision taken"), f"{one.decision}: {one.reason}")] if one.decision else []
        lines = [f"{words.label(label)}: {value}" for label, value in said]
        day = words.date(one.decided_at) if one.decided_at else ""
        canvas.sheet.fact(text(f"{who}\n{day}".strip()), text("\n".join(lines)))
