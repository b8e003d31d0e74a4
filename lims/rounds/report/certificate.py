"""The certificate of one laboratory and its individual report, as a workbook of two sheets with sealed data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lims.excel.book import Book, Cell, Page, Sheet
from lims.excel.look import HEAD, LABEL, META, NOTE, NUMBER, SECTION, formatted
from lims.marks import N_
from lims.rounds.report import formulas, terms
from lims.rounds.report.canvas import code, number, score_pair, text
from lims.rounds.report.certified import Certificate, OwnScore, data_of, own_score
from lims.rounds.report.closing import HOW_TO_VERIFY
from lims.rounds.report.cover import NOT_ACCREDITATION
from lims.rounds.report.numbers import LIMITS, decimals_of, plain_format
from lims.rounds.report.sealed import Signer, write_seal
from lims.rounds.report.smallprint import joined_reasons
from lims.rounds.report.verdicts import changed_words, verdict_word
from lims.rounds.report.wording import MISSING, Words
from lims.statistics.assessment.outcome import ItemScore
from lims.statistics.assessment.plan import ItemPlan

SCORES = ("d", "d_percent", "pa", "z", "z_prime", "zeta", "en")
SUBMITTED = (
    (N_("Item"), "item_number"), (N_("Result"), "result_code"), (N_("Relation"), "relation"), (N_("Value as submitted"), "value"),
    (N_("Unit"), "unit"), (N_("U"), "expanded_u"), (N_("k"), "k"), (N_("Ct"), "ct"), (N_("Method"), "method"), (N_("Kit"), "kit"),
    (N_("Kit lot"), "kit_lot"), (N_("Instrument"), "instrument"), (N_("Remark"), "remark"),
)  # fmt: skip


def build_certificate(certificate: Certificate, signer: Signer) -> bytes:
    """The workbook; the same certificate gives the same bytes."""
    words = Words(certificate.language, certificate.time_zone)
    title = f"{words.label(N_('Certificate of results'))} {certificate.number}"
    book = Book(certificate.issued_at, title, certificate.software, "zh-CN" if certificate.language != "en" else "en")
    own = own_score(certificate)
    _Certificate(book, words, certificate, own).write(signer.fingerprint)
    _Individual(book, words, certificate, own).write()
    write_seal(book, data_of(certificate), signer)
    return book.to_bytes()


class _Drawn:
    """One sheet about one laboratory."""

    title: str = ""
    widths: tuple[float, ...] = ()
    landscape: bool = False

    def __init__(self, book: Book, words: Words, certificate: Certificate, own: OwnScore) -> None:
        self.words, self.facts, self.own = words, certificate, own
        name = words.label(self.title)
        self.sheet: Sheet = book.sheet(name, Page(self.widths, self.landscape, repeat=(1, 2)))
        self.sheet.heading(name)
        line = N_("No. %(number)s, round %(round)s, code %(code)s")
        self.sheet.paragraph(
            words.label(line, number=certificate.number, round=certificate.round_code, code=certificate.participant.code), META
        )
        self.sheet.footer(f"{certificate.number}  {name}", "&P / &N")
        self.plans = {item.number: item for item in certificate.items}

    def head(self, heads: Sequence[str]) -> None:
        self.sheet.fitted_row([Cell(self.words.head(word), HEAD) for word in heads])

    def section(self, word: str, /, **values: object) -> None:
        self.sheet.blank()
        self.sheet.heading(self.words.label(word, **values), SECTION)

    def assigned(self, item: ItemPlan) -> tuple[float | None, float | None, int]:
        """Assigned value, its expanded uncertainty, and the decimals to show them with."""
        basis = next((one for one in self.facts.bases if one.number == item.number), None)
        decimals = decimals_of([str(item.x_pt or ""), *[one.value or "" for one in self.facts.reported if one.item_number == item.number]])
        return (None, None, 0) if basis is None else (basis.x_pt.value, basis.expanded_u_x_pt.value, decimals)


class _Certificate(_Drawn):
    """The certificate itself."""

    title, widths = N_("Certificate of results"), (22.0, 20.0, 12.0, 15.0, 18.0, 18.0)

    def write(self, fingerprint: str) -> None:
        """Facts, verdicts, signatories, proof."""
        self.sheet.blank()
        for label, said in self._facts():
            self.sheet.fact(Cell(self.words.label(label), LABEL), text(said))
        self.section(N_("Results by item"))
        heads = (N_("Item"), N_("Expected result or assigned value"), N_("U"), N_("Criterion"), N_("Reported"), N_("Verdict"))
        self.head(heads)
        for one in self.own.scores:
            self.sheet.fitted_row(self._row(one))
        self._overall()
        self._signatories()
        self.sheet.blank()
        self.sheet.paragraph(self.words.say(NOT_ACCREDITATION), META)
        self.sheet.fact(Cell(self.words.label(N_("Key fingerprint")), LABEL), text(fingerprint))
        self.sheet.paragraph(self.words.say(HOW_TO_VERIFY), META)

    def _facts(self) -> Iterator[tuple[str, str]]:
        words, facts = self.words, self.facts
        unit = facts.unit_text or ("" if facts.plan.unit == "1" else facts.plan.unit)
        overall = self.own.overall
        yield N_("Laboratory"), facts.laboratory
        yield N_("Participant code"), f"{facts.participant.code}  {words.label(terms.SIDES[facts.participant.side])}"
        yield N_("Round"), f"{facts.round_code}  {facts.round_title}"
        yield N_("Scheme"), facts.scheme
        yield N_("Organiser"), facts.provider
        yield N_("Measurand"), ", ".join(part for part in (facts.plan.measurand, unit) if part)
        yield N_("Matrix"), facts.matrix
        yield N_("Items reported of total"), f"{len(facts.reported)} / {len(facts.items)}"
        yield N_("Items scored"), f"{overall.n_items_scored} / {overall.n_items_total}"
        yield N_("Received"), words.date(facts.received_at)
        yield N_("Submitted"), words.date(facts.submitted_at)
        yield N_("Report no."), f"{facts.report_no}, {words.label(N_('version %(version)s'), version=facts.report_version)}"
        yield N_("Status"), words.label(terms.STATUSES[facts.status])
        yield N_("Issued"), words.instant(facts.issued_at)

    def _row(self, one: ItemScore) -> list[Cell]:
        item, words = self.plans[one.item_number], self.words
        value, expanded, decimals = self.assigned(item)
        look = NUMBER.but(format=plain_format(decimals + 1))
        expected = (
            text(words.label(terms.RESULT_CODES.get(item.expected_code, item.expected_code))) if item.expected_code else number(value, look)
        )
        sign = terms.VERDICTS[one.verdict]
        criterion = MISSING if one.chosen is None else words.label(terms.STATISTICS[one.chosen])
        verdict = Cell(f"{sign.letter}  {verdict_word(words, one.verdict, one.chosen)}", sign.look)
        return [number(one.item_number), expected, number(expanded, look), text(criterion), text(reported_text(one, words)), verdict]

    def _overall(self) -> None:
        words, overall = self.words, self.own.overall
        self.section(N_("Overall verdict"))
        sign = terms.VERDICTS[overall.verdict]
        percent = "" if overall.percent_score.value is None else f"   {overall.percent_score.value:.4g} %"
        marks = [words.label(terms.MARKS[mark]) for mark in overall.marks]
        said = [f"{sign.letter}  {words.label(sign.word)}{percent}", *marks, joined_reasons(words, overall.reasons)]
        self.sheet.paragraph("\n".join(filter(None, said)), NOTE)
        for one in self.facts.overrides:
            self.sheet.paragraph(changed_words(words, one), NOTE)

    def _signatories(self) -> None:
        self.section(N_("Authorised by"))
        for one in self.facts.signatories:
            signed = f"{one.name}, {one.function}\n{one.meaning}, {self.words.date(one.signed_at)}\n{one.content_hash}".strip()
            self.sheet.fact(text(self.words.label(terms.SIDES[one.side]), LABEL), text(signed))


class _Individual(_Drawn):
    """Every value as submitted, every score with the formula that recomputes it, and the reasons in words."""

    title, widths, landscape = N_("Individual report"), (12.0, 27.0, 12.0, 12.0, 14.0, 12.0, 12.0, 14.0, 14.0, 14.0, 14.0, 14.0, 20.0), True

    def write(self) -> None:
        """Submitted values, scores, reasons."""
        self.section(N_("Results as submitted"))
        self.head([head for head, _name in SUBMITTED])
        for one in self.facts.submitted:
            self.sheet.fitted_row(
                [code(str(getattr(one, name))) if name != "item_number" else number(one.item_number) for _, name in SUBMITTED]
            )
        if self.facts.plan.kind == "quantitative":
            self._scores()
        else:
            self._points()
        self.section(N_("Verdicts and reasons"))
        for own in self.own.scores:
            said = [verdict_word(self.words, own.verdict, own.chosen), joined_reasons(self.words, own.reasons)]
            self.sheet.fact(Cell(self.words.label(N_("Item %(item)s"), item=own.item_number), LABEL), text("\n".join(filter(None, said))))

    def _points(self) -> None:
        self.section(N_("Points"))
        self.head((N_("Item"), N_("category"), N_("Points")))
        for one in self.own.scores:
            word = MISSING if one.category is None else self.words.label(terms.CATEGORIES[one.category])
            self.sheet.fitted_row([number(one.item_number), text(word), number(one.points)])

    def _scores(self) -> None:
        """Per item a list of helper cells and scores; each formula points at the cells above it."""
        for one in self.own.scores:
            self.section(N_("Scores of item %(item)s"), item=one.item_number)
            at = self._helpers(one)
            for name in SCORES:
                value = getattr(one, name).value
                if value is not None:
                    label = Cell(terms.STATISTICS[name], LABEL)
                    self.sheet.row([Cell(None, LABEL), label, *score_pair(value, formulas.score(name, at), LIMITS.get(name, ()))])

    def _helpers(self, one: ItemScore) -> dict[str, str]:
        """The cells that the item's formulas point at, by name."""
        basis = next(part for part in self.facts.bases if part.number == one.item_number)
        values = (
            (N_("x, or value of the row"), "x", one.value),
            (N_("U(x)"), "expanded_u", one.expanded_u), (N_("u(x)"), "u", one.u_reported),
            (N_("assigned value x_pt"), "x_pt", basis.x_pt.value), (N_("U(x_pt)"), "expanded_u_x_pt", basis.expanded_u_x_pt.value),
            (N_("u(x_pt)"), "u_x_pt", basis.u_x_pt.value), (N_("sigma_pt"), "sigma_pt", basis.sigma_pt.value),
            (N_("allowed difference"), "delta_e", basis.delta_e.value),
        )  # fmt: skip
        look, at = formatted(NUMBER, "General"), {}
        for label, name, value in values:
            if value is not None:
                row = self.sheet.fitted_row([Cell(None, LABEL), Cell(self.words.label(label), LABEL), Cell(value, look)])
                at[name] = f"$C${row}"
        return at


def reported_text(one: ItemScore, words: Words) -> str:
    """What the laboratory reported for an item, in one line."""
    if one.value_text is not None:
        return f"{'' if one.relation == '=' else one.relation + ' '}{one.value_text}"
    return words.label(terms.RESULT_CODES.get(one.result_code, one.result_code)) if one.result_code else MISSING
