"""Sheets 9 to 14: verdicts, sensitivity, discordant results, conclusion with scope and signatures, all rows, traceability."""

from __future__ import annotations

from lims.excel.book import Cell
from lims.excel.look import LABEL, NUMBER, SECTION, TEXT
from lims.marks import N_
from lims.rounds.report.canvas import Paper, code, number, text
from lims.validation.analysis.judging import verdicts
from lims.validation.analysis.outcome import Judgement
from lims.validation.report import terms
from lims.validation.report.desk import CONTENTS, FIGURE, Place, StudyDesk, joined, level_of
from lims.validation.report.facts import TOPICS, Signed

HOW_TO_VERIFY = N_(
    "This workbook carries its data and a seal. Whoever holds the public key of the installation can see that nothing was changed: "
    "lims report verify FILE.xlsx, or the page Verify a report."
)
JUDGED = (
    N_("Criterion"), N_("Part of the data"), N_("Level"), "n", N_("Estimate"), N_("Lower limit"), N_("Upper limit"), N_("Verdict"),
    N_("Notes"),
)  # fmt: skip


def write_criteria(desk: StudyDesk) -> None:
    """Sheet 9: every criterion in every part it was asked of."""
    paper = desk.sheet("criteria", (24, 22, 10, 8, 12, 12, 12, 14, 44), landscape=True)
    for part, found in zip(desk.report.parts, desk.analyses, strict=True):
        first = paper.section(N_("Criteria: %(design)s"), design=part.name)
        paper.head(desk.words.head(word) for word in JUDGED)
        for one in found.judgements:
            _judged(desk, paper, one, one.criterion)
        desk.mark("criteria", paper, first)


def write_sensitivity(desk: StudyDesk) -> None:
    """Sheet 10: the same criteria with other conventions; they decide nothing."""
    paper = desk.sheet("sensitivity", (34, 22, 10, 8, 12, 12, 12, 14, 44), landscape=True)
    paper.say(N_("The plan decides. What follows shows whether another convention would have changed a verdict."))
    for part, found in zip(desk.report.parts, desk.analyses, strict=True):
        paper.section(N_("Sensitivity: %(design)s"), design=part.name)
        planned = verdicts(found.judgements)
        if not found.sensitivity_judgements:
            paper.say(N_("None."))
            continue
        paper.head(desk.words.head(word) for word in JUDGED)
        for one in found.sensitivity_judgements:
            variant = desk.words.label(terms.VARIANTS[one.decides.variant])
            changed = one.verdict != planned.get(one.criterion)
            note = desk.words.label(N_("differs from the plan")) if changed else ""
            _judged(desk, paper, one, f"{one.criterion}\n{variant}", note)


def _judged(desk: StudyDesk, paper: Paper, one: Judgement, name: str, note: str = "") -> None:
    decides = one.decides
    notes = "\n".join(part for part in (note, desk.reasons(one.reasons)) if part)
    paper.sheet.fitted_row(
        [
            text(name), text(desk.part(decides)), level_of(decides.level), number(decides.n),
            number(decides.estimate, FIGURE), number(decides.lower, FIGURE), number(decides.upper, FIGURE),
            text(desk.words.label(terms.VERDICTS[one.verdict])), text(notes),
        ]
    )  # fmt: skip


def write_discordants(desk: StudyDesk) -> None:
    """Sheet 11: results before and after; the agreement counts those before."""
    paper, words = desk.sheet("discordants", (8, 16, *[16] * 6), landscape=True), desk.words
    first = paper.sheet.blank()
    paper.say(N_("Agreement and kappa count the results before the repeats; what came after is shown and kept."))
    heads = (
        N_("Row"),
        N_("Item"),
        N_("Test"),
        N_("Comparator"),
        N_("Test again"),
        N_("Comparator again"),
        N_("Third method"),
        N_("After all"),
    )
    if desk.report.discordants:
        paper.head(words.head(word) for word in heads)
    for one in desk.report.discordants:
        said = (one.test, one.comparator, one.test_again, one.comparator_again, one.third_method, one.resolved)
        paper.sheet.fitted_row([Cell(one.row, NUMBER), code(one.item), *[text(value) for value in said]])
    if not desk.report.discordants:
        paper.say(N_("None."))
    desk.mark("discordants", paper, first + 1)


def write_conclusion(desk: StudyDesk) -> None:
    """Sheet 12."""
    paper, report = desk.sheet("conclusion", (30, 36, 36, 30)), desk.report
    scope = report.scope
    _other_performance(desk, paper)
    paper.section(N_("Conclusion"))
    desk.stated(
        paper,
        (
            ("conclusion", N_("Decision"), desk.words.label(terms.DECISIONS[report.decision])),
            ("conclusion", N_("Conclusion"), report.conclusion),
            ("limits_of_use", N_("Limits of use"), report.limits_of_use),
            ("scope", N_("Laboratories"), joined(scope.laboratories)),
            ("scope", N_("Analysts"), joined(scope.analysts)),
            ("scope", N_("Matrices"), joined(scope.matrices)),
            ("scope", N_("Lots"), joined(scope.lots)),
            ("scope", N_("Valid until"), scope.valid_until),
            ("scope", N_("Conditions"), scope.conditions),
        ),
    )
    _signatures(desk, paper, "reviewers", N_("Reviewers"), report.reviews)
    _signatures(desk, paper, "approvers", N_("Approvers"), report.approvals)


