"""Validation reports with everything in them: a qualitative study with a detection limit, a comparison, measured designs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np

from lims.validation.analysis.design import AnalysisOptions, Exclusion, Strata, StudyInput
from lims.validation.analysis.values import reported
from lims.validation.report.facts import (
    Change,
    Discordant,
    Head,
    MethodFacts,
    PlanFacts,
    RawSource,
    Scope,
    Signed,
    Statement,
    StudyPart,
    ValidationReport,
    WorkFacts,
)
from tests.study_factory import at_least, at_most, between, call, exact, measured_levels, measured_pairs, numbered, series, two_by_two

INSTANT = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def agreement_study() -> StudyInput:
    rows = two_by_two(96, 1, 2, 101)
    sites = ("Customs Laboratory A", "CDC Laboratory B")
    rows = [
        {**row, "strata": Strata(site=sites[place % 2], lot=f"L{place % 3 + 1}"), "ct": Decimal(str(20 + place % 16)),
         "score": Decimal(str(round(10.0 + (place * 7919 % 50) / 10 + (20 if place < 98 else 0), 2)))}
        for place, row in enumerate(rows)
    ]  # fmt: skip
    rows += [{"test": reported("无效"), "comparator": call(True)}, {"test": reported("±"), "comparator": call(True)}]
    criteria = (at_least("ppa", "0.90"), at_least("npa", "0.90"), at_least("ppa", "0.85", by="site"), at_least("kappa", "0.80"))
    coded = tuple(replace(one, code=f"A{place}") for place, one in enumerate(criteria, 1))
    return StudyInput("multi_site", coded, numbered(rows), (Exclusion(5, "haemolysed", "=seen at receipt"),), ("site", "ct_band"))


def detection_study() -> StudyInput:
    rows = series([12.5, 25.0, 50.0, 100.0, 200.0, 400.0], [3, 9, 14, 18, 20, 20], [20] * 6)
    criteria = (at_most("lod", "250"), at_least("hit_rate", "0.95", role="estimate", level=Decimal("200.0")))
    return StudyInput("detection_limit", criteria, numbered(rows), unit="copies/mL")


def comparison_study(regression: str = "deming") -> StudyInput:
    draws = np.random.default_rng(11)
    truth = np.round(np.exp(draws.uniform(0.5, 4.0, 60)), 2)
    x, y = np.round(truth * (1 + draws.normal(0, 0.03, 60)), 2), np.round(0.1 + 1.01 * truth * (1 + draws.normal(0, 0.03, 60)), 2)
    options = AnalysisOptions(regression=regression, decision_levels=(Decimal(10),), allowed_difference_percent=Decimal(20))  # type: ignore[arg-type]
    criteria = (between("slope", "0.9", "1.1"), between("bias_percent", "-5", "5"), between("bias_at_level", "-1", "1"))
    return StudyInput("method_comparison", criteria, numbered(measured_pairs(x.tolist(), y.tolist())), options=options, unit="mg/kg")


def precision_study() -> StudyInput:
    draws, rows = np.random.default_rng(5), []
    for level in (5, 50):
        for day in range(1, 21):
            shift = draws.normal(0, 0.01)
            for run in (1, 2):
                for _ in range(2):
                    value = round(level * (1 + shift + draws.normal(0, 0.02)), 3)
                    rows.append({"test": exact(value), "level": Decimal(level), "day": f"{day:02}", "run": str(run)})
    return StudyInput("precision", (at_most("cv_within_laboratory_percent", "5"),), numbered(rows))


def chemistry_study() -> StudyInput:
    draws, calibration = np.random.default_rng(3), [0.5, 1.0, 2.0, 5.0, 10.0, 20.0]
    rows = measured_levels(calibration, [round(100 * c + draws.normal(0, 1), 2) for c in calibration], "calibration")
    for level in ("1", "5", "20"):
        spiked = [round(float(level) * (0.95 + draws.normal(0, 0.03)), 3) for _ in range(6)]
        rows += [{"test": exact(value), "level": Decimal(level), "role": "spiked"} for value in spiked]
    rows += [{"test": exact(round(abs(draws.normal(0.02, 0.01)), 4)), "role": "blank"} for _ in range(10)]
    criteria = (between("recovery_percent", "80", "110"), at_least("r2", "0.99", role="estimate"))
    return StudyInput("chemistry", criteria, numbered(rows), unit="mg/kg")


def linearity_study() -> StudyInput:
    x = [float(level) for level in (1, 2, 3, 4, 5) for _ in range(3)]
    y = [10.1, 10.3, 9.9, 20.4, 20.2, 20.5, 30.1, 30.4, 30.2, 39.9, 40.0, 40.3, 50.3, 49.9, 50.1]
    return StudyInput("linearity", (between("deviation_percent", "-10", "10"),), numbered(measured_levels(x, y)))


def efficiency_study() -> StudyInput:
    levels, draws = [1e6, 1e5, 1e4, 1e3, 1e2], np.random.default_rng(9)
    x = [level for level in levels for _ in range(3)]
    y = [round(38.0 - 3.35 * float(np.log10(level)) + draws.normal(0, 0.1), 2) for level in x]
    return StudyInput("pcr_efficiency", (between("efficiency", "0.90", "1.10"),), numbered(measured_levels(x, y)))


def report(*parts: StudyPart, language: str = "bilingual") -> ValidationReport:
    """A report of these parts; without any, of the agreement and the detection limit."""
    chosen = parts or (StudyPart("VQ_AGREE", agreement_study()), StudyPart("VQ_LOD", detection_study()))
    signed = Signed("QA manager", "Reviewer 1", "Customs Laboratory A", INSTANT, "approval", "ab" * 32, "Fit for the stated use.")
    return ValidationReport(
        Head("V-26-01", "Rapid antigen kit K against RT-PCR", "VR-26-01", 1, INSTANT, language, software_version="1.0"),  # type: ignore[arg-type]
        MethodFacts(
            "Kit K", "Use at entry ports", "Screening of respiratory specimens", "Lateral flow immunoassay", "Kit K, maker M", ("L1", "L2"),
            "Reader R", "RT-PCR of the national standard", "It is the method of reference of both parties.", "SARS-CoV-2 antigen", ("NPS",),
        ),
        PlanFacts(
            2, INSTANT, "cd" * 32, "100 positives show 96 % when all are right.", (Change(1, INSTANT, "third lot", "recall", "A"),), (),
        ),
        WorkFacts(("Customs Laboratory A", "CDC Laboratory B"), ("Technician 1",), "2026-01-05", "2026-02-10", "coded samples", "E-1",
                  INSTANT, "ef" * 32),
        chosen, (Discordant(97, "S97", "positive", "negative", "positive", "negative", "negative", "negative"),),
        (Statement("stability", "12 months at 2-30 °C"), Statement("turnaround", "20 min"), Statement("cost", "=12")),
        "approved_with_limits", "Fit for screening.", "Positives are confirmed by RT-PCR.",
        Scope(("Customs Laboratory A",), ("Technician 1",), ("NPS",), ("L1",), "2027-03-01", "positives confirmed by RT-PCR"),
        (signed,), (replace(signed, organisation="CDC Laboratory B"),), (RawSource("rows.csv", "sheet", 202, "12" * 32),),
    )  # fmt: skip


def small_study() -> StudyInput:
    """Few rows, for tests that read the workbook many times."""
    rows = [{**row, "score": Decimal(10 + place)} for place, row in enumerate(two_by_two(12, 1, 1, 12))]
    return StudyInput("qualitative_agreement", (at_least("ppa", "0.90"),), numbered(rows), (Exclusion(5, "haemolysed", "at receipt"),))


REPORTS = {
    "small": lambda: report(StudyPart("VQ_AGREE", small_study())),
    "qualitative": lambda: report(),
    "comparison": lambda: report(StudyPart("VN_EP09", comparison_study())),
    "measured": lambda: report(
        StudyPart("VN_EP05", precision_study()), StudyPart("VC_CHEM", chemistry_study()), StudyPart("VN_LINEAR", linearity_study()),
        StudyPart("VN_PCR_EFF", efficiency_study()),
    ),
    "chinese": lambda: report(language="zh_CN"),
    "english": lambda: report(language="en"),
}  # fmt: skip
