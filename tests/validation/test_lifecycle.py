"""The life of a validation study: which moves exist, who makes them, and what each one asks for."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

from lims.validation.lifecycle.facts import StudyFacts
from lims.validation.lifecycle.gates import RULES, describe
from lims.validation.lifecycle.moves import MOVES, allowed_moves, check_move, find_move
from lims.validation.lifecycle.states import AMENDABLE, DRAFTING, STUDY_STATES, STUDY_WORDS
from tests.paths import ROOT

BOTH = frozenset({"CUS", "CDC"})
READY = StudyFacts(
    parties=BOTH, has_plan=True, criteria=2, plan_approved_by=BOTH, rows=4, analysis_version=1, is_analysis_fresh=True, opinions=BOTH,
    decision="approved", decided_by=BOTH, scope_signed_by=BOTH, surveillance_records=1, reason="why",
)  # fmt: skip


def unmet(source: str | None, target: str, facts: StudyFacts) -> set[str]:
    return {gate.code for gate in check_move(source, target, facts) if not gate.is_met}


def test_the_states_are_those_of_the_glossary():
    with (ROOT / "lims/catalogue/data/glossary.tsv").open(encoding="utf-8") as lines:
        known = {row["key"]: row["en"] for row in csv.DictReader(lines, delimiter="\t")}
    assert {f"val_{state}" for state in STUDY_STATES} == {key for key in known if key.startswith("val_")}
    assert {state: known[f"val_{state}"] for state in STUDY_STATES} == STUDY_WORDS


def test_every_state_but_the_end_can_be_left_and_every_state_is_reached():
    assert {state for state in STUDY_STATES if not allowed_moves(state)} == {"withdrawn"}
    reached, growing = set(), {move.target for move in allowed_moves(None)}
    while growing:
        reached |= growing
        growing = {move.target for state in reached for move in allowed_moves(state)} - reached
    assert reached == set(STUDY_STATES)


def test_no_move_leads_from_locked_data_back_to_the_plan_without_an_authorisation():
    after_lock = {"data_locked", "analysis", "review", "decision"}
    back = {(move.source, move.target) for move in MOVES if move.source in after_lock and move.target in {*DRAFTING, *AMENDABLE}}
    assert back == {("decision", "data_collection")}


def test_with_everything_there_the_straight_way_is_open():
    way = [None, "registered", "planned", "plan_approved", "data_collection", "data_locked", "analysis", "review", "decision", "authorised",
           "surveillance"]  # fmt: skip
    assert [unmet(source, str(target), READY) for source, target in zip(way, way[1:], strict=False)] == [set()] * 10


def test_with_nothing_there_every_gate_of_every_move_is_closed_but_those_that_count_what_is_open():
    nothing = StudyFacts()
    open_without_data = {"readings_complete", "discordants_closed", "no_open_amendment"}
    for move in MOVES:
        assert unmet(move.source, move.target, nothing) == set(move.gates) - open_without_data, move


@pytest.mark.parametrize(
    ("source", "target", "lacking", "gate"),
    [
        ("planned", "plan_approved", {"plan_approved_by": frozenset({"CUS"})}, "plan_approved_by_all"),
        ("data_collection", "data_locked", {"has_open_amendment": True}, "no_open_amendment"),
        ("data_collection", "data_locked", {"open_readings": ("A1",)}, "readings_complete"),
        ("data_collection", "data_locked", {"open_discordants": ("A1",)}, "discordants_closed"),
        ("analysis", "review", {"is_analysis_fresh": False}, "analysis_frozen"),
        ("review", "decision", {"opinions": frozenset({"CDC"})}, "opinion_of_each_party"),
        ("review", "decision", {"decided_by": frozenset({"CDC"})}, "decision_signed_by_all"),
        ("decision", "authorised", {"decision": "rejected"}, "decision_favourable"),
        ("decision", "authorised", {"scope_signed_by": frozenset({"CDC"})}, "scope_signed_by_all"),
        ("surveillance", "withdrawn", {"reason": " "}, "reason_given"),
    ],
)
def test_one_thing_lacking_closes_exactly_its_gate(source: str, target: str, lacking: dict, gate: str):
    assert unmet(source, target, replace(READY, **lacking)) == {gate}


def test_a_closed_gate_names_who_or_what_is_missing_in_both_languages():
    facts = replace(READY, opinions=frozenset({"CDC"}), open_readings=("A1", "B2"))
    [gate] = [one for one in check_move("review", "decision", facts) if not one.is_met]
    assert describe(gate, "en") == "The opinion of a reviewer is missing from: CUS."
    assert "CUS" in describe(gate, "zh_CN")
    [reading] = [one for one in check_move("data_collection", "data_locked", facts) if not one.is_met]
    assert describe(reading, "en") == "2 items were read by one reader only: A1, B2."


def test_every_gate_is_used_by_a_move():
    assert {gate for move in MOVES for gate in move.gates} == set(RULES)


def test_a_move_that_is_not_in_the_table_is_refused():
    assert find_move("planned", "authorised") is None
    with pytest.raises(ValueError, match="no move from planned to authorised"):
        check_move("planned", "authorised", READY)
