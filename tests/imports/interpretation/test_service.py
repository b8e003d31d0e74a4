"""Two persons make a rule; the rule makes results of an upload; two persons alone can take another result."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest

from lims import clock, worker
from lims.db.session import Actor, reading
from lims.errors import Conflict, Forbidden, Invalid, LimsError, NotFound, RuleViolation
from lims.imports import queries, rule_queries, service
from lims.imports.models import Upload
from lims.imports.service.interpreting import Interpreted, Outcome, reasoning_hash
from lims.results import queries as results
from lims.results.models import Result
from tests.factories import PASSWORD, OneLaboratory, TwoLaboratories, accepted_sample
from tests.imports.rules import CONTENT, approved, run_table

ROWS = {
    "S-0001": ("24.50", "25.10", "27.00"), "S-0002": ("Undetermined", "Undetermined", "26.00"), "S-0003": ("39.10", "25.00", "26.00"),
    "S-0004": ("Undetermined", "Undetermined", "Undetermined"),
}  # fmt: skip


def uploaded(actor: Actor, content: bytes) -> Upload:
    upload = service.store_upload(actor, "run.csv", content).upload
    while worker.work_once():
        pass
    return fresh(actor, upload.id)


def fresh(actor: Actor, upload_id: uuid.UUID) -> Upload:
    with reading() as session:
        return queries.upload(session, actor, upload_id)


def seen_as(actor: Actor, upload: Upload) -> Interpreted:
    with reading() as session:
        made = service.interpretation_of(session, actor, fresh(actor, upload.id))
    assert made is not None
    return made


def outcomes(actor: Actor, upload: Upload) -> dict[str, Outcome]:
    with reading() as session:
        numbers = {row.id: row.sample for row in queries.readings(session, upload.id, actor)}
        names = {one.sample_id: numbers[key] for key, one in queries.decisions(session, upload.id, actor).items()}
    return {names[one.sample_id] or "": one for one in seen_as(actor, upload).outcomes}


def recorded(actor: Actor, upload: Upload) -> dict[str, Result]:
    with reading() as session:
        rows = results.of_upload(session, actor, upload.id)
        return {row.sample.external_number: row for row in rows if row.quantity == "qualitative"}


@pytest.fixture
def lab(laboratories: TwoLaboratories) -> OneLaboratory:
    for number in ROWS:
        accepted_sample(laboratories.a, number)
    return laboratories.a


def test_a_rule_is_drafted_by_one_person_and_signed_by_another(lab: OneLaboratory):
    draft = service.start_rule(lab["authoriser"], CONTENT)
    service.propose_rule(lab["authoriser"], draft.id)
    seen = service.content_hash(draft.content)
    for actor, password, hashed, kind in (
        (lab["authoriser"], PASSWORD, seen, RuleViolation), (lab["technician"], PASSWORD, seen, Forbidden),
        (lab["qa_manager"], "wrong", seen, Forbidden), (lab["qa_manager"], PASSWORD, "0" * 64, Conflict),
    ):  # fmt: skip
        with pytest.raises(kind):
            service.approve_rule(actor, draft.id, password, seen=hashed)
    rule = service.approve_rule(lab["qa_manager"], draft.id, PASSWORD, seen=seen)
    assert (rule.version, rule.content_hash, rule.approved_by) == (1, seen, lab["qa_manager"].user_id)
    with pytest.raises(RuleViolation):
        service.approve_rule(lab["qa_manager"], draft.id, PASSWORD, seen=seen)


def test_a_proposed_rule_does_not_change_and_can_be_given_back(lab: OneLaboratory):
    draft = service.start_rule(lab["technician"], CONTENT)
    with pytest.raises(RuleViolation, match="who alone changes it"):
        service.change_rule(lab["technician2"], draft.id, CONTENT)
    service.propose_rule(lab["technician"], draft.id)
    with pytest.raises(RuleViolation, match="no draft any more"):
        service.change_rule(lab["technician"], draft.id, CONTENT)
    with pytest.raises(Invalid):
        service.return_rule(lab["authoriser"], draft.id, " ")
    service.return_rule(lab["authoriser"], draft.id, "cut-off of N is missing")
    changed = service.change_rule(lab["technician"], draft.id, {**CONTENT, "title": "Another title"})
    assert (changed.state, changed.returned) == ("draft", "cut-off of N is missing")
    for field, value in (("name", "Bad Name"), ("analyte", "NOPE"), ("method", "NOPE"), ("title", "")):
        with pytest.raises(Invalid) as refused:
            service.change_rule(lab["technician"], draft.id, {**CONTENT, field: value})
        assert refused.value.field == field


def test_a_version_holds_from_its_instant_until_the_next_one_and_again_after_a_withdrawal(lab: OneLaboratory):
    actor, first = lab["technician"], approved(lab)
    draft = service.next_rule_version(actor, first.id)
    service.propose_rule(actor, draft.id)
    later = clock.now() + timedelta(days=2)
    second = service.approve_rule(lab["authoriser"], draft.id, PASSWORD, seen=service.content_hash(draft.content), active_from=later)

    def used() -> list[int]:
        with reading() as session:
            return [row.version for row in rule_queries.in_use(session, actor, clock.now())]

    assert used() == [1]
    with clock.frozen(later + timedelta(hours=1)):
        assert used() == [2]
        service.withdraw_rule(lab["authoriser"], second.id, "wrong cut-off")
        assert used() == [1]
        with pytest.raises(RuleViolation):
            service.withdraw_rule(lab["authoriser"], second.id, "again")


def test_an_upload_with_all_targets_of_one_rule_is_interpreted_and_accepted_by_it(lab: OneLaboratory):
    actor, rule = lab["technician"], approved(lab)
    upload = uploaded(actor, run_table(ROWS))
    assert upload.rule_id == rule.id
    found = {name: one.result for name, one in outcomes(actor, upload).items()}
    assert found == {"S-0001": "positive", "S-0002": "negative", "S-0003": "repeat", "S-0004": "repeat"}
    assert service.accept_upload(actor, upload.id) == 8
    rows = recorded(actor, upload)
    assert {name: (row.value_text, row.status, row.target) for name, row in rows.items()} == {
        "S-0001": ("POS", "value", "SARSCOV2"), "S-0002": ("NEG", "not_detected", "SARSCOV2"),
    }  # fmt: skip
    row = rows["S-0001"]
    assert (row.rule_id, row.rule_hash) == (rule.id, rule.content_hash)
    assert row.reasoning is not None
    assert [step["code"] for step in row.reasoning["steps"]] == ["within", "within", "targets_positive", "internal_found"]
    with pytest.raises(RuleViolation, match="no longer under review"):
        service.choose_rule(actor, upload.id, None)


def test_a_run_that_fails_by_the_rule_gives_nothing(lab: OneLaboratory):
    rule = approved(lab, controls=[{**CONTENT["controls"][0]}, {**CONTENT["controls"][1], "ct_high": "22", "ct_low": "20"}])
    actor = lab["technician"]
    upload = uploaded(actor, run_table(ROWS))
    assert {one.result for one in seen_as(actor, upload).outcomes} == {"repeat"}
    with pytest.raises(RuleViolation, match="does not count"):
        service.accept_upload(actor, upload.id)
    outcome = outcomes(actor, upload)["S-0001"]
    second = service.Proof(lab["qa_manager"].login, PASSWORD)
    with pytest.raises(RuleViolation, match="Repeat the run"):
        service.override_interpretation(
            lab["authoriser"], upload.id, outcome.sample_id, "positive", "x", second, seen=reasoning_hash(outcome.finding)
        )
    service.withdraw_rule(lab["authoriser"], rule.id, "wrong window")
    with pytest.raises(RuleViolation, match="not in use any more"):
        service.accept_upload(actor, upload.id)
    service.choose_rule(actor, upload.id, None)
    assert service.accept_upload(actor, upload.id) == 12


def test_an_override_needs_two_persons_a_reason_and_keeps_both_values(lab: OneLaboratory):
    approved(lab)
    upload = uploaded(lab["technician"], run_table(ROWS))
    outcome = outcomes(lab["technician"], upload)["S-0003"]
    seen, qa = reasoning_hash(outcome.finding), service.Proof(lab["qa_manager"].login, PASSWORD)

    def override(second: service.Proof = qa, chosen: str = "indeterminate", reason: str = "curve looked at", seen: str = seen) -> Any:
        return service.override_interpretation(lab["authoriser"], upload.id, outcome.sample_id, chosen, reason, second, seen=seen)

    wrong: list[tuple[dict[str, Any], type[LimsError]]] = [
        ({"second": service.Proof(lab["authoriser"].login, PASSWORD)}, RuleViolation),
        ({"second": service.Proof(lab["technician"].login, PASSWORD)}, RuleViolation),
        ({"second": service.Proof(lab["technician2"].login, PASSWORD)}, RuleViolation),
        ({"second": service.Proof(lab["qa_manager"].login, "wrong")}, Forbidden), ({"chosen": "repeat"}, Invalid),
        ({"chosen": "not_judged"}, Invalid), ({"reason": ""}, Invalid), ({"seen": "0"}, Conflict),
    ]  # fmt: skip
    for change, kind in wrong:
        with pytest.raises(kind):
            override(**change)
    with pytest.raises(Forbidden):
        service.override_interpretation(lab["technician"], upload.id, outcome.sample_id, "positive", "x", qa, seen=seen)
    assert outcomes(lab["technician"], upload)["S-0003"].override is None
    row = override()
    assert (row.computed, row.chosen) == ("repeat", "indeterminate")
    assert service.accept_upload(lab["technician"], upload.id) == 12
    kept = recorded(lab["technician"], upload)["S-0003"]
    assert (kept.value_text, kept.reasoning["computed"], kept.reasoning["override"]["chosen"]) == ("IND", "repeat", "indeterminate")


def test_an_override_counts_no_more_when_the_readings_are_decided_otherwise(lab: OneLaboratory):
    approved(lab)
    upload = uploaded(lab["technician"], run_table(ROWS))
    outcome = outcomes(lab["technician"], upload)["S-0003"]
    second = service.Proof(lab["qa_manager"].login, PASSWORD)
    args = (lab["authoriser"], upload.id, outcome.sample_id, "positive", "seen", second)
    service.override_interpretation(*args, seen=reasoning_hash(outcome.finding))
    assert outcomes(lab["technician"], upload)["S-0003"].result == "positive"
    with reading() as session:
        rows = [row.row for row in queries.readings(session, upload.id, lab["technician"]) if row.sample == "S-0003" and row.target == "N"]
    service.decide_readings(lab["technician"], upload.id, rows, "exclude", reason="bubble")
    found = {one.sample_id: one for one in seen_as(lab["technician"], upload).outcomes}[outcome.sample_id]
    assert (found.result, found.override) == ("not_judged", None)
    with pytest.raises(RuleViolation, match="was not read"):
        service.override_interpretation(*args, seen=reasoning_hash(found.finding))


def test_the_rule_of_another_laboratory_does_not_exist(lab: OneLaboratory, laboratories: TwoLaboratories):
    foreign = approved(laboratories.b)
    upload = uploaded(lab["technician"], run_table(ROWS))
    assert upload.rule_id is None
    for act in (
        lambda: service.choose_rule(lab["technician"], upload.id, foreign.id),
        lambda: service.next_rule_version(lab["technician"], foreign.id),
        lambda: service.withdraw_rule(lab["authoriser"], foreign.id, "x"),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            act()
