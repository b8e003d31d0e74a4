"""What the round report prints, gathered from the stored score run and the rows beside it."""

from __future__ import annotations

import json
from typing import Any, cast

from sqlalchemy.orm import Session

from lims.catalogue import queries as catalogue
from lims.db.session import Actor
from lims.marks import N_
from lims.rounds.lifecycle import units
from lims.rounds.lifecycle.participants import FINAL_STATES
from lims.rounds.lifecycle.periods import periods
from lims.rounds.models import Evaluation, InterimReport, Participant, PreparationRecord, Report, ReportedValue, Round, Submission
from lims.rounds.queries import critical, joint, preparation, questions, records, review
from lims.rounds.queries.report_followup import asked_before_scoring, cases_at, objections_at
from lims.rounds.queries.report_review import comments_at, meeting_at, overrides_at
from lims.rounds.queries.scoring import ct_text, plan_of
from lims.rounds.report import facts
from lims.rounds.report.restored import restored
from lims.rounds.scoring.preparation import CONCLUSIONS
from lims.rounds.scoring.stored import from_json
from lims.statistics.assessment.plan import ItemPlan, ReportedInput
from lims.statistics.assessment.round_score import RoundScore
from lims.words import translate

FUNCTION_WORDS = {"reviewer": N_("expert reviewer"), "qa_manager": N_("QA manager")}
GATE_WORDS = {
    "homogeneity_passed": N_("homogeneity"),
    "transport_stability": N_("stability in transport"),
    "transport_gate": N_("inactivation and UN class"),
    "stock_covers": N_("stock of items"),
}

Issue = Report | InterimReport


def score_of(evaluation: Evaluation) -> RoundScore:
    """The outcome as it was computed, out of its stored form."""
    return from_json(evaluation.outcome)


def report_input(session: Session, actor: Actor, row: Round, evaluation: Evaluation, issue: Issue) -> facts.RoundReport:
    """Everything that the report of this issue prints. The caller publishes the round, or may see its published report."""
    participants = [one for one in records.participants_of(session, row) if one.code and one.state in FINAL_STATES]
    signed = records.last_signed(session, row)
    panel = records.items_of(session, row)
    tested = preparation.standing(session, row, panel)
    return facts.RoundReport(
        provider=_provider(session, row),
        head=_head(session, row, issue),
        protocol=_protocol(session, actor, row),
        plan=plan_of(row),
        item_plans=_item_plans(evaluation),
        items=tuple(
            facts.ItemFacts(
                number=item.number,
                label=str(item.number),
                description=item.description,
                homogeneity=_recorded(tested, item.number, "homogeneity"),
                stability=_recorded(tested, item.number, "stability"),
            )
            for item in panel
        ),
        participants=tuple(_participant(session, one, signed.get(one.id), participants) for one in participants),
        submitted=_submitted(session, row, participants, signed),
        score=score_of(evaluation),
        trace=_trace(session, row, evaluation, issue, participants),
        opinions=(*_opinions(session, evaluation), *_decided(session, row, evaluation)),
        releases=_issued(session, issue) if isinstance(issue, InterimReport) else _releases(session, row, evaluation),
        waived=_waived(session, row),
        reported=_reported(evaluation),
        asked=asked_before_scoring(session, row),
        n_screenings=len(questions.screenings_of(session, row)),
        cases=cases_at(session, row, issue.issued_at),
        objections=objections_at(session, row, issue.issued_at),
        overrides=overrides_at(session, evaluation, issue.issued_at),
        comments=comments_at(session, evaluation, issue.issued_at),
        meeting=meeting_at(session, row, issue.issued_at),
        no_meeting=str(row.protocol.get("no_meeting", "")),
        capa_days=(periods().capa_due.days, periods().capa_limit.days),
    )


def _recorded(tested: dict[tuple[int, str], PreparationRecord], number: int, kind: str) -> str:
    """Conclusion, reason and figures of the record that counts; empty where there is none."""
    one = tested.get((number, kind))
    if one is None:
        return ""
    figures = "; ".join(f"{name} {value}" for name, value in one.figures.items())
    return f"{_both(CONCLUSIONS[one.conclusion])}. {_both(one.reason)} {figures}".strip()


def _item_plans(evaluation: Evaluation) -> tuple[ItemPlan, ...]:
    """The items as the score run was given them, with the uncertainties of their preparation records, out of its stored text."""
    return tuple(restored(ItemPlan, one) for one in json.loads(evaluation.input_text)["items"])


def _reported(evaluation: Evaluation) -> tuple[ReportedInput, ...]:
    """What the score run was given, out of its stored text."""
    return tuple(restored(ReportedInput, one) for one in json.loads(evaluation.input_text)["reported"])


