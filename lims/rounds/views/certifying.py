"""The own laboratory's certificate: a page to print and a workbook with sealed data, in either language or both."""

from __future__ import annotations

from io import BytesIO
from typing import Any, cast

from flask import render_template, request, send_file

from lims.accounts.access import requires
from lims.db.session import reading
from lims.errors import NotFound
from lims.rounds.queries.certificate import own_certificate
from lims.rounds.report.facts import Language
from lims.rounds.views.base import blueprint, find_round, reader
from lims.rounds.views.scores import statistic_word
from lims.seals import sealer
from lims.web.language import current_language

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/<code>/mine/certificate")
@requires("rounds.view")
def certificate(code: str) -> str:
    """The certificate as a page to print, in the reader's language."""
    from lims.rounds.report.certificate import reported_text
    from lims.rounds.report.certified import own_score
    from lims.rounds.report.verdicts import changed_words
    from lims.rounds.report.wording import Words

    row = find_round(code)
    language = cast(Language, current_language())
    with reading() as session:
        facts = own_certificate(session, reader(), row.id, language)
    own, words = own_score(facts), Words(language, facts.time_zone)
    bases = {one.number: one for one in facts.bases}
    items = {item.number: item for item in facts.items}
    lines = [
        {
            "item": one.item_number, "expected": items[one.item_number].expected_code, "basis": bases.get(one.item_number),
            "criterion": statistic_word(one.chosen) if one.chosen else "–", "reported": reported_text(one, words), "verdict": one.verdict,
        }
        for one in own.scores
    ]  # fmt: skip
    return render_template(
        "rounds/certificate.html", row=row, facts=facts, own=own.overall, lines=lines, fingerprint=sealer().fingerprint,
        changed=[changed_words(words, one) for one in facts.overrides], why=[words.reason(reason) for reason in own.overall.reasons],
    )  # fmt: skip


@blueprint.get("/<code>/mine/certificate/workbook")
@requires("rounds.view")
def certificate_workbook(code: str) -> Any:
    """Certificate and individual report as a workbook; nobody's identity stands in its name."""
    from lims.rounds.report.certificate import build_certificate

    row = find_round(code)
    with reading() as session:
        facts = own_certificate(session, reader(), row.id, language_asked())
    name = f"{facts.round_code}_{facts.participant.code}_certificate_v{facts.report_version}.xlsx"
    return send_file(BytesIO(build_certificate(facts, sealer())), WORKBOOK, as_attachment=True, download_name=name)


def language_asked() -> Language:
    """zh_CN, en or bilingual; NotFound for another word."""
    asked = request.args.get("language", "bilingual")
    if asked not in ("zh_CN", "en", "bilingual"):
        raise NotFound()
    return cast(Language, asked)
