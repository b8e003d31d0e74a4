"""Four comparison rounds: a quantitative one in its follow-up, two published ones of either kind, and one that is open."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from lims import blobs, clock
from lims.db.session import Actor, reading
from lims.demo import consequences
from lims.demo.annual import plan_the_year
from lims.demo.people import Cast
from lims.rounds import service
from lims.rounds.models import Round
from lims.rounds.queries import matters, records, visible
from lims.rounds.service import Box, Entry, ItemDraft, ProtocolWords, RoundPlan, ValueEntry
from lims.statistics.assessment.plan import ScoringPlan

UNIT = "{log10 copies}/mL"
QUANTITATIVE = ScoringPlan(
    kind="quantitative", measurand="SARS-CoV-2 RNA", unit=UNIT, is_log10=True, sigma_pt=Decimal("0.25"), preferred_statistic="z"
)
QUALITATIVE = ScoringPlan(kind="qualitative", measurand="SARS-CoV-2 RNA")
LEVELS = (
    ItemDraft(1, x_pt=Decimal("5.60"), expanded_u_x_pt=Decimal("0.08"), level_en="high", level_zh="高"),
    ItemDraft(2, x_pt=Decimal("4.52"), expanded_u_x_pt=Decimal("0.08"), level_en="medium", level_zh="中"),
    ItemDraft(3, x_pt=Decimal("3.41"), expanded_u_x_pt=Decimal("0.10"), level_en="low", level_zh="低"),
)
PANEL = (
    ItemDraft(1, expected_code="POS", is_strong=True, level_en="high positive", level_zh="高浓度阳性"),
    ItemDraft(2, expected_code="POS", level_en="medium positive", level_zh="中浓度阳性"),
    ItemDraft(3, expected_code="WPOS", level_en="weak positive", level_zh="弱阳性"),
    ItemDraft(4, expected_code="NEG", level_en="negative", level_zh="阴性"),
    ItemDraft(5, expected_code="NEG", level_en="negative, near neighbour", level_zh="阴性（近缘）"),
)
#: CUSB is questionable (about -2.2), CDCC is unsatisfactory (above +3); CUSC gave item 3 per litre, which is asked about before scoring
REPORTED: Mapping[str, tuple[str, ...]] = {
    "CUSA": ("5.62", "4.55", "3.36"), "CUSB": ("5.05", "3.98", "2.87"), "CUSC": ("5.48", "4.47", "6.30"),
    "CDCA": ("5.71", "4.60", "3.53"), "CDCB": ("5.66", "4.71", "3.49"), "CDCC": ("6.43", "5.38", "4.25"),
}  # fmt: skip
#: half a year earlier: CUSB is questionable too, CDCB is unsatisfactory and takes the corrective action
EARLIER: Mapping[str, tuple[str, ...]] = {
    "CUSA": ("5.58", "4.50", "3.44"), "CUSB": ("5.07", "3.97", "2.86"), "CUSC": ("5.69", "4.61", "3.37"),
    "CDCA": ("5.55", "4.47", "3.39"), "CDCB": ("6.44", "5.36", "4.27"), "CDCC": ("5.66", "4.58", "3.37"),
}  # fmt: skip
RIGHT = ("POS", "POS", "WPOS", "NEG", "NEG")
#: CDCB misses the weak positive
CALLED: Mapping[str, tuple[str, ...]] = {
    "CUSA": RIGHT, "CUSB": RIGHT, "CUSC": RIGHT,
    "CDCA": RIGHT, "CDCB": ("POS", "POS", "NEG", "NEG", "NEG"), "CDCC": ("POS", "POS", "POS", "NEG", "NEG"),
}  # fmt: skip
CTS = {"POS": "26.4", "WPOS": "35.8"}


def run_rounds(cast: Cast) -> None:
    """Make the scheme and drive its rounds, each at its own time."""
    now = clock.now()
    coordinator = cast.actor("coordinator.cus")
    with clock.frozen(now - timedelta(days=260)):
        scheme = service.create_scheme(
            coordinator, code="S-COV",
            title_en="SARS-CoV-2 nucleic acid", title_zh="新型冠状病毒核酸", measurand_code="SARSCOV2", matrix_code="NPS",
            party_ids=[cast.places["CDCA"].organisation_id],
        )  # fmt: skip
    _publish(cast, scheme.id, now - timedelta(days=190), plan_of(QUANTITATIVE, LEVELS, "QUANT2", now - timedelta(days=170)), EARLIER)
    _publish(cast, scheme.id, now - timedelta(days=100), plan_of(QUANTITATIVE, LEVELS, "QUANT2", now - timedelta(days=80)), REPORTED)
    _publish(cast, scheme.id, now - timedelta(days=50), plan_of(QUALITATIVE, PANEL, "NAT5", now - timedelta(days=30)), CALLED)
    _leave_open(cast, scheme.id, now)
    plan_the_year(cast, scheme.id, now)


def plan_of(scoring: ScoringPlan, items: tuple[ItemDraft, ...], template: str, deadline: datetime) -> RoundPlan:
    """The plan of a round of the demonstration."""
    is_panel = scoring.kind == "qualitative"
    return RoundPlan(
        title_en="SARS-CoV-2 nucleic acid, five-item panel" if is_panel else "SARS-CoV-2 RNA, log10 copies/mL",
        title_zh="新型冠状病毒核酸，5支样本盘" if is_panel else "新型冠状病毒RNA，log10 copies/mL",
        template_code=template, month=f"{deadline:%Y-%m}", deadline=deadline.replace(minute=0, second=0, microsecond=0),
        zone="Asia/Shanghai",
        scoring=scoring, items=items, words=_words(is_panel),
    )  # fmt: skip


def _words(is_panel: bool) -> ProtocolWords:
    return ProtocolWords(
        purpose="双方对同一批样品检测结果的可比性 Comparability of both sides on the same items",
        contacts="组织方轮次协调人 Coordinator of the organiser",
        conduct_rules=(
            "样品按常规样品检测；截止时间前不交换结果。Items are tested as routine samples; results are not exchanged before the deadline."
        ),
        design="5 支编码样品 Five coded items" if is_panel else "3 个编码浓度水平 Three coded levels",
        assigned_value="" if is_panel else "称量配制，溯源至定值原液 Formulation by weighing, traceable to a quantified stock",
        sigma_pt="" if is_panel else "按用途要求：0.25 log10，双方商定 Fitness for purpose: 0.25 log10, agreed by both sides",
    )


@dataclass
class Running:
    """A round on its way."""

    cast: Cast
    id: uuid.UUID
    scoring: ScoringPlan
    boxes: dict[str, str]

    def sign_by(self, act: Callable[..., object], matter: Callable[[Session, Round], str], *logins: str) -> None:
        """Let these persons sign what they see, one after the other."""
        for login in logins:
            actor = self.cast.actor(login)
            act(actor, self.id, self.cast.password(login), seen=self.seen(actor, matter))

    def seen(self, actor: Actor, matter: Callable[[Session, Round], str]) -> str:
        """The hash of a matter of this round as the person's page shows it."""
        with reading() as session:
            return matter(session, visible.round_by_id(session, actor, self.id))


