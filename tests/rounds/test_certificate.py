"""The certificate of one laboratory: its own results only, verdicts as in the round, sealed like the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO

import openpyxl
import pytest

from lims.rounds.report import RoundReport, pairs
from lims.rounds.report.certificate import SCORES, build_certificate
from lims.rounds.report.certified import certificate_of, data_of, own_score
from lims.rounds.report.checking import check
from lims.seals import Sealer, open_sealer
from tests.report_factory import qualitative, quantitative
from tests.tampering import number, parts_of, with_cell

ROUNDS: dict[str, Callable[[], RoundReport]] = {
    "formulation": quantitative,
    "consensus": lambda: quantitative(18, "consensus"),
    "two laboratories": lambda: quantitative(4, "none", every_u=True),
    "few laboratories": lambda: quantitative(5),
    "percent rule": lambda: quantitative(14, overall_rule="percent", preferred_statistic="pa"),
    "qualitative": qualitative,
}


@pytest.fixture(scope="module")
def sealer(tmp_path_factory: pytest.TempPathFactory) -> Sealer:
    return open_sealer(tmp_path_factory.mktemp("key"))


@pytest.mark.parametrize("name", ROUNDS)
def test_verdicts_computed_from_the_certificate_alone_are_those_of_the_round(name: str):
    report = ROUNDS[name]()
    for overall in report.score.overall:
        own = own_score(certificate_of(report, overall.participant_code, "Laboratory"))
        assert own.overall == overall
        assert list(own.scores) == [one for one in report.score.scores if one.participant_code == overall.participant_code]


@pytest.mark.parametrize("name", ROUNDS)
def test_a_certificate_is_verified_like_a_report(name: str, sealer: Sealer):
    report = ROUNDS[name]()
    certificate = certificate_of(report, report.participants[1].code, "Customs Laboratory A")
    content = build_certificate(certificate, sealer)
    found = check(content, sealer.public_key)
    assert (found["state"], found["origin"], found["differences"]) == ("holds", "proven", [])
    scores = [getattr(one, name).value for one in own_score(certificate).scores for name in SCORES]
    formulas = pairs(openpyxl.load_workbook(BytesIO(content)))
    assert len(list(formulas)) == sum(value is not None for value in scores)


@pytest.mark.assurance("C1")
def test_a_certificate_holds_nothing_of_another_laboratory(sealer: Sealer):
    report = quantitative(18, "consensus")
    own, others = report.participants[1].code, [one.code for one in report.participants if one.code != report.participants[1].code]
    content = build_certificate(certificate_of(report, own, "Customs Laboratory A"), sealer)
    said = b"".join(parts_of(content).values()).decode(errors="replace")
    assert own in said
    assert not [code for code in others if f'"{code}"' in said or f">{code}<" in said]
    data = json.loads(data_of(certificate_of(report, own, "Customs Laboratory A")))["report"]
    assert {one["participant_code"] for one in data["reported"] + data["submitted"]} == {own}


def test_a_changed_number_of_a_certificate_is_named(sealer: Sealer):
    report = quantitative()
    content = build_certificate(certificate_of(report, "B8K", "Customs Laboratory A"), sealer)
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    place = next(cell.coordinate for row in sheet.iter_rows() for cell in row if cell.value == 5.52)
    found = check(with_cell(content, "summary", place, number("5.92")), sealer.public_key)
    assert [(one[0], one[2], one[3], one[4]) for one in found["differences"]] == [("value", place, "5.92", "5.52")]


def test_the_laboratory_is_part_of_what_is_sealed(sealer: Sealer):
    report = quantitative()
    content = build_certificate(certificate_of(report, "B8K", "Customs Laboratory A"), sealer)
    named = with_cell(content, "summary", "B4", lambda xml: xml.replace("Laboratory A", "Laboratory Z"))
    assert check(named, sealer.public_key)["differences"][0][2] == "B4"
