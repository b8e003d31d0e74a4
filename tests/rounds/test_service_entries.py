"""Entering results: only own codes, numbers as typed, every reason at once, two editors never overwrite each other."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from lims.db.engine import Database
from lims.db.session import reading
from lims.errors import Conflict, Invalid, RuleViolation
from lims.rounds import queries, service
from lims.rounds.service import Entry, ValueEntry
from lims.statistics.assessment.plan import ScoringPlan
from tests.factories import PASSWORD
from tests.round_factory import QUALITATIVE, QUANTITATIVE, RIGHT, START, VALUES, World, at, new_world


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> World:
    with at(START):
        return new_world(tmp_path)


def bench(world: World, lab: str) -> queries.Bench:
    with reading() as session:
        return queries.own_bench(session, world.labs[lab]["technician"], world.round_id)


def test_every_save_is_a_version_and_the_text_of_a_number_stays_as_typed(world: World) -> None:
    with at(START):
        world.to_testing(QUANTITATIVE)
        world.draft("CDCB", {1: "4.50", 2: "3.2000"})
        world.draft("CDCB", {1: "4.5", 2: "3.2000"})
        seen = bench(world, "CDCB")
    assert [one.version for one in seen.versions] == [2, 1]
    by_number = {number: seen.values[code] for code, number in world.numbers("CDCB").items()}
    texts = [(by_number[number].value_text, by_number[number].value) for number in (1, 2)]
    assert texts == [("4.5", Decimal("4.5")), ("3.2000", Decimal("3.2000"))]


def test_a_code_of_another_laboratory_is_refused_without_telling_that_it_exists(world: World) -> None:
    with at(START):
        world.to_testing()
        foreign, invented = next(iter(world.numbers("CUSA"))), "ZZZZZZ"
        texts = []
        for code in (foreign, invented):
            with pytest.raises(Invalid) as refusal:
                service.save_draft(world.labs["CDCB"]["technician"], world.round_id, Entry((ValueEntry(code, result_code="POS"),)))
            texts.append(str(refusal.value).replace(code, "?"))
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("value", {"value": "4,5x"}), ("value", {"value": "NaN"}), ("value", {"value": "1e999999999999"}), ("value", {"value": "1_0"}),
        ("value", {"value": "10⁵"}), ("value", {"value": "4.5²"}), ("value", {"value": "①"}),
        ("value", {"value": "9" * 31}), ("expanded_u", {"expanded_u": "-0.1"}), ("k", {"k": "0"}),
        ("replicates", {"replicates": ("4.1", "four")}),
        ("result_code", {"result_code": "MAYBE"}), ("relation", {"relation": "~"}), ("remark", {"remark": "x" * 401, "value": "4.5"}),
        ("remark", {"remark": "a\x00b"}),
    ],
)  # fmt: skip
def test_what_is_no_number_or_no_code_is_refused_with_its_field(world: World, field: str, change: dict[str, str]) -> None:
    with at(START):
        world.to_testing(QUANTITATIVE)
        code = next(iter(world.numbers("CDCB")))
        with pytest.raises(Invalid) as refusal:
            service.save_draft(world.labs["CDCB"]["technician"], world.round_id, Entry((replace(ValueEntry(code), **change),)))
    assert refusal.value.field == field


@pytest.mark.parametrize(("typed", "kept"), [("４．５０", "4.50"), (" +4.5e-1 ", "+4.5e-1"), (".5", ".5")])
def test_full_width_digits_and_blanks_are_made_plain(world: World, typed: str, kept: str) -> None:
    with at(START):
        world.to_testing(QUANTITATIVE)
        world.draft("CDCB", {1: typed, 2: "3.2"})
        texts = {value.value_text for value in bench(world, "CDCB").values.values()}
    assert texts == {kept, "3.2"}


def test_the_form_says_everything_that_hinders_the_signature_at_once(world: World) -> None:
    with at(START):
        world.to_testing()
        technician = world.labs["CDCB"]["technician"]
        entry = world.entry("CDCB", RIGHT)
        service.save_draft(technician, world.round_id, Entry(entry.values[:-1], {"tested_on": "2027-01-01"}))
        found = service.submission_problems(technician, world.round_id)
        assert [one.field for one in found] == ["method_code", "tested_on", "is_independent", "values"]
        assert found[-1].item_code == entry.values[-1].code
        assert found[0].say("zh_CN") == "“方法”一栏为空。"
        with pytest.raises(Invalid) as refusal:
            service.hand_over(technician, world.round_id)
    assert "independent testing" in str(refusal.value) and entry.values[-1].code in str(refusal.value)


@pytest.mark.parametrize(
    ("field", "change", "sentence"),
    [
        ("unit", {"unit": ""}, "unit: nothing was read beside the value 4.52, expected the unit of the round, {log10 copies}/mL."),
        ("unit", {"unit": "  "}, "unit: nothing was read beside the value 4.52, expected the unit of the round, {log10 copies}/mL."),
        ("k", {"k": ""}, "k: nothing was read beside U = 0.30, expected the coverage factor of this U, such as 2."),
    ],
)  # fmt: skip
def test_a_value_without_unit_and_an_uncertainty_without_k_are_not_submitted(
    world: World, field: str, change: dict[str, str], sentence: str
) -> None:
    with at(START):
        world.to_testing(QUANTITATIVE)
        technician = world.labs["CDCB"]["technician"]
        entry = world.entry("CDCB", {1: "4.52", 2: "4.52"})
        odd = replace(entry.values[0], **change)
        service.save_draft(technician, world.round_id, replace(entry, values=(odd, *entry.values[1:])))
        found = service.submission_problems(technician, world.round_id)
        assert [(one.field, one.item_code, one.say("en")) for one in found] == [(field, odd.code, f"Item {odd.code}, {sentence}")]
        assert odd.code in found[0].say("zh_CN") and "nothing" not in found[0].say("zh_CN")
        with pytest.raises(Invalid) as refusal:
            service.hand_over(technician, world.round_id)
        assert f"Item {odd.code}, {sentence}" in str(refusal.value)


def test_an_item_that_could_not_be_tested_is_answered_by_its_reason(world: World) -> None:
    with at(START):
        world.to_testing()
        entry = world.entry("CDCB", RIGHT)
        broken = replace(entry.values[0], result_code="", could_not_test="tube broken")
        service.save_draft(world.labs["CDCB"]["technician"], world.round_id, replace(entry, values=(broken, *entry.values[1:])))
        world.hand_over("CDCB")
        world.sign("CDCB")
    assert world.part("CDCB").state == "submitted"


def test_the_second_of_two_editors_is_told_and_nothing_is_lost(world: World) -> None:
    with at(START):
        world.to_testing()
        first, second = world.labs["CDCB"]["technician"], world.labs["CDCB"]["technician2"]
        service.save_draft(first, world.round_id, world.entry("CDCB", RIGHT, base_version=0))
        with pytest.raises(Conflict) as refusal:
            service.save_draft(second, world.round_id, world.entry("CDCB", {**RIGHT, 1: "NEG"}, base_version=0))
        assert refusal.value.code == "rounds.other_editor"
        service.save_draft(second, world.round_id, world.entry("CDCB", {**RIGHT, 1: "NEG"}, base_version=1))
        seen = bench(world, "CDCB")
    assert [one.analyst_name for one in seen.versions] == [second.name, first.name]


def test_the_authoriser_signs_exactly_the_version_that_was_shown(world: World) -> None:
    with at(START):
        world.to_testing()
        world.draft("CDCB", RIGHT)
        world.hand_over("CDCB")
        with pytest.raises(Conflict):
            service.sign_submission(world.labs["CDCB"]["authoriser"], world.round_id, PASSWORD, version=1)
        signed = service.sign_submission(world.labs["CDCB"]["authoriser"], world.round_id, PASSWORD, version=2)
    assert (signed.version, signed.status, signed.submitted_at) == (3, "signed", START)
    assert signed.content_hash == bench(world, "CDCB").versions[1].content_hash


def test_nothing_is_entered_before_the_box_is_in_hand(world: World) -> None:
    with at(START):
        world.plan(QUALITATIVE)
        world.agree()
        world.enrol()
        world.prepare()
        world.send()
        with pytest.raises(RuleViolation):
            world.draft("CDCB", RIGHT)
        with pytest.raises(Invalid):
            service.confirm_receipt(world.labs["CDCB"]["technician"], world.round_id, world.box_codes["CUSA"])
        world.receive("CUSA")
        with pytest.raises(RuleViolation) as refusal:
            world.draft("CDCB", RIGHT)
    assert refusal.value.code == "rounds.no_receipt"


def test_values_of_all_laboratories_stay_in_their_own_audit_chain(world: World) -> None:
    from sqlalchemy import select

    from lims.audit.models import AuditEvent

    with at(START):
        world.to_testing(QUANTITATIVE)
        world.draft("CDCB", VALUES["CDCB"])
    with reading() as session:
        events = list(session.scalars(select(AuditEvent).where(AuditEvent.subject.in_(("submission", "reported_value")))))
    assert events and {event.laboratory_id for event in events} == {world.labs["CDCB"].id}


@pytest.mark.parametrize(("scoring", "change"), [
    (QUALITATIVE, {"result_code": "POS", "could_not_test": "tube broken"}),
    (QUANTITATIVE, {"value": "4.5", "unit": "{log10 copies}/mL", "could_not_test": "tube broken"}),
])  # fmt: skip
def test_a_result_beside_could_not_test_is_asked_about_before_it_is_handed_over(
    world: World, scoring: ScoringPlan, change: dict[str, str]
) -> None:
    with at(START):
        world.to_testing(scoring)
        entry = world.entry("CDCB", RIGHT if scoring is QUALITATIVE else VALUES["CDCB"])
        first = replace(ValueEntry(entry.values[0].code), **change)
        service.save_draft(world.labs["CDCB"]["technician"], world.round_id, replace(entry, values=(first, *entry.values[1:])))
        with pytest.raises(Invalid) as refusal:
            world.hand_over("CDCB")
        assert f"Item {first.code} has a result and a reason why it could not be tested." in str(refusal.value)
        told = replace(first, result_code="NT", value="", unit="")
        service.save_draft(world.labs["CDCB"]["technician"], world.round_id, replace(entry, values=(told, *entry.values[1:])))
        world.hand_over("CDCB")