def start(cast: Cast, scheme_id: uuid.UUID, plan: RoundPlan, sent: datetime) -> Running:
    """From the plan, a month before, to boxes on their way at ``sent``."""
    coordinator = cast.actor("coordinator.cus")
    with clock.frozen(sent - timedelta(days=30)):
        running = Running(cast, service.create_round(coordinator, scheme_id, plan).id, plan.scoring, {})
    for days, login in ((27, "qa.cus"), (26, "qa.cdc")):
        with clock.frozen(sent - timedelta(days=days)):
            running.sign_by(service.approve_protocol, matters.of_protocol, login)
    with clock.frozen(sent - timedelta(days=25)):
        service.invite(coordinator, running.id, [place.id for place in cast.places.values()])
        service.open_enrolment(coordinator, running.id)
    for days, code in enumerate(cast.places):
        with clock.frozen(sent - timedelta(days=24 - days)):
            service.enrol(cast.actor(f"auth.{code.lower()}"), running.id, has_consented=False)
    with clock.frozen(sent - timedelta(days=7)):
        service.start_preparing(coordinator, running.id)
    with clock.frozen(sent - timedelta(days=6)):
        service.seal_truth(coordinator, running.id)
    if plan.scoring.kind == "quantitative":
        with clock.frozen(sent - timedelta(days=3)):
            _measure(running)
    with clock.frozen(sent):
        _send(running)
    return running


