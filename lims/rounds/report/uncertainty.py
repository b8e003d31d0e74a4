"""On the sheet of the items: the uncertainty of each assigned value and the parts it is made of."""

from __future__ import annotations

from lims.excel.book import Cell
from lims.excel.look import HELPER, NUMBER, formatted
from lims.marks import N_
from lims.rounds.report.canvas import Canvas, number, pair, text
from lims.rounds.report.smallprint import joined_reasons
from lims.rounds.report.wording import MISSING
from lims.statistics.assessment.outcome import ItemStatistics
from lims.statistics.assessment.plan import ItemPlan

PARTS = ("u_char", "u_hom", "u_stab", "u_trans")
HEADS = (
    N_("Item"), *PARTS, N_("k"), N_("u(x_pt)"), "ƒ", N_("U(x_pt)"), "ƒ",
    N_("Not given, because"),
)  # fmt: skip
EXPLAINED = N_(
    "u_char comes from the determination of the value, u_hom from differences between units, u_stab from storage, u_trans from transport: "
    "u(x_pt) is the root of the sum of their squares, U(x_pt) is k times it. A dash is a part that is not stated and not included."
)


def write_parts(canvas: Canvas) -> None:
    """One row an item, for quantitative rounds."""
    plans = {plan.number: plan for plan in canvas.report.item_plans}
    canvas.section(N_("Uncertainty of the assigned value and its parts"))
    canvas.table(HEADS, [])
    for item in canvas.report.score.items:
        canvas.sheet.fitted_row(_row(canvas, item, plans[item.item_number], canvas.sheet.count + 1))
    canvas.say(EXPLAINED)


def _row(canvas: Canvas, item: ItemStatistics, plan: ItemPlan, row: int) -> list[Cell]:
    look = formatted(HELPER, "0.0000")
    parts = [getattr(item.u_parts, name) for name in PARTS]
    lacks = [one.reason for one in (item.u_parts.u_char, item.u_x_pt) if one.value is None and one.reason is not None]
    factor = float(plan.k_x_pt) if item.u_x_pt.value is not None else None
    return [
        number(item.item_number),
        *[number(one.value, look) for one in parts],
        number(factor, NUMBER),
        *pair(item.u_x_pt.value, f"=SQRT(SUMSQ(B{row}:E{row}))", look),
        *pair(item.expanded_u_x_pt.value, f"=F{row}*G{row}", look),
        text(joined_reasons(canvas.words, lacks) or MISSING),
    ]
