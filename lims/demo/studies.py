"""Validation studies: a kit authorised by agreement and detection limit, a comparison under review, one that collects readings."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from sqlalchemy.orm import Session

from lims import clock
from lims.db.session import reading
from lims.demo.people import Cast
from lims.validation import service
from lims.validation.analysis.design import Observation, Strata
from lims.validation.analysis.values import reported
from lims.validation.designs import StudyPlan, default_plan
from lims.validation.models import ValidationStudy
from lims.validation.queries import records, standing
from lims.validation.queries.visible import study_by_id
from lims.validation.scope import Scope
from lims.validation.service import NewStudy

KIT = "Rapid nucleic acid kit A 快速核酸试剂A"
REFERENCE = "RT-PCR 实时荧光RT-PCR"
MISSED, FALSE_POSITIVE = (7, 58, 101), (160,)


@dataclass
class Study:
    """A study on its way: each verb at its day before now."""

    cast: Cast
    now: datetime
    id: uuid.UUID

    @contextmanager
    def at(self, days: int) -> Iterator[None]:
        with clock.frozen(self.now - timedelta(days=days)):
            yield

    def sign(
        self, act: Callable[..., object], matter: Callable[[Session, ValidationStudy], str], logins: tuple[str, ...], *terms: object
    ) -> None:
        """Let these persons sign what they see, one after the other."""
        for login in logins:
            with reading() as session:
                seen = matter(session, study_by_id(session, self.cast.actor(login), self.id))
            act(self.cast.actor(login), self.id, *terms, self.cast.password(login), seen=seen)


def run_studies(cast: Cast) -> None:
    """Make the studies, each at its own time."""
    now = clock.now()
    agreement = _approved(
        cast, now, 90, _new("VQ_AGREE", "Agreement of kit A with RT-PCR", "试剂A与实时荧光RT-PCR一致性"), _agreement_plan()
    )
    _collect(agreement, 80, {"tech1.cusa": AGREEMENT[::2], "tech1.cdca": AGREEMENT[1::2]})
    _resolve(agreement, 79)
    _authorise(agreement, 75)
    limit = _approved(cast, now, 88, _new("VQ_LOD", "Detection limit of kit A", "试剂A检出限"), _limit_plan())
    _collect(limit, 78, {"tech1.cdca": _dilutions()})
    _authorise(limit, 74)
    compared = _approved(
        cast, now, 40, _new("VN_EP09", "Comparison of two quantitative PCR methods", "两种定量PCR方法比对"), _comparison_plan()
    )
    _collect(compared, 30, {"tech1.cusa": _pairs()})
    _to_review(compared, 20)
    with compared.at(15):
        compared.sign(service.write_opinion, _analysis, ("reviewer.cus",), "符合方案。As planned.")
    _readings(_approved(cast, now, 12, _new("VQ_READERS", "Reading of a lateral-flow test", "侧向层析试纸判读"), _reading_plan()))


def _new(template: str, en: str, zh: str) -> NewStudy:
    if template == "VN_EP09":
        return NewStudy(en, zh, template, "Digital PCR 数字PCR", "Quantitative RT-PCR 定量RT-PCR", "SARSCOV2", "NPS")
    method = "Lateral-flow antigen test B 抗原侧向层析试剂B" if template == "VQ_READERS" else KIT
    return NewStudy(en, zh, template, method, REFERENCE, "SARSCOV2", "NPS")


def _words(plan: StudyPlan, design: str) -> StudyPlan:
    return replace(
        plan, purpose="口岸快速检测 Rapid testing at the port",
        intended_use="鼻咽拭子定性检测 Detection in nasopharyngeal swabs", design=design,
        comparator_reason="双方现行方法 The method both sides use now",
    )  # fmt: skip


def _agreement_plan() -> StudyPlan:
    return _words(
        replace(default_plan("VQ_AGREE"), planned_rows=220),
        "110 份阳性、110 份阴性，编号随机 110 positive and 110 negative, coded at random",
    )


def _limit_plan() -> StudyPlan:
    plan = default_plan("VQ_LOD")
    claimed = replace(plan.criteria[0], level=Decimal(200))
    return _words(
        replace(plan, criteria=(claimed,), unit="copies/mL", planned_rows=100), "5 个水平各 20 次 Five levels, 20 replicates each"
    )


def _comparison_plan() -> StudyPlan:
    plan = replace(default_plan("VN_EP09"), unit="{log10 copies}/mL", planned_rows=48)
    return _words(plan, "48 份样品各测一次 48 samples, one result each")


def _reading_plan() -> StudyPlan:
    return _words(default_plan("VQ_READERS"), "双人盲法判读 Two blinded readers")


def _agreement() -> list[Observation]:
    source, rows = Random(20260101), []
    for number in range(1, 221):
        truth = "positive" if number <= 110 else "negative"
        test = "negative" if number in MISSED else "positive" if number in FALSE_POSITIVE else truth
        ct = Decimal(f"{source.uniform(20, 35):.1f}") if truth == "positive" else None
        where = Strata(site="CUSA" if number % 2 else "CDCA", lot="A2601" if number % 3 else "A2602")
        rows.append(Observation(number, f"VA{number:03d}", reported(test), reported(truth), ct=ct, strata=where))
    return rows


AGREEMENT = _agreement()


def _dilutions() -> list[Observation]:
    hits = {Decimal(50): 6, Decimal(100): 13, Decimal(200): 19, Decimal(400): 20, Decimal(800): 20}
    return [
        Observation(0, f"L{level}-{n:02d}", reported("positive" if n <= hits[level] else "negative"), level=level)
        for level in hits for n in range(1, 21)
    ]  # fmt: skip


def _pairs() -> list[Observation]:
    source, rows = Random(20260102), []
    for number in range(1, 49):
        x = source.uniform(2.2, 7.4)
        y = 0.03 + 1.005 * x + source.gauss(0, 0.12)
        rows.append(Observation(number, f"Q{number:02d}", reported(f"{y:.2f}"), reported(f"{x + source.gauss(0, 0.08):.2f}")))
    return rows


def _approved(cast: Cast, now: datetime, days: int, new: NewStudy, plan: StudyPlan) -> Study:
    """Register, plan, have both parties sign, open the collection."""
    lead, partner = cast.actor("coordinator.cus"), cast.places["CDCA"].organisation_id
    with clock.frozen(now - timedelta(days=days)):
        study = Study(cast, now, service.register_study(lead, new, [partner]).id)
        service.write_plan(lead, study.id, plan)
    with study.at(days - 2):
        study.sign(service.approve_plan, _plan, ("qa.cus", "qa.cdc"))
        service.open_collection(lead, study.id)
    return study


def _collect(study: Study, days: int, given: dict[str, list[Observation]]) -> None:
    with study.at(days):
        for login, rows in given.items():
            service.add_rows(study.cast.actor(login), study.id, rows, "paste")


def _resolve(study: Study, days: int) -> None:
    """Repeat what disagrees, then let a third method decide."""
    with study.at(days), reading() as session:
        row = study_by_id(session, study.cast.actor("coordinator.cus"), study.id)
        found = {one.content["item"]: one.number for one in records.rows_of(session, row)}
    tech = study.cast.actor("tech2.cdca")
    with study.at(days):
        for number in (*MISSED, *FALSE_POSITIVE):
            truth = "negative" if number in FALSE_POSITIVE else "positive"
            for kind in ("test_again", "reference_again", "third_method"):
                service.retest_row(
                    tech, study.id, found[f"VA{number:03d}"], kind, truth, "Sequencing 测序" if kind == "third_method" else ""
                )


def _to_review(study: Study, days: int) -> None:
    lead = study.cast.actor("coordinator.cus")
    with study.at(days):
        service.lock_data(lead, study.id)
        service.analyse_study(lead, study.id)
        service.send_to_review(lead, study.id)


def _authorise(study: Study, days: int) -> None:
    _to_review(study, days)
    qas = ("qa.cus", "qa.cdc")
    with study.at(days - 3):
        study.sign(service.write_opinion, _analysis, ("reviewer.cus", "reviewer.cdc"), "各项准则符合方案。The criteria are met as planned.")
    with study.at(days - 5):
        study.sign(
            service.decide, lambda session, row: standing.seen(session, row, "decision"), qas, "approved_with_limits", "鼻咽拭子 NPS only"
        )
    with study.at(days - 6):
        until = (study.now + timedelta(days=365)).date()
        scope = Scope(("CUSA", "CUSB", "CDCA", "CDCB"), ("NPS",), until, lots=("A2601", "A2602"),
                      conditions="阳性结果以实时荧光RT-PCR复核 Positives are confirmed by RT-PCR")  # fmt: skip
        study.sign(service.authorise_scope, lambda session, row: standing.seen(session, row, "scope"), qas, scope)


def _readings(study: Study) -> None:
    """Both readers have read the first items; the first reader is ahead."""
    with study.at(3):
        for number in range(1, 13):
            result = "positive" if number % 2 else "negative"
            service.read_item(study.cast.actor("tech1.cusa"), study.id, f"R{number:02d}", 1, result)
            if number <= 9:
                other = "negative" if number == 7 else result
                service.read_item(study.cast.actor("tech1.cdca"), study.id, f"R{number:02d}", 2, other)


def _plan(session: Session, row: ValidationStudy) -> str:
    found = records.open_plan(session, row)
    return found.content_hash if found else ""


def _analysis(session: Session, row: ValidationStudy) -> str:
    found = records.newest_analysis(session, row)
    return found.outcome_hash if found else ""
