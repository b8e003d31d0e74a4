"""What the certificate of one laboratory is made of, and its verdicts computed from that alone.

It holds the laboratory's own results and, per item, what they are judged by; nothing of another laboratory. A consensus value
of the round stands in it as a number, with its uncertainty and the count it rests on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from lims.canonical import canonical
from lims.rounds.report.facts import Language, Override, Release, RoundReport, Status, SubmittedValue
from lims.rounds.report.sealed import for_cells
from lims.statistics.assessment.outcome import Figure, ItemScore, ItemStatistics, Overall, UncertaintyParts
from lims.statistics.assessment.plan import ItemPlan, ParticipantInput, ReportedInput, ScoringPlan

KIND = "certificate"


@dataclass(frozen=True, slots=True)
class ItemBasis:
    """What one quantitative item is judged by."""

    number: int
    n_reported: int
    n_valid: int
    n_evaluated: int
    n_consensus: int
    n_censored: int
    x_pt: Figure
    u_x_pt: Figure
    expanded_u_x_pt: Figure
    sigma_pt: Figure
    delta_e: Figure
    is_u_negligible: bool | None


@dataclass(frozen=True, slots=True)
class Certificate:
    """Everything the certificate prints."""

    number: str
    laboratory: str
    round_code: str
    round_title: str
    scheme: str
    provider: str
    report_no: str
    report_version: int
    status: Status
    issued_at: datetime
    time_zone: str
    matrix: str
    unit_text: str
    received_at: datetime | None
    submitted_at: datetime | None
    plan: ScoringPlan
    items: tuple[ItemPlan, ...]
    bases: tuple[ItemBasis, ...]
    participant: ParticipantInput
    reported: tuple[ReportedInput, ...]
    submitted: tuple[SubmittedValue, ...]
    signatories: tuple[Release, ...]
    software: str
    language: Language = "bilingual"
    overrides: tuple[Override, ...] = ()  # verdicts changed by the review; the computed ones stand beside them


@dataclass(frozen=True, slots=True)
class OwnScore:
    """The laboratory's verdicts."""

    overall: Overall
    scores: tuple[ItemScore, ...]


def certificate_of(report: RoundReport, code: str, laboratory: str) -> Certificate:
    """The certificate of the participant with this code, out of the round's report. KeyError for a code that is not in it."""
    fact = {one.code: one for one in report.participants}[code]
    head = report.head
    return Certificate(
        number=f"{head.report_no}-{code}", laboratory=laboratory, round_code=head.code, round_title=head.title, scheme=head.scheme,
        provider=report.provider.name, report_no=head.report_no, report_version=head.version, status=head.status,
        issued_at=head.instant, time_zone=head.time_zone, matrix=report.protocol.matrix, unit_text=report.protocol.unit_text,
        received_at=fact.received_at, submitted_at=fact.submitted_at, plan=report.plan, items=report.item_plans,
        bases=tuple(_basis(one) for one in report.score.items) if report.plan.kind == "quantitative" else (),
        participant=ParticipantInput(fact.code, fact.side, fact.state, fact.is_organiser),
        reported=tuple(one for one in report.reported if one.participant_code == code),
        submitted=tuple(one for one in report.submitted if one.participant_code == code),
        signatories=report.releases, software=f"{report.trace.software} {report.trace.software_version}".strip(),
        language=report.language, overrides=tuple(one for one in report.overrides if one.participant_code == code),
    )  # fmt: skip


def data_of(certificate: Certificate) -> str:
    """Canonical JSON of the whole certificate; its verdicts are computed from it."""
    return for_cells(canonical({"kind": KIND, "report": asdict(certificate)}))


def own_score(certificate: Certificate) -> OwnScore:
    """The verdicts, by the same rules as in the round."""
    items = sorted(certificate.items, key=lambda item: item.number)
    if certificate.plan.kind == "qualitative":
        return _by_categories(certificate, items)
    return _by_numbers(certificate, items)


def _by_categories(certificate: Certificate, items: list[ItemPlan]) -> OwnScore:
    from lims.statistics.assessment.run import score

    result = score(certificate.plan, items, [certificate.participant], certificate.reported)
    return OwnScore(result.overall[0], result.scores)


def _by_numbers(certificate: Certificate, items: list[ItemPlan]) -> OwnScore:
    from lims.statistics.assessment.basis import Basis, Summary
    from lims.statistics.assessment.choice import choices
    from lims.statistics.assessment.overall import quantitative_overall
    from lims.statistics.assessment.quantitative import score_reading
    from lims.statistics.assessment.reading import read

    plan, who, none = certificate.plan, certificate.participant, Figure()
    given, reported = {one.number: one for one in certificate.bases}, {one.item_number: one for one in certificate.reported}
    scores = []
    for item in items:
        one = given[item.number]
        basis = Basis(
            n_reported=one.n_reported, n_valid=one.n_valid, n_censored=one.n_censored, n_evaluated=one.n_evaluated,
            summary=Summary(one.n_consensus, none, none, none, none, None), x_pt=one.x_pt, u_x_pt=one.u_x_pt,
            u_parts=UncertaintyParts(none, none, none, none), expanded_u_x_pt=one.expanded_u_x_pt,
            sigma_pt=one.sigma_pt, delta_e=one.delta_e, is_u_negligible=one.is_u_negligible,
        )  # fmt: skip
        scores.append(score_reading(plan, item, basis, choices(plan, basis), who, read(plan, who, reported.get(item.number))))
    core = [one for one in scores if one.is_core]
    return OwnScore(quantitative_overall(plan, len(core), who, core), tuple(scores))


def _basis(item: ItemStatistics) -> ItemBasis:
    return ItemBasis(
        item.item_number, item.n_reported, item.n_valid, item.n_evaluated, item.n_consensus, item.n_censored, item.x_pt, item.u_x_pt,
        item.expanded_u_x_pt, item.sigma_pt, item.delta_e, item.is_u_negligible,
    )  # fmt: skip
