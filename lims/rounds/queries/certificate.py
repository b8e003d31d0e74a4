"""The own laboratory's certificate, and an issued report once more in another language."""

from __future__ import annotations

import uuid
from dataclasses import replace

from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.errors import NotFound
from lims.rounds.models import Evaluation, Report, Round
from lims.rounds.queries import records
from lims.rounds.queries.pages import report_shown
from lims.rounds.queries.report import report_input
from lims.rounds.queries.visible import round_by_id, viewer_of
from lims.rounds.report.certified import Certificate, certificate_of
from lims.rounds.report.facts import Language, RoundReport


def own_certificate(session: Session, actor: Actor, round_id: uuid.UUID, language: Language) -> Certificate:
    """The certificate by the newest issued report, also while that is corrected; NotFound before publication and for who took no part."""
    row = round_by_id(session, actor, round_id)
    viewer = viewer_of(session, actor, row)
    if not viewer.is_published or viewer.participant_id is None:
        raise NotFound()
    own = records.participant_of(session, row, actor.laboratory_id)
    report = _report(session, actor, row, report_shown(session, actor, round_id), language)
    if own.code not in {one.code for one in report.participants}:
        raise NotFound()
    place = records.laboratories(session, [own.laboratory_id])[own.laboratory_id]
    names = {"zh_CN": place.name_zh, "en": place.name_en, "bilingual": f"{place.name_zh} {place.name_en}"}
    return certificate_of(report, own.code or "", names[language])


def report_again(session: Session, actor: Actor, round_id: uuid.UUID, version: int, language: Language) -> RoundReport:
    """An issued report as it was given to the workbook, to be written in another language."""
    return _report(session, actor, round_by_id(session, actor, round_id), report_shown(session, actor, round_id, version), language)


def _report(session: Session, actor: Actor, row: Round, issue: Report, language: Language) -> RoundReport:
    run = session.get_one(Evaluation, issue.evaluation_id)
    return replace(report_input(session, actor, row, run, issue), language=language)
