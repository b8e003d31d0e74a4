"""Sheets 10 to 14: method groups, comments, corrective actions, words, and where the numbers come from."""

from __future__ import annotations

from lims.excel.book import Cell
from lims.excel.look import SECTION
from lims.marks import N_
from lims.rounds.report import terms
from lims.rounds.report.asked import write_asked
from lims.rounds.report.canvas import Canvas, Desk, text
from lims.rounds.report.consequences import write_consequences
from lims.rounds.report.meeting import write_meeting

METHOD_GROUPS_LATER = N_("no statistics by method or kit are fixed in its protocol; methods and kits stand with every result on sheet 5.")
NOT_SEALED = N_("not sealed")
HOW_TO_VERIFY = N_(
    "This workbook carries its data and a seal. Whoever holds the organiser's public key can see that nothing was changed: "
    "lims report verify FILE.xlsx, or the page Verify a report. Compare the fingerprint with the one the organiser names."
)

GLOSSARY = (
    (N_("assigned value"), N_("The value that reported results are compared with, x_pt, with its uncertainty u(x_pt).")),
    (N_("sigma_pt"), N_("Standard deviation for proficiency assessment: the spread that the protocol accepts.")),
    (N_("D, D %, PA"), N_("D = x - x_pt; D % = 100 D / x_pt; PA = 100 D / allowed difference. Acceptable when PA lies within 100 %.")),
    (N_("z, z'"), N_("z = D / sigma_pt. z' also counts u(x_pt): D / sqrt(sigma_pt^2 + u(x_pt)^2); used when u(x_pt) is not negligible.")),
    (N_("zeta, En"), N_("zeta = D / sqrt(u(x)^2 + u(x_pt)^2) with standard uncertainties; En the same with expanded uncertainties U.")),
    (
        N_("limits"),
        N_(
            "Score (z, z', zeta) up to 2: satisfactory; between 2 and 3: questionable, warning signal; 3 and more: unsatisfactory, "
            "action signal. En up to 1: satisfactory, above: unsatisfactory. Unrounded values decide."
        ),
    ),
    (N_("not evaluated"), N_("No verdict is given, for the reason printed; this is neither good nor bad.")),
    (N_("not submitted"), N_("Nothing was reported; it is never counted as failed unless the protocol says so.")),
    (N_("informative only"), N_("A number shown for information; it carries no verdict.")),
    (N_("Algorithm A"), N_("Robust mean x* and robust standard deviation s*: results are drawn in to x* ± 1.5 s* until nothing moves.")),
    (N_("median, nIQR"), N_("The middle result, and 0.7413 times the interquartile range.")),
    (
        N_("Cohen's kappa"),
        N_("Agreement beyond chance, with a 95 % confidence interval; not estimable when a laboratory used one category only."),
    ),
    (N_("PPA, NPA"), N_("Positive and negative percent agreement. Between two routine laboratories neither is the truth.")),
    (N_("PABAK"), N_("Kappa adjusted for prevalence and bias: (k Po - 1) / (k - 1) for k categories.")),
    (N_("censored value"), N_("A result given as < or > a limit. It is never replaced by 0, the limit or half the limit.")),
)


def write_closing(desk: Desk) -> None:
    """Sheets 10 to 14."""
    desk.sheet("method_groups", (30, 30, 30)).not_part(METHOD_GROUPS_LATER)
    _write_comments(desk)
    write_consequences(desk)
    _write_glossary(desk)
    _write_traceability(desk)


def _write_comments(desk: Desk) -> None:
    canvas, words, report = desk.sheet("comments", (26, 36, 36)), desk.words, desk.report
    canvas.section(N_("The organiser's comment"))
    canvas.sheet.paragraph(report.provider_comment or words.say(N_("None.")))
    canvas.section(N_("Opinions of the reviewers"))
    if not report.opinions:
        canvas.say(N_("None."))
    for one in report.opinions:
        signed = f"{one.reviewer}, {one.function}\n{words.label(terms.SIDES[one.side])}\n{words.date(one.signed_at)}"
        canvas.sheet.fact(text(signed), text(f"{one.text}\n{one.content_hash}".strip()))
    write_meeting(canvas)
    write_asked(canvas)
    canvas.section(N_("How to read the results"))
    canvas.say(
        N_(
            "A single score describes one result on one day. A questionable result asks for a look at the own records; "
            "an unsatisfactory one asks for a corrective action and a look back at reported results."
        )
    )


def _write_glossary(desk: Desk) -> None:
    canvas, words = desk.sheet("glossary", (28, 36, 36)), desk.words
    canvas.section(N_("Verdicts and their signs"))
    for sign in terms.VERDICTS.values():
        canvas.sheet.row([Cell(f"{sign.letter}  {words.label(sign.word)}", sign.look.but(align="left"))])
    canvas.section(N_("Words"))
    for word, meaning in GLOSSARY:
        canvas.sheet.fact(Cell(words.label(word), text("").look.but(bold=True)), text(words.say(meaning)))


def _write_traceability(desk: Desk) -> None:
    canvas, words, report = desk.sheet("traceability", (28, 40, 36)), desk.words, desk.report
    trace = report.trace
    canvas.sheet.blank()
    canvas.facts(
        (
            (N_("Software"), f"{trace.software} {trace.software_version}".strip()),
            (N_("Score run"), f"{trace.evaluation_no}  {trace.evaluation_id}"),
            (N_("Evaluated"), words.instant(trace.evaluated_at)),
            (N_("Input hash"), report.score.input_hash),
            (N_("Protocol version"), report.protocol.version),
            (N_("Report no."), f"{report.head.report_no} v{report.head.version}"),
            (N_("Replaces"), report.head.replaces or words.say(N_("none"), " ")),
            (N_("Key fingerprint"), trace.key_fingerprint or words.say(NOT_SEALED, " ")),
        )
    )
    if trace.key_fingerprint:
        canvas.say(HOW_TO_VERIFY)
    _list(canvas, N_("Changes against the earlier issue"), trace.changes)
    _list(canvas, N_("Recipients"), trace.recipients)
    canvas.sheet.blank()
    canvas.sheet.heading(words.label(N_("End of the report")), SECTION)


def _list(canvas: Canvas, word: str, texts: tuple[str, ...]) -> None:
    canvas.section(word)
    if not texts:
        canvas.say(N_("None."))
    for one in texts:
        canvas.sheet.paragraph(one)
