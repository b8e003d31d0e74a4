"""Sheets 1 to 4: summary, method, plan with criteria and conventions, sample set with its flow."""

from __future__ import annotations

from dataclasses import fields

from lims.excel.book import Cell
from lims.excel.look import HEAD, LABEL, META, NUMBER, TEXT
from lims.marks import N_
from lims.rounds.report.canvas import Paper, code, pair, text
from lims.validation.analysis.design import AnalysisOptions, Criterion, Observation
from lims.validation.analysis.judging import verdicts, worst
from lims.validation.analysis.outcome import Flow
from lims.validation.report import terms
from lims.validation.report.desk import StudyDesk, joined, level_of
from lims.validation.report.facts import Change

FLOW = {
    "counted": N_("counted"), "excluded": N_("excluded with a reason"), "invalid": N_("invalid"),
    "indeterminate": N_("indeterminate"), "incomplete": N_("without a result"),
}  # fmt: skip
ABOUT_VERDICTS = N_(
    "Met: the whole confidence interval lies on the right side of the limit. Not met: it lies wholly on the wrong side. "
    "Not shown: it crosses the limit, and the data prove neither."
)


def write_summary(desk: StudyDesk) -> None:
    """Sheet 1."""
    paper, words, report = desk.sheet("summary", (34, 30, 20, 20)), desk.words, desk.report
    head, overall = report.head, worst(one.overall for one in desk.analyses)
    paper.sheet.blank()
    paper.facts(
        (
            (N_("Title"), head.title), (N_("Study"), head.code), (N_("Method"), report.method.name),
            (N_("Measurand"), report.method.measurand), (N_("Report no."), f"{head.report_no} v{head.version}"),
            (N_("Issued"), words.instant(head.instant)), (N_("All criteria together"), words.label(terms.VERDICTS[overall])),
            (N_("Decision"), words.label(terms.DECISIONS[report.decision])),
        )
    )  # fmt: skip
    paper.section(N_("Criteria"))
    paper.head(words.head(word) for word in (N_("Design"), N_("Criterion"), N_("Verdict"), N_("Parts judged")))
    for part, found in zip(report.parts, desk.analyses, strict=True):
        for name, verdict in verdicts(found.judgements).items():
            criterion = next(one for one in part.study.criteria if one.code == name)
            judged = sum(one.criterion == name for one in found.judgements)
            cells = [
                text(part.name),
                text(said_criterion(desk, criterion)),
                text(words.label(terms.VERDICTS[verdict])),
                Cell(judged, NUMBER),
            ]
            paper.sheet.fitted_row(cells)
    paper.say(ABOUT_VERDICTS)


def said_criterion(desk: StudyDesk, criterion: Criterion) -> str:
    """The criterion in one line: what, limit, confidence."""
    sign = terms.COMPARATORS[criterion.comparator]
    limit = f"{criterion.limit} {sign} {criterion.upper}" if criterion.upper is not None else f"{sign} {criterion.limit}"
    return f"{criterion.code}: {desk.characteristic(criterion.characteristic)} {limit} ({100 * criterion.confidence:f} %)"


def write_method(desk: StudyDesk) -> None:
    """Sheet 2."""
    paper, method = desk.sheet("method", (30, 40, 40)), desk.report.method
    paper.sheet.blank()
    desk.stated(
        paper,
        (
            ("", N_("Method"), method.name),
            ("purpose", N_("Purpose"), method.purpose),
            ("intended_use", N_("Intended use"), method.intended_use),
            ("principle", N_("Principle"), method.principle),
            ("kit_and_lot", N_("Kit"), method.kit),
            ("kit_and_lot", N_("Lots"), joined(method.lots)),
            ("instrument", N_("Instrument"), method.instrument),
            ("", N_("Matrices"), joined(method.matrices)),
            ("comparator", N_("Comparator"), method.comparator),
            ("comparator", N_("Why this comparator"), method.comparator_reason),
        ),
    )


