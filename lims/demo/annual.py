"""The annual plan of the demonstration: a line that both sides agreed to, and one that waits for signatures."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from lims.db.session import reading
from lims.demo.people import Cast
from lims.rounds import service
from lims.rounds.queries import annual
from lims.rounds.service import LineDraft


def plan_the_year(cast: Cast, scheme_id: uuid.UUID, now: datetime) -> None:
    """Two lines after the rounds that are under way."""
    months = sorted({f"{now + timedelta(days=days):%Y-%m}" for days in (70, 160)})
    lines = [service.propose_line(cast.actor("coordinator.cus"), LineDraft(scheme_id, month, "NAT5")) for month in months]
    for login in ("qa.cus", "qa.cdc"):
        with reading() as session:
            seen = annual.basis_of(annual.line_by_id(session, cast.actor(login), lines[0].id))
        service.agree_line(cast.actor(login), lines[0].id, cast.password(login), seen=seen)
