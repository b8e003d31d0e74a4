"""The published data sets of ISO 13528:2022 Annex E, entered as rounds by thirty-five laboratories: the printed numbers come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lims.blobs import BlobStore
from lims.db.engine import Database
from lims.db.session import reading
from lims.rounds import service
from lims.rounds.queries import questions, records
from lims.rounds.queries.report import score_of
from lims.rounds.service import Entry, ItemDraft, ValueEntry
from lims.statistics.assessment.outcome import ItemScore, ItemStatistics
from lims.statistics.assessment.plan import ScoringPlan
from lims.statistics.assessment.round_score import RoundScore
from tests.factories import PASSWORD, new_laboratory
from tests.round_factory import DEADLINE, SECOND, START, World, at
from tests.scoring_factory import reference_case

MOST = 35
CONSENSUS = ScoringPlan(
    kind="quantitative", measurand="mass fraction", unit="mg/kg", assigned_value_route="consensus", sigma_pt_route="this_round",
    is_one_scale=False,
)  # fmt: skip
MERCURY = ScoringPlan(kind="quantitative", measurand="mercury", unit="mg/kg", assigned_value_route="reference_laboratory")


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> World:
    """An organiser that does not take part, and laboratories of two organisations in turn."""
    with at(START):
        sides = {f"L{number:02d}": ("customs", "CUS") if number % 2 else ("cdc", "CDC") for number in range(1, MOST + 1)}
        labs = {code: new_laboratory(code, *where) for code, where in {"CUSA": ("customs", "CUS"), "CDCB": ("cdc", "CDC"), **sides}.items()}
        scheme = service.create_scheme(
            labs["CUSA"]["coordinator"], code="S-CHEM", title_en="Published rounds", title_zh="已发表轮次", measurand_code="HG",
            matrix_code="AFEED", party_ids=[labs["CDCB"].row.organisation_id],
        )  # fmt: skip
    return World(BlobStore(tmp_path / "blobs"), labs, scheme.id)


Reported = Mapping[str, tuple[str, ...]]  # a value, and where they stand U and k


def score_round(world: World, scoring: ScoringPlan, items: Sequence[ItemDraft], columns: Sequence[Sequence[tuple[str, ...]]]) -> RoundScore:
    """Drive a round in which the n-th laboratory reports the n-th result of each column, and give its score run."""
    takers = [code for code in world.labs if code.startswith("L")][: max(len(column) for column in columns)]
    with at(START):
        world.plan(scoring, template_code="QUANT2", items=tuple(items))
        world.agree()
        world.enrol(*takers)
        world.prepare()
        world.send()
        for position, code in enumerate(takers):
            world.receive(code)
            report(world, code, [column[position] if position < len(column) else () for column in columns])
    with at(DEADLINE + SECOND):
        service.close_due_rounds()
        answer_questions(world)
        world.unblind()
        service.evaluate_round(world.coordinator, world.round_id)
    with reading() as session:
        run = records.newest_evaluation(session, world.row())
        assert run is not None
        return score_of(run)


def report(world: World, lab: str, results: Sequence[tuple[str, ...]]) -> None:
    values = []
    for code, number in world.numbers(lab).items():
        given = results[number - 1]
        if not given:
            values.append(ValueEntry(code, could_not_test="not in the published table"))
            continue
        relation, value = ("<", given[0][1:]) if given[0].startswith("<") else ("=", given[0])
        expanded_u, k = given[1:] or ("", "")
        values.append(ValueEntry(code, relation=relation, value=value, unit=world.scoring.unit, expanded_u=expanded_u, k=k))
    head = {"method_code": "ICPMS", "tested_on": "2026-05-04"}
    service.save_draft(world.labs[lab]["technician"], world.round_id, Entry(tuple(values), head, is_independent=True))
    world.hand_over(lab)
    world.sign(lab)


def texts(numbers: Sequence[Any]) -> list[tuple[str, ...]]:
    return [(str(number),) for number in numbers]


def item_of(score: RoundScore, number: int) -> ItemStatistics:
    return next(one for one in score.items if one.item_number == number)


def near(got: float | None, wanted: float, case: Mapping[str, Any]) -> bool:
    return got is not None and abs(got - wanted) <= case.get("abs_tol", 0) + case.get("rel_tol", 0) * abs(wanted)


def answer_questions(world: World) -> None:
    """Whatever the screening asks is confirmed and kept: the published tables were scored as printed."""
    with reading() as session:
        open_ones = questions.questions_of(session, world.row())
    by_code = {world.part(lab).code: lab for lab in world.labs if lab.startswith("L") and lab in world.box_codes}
    for one in open_ones:
        number, people = one.flag.number, world.labs[by_code[one.participant.code]]
        service.ask_laboratory(world.coordinator, world.round_id, number)
        service.answer_question(people["authoriser"], world.round_id, number, "confirmed", "", PASSWORD)
        service.decide_question(world.coordinator, world.round_id, number, "keep", "as printed", world.qa("cdc").login, PASSWORD)


def scores_of(world: World, score: RoundScore, number: int, n: int) -> list[ItemScore]:
    """Scores of an item in the order of the published table."""
    by_code = {one.participant_code: one for one in score.scores if one.item_number == number}
    return [by_code[world.part(f"L{position:02d}").code or ""] for position in range(1, n + 1)]


TABLES = ("e3_atrazine", "e7_mercury", "e6_coliforms", "e13_averages", "e1_deleted")


@pytest.mark.assurance("R8")
def test_five_tables_of_annex_e_give_their_robust_mean_and_spread_in_one_round_of_thirty_five_laboratories(world: World) -> None:
    cases = [reference_case("1_robust__algorithm_a", f"rob-algA-{name}") for name in TABLES]
    items = [ItemDraft(number) for number in range(1, len(cases) + 1)]
    score = score_round(world, CONSENSUS, items, [texts(case["input"]["x"]) for case in cases])
    for number, case in enumerate(cases, start=1):
        found = item_of(score, number)
        assert found.n_consensus == len(case["input"]["x"])
        assert near(found.x_star.value, case["expected"]["x_star"], case), (case["id"], found.x_star)
        assert near(found.s_star.value, case["expected"]["s_star"], case), (case["id"], found.s_star)
        assert near(found.u_x_pt.value, case["expected"]["u_xpt"], case), (case["id"], found.u_x_pt)
        assert found.x_pt.value == found.x_star.value and found.sigma_pt.value == found.s_star.value


@pytest.mark.assurance("R8")
@pytest.mark.parametrize("policy", ["deleted", "sign_ignored", "half_value"])
def test_results_below_a_limit_in_the_table_of_e1_give_the_three_printed_columns(world: World, policy: Any) -> None:
    case = reference_case("1_robust__censored_results", "rob-censored-e1")
    score = score_round(world, replace(CONSENSUS, censored_in_consensus=policy), [ItemDraft(1)], [texts(case["input"]["raw"])])
    found, printed = item_of(score, 1), case["expected"][policy]
    assert near(found.x_star.value, printed["x_star"], case) and near(found.s_star.value, printed["s_star"], case), found
    assert (found.n_consensus, found.n_censored) == (printed["p"], 5)


@pytest.mark.assurance("R8")
def test_mercury_in_feed_of_e4_gives_the_printed_z_prime_and_zeta(world: World) -> None:
    case = reference_case("2_scores__score_z_prime", "sc-e4-z_prime")
    given, zeta = case["input"], reference_case("2_scores__score_zeta", "sc-e4-zeta")
    truth = ItemDraft(
        1, x_pt=Decimal(str(given["x_pt"])), expanded_u_x_pt=Decimal(str(given["U_xpt"])), k_x_pt=Decimal(str(given["k_xpt"])),
        sigma_pt=Decimal(str(given["sigma_pt"])),
    )  # fmt: skip
    column = [(str(x), str(u), str(k)) for x, u, k in zip(given["x"], given["U"], given["k"], strict=True)]
    found = scores_of(world, score_round(world, MERCURY, [truth], [column]), 1, len(column))
    assert {one.chosen for one in found} == {"z_prime"}
    for one, wanted, other in zip(found, case["expected"]["z_prime"], zeta["expected"]["zeta"], strict=True):
        assert near(one.z_prime.value, wanted, case) and near(one.zeta.value, other, zeta), (one, wanted, other)


@pytest.mark.assurance("R8")
def test_allergens_of_e12_give_the_printed_z_and_the_robust_values_by_q_and_hampel(world: World) -> None:
    case = reference_case("2_scores__score_z", "sc-e12-z-B")
    printed = case["expected"]
    truth = ItemDraft(1, x_pt=Decimal(str(printed["mean"])), sigma_pt=Decimal(str(printed["sd"])))
    found = scores_of(world, score_round(world, MERCURY, [truth], [texts(case["input"]["x"])]), 1, len(printed["z"]))
    assert all(near(one.z.value, wanted, case) for one, wanted in zip(found, printed["z"], strict=True))
    other = reference_case("1_robust__q_hampel", "rob-qhampel-e12_allergenA")
    item = item_of(score_round(world, replace(CONSENSUS, consensus_estimator="q_hampel"), [ItemDraft(1)], [texts(other["input"]["x"])]), 1)
    assert near(item.x_star.value, other["expected"]["x_star"], other) and near(item.s_star.value, other["expected"]["s_star"], other)
