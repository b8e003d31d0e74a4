"""The analysis of a study: rows to parts, parts to results, results against the criteria, and the same with other conventions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from lims.validation.analysis import agreement, comparison, counts, curves, detection, precision
from lims.validation.analysis.design import STRATA, AnalysisOptions, Criterion, Family, Observation, Stratum, StudyInput
from lims.validation.analysis.judging import judge, worst
from lims.validation.analysis.outcome import Flow, Judgement, Reason, Result, StudyAnalysis, Variant
from lims.validation.analysis.parts import Found, Part

COMPUTE: Final[dict[Family, Callable[[Part], Found]]] = {
    "qualitative_agreement": agreement.agreement,
    "detection_limit": detection.dilution_series,
    "blank_and_detection": detection.blank_and_detection,
    "inclusivity": counts.inclusivity,
    "interference": counts.interference,
    "precision": precision.precision,
    "precision_verification": precision.verification,
    "method_comparison": comparison.comparison,
    "linearity": curves.linearity,
    "pcr_efficiency": curves.efficiency,
    "pod": detection.detection_probability,
    "relative_detection": detection.relative_level,
    "food_kit": agreement.food_kit,
    "paired_specimens": agreement.paired_specimens,
    "two_readers": agreement.two_readers,
    "multi_site": agreement.multi_site,
    "chemistry": curves.chemistry,
}


def analyse(study: StudyInput) -> StudyAnalysis:
    """Everything: the verdicts of the plan, the results behind, strata, sensitivity. The same study gives the same answer."""
    plan = _Run(study, "plan")
    judgements = plan.judgements()
    whole = plan.found(plan.part(float(study.confidence)))
    split = [plan.found(part) for name in study.strata for part in plan.split(name, float(study.confidence))]
    others = [_Run(changed, variant) for variant, changed in variations(study)]
    return StudyAnalysis(
        study.family, worst(one.verdict for one in judgements), flow(study), judgements,
        (*whole.results, *(result for found in split for result in found.results)),
        tuple(result for run in others for result in run.found(run.part(float(study.confidence))).results),
        tuple(one for run in others for one in run.judgements()),
        (*whole.tables, *(table for found in split for table in found.tables)), whole.curves,
        () if study.criteria else (Reason("no_criteria"),),
    )  # fmt: skip


def judged(study: StudyInput) -> tuple[Judgement, ...]:
    """The verdicts of the plan alone."""
    return _Run(study, "plan").judgements()


class _Run:
    """One pass over the data with one set of conventions; each part is computed once for each confidence."""

    def __init__(self, study: StudyInput, variant: Variant) -> None:
        self.study, self.variant = study, variant
        excluded = {one.number for one in study.exclusions}
        self.rows = tuple(row for row in study.observations if row.number not in excluded)
        self._known: dict[tuple[Stratum, str, float], Found] = {}

    def part(self, confidence: float) -> Part:
        return Part(self.rows, self.study.options, confidence, variant=self.variant)

    def split(self, by: Stratum, confidence: float) -> list[Part]:
        """One part for each value of a stratum; rows without one are a part of their own, named by an empty text."""
        of_rows = [(stratum_of(row, by, self.study.options), row) for row in self.rows]
        return [
            Part(tuple(row for value, row in of_rows if value == one), self.study.options, confidence, by, one, self.variant)
            for one in sorted({value for value, _ in of_rows})
        ]

    def found(self, part: Part) -> Found:
        key = (part.stratum, part.value, part.confidence)
        if key not in self._known:
            self._known[key] = COMPUTE[self.study.family](part)
        return self._known[key]

    def judgements(self) -> tuple[Judgement, ...]:
        return tuple(one for criterion in self.study.criteria for one in self._judged(criterion))

    def _judged(self, criterion: Criterion) -> Iterator[Judgement]:
        """The criterion in each part it is asked of; a part without such a result proves nothing."""
        confidence = float(criterion.confidence)
        parts = self.split(criterion.by, confidence) if criterion.by else [self.part(confidence)]
        for part in parts or [self.part(confidence)]:
            matching = [one for one in self.found(part).results if fits(criterion, one)]
            missing = Result(criterion.characteristic, "", "", 0, stratum=part.stratum, value=part.value, level=criterion.level)
            if not matching:
                lack = Reason("no_such_result", {"characteristic": criterion.characteristic})
                yield Judgement(criterion.code, "not_shown", replace(missing, variant=self.variant), (lack,))
            yield from (judge(criterion, one) for one in matching)


def fits(criterion: Criterion, result: Result) -> bool:
    """Whether the result is what the criterion speaks of; a criterion without a level speaks of every level."""
    return result.characteristic == criterion.characteristic and (criterion.level is None or result.level == criterion.level)


def stratum_of(row: Observation, by: Stratum, options: AnalysisOptions) -> str:
    """Where a row belongs; the Ct band from the Ct of the reference where none is stated."""
    if by == "agent":
        return row.agent
    if by not in STRATA:
        return ""
    if by == "ct_band" and not row.strata.ct_band and row.ct is not None:
        return ct_band(row, options)
    return str(getattr(row.strata, by))


def ct_band(row: Observation, options: AnalysisOptions) -> str:
    """The band of the row's Ct: each takes in its lower edge, the last but one its upper edge too ("> 33" begins above 33)."""
    edges, ct = sorted(options.ct_edges), row.ct
    if ct is None or not edges:
        return ""
    if ct < edges[0]:
        return f"< {edges[0]}"
    if ct > edges[-1] or len(edges) == 1:
        return f"> {edges[-1]}" if len(edges) > 1 else f"≥ {edges[0]}"
    place = max(place for place, edge in enumerate(edges[:-1]) if ct >= edge)
    return f"{edges[place]}–{edges[place + 1]}"


