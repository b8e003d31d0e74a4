"""On sheet 11: the reviewers' comments under codes, and the review meeting with its decisions and action items."""

from __future__ import annotations

from lims.marks import N_
from lims.rounds.report import terms
from lims.rounds.report.canvas import Canvas, text

NOT_HELD = N_("No review meeting is held for this round; by its protocol: %(reason)s")
NOT_FILED = N_("No minutes were filed until this issue.")


def write_meeting(canvas: Canvas) -> None:
    """The two sections."""
    _write_comments(canvas)
    words, report = canvas.words, canvas.report
    canvas.section(N_("Review meeting"))
    if report.meeting is None:
        canvas.say(NOT_HELD, reason=report.no_meeting) if report.no_meeting else canvas.say(NOT_FILED)
        return
    held = report.meeting
    canvas.facts(
        (
            (N_("Held on"), f"{held.held_on} {held.place}".strip()),
            (N_("Attendance"), held.attendance),
            (N_("Agenda"), held.agenda),
            (N_("Decisions"), held.decisions),
            (N_("Minutes filed"), f"{words.date(held.filed_at)}, v{held.version}\n{held.content_hash}"),
        )
    )
    if not held.actions:
        canvas.say(N_("The meeting set no action item."))
    for one in held.actions:
        done = words.label(N_("done %(at)s: %(note)s"), at=words.date(one.done_at), note=one.done_note) if one.done_at else ""
        state = done or words.label(N_("not done yet"))
        due = words.label(N_("Action item %(number)s, due %(due)s"), number=one.number, due=one.due_on)
        canvas.sheet.fact(text(due), text(f"{one.what}\n{one.person}\n{state}"))


def _write_comments(canvas: Canvas) -> None:
    words, report = canvas.words, canvas.report
    canvas.section(N_("Comments of the reviewers by code"))
    if not report.comments:
        canvas.say(N_("None."))
    for one in report.comments:
        where = words.label(N_("Whole round"))
        if one.participant_code:
            where = one.participant_code
        if one.item_number is not None:
            where = f"{where} {words.label(N_('Item %(item)s'), item=one.item_number)}"
        canvas.sheet.fact(text(f"{where}\n{words.label(terms.SIDES[one.side])}\n{words.date(one.written_at)}"), text(one.text))
