"""A validation study driven through its services, as the persons of two laboratories of two organisations would."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from lims.db.session import Actor, reading
from lims.validation import service
from lims.validation.analysis.design import Observation, Strata
from lims.validation.analysis.values import reported
from lims.validation.designs import StudyPlan, default_plan
from lims.validation.models import ValidationStudy
from lims.validation.queries import records, standing
from lims.validation.queries.visible import study_by_id
from lims.validation.scope import Scope
from lims.validation.service import NewStudy
from tests.factories import PASSWORD, OneLaboratory, new_laboratory

NEW = NewStudy(
    "Rapid antigen test", "快速抗原检测", "VQ_AGREE", "Rapid antigen test, lateral flow", "RT-PCR", "SARSCOV2", "NPS",
)  # fmt: skip
SCOPE = Scope(("CUSA", "CDCB"), ("NPS",), date(2027, 5, 1), lots=("L1",), conditions="Positives are confirmed by RT-PCR")


def agreeing(positives: int = 60, negatives: int = 60, missed: int = 0) -> list[Observation]:
    """Rows of a method that finds all but ``missed`` of the positives and calls no negative positive."""
    rows = []
    for number in range(1, positives + negatives + 1):
        truth = "positive" if number <= positives else "negative"
        test = "negative" if number <= missed else truth
        lot = Strata(site="CUSA" if number % 2 else "CDCB", lot="L1")
        rows.append(Observation(number, f"S{number:03d}", reported(test), reported(truth), ct=Decimal(22) + number % 10, strata=lot))
    return rows


@dataclass
class StudyWorld:
    """Two laboratories of two organisations and one study that is driven step by step."""

    labs: dict[str, OneLaboratory]
    study_id: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def coordinator(self) -> Actor:
        return self.labs["CUSA"]["coordinator"]

    @property
    def technician(self) -> Actor:
        return self.labs["CUSA"]["technician"]

    def both(self, role: str) -> list[Actor]:
        return [lab[role] for lab in self.labs.values()]

    def row(self) -> ValidationStudy:
        with reading() as session:
            return study_by_id(session, self.coordinator, self.study_id)

    def seen(self, step: str) -> str:
        """The hash that the page of this step shows now."""
        with reading() as session:
            row = study_by_id(session, self.coordinator, self.study_id)
            if step == "plan":
                found = records.open_plan(session, row)
                return found.content_hash if found else ""
            if step == "analysis":
                analysis = records.newest_analysis(session, row)
                return analysis.outcome_hash if analysis else ""
            return standing.seen(session, row, step)

    # the steps, one verb each

    def register(self, new: NewStudy = NEW) -> None:
        self.study_id = service.register_study(self.coordinator, new, [lab.row.organisation_id for lab in self.labs.values()]).id

    def plan(self, plan: StudyPlan | None = None) -> None:
        service.write_plan(self.coordinator, self.study_id, plan or default_plan(self.row().template_code))

    def approve(self) -> None:
        for actor in self.both("qa_manager"):
            service.approve_plan(actor, self.study_id, PASSWORD, seen=self.seen("plan"))

    def collect(self, rows: list[Observation] | None = None) -> None:
        service.open_collection(self.coordinator, self.study_id)
        service.add_rows(self.technician, self.study_id, rows if rows is not None else agreeing())

    def analyse(self) -> None:
        service.lock_data(self.coordinator, self.study_id)
        service.analyse_study(self.coordinator, self.study_id)
        service.send_to_review(self.coordinator, self.study_id)

    def review(self) -> None:
        for actor in self.both("reviewer"):
            service.write_opinion(actor, self.study_id, "The criteria are met.", PASSWORD, seen=self.seen("analysis"))

    def decide(self, decision: str = "approved", limits: str = "") -> None:
        for actor in self.both("qa_manager"):
            service.decide(actor, self.study_id, decision, limits, PASSWORD, seen=self.seen("decision"))

    def authorise(self, scope: Scope = SCOPE) -> None:
        for actor in self.both("qa_manager"):
            service.authorise_scope(actor, self.study_id, scope, PASSWORD, seen=self.seen("scope"))

    def to_collection(self, plan: StudyPlan | None = None, rows: list[Observation] | None = None, new: NewStudy = NEW) -> None:
        self.register(new)
        self.plan(plan)
        self.approve()
        self.collect(rows)

    def to_authorised(self) -> None:
        self.to_collection()
        self.analyse()
        self.review()
        self.decide()
        self.authorise()


def new_study_world() -> StudyWorld:
    """Two laboratories and their people, no study yet."""
    return StudyWorld({"CUSA": new_laboratory("CUSA", "customs", "CUS"), "CDCB": new_laboratory("CDCB", "cdc", "CDC")})