def _provider(session: Session, row: Round) -> facts.Provider:
    place = records.laboratories(session, [row.laboratory_id])[row.laboratory_id]
    evaluation = records.newest_evaluation(session, row)
    return facts.Provider(
        name=f"{place.organisation.name_zh} {place.organisation.name_en}", contact=str(row.protocol.get("contacts", "")),
        coordinator=evaluation.started_by_name if evaluation else "",
    )  # fmt: skip


def _head(session: Session, row: Round, issue: Report | InterimReport) -> facts.RoundHead:
    scheme = records.scheme_of(session, row)
    is_interim = isinstance(issue, InterimReport)
    earlier = [] if is_interim else [one for one in records.reports_of(session, row) if one.version < issue.version]
    before = [one.number for one in review.interims_of(session, row) if one.issued_at <= issue.issued_at]
    return facts.RoundHead(
        code=row.code, title=f"{row.title_zh} {row.title_en}", scheme=f"{scheme.code} {scheme.title_zh} {scheme.title_en}",
        report_no=issue.number,
        version=issue.version,
        status="interim" if is_interim else "corrected" if earlier else "final", instant=issue.issued_at, time_zone=row.zone,
        dispatched_at=row.dispatched_at, deadline=row.deadline, locked_at=row.locked_at, unblinded_at=row.unblinded_at,
        replaces=earlier[0].number if earlier else before[0] if before else "",
    )  # fmt: skip


def _protocol(session: Session, actor: Actor, row: Round) -> facts.ProtocolFacts:
    words: dict[str, Any] = row.protocol
    approved = [one.approved_at for one in records.approvals_of(session, row, "protocol")]
    extended = joint.extensions(session, row)
    extended += [words for published, words in joint.returns(session, row) if not published]
    extended += [f"{one.ended_at.isoformat()}: {one.reason}" for one in records.ended_batches(session, row)]
    return facts.ProtocolFacts(
        version=str(row.protocol_version), purpose=str(words.get("purpose", "")), design=str(words.get("design", "")) or row.template_code,
        assigned_value=str(words.get("assigned_value", "")), sigma_pt=str(words.get("sigma_pt", "")),
        matrix=_matrix(session, actor, row.matrix_code), unit_text=row.unit,
        approved_at=max(approved, default=None), deviations=tuple(sorted(set(extended))),
    )  # fmt: skip


def _matrix(session: Session, actor: Actor, code: str) -> str:
    """The matrix by its name in both languages of the report; a code that the catalogue does not know stands for itself."""
    entry = catalogue.find(session, actor, "sample_matrices", code)
    return code if entry is None else " ".join(dict.fromkeys((entry.name_zh, entry.name_en)))


def _participant(session: Session, one: Participant, signed: Submission | None, all_of_them: list[Participant]) -> facts.ParticipantFacts:
    """Identity stands in the report only when every participant consented: the report is one file for all of them."""
    is_disclosed = all(other.has_consented for other in all_of_them)
    place = records.laboratories(session, [one.laboratory_id])[one.laboratory_id] if is_disclosed else None
    return facts.ParticipantFacts(
        code=one.code or "", side=cast(Any, one.side), state=cast(Any, one.state), is_organiser=one.is_organiser,
        identity=f"{place.name_zh} {place.name_en}" if place else None, received_at=one.received_at,
        arrival_temperature=one.arrival_temperature,
        arrival_condition=one.arrival_condition, submitted_at=signed.submitted_at if signed else None,
        submission_version=signed.version if signed else None, reason=one.reason,
    )  # fmt: skip


def _submitted(
    session: Session, row: Round, participants: list[Participant], signed: dict[Any, Submission]
) -> tuple[facts.SubmittedValue, ...]:
    codes = {one.id: one.code or "" for one in participants}
    heads = {one.id: one for one in signed.values() if one.participant_id in codes}
    numbers = {item.id: item.number for item in records.items_of(session, row)}
    item_of = {code.id: numbers[code.item_id] for code in records.all_item_codes(session, row)}
    values = records.values_of_all(session, list(heads.values()))
    lines = [
        _line(row, value, codes[heads[value.submission_id].participant_id], item_of[value.item_code_id], heads[value.submission_id])
        for value in values
    ]
    return tuple(sorted(lines, key=lambda line: (line.participant_code, line.item_number)))


