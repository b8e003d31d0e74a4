"""The planner: its numbers are those of the verdict, its lists are balanced, blinded and repeatable."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lims.validation.analysis.design import StudyInput
from lims.validation.analysis.planning import (
    Sample,
    allocation,
    assurance,
    blinded,
    needed,
    needed_for_assurance,
    proofs,
    proven_when_all_right,
    well,
)
from lims.validation.analysis.run import analyse
from tests.study_factory import at_least, at_most, between, numbered, two_by_two

SAMPLES = tuple(Sample(f"S{place:03}", "positive" if place % 3 else "negative") for place in range(150))


def test_the_numbers_of_the_domain_guide() -> None:
    """48 % for 5, 69 % for 10, 83 % for 20, 88 % for 30, 93 % for 50, 96 % for 100."""
    assert [round(100 * one.lower) for one in proofs(at_least("ppa", "0.9"))] == [48, 69, 83, 88, 93, 96]
    assert proven_when_all_right(5) == pytest.approx(0.47818, abs=1e-5) and proven_when_all_right(0) is None


@settings(deadline=None, max_examples=40)
@given(limit=st.integers(50, 97), misses=st.integers(0, 4))
def test_the_planned_number_meets_the_criterion_and_one_less_does_not(limit: int, misses: int) -> None:
    criterion = at_least("ppa", f"0.{limit}")
    n = needed(criterion, misses).n
    assert n is not None
    for trials, expected in ((n, True), (n - 1, False)):
        rows = numbered(two_by_two(trials - misses, 0, misses, 1)) if trials > misses else ()
        assert (analyse(StudyInput("qualitative_agreement", (criterion,), rows)).overall == "met") == expected


def test_a_rate_of_errors_is_planned_from_above() -> None:
    criterion = at_most("false_negative_rate", "0.05")
    assert needed(criterion).n == 72 and needed(criterion, 1).n == 110
    assert [one.verdict for one in proofs(criterion, (71, 72))] == ["not_shown", "met"]


def test_what_is_no_share_or_out_of_reach_says_so() -> None:
    assert needed(between("bias", "-1", "1")).reason is not None
    assert needed(at_least("ppa", "0.99999")).n is None


def test_the_assurance_is_the_share_of_studies_that_meet_the_criterion() -> None:
    criterion = at_least("ppa", "0.90")
    assert assurance(criterion, 100, 0.98) == pytest.approx(0.9492, abs=1e-3)
    assert assurance(criterion, 100, 0.90) <= 0.025
    assert assurance(criterion, 10, 1.0) == 0.0
    n = needed_for_assurance(criterion, 0.98)
    assert n is not None and assurance(criterion, n, 0.98) >= 0.9


def test_the_same_seed_gives_the_same_list_and_another_seed_another() -> None:
    assert blinded(SAMPLES, "2026-A") == blinded(tuple(reversed(SAMPLES)), "2026-A")
    assert blinded(SAMPLES, "2026-A") != blinded(SAMPLES, "2026-B")


@settings(deadline=None, max_examples=30)
@given(seed=st.text(max_size=20), sites=st.integers(1, 4), count=st.integers(1, 150))
def test_every_sample_stands_once_and_every_site_has_its_share_of_every_group(seed: str, sites: int, count: int) -> None:
    names = tuple(f"Site {place}" for place in range(sites))
    found = blinded(SAMPLES[:count], seed, names)
    assert sorted(one.item for one in found) == sorted(one.item for one in SAMPLES[:count])
    assert len({one.code for one in found}) == count
    assert len({(one.site, one.plate, one.well) for one in found}) == count
    for group in ("positive", "negative"):
        shares = Counter(one.site for one in found if one.group == group)
        counts = [shares.get(name, 0) for name in names]
        assert max(counts) - min(counts) <= 1
    whole = Counter(one.site for one in found)
    assert max(whole.values()) - min(whole.get(name, 0) for name in names) <= 2


def test_neither_code_nor_place_tells_the_group() -> None:
    found = blinded(SAMPLES, "seed")
    positives = [one.place for one in found if one.group == "positive"]
    assert abs(sum(positives) / len(positives) - 75.5) < 10
    assert all(len(one.code) == 6 and one.code.isdigit() for one in found)


def test_plates_are_filled_by_columns_and_keep_wells_for_controls() -> None:
    assert [well(place) for place in (0, 7, 8, 95)] == ["A1", "H1", "A2", "H12"] and well(16, 384) == "A2"
    found = blinded(SAMPLES, "seed")
    assert Counter(one.plate for one in found) == {1: 94, 2: 56}
    assert {one.well for one in found}.isdisjoint({"G12", "H12"})


def test_a_sample_twice_and_a_plate_without_room_are_refused() -> None:
    with pytest.raises(ValueError, match="once"):
        blinded((SAMPLES[0], SAMPLES[0]), "seed")
    with pytest.raises(ValueError, match="wells"):
        blinded(SAMPLES, "seed", wells=48)
    assert set(allocation(SAMPLES, "seed", ("A", "B")).values()) == {"A", "B"}