def flow(study: StudyInput) -> Flow:
    """Where the rows went, by the first thing that kept each from counting."""
    excluded, found = {one.number for one in study.exclusions}, Counter[str]()
    for row in study.observations:
        found["excluded" if row.number in excluded else _kept_by(row)] += 1
    return Flow(len(study.observations), found["excluded"], found["invalid"], found["indeterminate"], found["incomplete"], found["counted"])


def _kept_by(row: Observation) -> str:
    calls = (row.test.call, row.comparator.call if row.comparator else "")
    reason = next((call for call in ("invalid", "indeterminate") if call in calls), "")
    return reason or ("counted" if _says_something(row) else "incomplete")


def _says_something(row: Observation) -> bool:
    results = (row.test, row.comparator)
    return any(one is not None and (one.call or one.value is not None) for one in results) or row.score is not None


def variations(study: StudyInput) -> Iterator[tuple[Variant, StudyInput]]:
    """The sensitivity analyses that could tell something for this study."""
    options = study.options
    if study.exclusions:
        yield "all_rows", replace(study, exclusions=())
    if any("indeterminate" in (row.test.call, row.second.call if row.second else "") for row in study.observations):
        for variant, rule in (("indeterminate_positive", "as_positive"), ("indeterminate_negative", "as_negative")):
            if options.indeterminate != rule:
                yield variant, replace(study, options=replace(options, indeterminate=rule))  # type: ignore[arg-type, misc]
    if any(row.resolved is not None for row in study.observations):
        rows = tuple(row if row.resolved is None else replace(row, comparator=row.resolved) for row in study.observations)
        yield "resolved", replace(study, observations=rows)
    if (other := _other_interval(study.family, options)) is not None:
        yield "other_interval", replace(study, options=other)
    if (other := _other_method(study.family, options)) is not None:
        yield "other_method", replace(study, options=other)


def _other_interval(family: Family, options: AnalysisOptions) -> AnalysisOptions | None:
    if family == "detection_limit":
        return replace(options, lod_interval="delta" if options.lod_interval == "fieller" else "fieller")
    if family == "method_comparison":
        return replace(options, bland_altman_variance="1986" if options.bland_altman_variance == "1999" else "1999")
    if family in ("precision", "precision_verification", "linearity", "pcr_efficiency", "chemistry", "blank_and_detection"):
        return None
    return replace(options, proportion_interval="wilson" if options.proportion_interval == "clopper_pearson" else "clopper_pearson")


def _other_method(family: Family, options: AnalysisOptions) -> AnalysisOptions | None:
    if family == "detection_limit":
        return replace(options, lod_link="logit" if options.lod_link == "probit" else "probit")
    if family == "blank_and_detection":
        return replace(options, lob_rule="parametric" if options.lob_rule == "nonparametric" else "nonparametric")
    if family == "method_comparison":
        return replace(options, regression="deming" if options.regression == "passing_bablok" else "passing_bablok")
    if family == "food_kit":
        return replace(options, chi_square_correction=not options.chi_square_correction)
    return None
