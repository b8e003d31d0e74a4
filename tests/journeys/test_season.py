"""A season of two organisations: four rounds with everything that happens in a year, through the public services alone.

A qualitative round of eight laboratories with a late one, one that never answers, a failure and an appeal that is upheld and corrected;
a quantitative one of fourteen by Algorithm A and z' with a slip in the unit; two laboratories on split samples, by numbers (En, limits of
agreement) and by calls (kappa). The failure's corrective action is closed by the next round. Each report is opened and read.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from lims import seals
from lims.blobs import BlobStore
from lims.db.engine import Database
from lims.db.session import reading
from lims.rounds import service
from lims.rounds.models import CapaCase, Evaluation
from lims.rounds.queries import following, questions, records, review
from lims.rounds.queries.report import score_of
from lims.rounds.report.checking import check
from lims.rounds.scoring.consequences import FIELDS
from lims.rounds.service import ActionDraft, ItemDraft
from lims.statistics.assessment.round_score import RoundScore
from tests.factories import PASSWORD, new_laboratory
from tests.round_factory import DEADLINE, PANEL, QUALITATIVE, QUANTITATIVE, RIGHT, SECOND, START, World, at

EIGHT = ("CUSA", "CUSC", "CUSE", "CUSG", "CDCB", "CDCD", "CDCF", "CDCH")
MORE = ("CUSI", "CUSK", "CUSM", "CDCJ", "CDCL", "CDCN")
FAILED = {**RIGHT, 2: "NEG", 3: "NEG"}
LEVEL = ("4.10", "4.18", "4.26", "4.34", "4.42", "4.48", "4.52", "4.58", "4.66", "4.74", "4.82", "4.90", "4.50")
RECORD = {name: f"written: {name}" for name in FIELDS} | {"cause_code": "RMC", "effectiveness_kind": "next_round"}
MONTH = timedelta(days=30)


def season_of(folder: Path) -> World:
    """Fourteen laboratories of two organisations, and their agreement."""
    sides = {"CUS": "customs", "CDC": "cdc"}
    labs = {code: new_laboratory(code, sides[code[:3]], code[:3]) for code in (*EIGHT, *MORE)}
    scheme = service.create_scheme(
        labs["CUSA"]["coordinator"], code="S-COV", title_en="Scheme of the season", title_zh="年度比对计划", measurand_code="SARS-CoV-2",
        matrix_code="NPS", party_ids=[labs["CDCB"].row.organisation_id],
    )  # fmt: skip
    return World(BlobStore(folder / "blobs"), labs, scheme.id)


class Part(World):
    """One round of the season among some of its laboratories; the people of CUSA and CDCB run and judge it."""

    places: tuple[str, ...] = ()

    @classmethod
    def of(cls, season: World, places: tuple[str, ...]) -> Part:
        one = cls(season.blobs, season.labs, season.scheme_id)
        one.places = places
        return one

    def start(self, scoring: object, items: tuple[ItemDraft, ...], deadline: datetime, *, consent: bool = False) -> None:
        self.plan(scoring, items=items, deadline=deadline)  # type: ignore[arg-type]
        self.agree()
        service.invite(self.coordinator, self.round_id, [self.labs[code].id for code in self.places])
        service.open_enrolment(self.coordinator, self.round_id)
        for code in self.places:
            service.enrol(self.labs[code]["authoriser"], self.round_id, has_consented=consent)
        service.start_preparing(self.coordinator, self.round_id)
        service.seal_truth(self.coordinator, self.round_id)
        for code in self.places:
            box = service.Box("three layers", "UN3373", "-20")
            self.box_codes[code] = service.record_dispatch(self.coordinator, self.round_id, self.part(code).id, box).box_code
        self.send()
        for code in self.places:
            self.receive(code)

    def publish(self) -> None:
        self.opine()
        self.release()

    def score(self) -> RoundScore:
        with reading() as session:
            run = records.newest_evaluation(session, self.row())
        assert isinstance(run, Evaluation)
        return score_of(run)

    def book(self) -> Workbook:
        with reading() as session:
            report = records.reports_of(session, self.row())[0]
        content = self.blobs.get(report.blob_sha256)
        found = check(content, seals.sealer().public_key)
        assert (found["state"], found["origin"]) == ("holds", "proven"), found
        return openpyxl.load_workbook(io.BytesIO(content))

    def words(self) -> str:
        shown = [sheet for sheet in self.book() if sheet.sheet_state == "visible"]
        return "\n".join(str(cell.value) for sheet in shown for row in sheet.iter_rows() for cell in row if cell.value is not None)

    def overall(self) -> dict[str, str]:
        by_code = {one.participant_code: one.verdict for one in self.score().overall}
        return {code: by_code.get(self.part(code).code or "", "") for code in self.places}


@pytest.fixture
def season(sqlite_database: Database, tmp_path: Path) -> World:
    with at(START):
        return season_of(tmp_path)


def test_a_season_of_four_rounds_ends_with_every_record_in_its_reports(season: World) -> None:
    calls = Part.of(season, EIGHT)
    _qualitative_round(calls)
    case = _appeal_upheld_and_corrected(calls)
    numbers = Part.of(season, (*EIGHT, *MORE))
    _quantitative_round(numbers)
    _closed_by_the_next_round(calls, numbers, case)
    _split_samples_by_numbers(Part.of(season, ("CUSC", "CDCB")))
    _split_samples_by_calls(Part.of(season, ("CUSG", "CDCH")))


def _qualitative_round(world: Part) -> None:
    """CUSE is late, CDCF never answers, CDCD and CUSC miss two items."""
    with at(START):
        world.start(QUALITATIVE, PANEL, DEADLINE)
        for lab in ("CUSA", "CUSG", "CDCB", "CDCH"):
            world.submit(lab, RIGHT)
        for lab in ("CUSC", "CDCD"):
            world.submit(lab, FAILED)
    with at(DEADLINE + SECOND):
        service.close_if_due(world.round_id)
        world.submit("CUSE", RIGHT)
        world.unblind()
        world.evaluate()
        code = world.part("CDCD").code or ""
        service.comment(world.reviewer("customs"), world.round_id, "Both misses are weak positives.", participant_code=code, item_number=3)
        world.file_minutes(ActionDraft("Send the spare item to the participant", "Organiser", "2026-06-30"))
        world.publish()
    assert {world.part("CUSE").state, world.part("CDCF").state} == {"late", "no_response"}
    assert world.overall()["CDCD"] == world.overall()["CUSC"] == "action"
    assert world.overall()["CDCF"] in ("no_response", "") and world.overall()["CUSE"] != "acceptable"
    said = world.words()
    for text in ("Late", "Not submitted", "Both misses are weak positives.", "Send the spare item to the participant", "2026-06-30"):
        assert text.casefold() in said.casefold(), text


def _appeal_upheld_and_corrected(world: Part) -> CapaCase:
    """CUSC appeals; a reviewer without a part upholds it; the verdict is changed by both sides and the report is issued again."""
    with at(DEADLINE + timedelta(days=5)):
        lab, code = world.labs["CUSC"], world.part("CUSC").code or ""
        filed = service.raise_appeal(lab["authoriser"], world.round_id, "Our box arrived thawed.", PASSWORD)
        service.decide_appeal(world.labs["CDCH"]["reviewer"], filed.id, "upheld", "The logger shows it.", PASSWORD)
        for side in ("customs", "cdc"):
            reason = f"appeal {filed.number} upheld"
            service.return_to_analysis(world.qa(side), world.round_id, reason, PASSWORD, seen=world.seen("return"))
        world.evaluate()
        service.override_verdict(
            world.reviewer("customs"), world.round_id, code, 0, "not_evaluated", "The items thawed on the way.", PASSWORD,
            world.reviewer("cdc").login, PASSWORD, seen=world.seen("score_run"),
        )  # fmt: skip
        world.publish()
        service.start_follow_up(world.coordinator, world.round_id)
        with reading() as session:
            issues = records.reports_of(session, world.row())
            cases = following.cases_of(session, world.row())
        assert [(one.version, one.number[-2:]) for one in issues] == [(2, "-2"), (1, "-1")] and "upheld" in issues[0].changes
        assert [one.participant_id for one in cases] == [world.part("CDCD").id]
        said = world.words()
        for text in (filed.number, "The items thawed on the way.", issues[1].number, "corrected"):
            assert text in said, text
        service.save_case(world.labs["CDCD"]["technician"], cases[0].id, RECORD, seen=0)
        service.hand_over_case(world.labs["CDCD"]["authoriser"], cases[0].id, PASSWORD)
        return cases[0]


def _quantitative_round(world: Part) -> None:
    """Thirteen results around one level, and one laboratory that reports the number itself for its logarithm."""
    scoring = replace(QUANTITATIVE, assigned_value_route="consensus")
    deadline = DEADLINE + MONTH
    with at(START + MONTH):
        world.start(scoring, (ItemDraft(1), ItemDraft(2)), deadline)
        for lab, value in zip((one for one in world.places if one != "CDCN"), LEVEL, strict=True):
            world.submit(lab, {1: value, 2: f"{Decimal(value) - 1:.2f}"})
        world.submit("CDCN", {1: "31600", 2: "3.50"})
    with at(deadline + SECOND):
        service.close_if_due(world.round_id)
        with reading() as session:
            found = questions.questions_of(session, world.row())
        slip = next(one.flag.number for one in found if one.participant.id == world.part("CDCN").id)
        for one in found:
            service.ask_laboratory(world.coordinator, world.round_id, one.flag.number)
            decision = "excluded_invalid" if one.flag.number == slip else "keep"
            reason = "A number stands in the place of its logarithm." if one.flag.number == slip else "Looked at."
            service.decide_question(world.coordinator, world.round_id, one.flag.number, decision, reason, world.qa("cdc").login, PASSWORD)
        world.unblind()
        world.evaluate()
        world.file_minutes()
        world.publish()
    score = world.score()
    assert {one.assigned_value_route for one in score.items} == {"consensus"} and score.items[0].n_consensus == 12
    assert {one.chosen for one in score.scores if one.verdict in ("acceptable", "warning", "action")} == {"z_prime"}
    assert world.overall()["CDCD"] == "acceptable"
    said = world.words()
    for text in ("A number stands in the place of its logarithm.", "31600", "Algorithm A", "z'"):
        assert text in said or text.replace("'", "\u2032") in said, text


def _closed_by_the_next_round(calls: Part, numbers: Part, case: CapaCase) -> None:
    """The failure's effect is confirmed on the next round, by the other side; then both rounds are closed."""
    with at(DEADLINE + MONTH + timedelta(days=2)):
        with reading() as session:
            seen = following.records_of(session, case.id)[0].content_hash
            item = review.actions_of(session, calls.row())[0]
        text = f"Satisfactory in {numbers.row().code}."
        service.judge_case(calls.reviewer("customs"), case.id, "confirmed", text, PASSWORD, seen=seen)
        service.complete_action(calls.coordinator, item.id, "Sent on 2026-06-12")
        for one in (calls, numbers):
            if one is numbers and "action" in numbers.overall().values():
                continue
            for side in ("customs", "cdc"):
                service.close_round(one.qa(side), one.round_id, PASSWORD, seen=one.seen("close"))
        assert calls.state() == "closed"


