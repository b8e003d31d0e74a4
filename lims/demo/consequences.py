"""What follows the earlier quantitative round: a corrective action handed over, a self-check, a rejected appeal, an open complaint."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from lims import clock
from lims.db.session import reading
from lims.demo.people import Cast
from lims.rounds import service
from lims.rounds.queries import following, records, visible

RECORD = {
    "immediate_correction": "停用该批标准曲线，暂停报告。The curve was withdrawn and reporting stopped.",
    "reports_affected": "追溯 12 份报告，无须更正。12 reports looked at, none to correct.",
    "look_back": "比对前 30 天内报告的样品。Samples reported in the 30 days before.",
    "cause_code": "RMC",
    "analysis": "稀释一步有误，全部样品偏高约 0.85 log10。A wrong dilution step; all items about 0.85 log10 too high.",
    "action": "更换标准物质，修订稀释记录表，复核人签字。New standard, revised dilution form with a second signature.",
    "owner": "技术负责人 Technical manager",
    "evidence": "新标准曲线 3 次，斜率 -3.35 至 -3.42。Three new curves, slopes -3.35 to -3.42.",
    "effectiveness_kind": "measurement_audit",
    "effectiveness": "测量审核 z = 0.4。Measurement audit, z = 0.4.",
}


def follow(cast: Cast, round_id: uuid.UUID, deadline: datetime) -> None:
    """Drive the consequences, each at its own time."""
    coordinator = cast.actor("coordinator.cus")
    with clock.frozen(deadline + timedelta(days=14)):
        service.start_follow_up(coordinator, round_id)
        service.open_self_check(coordinator, round_id, _code(cast, round_id, "CUSB"), "三个水平均偏低 All three levels are low")
    _appeal(cast, round_id, deadline)
    with reading() as session:
        case = next(one for one in following.cases(session, cast.actor("auth.cdcb")))
    with clock.frozen(deadline + timedelta(days=40)):
        service.save_case(cast.actor("tech1.cdcb"), case.row.id, RECORD, seen=0)
    with clock.frozen(deadline + timedelta(days=42)):
        service.hand_over_case(cast.actor("auth.cdcb"), case.row.id, cast.password("auth.cdcb"))
    with clock.frozen(deadline + timedelta(days=45)):
        complaint = "样品箱比约定晚到一天。The box arrived a day later than agreed."
        service.raise_complaint(cast.actor("auth.cusb"), round_id, complaint, cast.password("auth.cusb"))


def _appeal(cast: Cast, round_id: uuid.UUID, deadline: datetime) -> None:
    with clock.frozen(deadline + timedelta(days=20)):
        why = "本实验室认为样品 1 浓度不均匀。We think that item 1 was not homogeneous."
        raised = service.raise_appeal(cast.actor("auth.cdcb"), round_id, why, cast.password("auth.cdcb"), item_number=1)
    with clock.frozen(deadline + timedelta(days=27)):
        reason = "均匀性检验合格，其他实验室结果一致。Homogeneity was proven and the other laboratories agree."
        service.decide_appeal(cast.actor("reviewer2.cus"), raised.id, "rejected", reason, cast.password("reviewer2.cus"))


def _code(cast: Cast, round_id: uuid.UUID, laboratory: str) -> str:
    with reading() as session:
        row = visible.round_by_id(session, cast.actor("coordinator.cus"), round_id)
        return records.participant_of(session, row, cast.places[laboratory].id).code or ""
