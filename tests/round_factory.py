"""A comparison round driven through its services, as the persons of four laboratories of two organisations would."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from lims import clock
from lims.blobs import BlobStore
from lims.db.session import Actor, reading
from lims.rounds import service
from lims.rounds.models import Participant, PreparationRecord, Round
from lims.rounds.queries import joint, matters, records, review, visible
from lims.rounds.service import Box, Entry, ItemDraft, ProtocolWords, RoundPlan, ValueEntry
from lims.statistics.assessment.plan import ScoringPlan
from tests.factories import PASSWORD, OneLaboratory, new_laboratory

START = datetime(2026, 5, 4, 1, 0, tzinfo=UTC)
DEADLINE = datetime(2026, 5, 20, 9, 0, tzinfo=UTC)  # 17:00 in Beijing
SECOND = timedelta(seconds=1)

QUALITATIVE = ScoringPlan(kind="qualitative", measurand="SARS-CoV-2 RNA")
QUANTITATIVE = ScoringPlan(
    kind="quantitative", measurand="SARS-CoV-2 RNA", unit="{log10 copies}/mL", is_log10=True, sigma_pt=Decimal("0.25")
)
PANEL = (
    ItemDraft(1, expected_code="POS", is_strong=True), ItemDraft(2, expected_code="POS"), ItemDraft(3, expected_code="WPOS"),
    ItemDraft(4, expected_code="NEG"), ItemDraft(5, expected_code="NEG"),
)  # fmt: skip
LEVELS = (
    ItemDraft(1, x_pt=Decimal("4.50"), expanded_u_x_pt=Decimal("0.10")),
    ItemDraft(2, x_pt=Decimal("3.20"), expanded_u_x_pt=Decimal("0.10")),
)  # fmt: skip


def round_plan(scoring: ScoringPlan, **changes: object) -> RoundPlan:
    """A complete plan of a round of this kind."""
    template = "NAT5" if scoring.kind == "qualitative" else "QUANT2"
    plan = RoundPlan(
        title_en="Round of the test", title_zh="测试轮次", template_code=template, month="2026-05",
        deadline=DEADLINE, zone="Asia/Shanghai", scoring=scoring,
        words=ProtocolWords(purpose="Agreement of both sides", contacts="Coordinator", conduct_rules="No exchange of results"),
        items=PANEL if scoring.kind == "qualitative" else LEVELS,
    )  # fmt: skip
    return replace(plan, **changes)  # type: ignore[arg-type]


@dataclass
class World:
    """Four laboratories, one scheme of both organisations, and a round that is driven step by step."""

    blobs: BlobStore
    labs: dict[str, OneLaboratory]
    scheme_id: uuid.UUID
    round_id: uuid.UUID = field(default_factory=uuid.uuid4)
    scoring: ScoringPlan = QUALITATIVE
    box_codes: dict[str, str] = field(default_factory=dict)

    @property
    def coordinator(self) -> Actor:
        return self.labs["CUSA"]["coordinator"]

    def qa(self, side: str) -> Actor:
        return self.labs[{"customs": "CUSA", "cdc": "CDCB"}[side]]["qa_manager"]

    def reviewer(self, side: str) -> Actor:
        return self.labs[{"customs": "CUSA", "cdc": "CDCB"}[side]]["reviewer"]

    def state(self) -> str:
        with reading() as session:
            return visible.round_by_id(session, self.coordinator, self.round_id).state

    def row(self) -> Round:
        with reading() as session:
            return visible.round_by_id(session, self.coordinator, self.round_id)

    def part(self, lab: str) -> Participant:
        with reading() as session:
            return records.participant_of(session, self.row(), self.labs[lab].id)

    def seen(self, matter: str) -> str:
        """The hash that a page shows now of the protocol, of the newest score run, or of its release; empty where there is none."""
        with reading() as session:
            row = self.row()
            if matter == "boxes":
                return matters.of_boxes(session, row)
            if matter == "protocol":
                return matters.of_protocol(session, row)
            if matter in joint.STEPS:
                return joint.seen(session, row, matter)
            run = records.newest_evaluation(session, row)
            if run is None:
                return ""
            return matters.of_run(run) if matter == "score_run" else matters.of_release(session, row, run)

    def version(self, lab: str) -> int:
        """The newest version of this laboratory's results; 0 before the first."""
        with reading() as session:
            return max((one.version for one in records.versions_of(session, self.part(lab))), default=0)

    # the steps, one verb each

    def plan(self, scoring: ScoringPlan = QUALITATIVE, **changes: object) -> None:
        self.scoring = scoring
        self.round_id = service.create_round(self.coordinator, self.scheme_id, round_plan(scoring, **changes)).id

    def agree(self) -> None:
        for side in ("customs", "cdc"):
            service.approve_protocol(self.qa(side), self.round_id, PASSWORD, seen=self.seen("protocol"))

    def enrol(self, *labs: str, consent: bool = False) -> None:
        service.invite(self.coordinator, self.round_id, [lab.id for lab in self.labs.values()])
        service.open_enrolment(self.coordinator, self.round_id)
        for lab in labs or tuple(self.labs):
            service.enrol(self.labs[lab]["authoriser"], self.round_id, has_consented=consent)

    def prepare(self) -> None:
        service.start_preparing(self.coordinator, self.round_id)
        self.pack()

    def pack(self) -> None:
        """The truth sealed, and a box for everybody who is enrolled."""
        service.seal_truth(self.coordinator, self.round_id)
        for lab in self.labs:
            if self.part(lab).state == "enrolled":
                box = Box("three layers", "UN3373", "-20")
                self.box_codes[lab] = service.record_dispatch(self.coordinator, self.round_id, self.part(lab).id, box).box_code

    def withdraw_items(self) -> None:
        """The panel withdrawn by both parties; the next one has the same truth and is packed again."""
        for side in ("customs", "cdc"):
            service.withdraw_items(self.qa(side), self.round_id, "item 3 leaks", PASSWORD, seen=self.seen("withdraw_items"))
        service.define_items(self.coordinator, self.round_id, PANEL if self.scoring.kind == "qualitative" else LEVELS)
        self.pack()

    def measure(self, number: int, kind: str, first: str, second: str = "", checker: Actor | None = None) -> PreparationRecord:
        """A preparation record: its figures shown to the checker, who signs what is seen."""
        pasted = service.Pasted(number, kind, first, second)
        seen = service.preview_preparation(self.coordinator, self.round_id, pasted).seen
        login = (checker or self.qa("customs")).login
        return service.record_preparation(self.coordinator, self.round_id, pasted, checker=login, password=PASSWORD, seen=seen)

    def send(self) -> None:
        service.dispatch_round(self.coordinator, self.round_id, self.qa("customs").login, PASSWORD, seen=self.seen("boxes"))

    def receive(self, lab: str) -> None:
        service.confirm_receipt(self.labs[lab]["technician"], self.round_id, self.box_codes[lab], temperature="-18", condition="intact")

    def numbers(self, lab: str) -> dict[str, int]:
        """Item code -> item number, which no participant knows."""
        with reading() as session:
            row = self.row()
            items = {item.id: item.number for item in records.items_of(session, row)}
            return {code.code: items[code.item_id] for code in records.item_codes_of(session, self.part(lab))}

    def entry(self, lab: str, answers: Mapping[int, str], **changes: object) -> Entry:
        """A complete form; ``answers`` by item number."""
        values = []
        for code, number in self.numbers(lab).items():
            if self.scoring.kind == "qualitative":
                values.append(ValueEntry(code, result_code=answers[number], ct={"N": "31.2"} if answers[number] == "POS" else {}))
            else:
                values.append(ValueEntry(code, value=answers[number], unit=self.scoring.unit, expanded_u="0.30", k="2"))
        head = {"method_code": "RT-PCR", "tested_on": "2026-05-04", "amplification_kit": f"Kit {lab}"}
        return replace(Entry(tuple(values), head, is_independent=True), **changes)  # type: ignore[arg-type]

    def draft(self, lab: str, answers: Mapping[int, str]) -> None:
        service.save_draft(self.labs[lab]["technician"], self.round_id, self.entry(lab, answers))

    def hand_over(self, lab: str) -> None:
        service.hand_over(self.labs[lab]["technician"], self.round_id)

    def sign(self, lab: str) -> None:
        service.sign_submission(self.labs[lab]["authoriser"], self.round_id, PASSWORD, version=self.version(lab))

    def submit(self, lab: str, answers: Mapping[int, str]) -> None:
        self.draft(lab, answers)
        self.hand_over(lab)
        self.sign(lab)

    def unblind(self) -> None:
        service.unblind(self.coordinator, self.round_id, self.qa("cdc").login, PASSWORD)

    def evaluate(self) -> None:
        service.evaluate_round(self.coordinator, self.round_id)
        self.check()

    def check(self) -> None:
        service.check_evaluation(self.reviewer("cdc"), self.round_id, PASSWORD, seen=self.seen("score_run"))
        service.start_review(self.coordinator, self.round_id)

    def opine(self) -> None:
        for side in ("customs", "cdc"):
            text = f"Opinion of the {side} side: all in order."
            service.write_opinion(self.reviewer(side), self.round_id, text, PASSWORD, seen=self.seen("score_run"))

    def file_minutes(self, *actions: service.ActionDraft) -> None:
        """The minutes of a meeting held today."""
        today = f"{clock.now():%Y-%m-%d}"
        draft = service.MinutesDraft(today, "Coordinator and the QA managers of both sides", "The verdicts stand.", agenda="Verdicts")
        with reading() as session:
            seen = len(review.minutes_of(session, self.row()))
        service.file_minutes(self.coordinator, self.round_id, draft, actions, PASSWORD, seen=seen)

    def release(self) -> None:
        for side in ("customs", "cdc"):
            service.release(self.qa(side), self.round_id, PASSWORD, self.blobs, seen=self.seen("release"))

    def to_testing(self, scoring: ScoringPlan = QUALITATIVE, *labs: str, consent: bool = False) -> None:
        """From nothing to a round under test in which every enrolled laboratory has its box."""
        self.plan(scoring)
        self.agree()
        self.enrol(*labs, consent=consent)
        self.prepare()
        self.send()
        for lab in self.box_codes:
            self.receive(lab)


RIGHT = {1: "POS", 2: "POS", 3: "WPOS", 4: "NEG", 5: "NEG"}
VALUES = {"CUSA": {1: "4.52", 2: "3.25"}, "CUSC": {1: "4.30", 2: "3.10"}, "CDCB": {1: "5.10", 2: "3.80"}, "CDCD": {1: "5.60", 2: "4.20"}}


def new_world(folder: Path) -> World:
    """Laboratories and scheme in the database that is open."""
    labs = {code: new_laboratory(code, side, organisation) for code, side, organisation in (
        ("CUSA", "customs", "CUS"), ("CUSC", "customs", "CUS"), ("CDCB", "cdc", "CDC"), ("CDCD", "cdc", "CDC"))}  # fmt: skip
    scheme = service.create_scheme(
        labs["CUSA"]["coordinator"], code="S-COV", title_en="Scheme of the test", title_zh="测试计划", measurand_code="SARS-CoV-2",
        matrix_code="NPS",
        party_ids=[labs["CDCB"].row.organisation_id],
    )  # fmt: skip
    return World(BlobStore(folder / "blobs"), labs, scheme.id)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """The clock at an instant."""
    with clock.frozen(instant):
        yield
