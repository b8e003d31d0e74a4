"""Sheets 1 and 2: who organised what, what came out in a few counts, and by which rules."""

from __future__ import annotations

from collections import Counter

from lims.excel.book import Cell
from lims.excel.look import LABEL, META, NUMBER
from lims.marks import N_
from lims.rounds.report import terms
from lims.rounds.report.canvas import SHEETS, Canvas, Desk, code, pair, text
from lims.rounds.report.smallprint import option_rows, small_number_note
from lims.rounds.report.wording import MISSING

CONFIDENTIALITY = N_(
    "Confidential: participants stand under their round code; no table joins a laboratory's name to another laboratory's results "
    "unless both signed the mutual-disclosure consent."
)
NOT_ACCREDITATION = N_("This report describes a comparison; it is no accreditation. Organised with reference to GB/T 27043-2025.")
HOW_TO_CHECK = N_(
    "Every number stands as a value. The blue cell at its right is a live formula that recomputes it from the other cells of the sheet; "
    "both agree within 1e-9."
)


def write_summary(desk: Desk) -> None:
    """Sheet 1."""
    canvas = desk.sheet("summary", (24, 26, 20, 22, 30))
    canvas.sheet.blank()
    _identity(canvas)
    canvas.section(N_("What can be concluded"))
    canvas.note(small_number_note(canvas))
    _participant_counts(canvas)
    _verdict_counts(canvas)
    _authorisation(canvas)
    canvas.sheet.blank()
    canvas.sheet.paragraph(desk.words.say(NOT_ACCREDITATION), META)
    canvas.sheet.paragraph(desk.words.say(HOW_TO_CHECK), META)
    canvas.sheet.paragraph(
        desk.words.say(
            N_(
                "The report has %(sheets)s sheets; each printed page carries its number and the number of pages. "
                'It ends with the words "End of the report" on sheet %(sheets)s.'
            ),
            sheets=len(SHEETS),
        ),
        META,
    )


def _identity(canvas: Canvas) -> None:
    report, words = canvas.report, canvas.words
    head, provider = report.head, report.provider
    canvas.facts(
        (
            (N_("Title"), head.title),
            (N_("Scheme"), head.scheme),
            (N_("Round"), head.code),
            (N_("Measurand"), _measurand(canvas)),
            (N_("Kind"), words.label(terms.KINDS[report.plan.kind])),
            (N_("Report no."), f"{head.report_no}, {words.label(N_('version %(version)s'), version=head.version)}"),
            (N_("Status"), words.label(terms.STATUSES[head.status])),
            (N_("Issued"), words.instant(head.instant)),
            *(((N_("Replaces"), head.replaces),) if head.replaces else ()),
            (N_("Organiser"), provider.name),
            (N_("Contact"), provider.contact),
            (N_("Coordinator"), provider.coordinator),
            (N_("Subcontracted work"), provider.subcontracted or words.say(N_("none"), " ")),
            (N_("Confidentiality statement"), words.say(CONFIDENTIALITY)),
        )
    )


def _measurand(canvas: Canvas) -> str:
    plan, protocol = canvas.report.plan, canvas.report.protocol
    unit = protocol.unit_text or ("" if plan.unit == "1" else plan.unit)
    return ", ".join(part for part in (plan.measurand, protocol.matrix, unit) if part)


def _participant_counts(canvas: Canvas) -> None:
    """Participants per state; the counts add up to all participants, and a formula shows it."""
    words, score = canvas.words, canvas.report.score
    canvas.section(N_("Participants by state"))
    canvas.head([words.head(N_("State")), words.head(N_("Number"))])
    counts = [
        canvas.sheet.fitted_row([Cell(words.label(terms.PARTICIPANT_STATES[one.state]), LABEL), Cell(one.count, NUMBER)])
        for one in score.state_counts
    ]
    total = f"=SUM(B{counts[0]}:B{counts[-1]})" if counts else "=0"
    canvas.sheet.fitted_row([Cell(words.label(N_("all participants")), LABEL), *pair(score.n_participants, total)])
    canvas.sheet.fitted_row([Cell(words.label(N_("scored laboratories (n)")), LABEL), Cell(score.n_scored, NUMBER)])


def _verdict_counts(canvas: Canvas) -> None:
    words, overall = canvas.words, canvas.report.score.overall
    found: Counter[str] = Counter(one.verdict for one in overall)
    canvas.section(N_("Overall verdicts"))
    canvas.head([words.head(N_("Verdict")), words.head(N_("Number")), "ƒ"])
    rows = [
        canvas.sheet.fitted_row(
            [Cell(f"{sign.letter}  {words.label(sign.word)}", sign.look.but(align="left")), Cell(found[verdict], NUMBER)]
        )
        for verdict, sign in terms.VERDICTS.items()
    ]
    canvas.sheet.fitted_row([Cell(words.label(N_("all participants")), LABEL), *pair(len(overall), f"=SUM(B{rows[0]}:B{rows[-1]})")])


def _authorisation(canvas: Canvas) -> None:
    words, releases = canvas.words, canvas.report.releases
    canvas.section(N_("Authorised by"))
    if not releases:
        canvas.say(N_("Not released yet: this issue carries no signature."))
        return
    canvas.head(
        [
            words.head(word)
            for word in (N_("Function"), N_("Name of the person"), N_("Party"), N_("Signed"), N_("Meaning and hash of what was signed"))
        ]
    )
    for one in releases:
        canvas.sheet.fitted_row(
            [
                text(one.function),
                text(one.name),
                text(words.label(terms.SIDES[one.side])),
                text(words.date(one.signed_at)),
                text(f"{one.meaning}\n{one.content_hash}".strip()),
            ]
        )


