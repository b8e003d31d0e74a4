"""Many rows at once: taken, parked, left out; all or none, and never by a doubt that a person has not looked at."""

from __future__ import annotations

import random
import uuid

import pytest

from lims import worker
from lims.db.session import Actor, reading
from lims.errors import LimsError, NotFound, RuleViolation
from lims.imports import queries, service
from lims.imports.models import Upload
from lims.imports.service import RowsRefused
from lims.samples.models import Sample
from tests.factories import TwoLaboratories, accepted_sample, registered_sample

ROWS = [
    ("S-0001", "24.50"), ("S-0002", "Undetermined"), ("S-0003", ""), ("S-0002", "Strange"), ("S-OOO1", "30.00"), ("NOBODY", "28.00"),
    ("S-0004", "21.00"),
]  # fmt: skip


def table(rows: list[tuple[str, str]]) -> bytes:
    lines = ["Well,Sample,Task,Target,Ct"]
    lines += [f"A{number},{sample},UNKNOWN,N,{ct}" for number, (sample, ct) in enumerate(rows, 1)]
    return "\r\n".join([*lines, "G12,PC,Positive Control,N,22.00", "H12,NTC,NTC,N,Undetermined", ""]).encode()


def uploaded(actor: Actor, content: bytes) -> Upload:
    upload = service.store_upload(actor, "run.csv", content).upload
    while worker.work_once():
        pass
    with reading() as session:
        return queries.upload(session, actor, upload.id)


class Bench:
    def __init__(self, laboratories: TwoLaboratories) -> None:
        self.actor = laboratories.a["technician"]
        self.stranger: Sample = accepted_sample(laboratories.b, "S-9999")
        self.samples = {name: accepted_sample(laboratories.a, name) for name in ("S-0001", "S-0002", "S-0003", "S-0004")}
        self.waiting: Sample = registered_sample(laboratories.a, "S-0005")
        self.upload = uploaded(self.actor, table(ROWS))

    def decided(self) -> dict[int, tuple[str, uuid.UUID | None]]:
        _upload, rows = service.review(self.actor, self.upload.id)
        return {one.reading.row: (one.decision.decision, one.decision.sample_id) for one in rows if one.decision is not None}


@pytest.fixture
def bench(laboratories: TwoLaboratories) -> Bench:
    return Bench(laboratories)


def test_only_exact_rows_with_a_usable_value_are_proposed(bench: Bench):
    assert sorted(bench.decided()) == [1, 2, 7]
    _upload, rows = service.review(bench.actor, bench.upload.id)
    problems = {one.reading.row: (one.problem, len(one.candidates)) for one in rows if one.is_open}
    assert problems == {3: ("missing", 1), 4: ("invalid", 1), 5: ("look_alike", 1), 6: ("unknown", 0)}


def test_a_text_that_is_no_value_is_taken_only_by_a_person(bench: Bench):
    assert service.decide_in_bulk(bench.actor, bench.upload.id, [4], "match", "the well was not filled") == 1
    assert bench.decided()[4] == ("match", bench.samples["S-0002"].id)


def test_one_doubtful_row_refuses_the_whole(bench: Bench):
    before = bench.decided()
    with pytest.raises(RowsRefused) as caught:
        service.decide_in_bulk(bench.actor, bench.upload.id, [1, 3, 4, 5, 6, 8, 77], "match")
    codes = {row: error.code for row, error in caught.value.rows.items()}
    assert codes == {
        3: "imports.own_choice", 5: "imports.own_choice", 6: "imports.own_choice", 8: "imports.control_row", 77: "imports.no_row",
    }  # fmt: skip
    assert bench.decided() == before


def test_rows_are_parked_and_left_out_together_and_taken_again(bench: Bench):
    assert service.decide_in_bulk(bench.actor, bench.upload.id, range(1, 8), "park", "the run is in question") == 7
    assert set(bench.decided().values()) == {("park", None)}
    assert service.decide_in_bulk(bench.actor, bench.upload.id, [1, 2, 7], "match") == 3
    assert service.decide_in_bulk(bench.actor, bench.upload.id, [3, 4, 5, 6], "exclude") == 4
    assert service.accept_upload(bench.actor, bench.upload.id) == 3


def test_deciding_the_same_again_changes_nothing(bench: Bench):
    assert service.decide_in_bulk(bench.actor, bench.upload.id, [1, 2, 7], "match") == 0


def test_a_matched_look_alike_stays_with_its_sample(bench: Bench):
    service.decide_readings(bench.actor, bench.upload.id, [5], "match", bench.samples["S-0001"].id, "compared with the tube")
    assert service.decide_in_bulk(bench.actor, bench.upload.id, [1, 5], "match") == 0
    assert bench.decided()[5] == ("match", bench.samples["S-0001"].id)


def test_a_control_is_never_decided(bench: Bench):
    for decision in ("park", "exclude"):
        with pytest.raises(RowsRefused):
            service.decide_in_bulk(bench.actor, bench.upload.id, [1, 9], decision)
    assert sorted(bench.decided()) == [1, 2, 7]


def test_a_decided_upload_takes_no_more_decisions(bench: Bench):
    service.decide_in_bulk(bench.actor, bench.upload.id, [3, 4, 5, 6], "park")
    service.accept_upload(bench.actor, bench.upload.id)
    with pytest.raises(RuleViolation, match="no longer under review"):
        service.decide_in_bulk(bench.actor, bench.upload.id, [1], "exclude")


def test_another_laboratory_decides_nothing(bench: Bench, laboratories: TwoLaboratories):
    with pytest.raises(NotFound):
        service.decide_in_bulk(laboratories.b["technician"], bench.upload.id, [1], "park")


def test_whatever_is_chosen_all_of_it_is_saved_or_nothing(bench: Bench):
    """Sixty drawn sets of choices, good ones and wrong ones mixed: the decisions are as chosen, or as they were."""
    drawn = random.Random(5)
    targets = [*(row.id for row in bench.samples.values()), bench.waiting.id, bench.stranger.id, uuid.uuid4(), None]
    saved = refused = 0
    for _round in range(60):
        good = drawn.random() < 0.5
        pool = targets[:4] if good else targets
        choices = {}
        for row in drawn.sample(range(1, 8 if good else 12), drawn.randint(1, 6)):
            decision = drawn.choice(["match", "park", "exclude"] if good else ["match", "park", "exclude", "eat"])
            sample = drawn.choice(pool) if decision == "match" else None if good else drawn.choice([None, None, None, pool[0]])
            choices[row] = (decision, sample)
        before = bench.decided()
        try:
            service.decide_each(bench.actor, bench.upload.id, choices)
            saved += 1
            assert bench.decided() == before | choices
        except LimsError:
            refused += 1
            assert bench.decided() == before
    assert saved > 10 and refused > 10
