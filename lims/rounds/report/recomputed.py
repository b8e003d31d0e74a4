"""What a report carries of its data, and the same report again with every number computed anew from it."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import Any

from lims.canonical import canonical
from lims.rounds.report.facts import RoundReport
from lims.rounds.report.restored import restored
from lims.rounds.report.sealed import BrokenSeal, for_cells
from lims.statistics.assessment.plan import ParticipantInput

KIND = "round_report"


def data_of(report: RoundReport) -> str:
    """Canonical JSON of everything the report was made of but its score, which is computed from the rest."""
    content = {one.name: getattr(report, one.name) for one in fields(report) if one.name != "score"}
    return for_cells(canonical({"kind": KIND, "report": {name: _plain(part) for name, part in content.items()}}))


def recomputed(content: dict[str, Any]) -> RoundReport:
    """The report with the score that the statistics give for its data; BrokenSeal where the data are no round."""
    from lims.statistics.assessment.run import score

    try:
        report = restored(RoundReport, content, score=None)
        participants = [ParticipantInput(one.code, one.side, one.state, one.is_organiser) for one in report.participants]
        return replace(report, score=score(report.plan, report.item_plans, participants, report.reported))
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        raise BrokenSeal(str(error)) from error


def parsed(text: str) -> tuple[str, dict[str, Any]]:
    """Kind and content of sealed data."""
    try:
        content = json.loads(text)
        return str(content["kind"]), content["report"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BrokenSeal("the data are no JSON of a report") from error


def _plain(part: Any) -> Any:
    if isinstance(part, tuple):
        return [_plain(one) for one in part]
    return asdict(part) if hasattr(part, "__dataclass_fields__") else part