def _split_samples_by_numbers(world: Part) -> None:
    """Twenty routine samples measured by two laboratories: En between the two, and Bland and Altman's limits."""
    scoring = replace(
        QUANTITATIVE, design="split", assigned_value_route="none", sigma_pt_route="none", sigma_pt=None, delta_e=Decimal("0.5")
    )
    deadline = DEADLINE + 2 * MONTH
    with at(START + 2 * MONTH):
        world.start(scoring, tuple(ItemDraft(n) for n in range(1, 21)), deadline, consent=True)
        world.submit("CUSC", {n: f"{3 + n / 10:.2f}" for n in range(1, 21)})
        world.submit("CDCB", {n: f"{3 + n / 10 + (-1) ** n * 0.05 + 0.04:.2f}" for n in range(1, 21)})
    _to_published(world, deadline)
    score = world.score()
    assert score.limits_of_agreement is not None and all(one.en.value is not None for one in score.pairs)
    assert "Bland" in world.words()


def _split_samples_by_calls(world: Part) -> None:
    """Twenty routine samples called by two laboratories: the two by two table and kappa with its interval."""
    scoring = replace(QUALITATIVE, design="split", assigned_value_route="none")
    deadline = DEADLINE + 3 * MONTH
    with at(START + 3 * MONTH):
        world.start(scoring, tuple(ItemDraft(n) for n in range(1, 21)), deadline, consent=True)
        world.submit("CUSG", {n: "POS" if n % 2 else "NEG" for n in range(1, 21)})
        world.submit("CDCH", {n: "POS" if n % 2 or n == 4 else "NEG" for n in range(1, 21)})
    _to_published(world, deadline)
    table = next(one for one in world.score().agreement)
    assert table.kappa.value == pytest.approx(0.9)
    assert "kappa" in world.words().casefold()


def _to_published(world: Part, deadline: datetime) -> None:
    with at(deadline + SECOND):
        service.close_if_due(world.round_id)
        with reading() as session:
            found = [one.flag.number for one in questions.questions_of(session, world.row())]
        for number in found:
            service.ask_laboratory(world.coordinator, world.round_id, number)
            service.decide_question(world.coordinator, world.round_id, number, "keep", "Looked at.", world.qa("cdc").login, PASSWORD)
        world.unblind()
        world.evaluate()
        world.file_minutes()
        world.publish()
        assert world.state() == "published"

