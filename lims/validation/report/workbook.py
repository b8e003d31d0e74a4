"""Builds the workbook of a validation report, and reads it back for the check."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from lims.canonical import canonical
from lims.rounds.report.restored import restored
from lims.rounds.report.sealed import Seal, Signer, for_cells, write_seal
from lims.validation.analysis.run import analyse
from lims.validation.report.back import write_conclusion, write_criteria, write_data, write_discordants, write_sensitivity, write_trace
from lims.validation.report.desk import Place, StudyDesk
from lims.validation.report.facts import ValidationReport
from lims.validation.report.figures import write_results, write_tables
from lims.validation.report.front import write_method, write_plan, write_samples, write_summary
from lims.validation.report.pictures import write_charts
from lims.validation.report.working import write_working

KIND = "validation_report"


def build(report: ValidationReport, signer: Signer | None = None) -> bytes:
    """The report as a workbook of 14 sheets; the same report gives the same bytes. With a signer it carries its sealed data."""
    return drawn(report, signer).book.to_bytes()


def drawn(report: ValidationReport, signer: Signer | None = None) -> StudyDesk:
    """The same before it becomes bytes, with the places of its contents."""
    desk = StudyDesk(report, [analyse(part.study) for part in report.parts], "" if signer is None else signer.fingerprint)
    write_summary(desk)
    write_method(desk)
    write_plan(desk)
    write_samples(desk)
    ranges = write_working(desk)
    write_results(desk, ranges)
    write_tables(desk)
    write_charts(desk)
    write_criteria(desk)
    write_sensitivity(desk)
    write_discordants(desk)
    write_conclusion(desk)
    write_data(desk)
    write_trace(desk)
    if signer is not None:
        write_seal(desk.book, data_of(report), signer)
    return desk


def contents(desk: StudyDesk) -> Mapping[str, list[Place]]:
    """Item of the contents list -> where it stands."""
    return desk.places


def data_of(report: ValidationReport) -> str:
    """Canonical JSON of everything the report is made of; every number of it is computed from this again."""
    return for_cells(canonical({"kind": KIND, "report": asdict(report)}))


def report_of(text: str) -> ValidationReport:
    """The report that sealed data state."""
    return restored(ValidationReport, json.loads(text)["report"])


def written_again(content: dict[str, Any], seal: Seal) -> tuple[bytes, str, str, str]:
    """The workbook that sealed data give, with report number, study and program: what the check of a report compares with."""
    report = restored(ValidationReport, content)
    head = report.head
    return build(report, seal), head.report_no, head.code, f"{head.software} {head.software_version}"
