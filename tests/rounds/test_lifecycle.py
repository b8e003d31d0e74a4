"""Round states: the table of moves, the gates, and random walks over them."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lims.rounds.lifecycle.facts import OpenItems, RoundFacts
from lims.rounds.lifecycle.gates import GATES, Gate, check_move, is_open
from lims.rounds.lifecycle.moves import MOVES, allowed_moves, find_move
from lims.rounds.lifecycle.states import ROUND_STATES, ROUND_WORDS, TERMINAL_STATES
from lims.rounds.lifecycle.words import describe_gate

NOON = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
PARTIES = frozenset({"customs", "cdc"})
EXPECTED = {
    None: {"planned"},
    "planned": {"designed", "cancelled"},
    "designed": {"enrolling", "cancelled"},
    "enrolling": {"preparing", "cancelled"},
    "preparing": {"dispatched", "designed", "cancelled"},
    "dispatched": {"testing", "locked", "preparing", "cancelled"},
    "testing": {"locked", "preparing", "cancelled"},
    "locked": {"analysing", "testing", "cancelled"},
    "analysing": {"reviewing", "cancelled"},
    "reviewing": {"published", "analysing", "cancelled"},
    "published": {"follow_up", "closed", "analysing"},
    "follow_up": {"closed", "analysing"},
    "closed": set(),
    "cancelled": set(),
}
WAIVED = {
    "homogeneity_passed", "transport_stability", "transport_gate", "stock_covers", "stability_to_deadline", "items_disposed",
}


def good_facts(**changes: object) -> RoundFacts:
    """Facts under which every gate of the forward way is met, except those that exclude each other."""
    facts = RoundFacts(
        now=NOON, parties=PARTIES, coordinator_party="customs", approved_by=PARTIES, second_person_is_other=True, witness_party="cdc",
        reason="agreed by telephone", is_code_typed=True, deadline=NOON + timedelta(hours=1), n_invited=6, are_conduct_rules_shown=True,
        n_enrolled=6, n_enrolled_organisations=2, are_codes_drawn=True, is_truth_sealed=True, n_distribution_records=6, n_receipts=6,
        has_score_run=True, is_score_run_checked=True, opinions_signed_by=PARTIES, n_minutes=1,
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def facts_for(source: str | None, target: str) -> RoundFacts:
    if target == "locked":
        return good_facts(now=NOON + timedelta(hours=1))
    if target == "follow_up":
        return good_facts(n_action_verdicts=1)
    return good_facts()


def unmet(gates: list[Gate]) -> set[str]:
    return {gate.code for gate in gates if gate.outcome == "unmet"}


@pytest.mark.assurance("R6")
@pytest.mark.parametrize(("source", "target"), [*product((None, *ROUND_STATES), ROUND_STATES)])
def test_exactly_the_moves_of_the_table_exist(source: str | None, target: str) -> None:
    assert (find_move(source, target) is not None) == (target in EXPECTED[source])
    gates = check_move(source, target, facts_for(source, target))
    assert is_open(gates) == (target in EXPECTED[source])
    if target not in EXPECTED[source]:
        assert [gate.code for gate in gates] == ["no_such_move"]


def test_only_closed_and_cancelled_are_dead_ends() -> None:
    assert {state for state in ROUND_STATES if not allowed_moves(state)} == set(TERMINAL_STATES)
    assert set(ROUND_WORDS) == set(ROUND_STATES)


BREAKS = {
    "minutes_filed": {"n_minutes": 0, "no_meeting": ""},
    "plan_complete": {"missing_plan_fields": ("matrix",)},
    "protocol_complete": {"missing_protocol_fields": ("late_policy",)},
    "no_results_yet": {"n_submissions_ever": 1},
    "approved_by_all": {"approved_by": frozenset({"customs"})},
    "two_invited": {"n_invited": 1},
    "conduct_rules_shown": {"are_conduct_rules_shown": False},
    "two_organisations_enrolled": {"n_enrolled_organisations": 1},
    "codes_drawn": {"are_codes_drawn": False},
    "truth_sealed": {"is_truth_sealed": False},
    "distribution_complete": {"n_distribution_records": 5},
    "deadline_ahead": {"deadline": NOON},
    "second_person": {"second_person_is_other": False},
    "receipt_confirmed": {"n_receipts": 0},
    "deadline_or_all_submitted": {"now": NOON, "n_testing": 1, "n_submissions": 5},
    "participant_states_complete": {"n_without_state": 1},
    "blunders_closed": {"n_open_blunder_questions": 1},
    "witness_of_other_party": {"witness_party": "customs"},
    "not_unblinded": {"is_unblinded": True},
    "score_run_frozen": {"has_score_run": False},
    "score_run_fresh": {"is_score_run_stale": True},
    "score_run_checked": {"is_score_run_checked": False},
    "homogeneity_passed": {"not_homogeneous": OpenItems(("3",))},
    "transport_stability": {"not_stable": OpenItems(("3",))},
    "stock_covers": {"short_of_stock": OpenItems(("3 (8 / 9)",))},
    "opinion_of_each_party": {"opinions_signed_by": frozenset({"cdc"})},
    "critical_errors_decided": {"undecided": ("9M3",)},
    "action_needed": {"n_action_verdicts": 0},
    "capa_opened": {"n_without_case": 1},
    "capa_closed": {"n_open_cases": 1},
    "appeals_closed": {"n_open_objections": 1},
    "no_action_needed": {"n_action_verdicts": 2},
    "reason_given": {"reason": "  "},
    "code_typed": {"is_code_typed": False},
    "qa_manager_of_other_party": {"witness_party": None},
}


@pytest.mark.parametrize(("source", "target", "code"), [(m.source, m.target, code) for m in MOVES for code in m.gates])
def test_each_gate_alone_stops_its_move_or_is_waived_with_a_sentence(source: str | None, target: str, code: str) -> None:
    gates = {gate.code: gate for gate in check_move(source, target, facts_for(source, target))}
    if code in WAIVED:
        assert gates[code].outcome == "waived"
        assert gates[code].sentence.startswith("Waived: ")
        return
    assert gates[code].outcome == "met"
    broken = check_move(source, target, replace(facts_for(source, target), **BREAKS[code]))
    assert code in unmet(broken)
    assert not is_open(broken)


def test_every_gate_of_the_table_is_known_and_used() -> None:
    assert {code for move in MOVES for code in move.gates} == set(GATES)
    assert set(BREAKS) | WAIVED == set(GATES)


def test_backward_moves_need_reason_all_qa_managers_and_a_message() -> None:
    backward = [move for move in MOVES if move.direction == "backward"]
    assert len(backward) == 7
    for move in backward:
        assert {"reason_given", "approved_by_all"} <= set(move.gates)
        assert "inform_participants" in move.effects
        assert move.is_joint


def test_the_round_locks_at_the_deadline_instant_and_not_one_second_before() -> None:
    facts = good_facts(n_testing=3, n_submissions=3)
    deadline = facts.deadline
    assert deadline is not None
    assert not is_open(check_move("testing", "locked", replace(facts, now=deadline - timedelta(seconds=1))))
    assert is_open(check_move("testing", "locked", replace(facts, now=deadline)))
    assert is_open(check_move("testing", "locked", replace(facts, now=NOON, n_testing=0)))


def test_with_three_parties_each_of_them_must_approve() -> None:
    three = PARTIES | {"market"}
    gates = check_move("reviewing", "published", good_facts(parties=three, opinions_signed_by=three))
    assert unmet(gates) == {"approved_by_all"}
    assert describe_gate(gates[-1], "en") == "The approval of the QA manager is missing for: market."


def test_a_gate_names_state_words_and_instants_with_hour_and_zone() -> None:
    wrong = check_move("closed", "testing", good_facts())[0]
    assert describe_gate(wrong, "en") == "A round that is closed cannot become testing."
    late = [gate for gate in check_move("preparing", "dispatched", good_facts(deadline=NOON)) if gate.outcome == "unmet"]
    assert describe_gate(late[0], "en") == "The deadline must lie ahead; it is 2026-05-20 12:00 UTC+08:00. Set a later one."


def any_facts() -> st.SearchStrategy[RoundFacts]:
    some_parties = st.frozensets(st.sampled_from(sorted(PARTIES)))
    return st.builds(
        RoundFacts, now=st.sampled_from([NOON, NOON + timedelta(hours=2)]), parties=st.just(PARTIES), coordinator_party=st.just("customs"),
        approved_by=some_parties, second_person_is_other=st.booleans(), witness_party=st.sampled_from([None, "customs", "cdc", "stranger"]),
        reason=st.sampled_from(["", "panel warm"]), is_code_typed=st.booleans(), missing_plan_fields=st.sampled_from([(), ("month",)]),
        missing_protocol_fields=st.sampled_from([(), ("zone",)]), deadline=st.sampled_from([None, NOON, NOON + timedelta(hours=1)]),
        n_submissions=st.integers(0, 2), n_invited=st.integers(0, 3), are_conduct_rules_shown=st.booleans(), n_enrolled=st.integers(0, 3),
        n_enrolled_organisations=st.integers(0, 2), are_codes_drawn=st.booleans(), is_truth_sealed=st.booleans(),
        n_distribution_records=st.integers(0, 3), n_receipts=st.integers(0, 2), n_testing=st.integers(0, 2),
        n_without_state=st.integers(0, 1), n_open_blunder_questions=st.integers(0, 1),
        is_unblinded=st.booleans(), has_score_run=st.booleans(), is_score_run_stale=st.booleans(),
        is_score_run_checked=st.booleans(), opinions_signed_by=some_parties,
        n_action_verdicts=st.integers(0, 1),
    )


@given(any_facts(), st.sampled_from([None, *ROUND_STATES]), st.sampled_from(ROUND_STATES))
def test_a_refused_move_always_says_why_in_a_full_sentence(facts: RoundFacts, source: str | None, target: str) -> None:
    gates = check_move(source, target, facts)
    assert is_open(gates) == (not unmet(gates))
    for gate in gates:
        text = describe_gate(gate, "en")
        assert text.endswith(".") and "%(" not in text


class RandomWalk(RuleBasedStateMachine):
    """Moves are tried at random under random facts; the walk keeps its own notes and checks what may never be."""

    def __init__(self) -> None:
        super().__init__()
        self.state: str = "planned"
        self.is_unblinded = False
        self.passed: list[tuple[str, str, RoundFacts]] = []

    def _try(self, target: str, facts: RoundFacts) -> None:
        facts = replace(facts, is_unblinded=self.is_unblinded)
        if is_open(check_move(self.state, target, facts)):
            self.passed.append((self.state, target, facts))
            self.is_unblinded = self.is_unblinded or target == "analysing"
            if target == "preparing":
                self.is_unblinded = False
            self.state = target

    @rule(wanted=st.sampled_from(ROUND_STATES), facts=any_facts())
    def move_anywhere(self, wanted: str, facts: RoundFacts) -> None:
        self._try(wanted, facts)

    @precondition(lambda self: self.state not in TERMINAL_STATES)
    @rule(choice=st.integers(0, 3))
    def move_along_the_table(self, choice: int) -> None:
        moves = allowed_moves(self.state)
        target = moves[choice % len(moves)].target
        self._try(target, facts_for(self.state, target))

    @invariant()
    def no_forbidden_state_is_reached(self) -> None:
        for source, target, facts in self.passed:
            assert target in EXPECTED[source]
            assert source not in TERMINAL_STATES
            if target in ("published", "closed", "designed") or (source, target) == ("locked", "testing"):
                assert facts.approved_by >= PARTIES
            if (source, target) == ("locked", "analysing"):
                assert facts.witness_party == "cdc"
            if (source, target) == ("locked", "testing"):
                assert not facts.is_unblinded
            if target == "cancelled":
                assert facts.reason and facts.is_code_typed and facts.witness_party == "cdc"
            if target == "published":
                assert facts.opinions_signed_by >= PARTIES and facts.has_score_run and not facts.is_score_run_stale

    @invariant()
    def published_only_after_lock_unblinding_and_review(self) -> None:
        if self.state in ("published", "follow_up", "closed"):
            steps = {(source, target) for source, target, _ in self.passed}
            assert steps & {("testing", "locked"), ("dispatched", "locked")}  # nobody received anything: the deadline locks all the same
            for step in (("planned", "designed"), ("locked", "analysing"), ("analysing", "reviewing")):
                assert step in steps

    @invariant()
    def nothing_is_tested_before_the_truth_was_sealed(self) -> None:
        if self.state in ("dispatched", "testing", "locked"):
            assert any(target == "dispatched" and facts.is_truth_sealed for _, target, facts in self.passed)


TestRandomWalk = pytest.mark.assurance("R6")(RandomWalk.TestCase)
TestRandomWalk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


def test_every_fact_is_looked_at_by_some_gate_or_named_as_context() -> None:
    touched = {name for change in BREAKS.values() for name in change}
    context = {"parties", "coordinator_party", "n_enrolled"}
    assert {field.name for field in fields(RoundFacts)} <= touched | context
