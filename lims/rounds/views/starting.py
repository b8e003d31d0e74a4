"""What a new round begins with: a template of the catalogue, an earlier round, or a line of the annual plan."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from flask import request

from lims.db.session import Actor, reading
from lims.rounds import service
from lims.rounds.forms import kept
from lims.rounds.lifecycle import presets
from lims.rounds.models import PlanLine, Round
from lims.rounds.queries import annual, records
from lims.rounds.service import RoundPlan
from lims.rounds.views import grid
from lims.web.language import _

NEVER_CLONED = ("deadline_day", "deadline_time")


@dataclass(frozen=True)
class Start:
    """Values of the form and the grid of items, and where they come from."""

    values: dict[str, Any]
    items: grid.Grid
    told: str = ""
    line: PlanLine | None = None
    others: list[Round] = field(default_factory=list)  # rounds that can be cloned


def begin(actor: Actor) -> Start:
    """The start that the address asks for: ``?line=``, ``?clone=`` or ``?template=``."""
    with reading() as session:
        others = annual.clonable(session, actor)
        line = annual.line_by_id(session, actor, key) if (key := _key(request.args.get("line", ""))) else None
        row = annual.clonable_by_code(session, actor, code) if (code := request.args.get("clone", "")) else None
        items = records.items_of(session, row) if row else []
    if row is not None:
        values = {name: value for name, value in kept(row).items() if name not in NEVER_CLONED}
        told = _("Protocol, panel design and words of round %(code)s; codes, truth and results were not taken over.", code=row.code)
        start = Start(values, grid.design_of(items), told, line, others)
    else:
        start = _of_template(request.args.get("template", "") or (line.template_code if line else "NAT5"), line, others)
    scheme = str(line.scheme_id) if line else request.args.get("scheme", "")
    return Start({**start.values, **({"scheme": scheme} if scheme else {})}, start.items, start.told, line, others)


def open_round(actor: Actor, scheme_id: uuid.UUID, plan: RoundPlan, start: Start) -> Round:
    """Plan the round; from a line of the annual plan it is that line's round, whatever scheme was chosen."""
    if start.line is not None:
        return service.open_from_line(actor, start.line.id, plan)
    return service.create_round(actor, scheme_id, plan)


def _of_template(code: str, line: PlanLine | None, others: list[Round]) -> Start:
    preset = presets.preset(code)
    told = ""
    if preset is not None:
        told = _("Filled from template %(code)s: %(n)s items. Everything may still be changed.", code=code, n=preset.n_items)
    values = {"template_code": code, **(preset.values if preset else {})}
    return Start(values, grid.first_grid(preset.n_items if preset else 5), told, line, others)


def _key(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        return None