def write_plan(desk: StudyDesk) -> None:
    """Sheet 3."""
    paper, words, plan = desk.sheet("plan", (26, 34, 18, 18, 18, 34), landscape=True), desk.words, desk.report.plan
    paper.sheet.blank()
    desk.stated(
        paper,
        (
            ("plan", N_("Version of the plan"), str(plan.version)),
            ("plan", N_("Approved by both parties"), words.instant(plan.approved_at)),
            ("plan", N_("Hash of the plan"), plan.content_hash),
            ("plan", N_("Why so many samples"), plan.sample_size_reason),
        ),
    )
    for part in desk.report.parts:
        paper.section(N_("Criteria: %(design)s"), design=part.name)
        first = paper.head(
            words.head(word) for word in (N_("Code"), N_("Characteristic"), N_("Limit"), N_("Confidence"), N_("Each of"), N_("Rule"))
        )
        for one in part.study.criteria:
            paper.sheet.fitted_row(_criterion(desk, one))
        desk.mark("plan", paper, first)
        _conventions(desk, paper, part.study.options)
    _changes(desk, paper, "amendments", N_("Amendments before the data lock"), plan.amendments)
    _changes(desk, paper, "deviations", N_("Deviations after the data lock"), plan.deviations)


def _criterion(desk: StudyDesk, one: Criterion) -> list[Cell | None]:
    sign = terms.COMPARATORS[one.comparator]
    limit = f"{one.limit} {sign} {one.upper}" if one.upper is not None else f"{sign} {one.limit}"
    level = "" if one.level is None else f" ({one.level})"
    by = desk.words.label(terms.STRATA[one.by]) if one.by else ""
    name = desk.characteristic(one.characteristic) + level
    return [code(one.code), text(name), text(limit), Cell(one.confidence, NUMBER), text(by), text(desk.words.label(terms.ROLES[one.role]))]


def _conventions(desk: StudyDesk, paper: Paper, options: AnalysisOptions) -> None:
    """Every recorded choice with its name in the data."""
    paper.sheet.blank()
    paper.head([desk.words.head(N_("Recorded choice")), desk.words.head(N_("Value"))])
    for one in fields(options):
        value = getattr(options, one.name)
        said = joined(str(part) for part in value) if isinstance(value, tuple) else str(value)
        paper.sheet.fitted_row([code(one.name), code(said)])


def _changes(desk: StudyDesk, paper: Paper, item: str, title: str, changes: tuple[Change, ...]) -> None:
    first = paper.section(title)
    for one in changes:
        label = f"{one.number}  {desk.words.date(one.at)}\n{one.by}"
        paper.sheet.fact(Cell(label, LABEL), Cell(f"{one.what}\n{one.reason}", TEXT))
    if not changes:
        paper.say(N_("None."))
    desk.mark(item, paper, first)


def write_samples(desk: StudyDesk) -> None:
    """Sheet 4."""
    paper, words, work = desk.sheet("samples", (34, 16, 16, 40)), desk.words, desk.report.work
    for part, found in zip(desk.report.parts, desk.analyses, strict=True):
        first = paper.section(N_("Flow of the rows: %(design)s"), design=part.name)
        _flow(paper, found.flow)
        _levels(desk, paper, part.study.observations)
        desk.mark("sample_set", paper, first)
    paper.section(N_("Where, who, when, how blinded"))
    desk.stated(
        paper,
        (
            ("sites", N_("Sites"), joined(work.sites)),
            ("analysts", N_("Analysts"), joined(work.analysts)),
            ("dates", N_("Dates"), f"{work.began_on} – {work.ended_on}"),
            ("dates", N_("Data locked"), words.instant(work.locked_at)),
            ("blinding", N_("Blinding"), work.blinding),
            ("", N_("Ethics number"), work.ethics_number),
        ),
    )


def _flow(paper: Paper, flow: Flow) -> None:
    """Where the rows went; a formula adds them up again."""
    rows = [paper.sheet.row([Cell(paper.words.label(word), LABEL), Cell(getattr(flow, name), NUMBER)]) for name, word in FLOW.items()]
    paper.sheet.row([Cell(paper.words.label(N_("all rows")), LABEL), *pair(flow.rows, f"=SUM(B{rows[0]}:B{rows[-1]})")])


def _levels(desk: StudyDesk, paper: Paper, observations: tuple[Observation, ...]) -> None:
    """How many rows stand at each concentration, where there are any."""
    levels = sorted({row.level for row in observations if row.level is not None})
    if not levels:
        return
    paper.sheet.row([Cell(desk.words.head(N_("Level")), HEAD), Cell(desk.words.head(N_("Rows")), HEAD)])
    for level in levels:
        paper.sheet.row([level_of(level), Cell(sum(row.level == level for row in observations), NUMBER)])
    paper.sheet.paragraph("", META)