def _line(row: Round, value: ReportedValue, code: str, number: int, submission: Submission) -> facts.SubmittedValue:
    """The value as it was signed; where it is scored in another unit, the conversion stands in the remark."""
    head, remark = submission.head, value.could_not_test or value.remark
    conversion = units.said(value.value_text or "", value.unit, row.unit) if value.unit in row.units else ""
    return facts.SubmittedValue(
        participant_code=code, item_number=number, result_code=value.result_code or ("NT" if value.could_not_test else ""),
        relation=value.relation,
        value=value.value_text or "", unit=value.unit, expanded_u=value.expanded_u_text or "", k=value.k_text or "",
        replicates=tuple(str(part) for part in value.replicates), ct=ct_text(value) or "", internal_control=value.internal_control,
        method=str(head.get("method_code", "")), kit=str(head.get("amplification_kit", "")), kit_lot=str(head.get("amplification_lot", "")),
        instrument=str(head.get("instrument", "")), remark="; ".join(part for part in (remark, conversion) if part),
    )  # fmt: skip


def _trace(session: Session, row: Round, evaluation: Evaluation, issue: Issue, participants: list[Participant]) -> facts.Trace:
    return facts.Trace(
        evaluation_id=str(evaluation.id), evaluation_no=evaluation.version, evaluated_at=evaluation.created_at,
        software_version=evaluation.software_version, changes=_changes(session, row, issue),
        recipients=tuple(one.code or "" for one in participants),
    )  # fmt: skip


def _changes(session: Session, row: Round, issue: Report | InterimReport) -> tuple[str, ...]:
    """The reason of every return since the first issue; none in an interim report, which corrects nothing."""
    if isinstance(issue, InterimReport):
        return ()
    return tuple(words for published, words in joint.returns(session, row) if 0 < published < issue.version)


def _side(session: Session, row_laboratory: Any) -> Any:
    return records.laboratories(session, [row_laboratory])[row_laboratory].side


def _opinions(session: Session, evaluation: Evaluation) -> tuple[facts.Opinion, ...]:
    return tuple(
        facts.Opinion(
            side=_side(session, one.laboratory_id), reviewer=one.user_name, function=_both(FUNCTION_WORDS[one.function]),
            text=one.text, signed_at=one.signed_at, content_hash=one.content_hash,
        )
        for one in records.opinions_of(session, evaluation)
    )  # fmt: skip


def _decided(session: Session, row: Round, evaluation: Evaluation) -> tuple[facts.Opinion, ...]:
    """The reviewers' decisions about critical errors, with their reasons, as they were signed."""
    sentence, found = N_("Critical error of %(code)s on items %(items)s: %(decision)s."), []
    for case in critical.cases(session, row, evaluation):
        if (one := case.decided) is None:
            continue
        words = critical.DECISIONS[str(one.terms["decision"])]
        text = " ".join(
            translate(sentence, tongue, code=case.code, items=case.items, decision=translate(words, tongue)) for tongue in ("zh_CN", "en")
        )
        found.append(
            facts.Opinion(
                side=_side(session, one.laboratory_id), reviewer=one.user_name, function=_both(FUNCTION_WORDS["reviewer"]),
                text=f"{text} {one.reason}", signed_at=one.approved_at, content_hash=one.basis,
            )
        )  # fmt: skip
    return tuple(found)


def _releases(session: Session, row: Round, evaluation: Evaluation) -> tuple[facts.Release, ...]:
    return tuple(
        facts.Release(
            side=_side(session, one.laboratory_id), name=one.user_name, function=_both(FUNCTION_WORDS["qa_manager"]),
            meaning=_both(N_("releases the report")), signed_at=one.signed_at, content_hash=one.content_hash,
        )
        for one in records.releases_of(session, evaluation)
    )  # fmt: skip


def _issued(session: Session, issue: InterimReport) -> tuple[facts.Release, ...]:
    """Who issued an interim report: the coordinator, and the QA manager of another party."""
    meaning = _both(N_("issues an interim report"))
    people = (
        (issue.laboratory_id, issue.user_name, N_("coordinator")),
        (issue.second_laboratory_id, issue.second_user_name, N_("QA manager")),
    )
    return tuple(
        facts.Release(
            side=_side(session, place), name=name, function=_both(function), meaning=meaning, signed_at=issue.issued_at,
            content_hash=issue.content_hash,
        )
        for place, name, function in people
    )  # fmt: skip


def _waived(session: Session, row: Round) -> tuple[facts.WaivedGate, ...]:
    """Every gate that was passed without its record, once, in the order of the moves."""
    passed = [gate for move in records.moves_of(session, row) for gate in move.gates]
    found = {gate["code"]: gate["sentence"] for gate in passed if gate["outcome"] == "waived"}
    return tuple(facts.WaivedGate(gate=_both(GATE_WORDS.get(code, code)), reason=_both(sentence)) for code, sentence in found.items())


def _both(sentence: str) -> str:
    """The sentence in both languages of the report."""
    return f"{translate(sentence, 'zh_CN')} {translate(sentence, 'en')}"