#: differences from the level in log10, ten units in duplicate
UNITS = (
    ("0.02", "-0.01"), ("0.01", "0.03"), ("-0.02", "0.00"), ("0.00", "0.02"), ("-0.03", "-0.01"),
    ("0.03", "0.01"), ("0.01", "-0.02"), ("-0.01", "0.01"), ("0.00", "-0.02"), ("0.02", "0.00"),
)  # fmt: skip
AFTER_TRANSPORT = (("-0.02", "-0.03"), ("0.00", "-0.02"), ("-0.01", "-0.04"))


def _measure(running: Running) -> None:
    """Homogeneity and stability in transport of every level, checked by a second person of the organiser."""
    coordinator, password = running.cast.actor("coordinator.cus"), running.cast.password("qa.cus")
    for item in LEVELS:
        before, after = (_around(item.x_pt or Decimal(0), grid) for grid in (UNITS, AFTER_TRANSPORT))
        for kind, first, second in (("homogeneity", before, ""), ("stability", before, after)):
            pasted = service.Pasted(item.number, kind, first, second)
            seen = service.preview_preparation(coordinator, running.id, pasted).seen
            service.record_preparation(coordinator, running.id, pasted, checker="qa.cus", password=password, seen=seen)


def _around(level: Decimal, grid: tuple[tuple[str, str], ...]) -> str:
    return "\n".join("\t".join(str(level + Decimal(change)) for change in unit) for unit in grid)


def _send(running: Running) -> None:
    """Pack a box per laboratory and hand them over with a second person."""
    cast, coordinator = running.cast, running.cast.actor("coordinator.cus")
    with reading() as session:
        parts = records.participants_of(session, visible.round_by_id(session, coordinator, running.id))
    for code, place in cast.places.items():
        part = next(one for one in parts if one.laboratory_id == place.id)
        box = Box("P650, three layers", "UN3373", "-20")
        running.boxes[code] = service.record_dispatch(coordinator, running.id, part.id, box).box_code
    with reading() as session:
        seen = matters.of_boxes(session, visible.round_by_id(session, coordinator, running.id))
    service.dispatch_round(coordinator, running.id, "qa.cus", cast.password("qa.cus"), seen=seen)


def receive(running: Running, *codes: str) -> None:
    """Let these laboratories, or all, confirm the receipt of their boxes."""
    for code in codes or tuple(running.boxes):
        technician = running.cast.actor(f"tech1.{code.lower()}")
        service.confirm_receipt(technician, running.id, running.boxes[code], temperature="-18.5", condition="intact")


def submit(running: Running, code: str, answers: tuple[str, ...], is_signed: bool = True) -> None:
    """Save, hand over and sign a laboratory's answers, item by item; ``is_signed`` False leaves a draft."""
    cast = running.cast
    technician = cast.actor(f"tech1.{code.lower()}")
    service.save_draft(technician, running.id, _entry(running, code, answers))
    if not is_signed:
        return
    version = service.hand_over(technician, running.id).version
    login = f"auth.{code.lower()}"
    service.sign_submission(cast.actor(login), running.id, cast.password(login), version=version)


def _entry(running: Running, code: str, answers: tuple[str, ...]) -> Entry:
    """The form as the technician of ``code`` fills it; the demonstration alone knows which item is which."""
    coordinator = running.cast.actor("coordinator.cus")
    with reading() as session:
        row = visible.round_by_id(session, coordinator, running.id)
        numbers = {item.id: item.number for item in records.items_of(session, row)}
        part = records.participant_of(session, row, running.cast.places[code].id)
        coded = {one.code: numbers[one.item_id] for one in records.item_codes_of(session, part)}
    values = tuple(_value(running, item_code, answers[number - 1]) for item_code, number in coded.items())
    head = {"method_code": "QRTPCR", "tested_on": f"{clock.now():%Y-%m-%d}", "amplification_kit": "Kit A" if code[-1] == "A" else "Kit B"}
    return Entry(values, head, is_independent=True)


def _value(running: Running, item_code: str, answer: str) -> ValueEntry:
    if running.scoring.kind == "qualitative":
        return ValueEntry(item_code, result_code=answer, ct={"ORF1ab": CTS[answer]} if answer in CTS else {})
    return ValueEntry(item_code, value=answer, unit=UNIT, expanded_u="0.30", k="2")


