"""Builds the workbook, and finds its pairs of number and formula again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from lims.rounds.report.agreement import write_agreement
from lims.rounds.report.canvas import Desk
from lims.rounds.report.categories import write_categories
from lims.rounds.report.closing import write_closing
from lims.rounds.report.cover import write_protocol, write_summary
from lims.rounds.report.facts import RoundReport
from lims.rounds.report.listing import write_items, write_participants, write_results
from lims.rounds.report.pictures import write_charts
from lims.rounds.report.quantities import write_quantities
from lims.rounds.report.recomputed import data_of
from lims.rounds.report.sealed import Signer, write_seal
from lims.rounds.report.verdicts import write_verdicts


class Pair(NamedTuple):
    """A number of the report and the live formula that recomputes it."""

    sheet: str
    value_cell: str
    formula_cell: str


def build(report: RoundReport, signer: Signer | None = None) -> bytes:
    """The report as a workbook of 14 sheets; the same report gives the same bytes. With a signer it carries its sealed data."""
    report = replace(report, trace=replace(report.trace, key_fingerprint="" if signer is None else signer.fingerprint))
    desk = Desk(report)
    write_summary(desk)
    write_protocol(desk)
    write_items(desk)
    write_participants(desk)
    write_results(desk)
    if report.plan.kind == "quantitative":
        write_quantities(desk)
    else:
        write_categories(desk)
    write_charts(desk)
    write_verdicts(desk)
    write_agreement(desk)
    write_closing(desk)
    if signer is not None:
        write_seal(desk.book, data_of(report), signer)
    return desk.book.to_bytes()


def pairs(workbook: Any) -> Iterator[Pair]:
    """Every formula of an opened workbook with the number at its left, which it recomputes.

    The report has no other formulas; one without a number at its left is an error.
    """
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows():
            for left, cell in zip(row, row[1:], strict=False):
                if cell.data_type != "f":
                    continue
                if left.data_type != "n" or left.value is None:
                    raise ValueError(f"{sheet.title}!{cell.coordinate}: a formula without a number at its left")
                yield Pair(sheet.title, left.coordinate, cell.coordinate)