def write_protocol(desk: Desk) -> None:
    """Sheet 2."""
    canvas = desk.sheet("protocol", (30, 36, 36))
    canvas.sheet.blank()
    words, protocol, head = desk.words, desk.report.protocol, desk.report.head
    canvas.facts(
        (
            (N_("Protocol version"), protocol.version),
            (N_("Approved"), words.date(protocol.approved_at)),
            (N_("Purpose"), protocol.purpose),
            (N_("Design"), protocol.design),
            (N_("Dispatched"), words.instant(head.dispatched_at)),
            (N_("Deadline"), words.instant(head.deadline)),
            (N_("Locked"), words.instant(head.locked_at)),
            (N_("Unblinded"), words.instant(head.unblinded_at)),
            *_statistical_rules(canvas),
            *_verdict_rules(canvas),
        )
    )
    _exceptions(canvas)
    _options(canvas)


def _statistical_rules(canvas: Canvas) -> list[tuple[str, str]]:
    words, plan, protocol = canvas.words, canvas.report.plan, canvas.report.protocol
    rules = [
        (N_("Late results"), words.say(terms.LATE_POLICIES[plan.late_policy])),
        (N_("Missing results"), words.say(terms.MISSING_POLICIES[plan.missing_policy])),
        (N_("Assigned value"), _joined(words.say(terms.ASSIGNED_VALUE_ROUTES[plan.assigned_value_route]), protocol.assigned_value)),
    ]
    if plan.kind == "quantitative":
        sigma = _joined(words.say(terms.SIGMA_ROUTES[plan.sigma_pt_route]), protocol.sigma_pt)
        rules.append((N_("Standard deviation for proficiency assessment"), sigma))
        rules += _number_rules(canvas)
    return rules


def _number_rules(canvas: Canvas) -> list[tuple[str, str]]:
    """Estimator of a consensus, censored results, and the bias between the sides that does not matter."""
    words, plan = canvas.words, canvas.report.plan
    none = words.say(N_("none stated; equivalence is not tested"), " ")
    limit = none if plan.equivalence_limit is None else f"± {plan.equivalence_limit}"
    return [
        (N_("Consensus by"), words.say(terms.CONSENSUS_ESTIMATORS[plan.consensus_estimator])),
        (N_("Results with < or > in a consensus"), words.say(terms.CENSORED_VALUES[plan.censored_in_consensus])),
        (N_("Verdict on results with < or >"), words.say(terms.CENSORING_POLICIES[plan.censoring_policy])),
        (N_("Bias between the sides that does not matter"), limit),
    ]


def _verdict_rules(canvas: Canvas) -> tuple[tuple[str, str], ...]:
    plan, words = canvas.report.plan, canvas.words
    share = (N_("Minimum share of core items"), f"{100 * plan.minimum_share:.4g} %")
    if plan.kind != "qualitative":
        threshold = ((N_("Threshold"), f"{plan.percent_score_threshold} %"), share) if plan.overall_rule == "percent" else ()
        return ((N_("Overall verdict"), words.say(terms.OVERALL_RULES[plan.overall_rule])), *threshold)
    return (
        (N_("Scoring rule"), words.say(terms.SCORING_RULES[plan.scoring_rule])),
        (N_("Threshold"), f"{plan.percent_score_threshold} %"),
        share,
        (
            N_("Indeterminate results"),
            f"{words.say(terms.INDETERMINATE_POLICIES[plan.indeterminate_policy])}\n{words.say(terms.INDETERMINATE_SCOPES[plan.indeterminate_scope])}",
        ),
        (N_("Indeterminate results in tables of agreement"), _in_tables(canvas)),
    )


def _in_tables(canvas: Canvas) -> str:
    plan, words = canvas.report.plan, canvas.words
    first = words.say(terms.AGREEMENT_INDETERMINATE[plan.agreement_indeterminate])
    is_category = plan.agreement_indeterminate == "third_category"
    return f"{first}\n{words.say(terms.THIRD_CATEGORY[plan.agreement_third_category])}" if is_category else first


def _joined(rule: str, said: str) -> str:
    return f"{rule}\n{said}" if said else rule


def _options(canvas: Canvas) -> None:
    canvas.section(N_("Recorded choices of the protocol, as stored with the score run"))
    canvas.head([canvas.words.head(N_("Choice")), canvas.words.head(N_("Value"))])
    for name, value in option_rows(canvas.report.score.options):
        canvas.sheet.fitted_row([code(name), code(value)])


def _exceptions(canvas: Canvas) -> None:
    words, report = canvas.words, canvas.report
    canvas.section(N_("Gates passed without their record"))
    if not report.waived:
        canvas.say(N_("None."))
    else:
        canvas.facts((gate.gate, gate.reason or MISSING) for gate in report.waived)
    canvas.section(N_("Deviations from the protocol"))
    if not report.protocol.deviations:
        canvas.say(N_("None."))
    for number, deviation in enumerate(report.protocol.deviations, 1):
        canvas.sheet.fact(Cell(f"{words.label(N_('Deviation'))} {number}", LABEL), text(deviation))