def _publish(cast: Cast, scheme_id: uuid.UUID, sent: datetime, plan: RoundPlan, answers: Mapping[str, tuple[str, ...]]) -> None:
    running = start(cast, scheme_id, plan, sent)
    for days, (code, reported) in enumerate(answers.items()):
        with clock.frozen(sent + timedelta(days=1, hours=days)):
            receive(running, code)
        with clock.frozen(sent + timedelta(days=6 + days)):
            submit(running, code, reported)
    coordinator = cast.actor("coordinator.cus")
    if answers is REPORTED:
        _ask(running, plan.deadline)
    with clock.frozen(plan.deadline + timedelta(days=3)):
        service.unblind(coordinator, running.id, "qa.cdc", cast.password("qa.cdc"))
        service.evaluate_round(coordinator, running.id)
    with clock.frozen(plan.deadline + timedelta(days=4)):
        running.sign_by(service.check_evaluation, matters.of_newest_run, "reviewer.cdc")
        service.start_review(coordinator, running.id)
        if answers is REPORTED:
            _tell_early(running)
    _judge(running, plan.deadline)
    if answers is EARLIER:
        consequences.follow(cast, running.id, plan.deadline)


def _ask(running: Running, deadline: datetime) -> None:
    """The slip of CUSC: found by rule at the lock, asked about, admitted, and left out by two persons."""
    cast, coordinator = running.cast, running.cast.actor("coordinator.cus")
    with clock.frozen(deadline):
        service.close_if_due(running.id)
    with clock.frozen(deadline + timedelta(hours=20)):
        service.ask_laboratory(coordinator, running.id, 1)
    with clock.frozen(deadline + timedelta(hours=28)):
        notice = "按 copies/L 报告，应为 3.30。Reported per litre; it should read 3.30."
        service.answer_question(cast.actor("auth.cusc"), running.id, 1, "corrected", notice, cast.password("auth.cusc"))
    with clock.frozen(deadline + timedelta(days=2)):
        reason = "实验室确认单位错误，数值无效。The laboratory confirms the wrong unit; the value is invalid."
        service.decide_question(coordinator, running.id, 1, "excluded_invalid", reason, "qa.cdc", cast.password("qa.cdc"))


def _tell_early(running: Running) -> None:
    """An interim report of the score run, signed by the organiser and the QA manager of the other party."""
    cast, coordinator = running.cast, running.cast.actor("coordinator.cus")
    seen = running.seen(coordinator, matters.of_newest_run)
    words = (cast.password("coordinator.cus"), "qa.cdc", cast.password("qa.cdc"))
    service.issue_interim(coordinator, running.id, *words, blobs.store(), seen=seen)


def _judge(running: Running, deadline: datetime) -> None:
    """Opinions of both parties, then the release by both QA managers."""
    cast = running.cast
    for days, login in ((8, "reviewer.cus"), (9, "reviewer.cdc")):
        with clock.frozen(deadline + timedelta(days=days)):
            opinion = (
                "样品适用；建议偏离的实验室核查校准和提取步骤。"
                "Items were suitable; the deviating laboratory is advised to check its calibration and extraction."
            )
            seen = running.seen(cast.actor(login), matters.of_newest_run)
            service.write_opinion(cast.actor(login), running.id, opinion, cast.password(login), seen=seen)
    for days, login in ((10, "qa.cus"), (11, "qa.cdc")):
        with clock.frozen(deadline + timedelta(days=days)):
            seen = running.seen(cast.actor(login), matters.of_newest_release)
            service.release(cast.actor(login), running.id, cast.password(login), blobs.store(), seen=seen)


def _leave_open(cast: Cast, scheme_id: uuid.UUID, now: datetime) -> None:
    """A qualitative round under test: one laboratory has submitted, one has a draft, one has not received its box."""
    running = start(cast, scheme_id, plan_of(QUALITATIVE, PANEL, "NAT5", now + timedelta(days=9)), now - timedelta(days=5))
    with clock.frozen(now - timedelta(days=3)):
        receive(running, "CUSA", "CUSB", "CUSC", "CDCA", "CDCB")
    with clock.frozen(now - timedelta(days=1)):
        submit(running, "CDCA", RIGHT)
        submit(running, "CUSA", RIGHT, is_signed=False)
