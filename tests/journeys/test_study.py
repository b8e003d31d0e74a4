"""One study from plan to report: both parties sign, the data are locked, the method is authorised, the report verifies and recomputes."""

from __future__ import annotations

from pathlib import Path

from lims import seals
from lims.db.engine import Database
from lims.db.session import reading
from lims.validation import service
from lims.validation.queries.report import report_input
from lims.validation.queries.visible import study_by_id
from lims.validation.report.workbook import build, data_of, report_of
from tests.validation_factory import agreeing, new_study_world


def test_a_study_runs_from_plan_to_a_sealed_report(sqlite_database: Database, tmp_path: Path):
    seals.use(tmp_path)
    world = new_study_world()
    world.to_collection(rows=agreeing(missed=1))
    for kind, result in (("test_again", "positive"), ("reference_again", "positive"), ("third_method", "positive")):
        service.retest_row(world.technician, world.study_id, 1, kind, result, "sequencing")
    service.exclude_row(world.technician, world.study_id, 2, "control", "NTC positive")
    world.analyse()
    world.review()
    world.decide("approved_with_limits", "nasopharyngeal swabs")
    world.authorise()
    with reading() as session:
        report = report_input(session, study_by_id(session, world.coordinator, world.study_id))
    assert (report.decision, report.limits_of_use, report.scope.laboratories) == (
        "approved_with_limits",
        "nasopharyngeal swabs",
        ("CUSA", "CDCB"),
    )
    assert [(one.item, one.test, one.comparator, one.third_method) for one in report.discordants] == [
        ("S001", "negative", "positive", "positive")
    ]
    assert (len(report.reviews), len(report.approvals), [one.number for one in report.parts[0].study.exclusions]) == (2, 6, [2])
    assert report_of(data_of(report)) == report
    assert build(report, seals.sealer())[:2] == b"PK"