def _other_performance(desk: StudyDesk, paper: Paper) -> None:
    """Cut-off, robustness, stability, turnaround, cost; and what no design of this study measured is said so."""
    stated = {one.topic: one.text for one in desk.report.statements}
    paper.section(N_("Further characteristics"))
    desk.stated(paper, [(topic, terms.TOPICS[topic], stated.get(topic, "")) for topic in TOPICS])
    absent = [item for item in ("detection_limit", "precision", "cross_reactivity") if item not in desk.places]
    desk.stated(paper, [(item, CONTENTS[item], desk.words.say(N_("not part of this study"), " ")) for item in absent])


def _signatures(desk: StudyDesk, paper: Paper, item: str, title: str, signed: tuple[Signed, ...]) -> None:
    first = paper.section(title)
    for one in signed:
        label = f"{one.name}, {one.function}\n{one.organisation}\n{desk.words.date(one.signed_at)}"
        paper.sheet.fact(Cell(label, LABEL), Cell("\n".join(part for part in (one.text, one.meaning, one.content_hash) if part), TEXT))
    if not signed:
        paper.say(N_("None."))
    desk.mark(item, paper, first)


def write_data(desk: StudyDesk) -> None:
    """Sheet 13: every row as it was reported, the excluded ones with their reason."""
    paper, words = desk.sheet("data", (8, 16, 14, 14, 14, 12, 12, 12, 10, 14, 12, 12, 26), landscape=True), desk.words
    heads = (
        N_("Row"), N_("Item"), N_("Test"), N_("Comparator"), N_("Second result"), N_("Level"), N_("Agent"), N_("Day / run"), N_("Ct"),
        N_("Site"), N_("Lot"), N_("Operator"), N_("Excluded because"),
    )  # fmt: skip
    for part in desk.report.parts:
        paper.section(N_("Rows: %(design)s"), design=part.name)
        excluded = {one.number: f"{one.reason_code} {one.reason}".strip() for one in part.study.exclusions}
        paper.head(words.head(word) for word in heads)
        for row in part.study.observations:
            said = [one.text if one is not None else "" for one in (row.test, row.comparator, row.second)]
            day = f"{row.day} / {row.run}".strip(" /")
            paper.sheet.row(
                [
                    Cell(row.number, NUMBER), code(row.item), *[text(value) for value in said], level_of(row.level), text(row.agent),
                    text(day), level_of(row.ct), text(row.strata.site), text(row.strata.lot), text(row.strata.operator),
                    text(excluded.get(row.number)),
                ]
            )  # fmt: skip


def write_trace(desk: StudyDesk) -> None:
    """Sheet 14: raw data, software, seal, and the list of contents."""
    paper, words, report = desk.sheet("trace", (34, 26, 12, 70)), desk.words, desk.report
    first = paper.section(N_("Raw data"))
    paper.head(words.head(word) for word in (N_("Source"), N_("Kind"), N_("Rows"), "SHA-256"))
    for one in report.raw:
        paper.sheet.fitted_row([text(one.name), text(one.kind), Cell(one.rows, NUMBER), code(one.sha256)])
    desk.mark("raw_data", paper, first)
    paper.section(N_("Software and seal"))
    software = f"{report.head.software} {report.head.software_version}".strip()
    desk.stated(
        paper,
        (
            ("software", N_("Software"), software),
            ("", N_("Hash of the locked data"), report.work.data_hash),
            ("", N_("Key fingerprint"), desk.fingerprint),
        ),
    )
    if desk.fingerprint:
        paper.say(HOW_TO_VERIFY)
    paper.section(N_("Contents"))
    for item, word in CONTENTS.items():
        places = "; ".join(f"{place.sheet}: {place.first}–{place.last}" for place in _merged(desk, item))
        paper.sheet.fact(Cell(words.label(word), LABEL), text(places))
    paper.sheet.blank()
    paper.sheet.heading(words.label(N_("End of the report")), SECTION)


def _merged(desk: StudyDesk, item: str) -> list[Place]:
    """The places of an item, neighbouring rows of one sheet together."""
    found: list[Place] = []
    for place in desk.places.get(item, []):
        if found and found[-1].sheet == place.sheet and place.first <= found[-1].last + 1:
            found[-1] = Place(place.sheet, found[-1].first, max(place.last, found[-1].last))
        else:
            found.append(place)
    return found
