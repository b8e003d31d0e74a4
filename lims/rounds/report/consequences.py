"""Sheet 12: corrective actions with their due dates, appeals and complaints. No name of a person stands in it."""

from __future__ import annotations

from datetime import timedelta

from lims.marks import N_
from lims.rounds.report import terms
from lims.rounds.report.canvas import Canvas, Desk, code, text

HOW_LONG = N_("A corrective action is due %(due)s days after publication, its outer limit is %(limit)s days.")
TO_BE_OPENED = N_("For each of these verdicts a corrective action is opened with the follow-up of the round.")
NO_CASE = N_("No verdict of this report needs a corrective action, and none is open.")
NO_OBJECTION = N_("No appeal or complaint was raised until this issue.")


def write_consequences(desk: Desk) -> None:
    """The sheet."""
    canvas, report = desk.sheet("capa", (20, 12, 22, 18, 18, 16, 24)), desk.report
    canvas.section(N_("Corrective actions"))
    if report.capa_days:
        canvas.say(HOW_LONG, due=report.capa_days[0], limit=report.capa_days[1])
    known = {one.participant_code for one in report.cases}
    if report.cases:
        _write_cases(canvas)
    new = [one for one in report.score.overall if one.verdict == "action" and one.participant_code not in known]
    if new:
        _write_new(canvas, tuple(one.participant_code for one in new))
    if not new and not report.cases:
        canvas.say(NO_CASE)
    canvas.section(N_("Appeals and complaints"))
    if report.objections:
        _write_objections(canvas)
    else:
        canvas.say(NO_OBJECTION)


def _write_cases(canvas: Canvas) -> None:
    words = canvas.words
    canvas.table(
        (N_("Case"), N_("Code"), N_("Kind"), N_("Verdict"), N_("Opened"), N_("Due"), N_("Status")),
        [
            (code(one.number), code(one.participant_code), text(one.kind), text(words.label(terms.VERDICTS[one.verdict].word)),
             text(words.date(one.opened_at)), text(words.date(one.due_at)), text(f"{one.state} {one.cause}".strip()))
            for one in canvas.report.cases
        ],
    )  # fmt: skip


def _write_new(canvas: Canvas, codes: tuple[str, ...]) -> None:
    words, report = canvas.words, canvas.report
    bad = [one for one in report.score.scores if one.verdict == "action"]
    items = {who: [one.item_number for one in bad if one.participant_code == who] for who in codes}
    canvas.say(TO_BE_OPENED)
    due = words.date(report.head.instant + timedelta(days=report.capa_days[0])) if report.capa_days else ""
    canvas.table(
        (N_("Code"), N_("Items"), N_("Verdict"), N_("Due")),
        [(code(one), text(", ".join(map(str, items[one]))), text(words.label(terms.VERDICTS["action"].word)), text(due)) for one in codes],
    )


def _write_objections(canvas: Canvas) -> None:
    words = canvas.words
    canvas.table(
        (N_("No."), N_("Code"), N_("Kind"), N_("Items"), N_("Raised"), N_("Outcome")),
        [
            (code(one.number), code(one.participant_code), text(one.kind), text("" if one.item_number is None else str(one.item_number)),
             text(words.date(one.raised_at)), text(one.outcome))
            for one in canvas.report.objections
        ],
    )  # fmt: skip
