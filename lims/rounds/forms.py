"""Forms of planning: the standing agreement, and the plan of a round with its scoring rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from lims.marks import N_
from lims.rounds.models import Round
from lims.rounds.report import terms
from lims.rounds.service import ItemDraft, ProtocolWords, RoundPlan
from lims.statistics.assessment.plan import EarlierRound, ScoringPlan
from lims.web.forms import Form
from lims.web.language import _

ZONES = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Hong_Kong", "Asia/Macau", "UTC")
DESIGNS = {"panel": N_("panel of items with known truth"), "split": N_("split routine samples, truth unknown")}
CRITICAL = {
    "none": N_("no special rule"), "review": N_("a missed strong positive goes to review"),
    "action": N_("a missed strong positive is unsatisfactory"),
}  # fmt: skip
PREFERRED = {
    "by_table": N_("as the decision table says"), "z": "z", "zeta": "ζ", "en": "En", "pa": N_("percentage of the allowed difference"),
}  # fmt: skip
POLICIES: dict[str, dict[str, str]] = {
    "kind": terms.KINDS, "design": DESIGNS, "assigned_value_route": terms.ASSIGNED_VALUE_ROUTES, "sigma_pt_route": terms.SIGMA_ROUTES,
    "late_policy": terms.LATE_POLICIES, "indeterminate_policy": terms.INDETERMINATE_POLICIES, "missing_policy": terms.MISSING_POLICIES,
    "scoring_rule": terms.SCORING_RULES, "critical_error": CRITICAL, "preferred_statistic": PREFERRED, "overall_rule": terms.OVERALL_RULES,
    "consensus_estimator": terms.CONSENSUS_ESTIMATORS, "censoring_policy": terms.CENSORING_POLICIES,
    "censored_in_consensus": terms.CENSORED_VALUES, "agreement_indeterminate": terms.AGREEMENT_INDETERMINATE,
    "agreement_third_category": terms.THIRD_CATEGORY,
}  # fmt: skip
NUMBERS = (
    "sigma_pt", "delta_e", "delta_e_percent", "equivalence_limit", "mass_fraction_per_unit", "s_reproducibility", "s_repeatability",
)  # fmt: skip
POSITIVE = NumberRange(min=Decimal("0.000000000001"), message=N_("Expected a number above 0."))
WORDS = ("purpose", "contacts", "conduct_rules", "design_text", "assigned_value", "sigma_pt_text", "no_meeting")
GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("Round"), ("scheme", "template_code", "title_zh", "title_en")),
    (N_("Deadline"), ("deadline_day", "deadline_time", "zone")),
    (
        N_("Scoring, fixed before any result"),
        ("kind", "measurand", "unit", "is_log10", "design", "assigned_value_route", "sigma_pt_route", "sigma_pt", "delta_e",
         "delta_e_percent",
         "k", "percent_score_threshold", "minimum_share", "scoring_rule", "critical_error", "indeterminate_policy",
         "agreement_indeterminate", "agreement_third_category", "missing_policy",
         "late_policy", "preferred_statistic", "overall_rule"),
    ),
    (
        N_("Consensus, censored results, comparison of the sides"),
        ("consensus_estimator", "censored_in_consensus", "censoring_policy", "equivalence_limit", "is_one_scale"),
    ),
    (
        N_("σ(pt) by a model: used where no number is stated above"),
        ("mass_fraction_per_unit", "s_reproducibility", "s_repeatability", "replicates", "earlier_rounds"),
    ),
    (N_("Protocol in words"), WORDS),
)  # fmt: skip


def choice(label: str, default: str, hint: str = "") -> SelectField:
    """A choice out of a table of words."""
    return SelectField(label, default=default, description=hint)


def text(label: str, most: int = 200, hint: str = "") -> StringField:
    """A needed line of text."""
    return StringField(label, [InputRequired(N_("Empty. Fill it in.")), Length(max=most)], description=hint)


def number(label: str, default: Decimal | None = None, hint: str = "") -> DecimalField:
    """A number that may be left empty."""
    return DecimalField(label, [Optional(), POSITIVE], places=None, default=default, description=hint)


def rounds_of(typed: str) -> tuple[EarlierRound, ...]:
    """Earlier rounds, one a line; ValueError with the line that is not two numbers above 0."""
    found = []
    for line in filter(None, (line.strip() for line in typed.splitlines())):
        try:
            x_pt, sd = (Decimal(part) for part in re.split(r"[\s;]+", line))
        except (InvalidOperation, ValueError):
            raise ValueError(line[:80]) from None
        if not (x_pt.is_finite() and sd.is_finite() and x_pt > 0 and sd > 0):
            raise ValueError(line[:80])
        found.append(EarlierRound(x_pt, sd))
    return tuple(found)


class Planning(Form):
    """A form whose own sentences are told in the reader's language."""

    def validate(self, extra_validators: Any = None) -> bool:
        is_valid: bool = super().validate(extra_validators)
        for field in self:
            field.errors = [_(sentence) for sentence in field.errors]
        return is_valid


class SchemeForm(Planning):
    """A standing agreement of several organisations."""

    code = StringField(
        N_("Code"), [InputRequired(N_("Empty. Fill it in.")), Regexp(r"^[A-Z0-9-]{2,20}$", message=N_("Use 2 to 20 of A-Z, 0-9 and -."))],
        description=N_("For example S-COV"),
    )  # fmt: skip
    title_zh = text(N_("Title (Chinese)"))
    title_en = text(N_("Title (English)"))
    measurand_code = SelectField(N_("Analyte"))
    matrix_code = SelectField(N_("Matrix"))
    party_ids = SelectMultipleField(N_("Partners"), description=N_("Organisations that approve, review and release beside your own"))


class PlanForm(Planning):
    """The plan of one round."""

    scheme = SelectField(N_("Scheme"))
    template_code = SelectField(N_("Template"))
    title_zh = text(N_("Title (Chinese)"))
    title_en = text(N_("Title (English)"))
    deadline_day = DateField(N_("Deadline: day"), [InputRequired(N_("Empty. Fill it in."))])
    deadline_time = TimeField(N_("Deadline: hour"), [InputRequired(N_("Empty. Fill it in."))])
    zone = SelectField(N_("Deadline: time zone"))
    kind = choice(N_("Kind"), "qualitative")
    measurand = text(N_("Measurand"), 120, N_("As it prints in the report, for example SARS-CoV-2 RNA"))
    unit = SelectField(N_("Unit"), default="1")
    is_log10 = BooleanField(N_("Values are log10"))
    design = choice(N_("Design"), "panel")
    assigned_value_route = choice(N_("Assigned value from"), "formulation")
    sigma_pt_route = choice(N_("σ(pt) from"), "perception")
    sigma_pt = number("σ(pt)", hint=N_("In the unit of the measurand; an item may have its own"))
    delta_e = number(N_("Allowed difference"), hint=N_("In the unit of the measurand"))
    delta_e_percent = number(N_("Allowed difference in %"))
    k = number(N_("Coverage factor k"), Decimal("2"), N_("Used where a result names none"))
    percent_score_threshold = number(N_("Threshold of the percent score"), Decimal("80"))
    minimum_share = DecimalField(
        N_("Minimum share of core items in %"), [Optional(), NumberRange(min=0, max=100, message=N_("Expected 0 to 100."))], places=None,
        default=Decimal("80"),
        description=N_("Below it a percent score gives no verdict: one valid item of five is not 100 %. Verify against the standard"),
    )  # fmt: skip
    scoring_rule = choice(N_("Scoring rule"), "percent")
    critical_error = choice(N_("Missed strong positive"), "review")
    indeterminate_policy = choice(N_("Indeterminate results"), "half")
    agreement_indeterminate = choice(N_("Indeterminate results in tables of agreement"), "left_out")
    agreement_third_category = choice(N_("Indeterminate results in PPA and NPA"), "counted")
    missing_policy = choice(N_("Missing results"), "not_counted")
    late_policy = choice(N_("Late results"), "list")
    preferred_statistic = choice(N_("Preferred score"), "by_table")
    overall_rule = choice(N_("Overall verdict"), "worst")
    consensus_estimator = choice(
        N_("Consensus by"), "algorithm_a", N_("Only where the results of the round give the assigned value or σ(pt): from 12 results")
    )
    censored_in_consensus = choice(
        N_("Results with < or > in a consensus"), "deleted",
        N_("Each way moves the consensus; what the other ways would change stands in the report"),
    )  # fmt: skip
    censoring_policy = choice(
        N_("Verdict on results with < or >"), "by_limits", N_("Outside for certain: < L with L at or below the lower limit, > G likewise")
    )
    equivalence_limit = number(
        N_("Bias between the sides that does not matter"),
        hint=N_("In the unit of the measurand. Set it before any result; left empty, equivalence is not tested"),
    )
    is_one_scale = BooleanField(
        N_("All items lie on one scale"), description=N_("Differences are then averaged over the items; logarithms always are")
    )
    mass_fraction_per_unit = number(
        N_("Horwitz and Thompson: one unit as a mass fraction"),
        hint=N_("0.000001 for mg/kg, 0.000000001 for µg/kg; never for copies or Ct")
    )
    s_reproducibility = number(
        N_("Precision experiment: s(R)"), hint=N_("Reproducibility standard deviation, in the unit of the measurand")
    )
    s_repeatability = number(N_("Precision experiment: s(r)"), hint=N_("Repeatability standard deviation, not above s(R)"))
    replicates = IntegerField(
        N_("Precision experiment: replicates behind a result"),
        [Optional(), NumberRange(min=1, max=100, message=N_("Expected a whole number from 1 to 100."))], default=1,
    )  # fmt: skip
    earlier_rounds = TextAreaField(
        N_("Earlier rounds"),
        description=N_("One a line: assigned value and standard deviation, such as 4.50 0.25; at least two levels make the line"),
    )
    purpose = TextAreaField(N_("Purpose"))
    contacts = TextAreaField(N_("Contacts"), description=N_("Functions, no names of persons"))
    conduct_rules = TextAreaField(N_("Rules of conduct"), description=N_("Shown to every laboratory before it enrols"))
    design_text = TextAreaField(N_("Design in words"))
    assigned_value = TextAreaField(N_("How the assigned value is set"))
    sigma_pt_text = TextAreaField(N_("How σ(pt) is set"))
    no_meeting = TextAreaField(
        N_("No review meeting, because"), description=N_("Empty: a meeting is held, and the round is closed only with its minutes")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone.choices = [(zone, zone) for zone in ZONES]
        for name, table in POLICIES.items():
            self[name].choices = [(code, _(word)) for code, word in table.items()]

    @property
    def deadline(self) -> datetime:
        """The instant of the deadline; only after validation."""
        return datetime.combine(self.deadline_day.data, self.deadline_time.data, ZoneInfo(self.zone.data))

    def scoring(self) -> ScoringPlan:
        """The statistical part."""
        given = {name: self[name].data for name in POLICIES}
        optional = {name: self[name].data for name in NUMBERS}
        share = self.minimum_share.data
        return ScoringPlan(
            measurand=self.measurand.data.strip(), unit=self.unit.data, is_log10=self.is_log10.data, k=self.k.data or Decimal("2"),
            percent_score_threshold=self.percent_score_threshold.data or Decimal("80"), is_one_scale=self.is_one_scale.data,
            minimum_share=Decimal("0.8") if share is None else share / 100, replicates=self.replicates.data or 1,
            earlier_rounds=rounds_of(self.earlier_rounds.data or ""), **given, **optional,
        )  # fmt: skip

    def validate_earlier_rounds(self, field: TextAreaField) -> None:
        """Two numbers above 0 a line."""
        try:
            rounds_of(field.data or "")
        except ValueError as error:
            raise ValidationError(_("Read %(line)s, expected two numbers above 0 such as 4.50 0.25.", line=str(error))) from error

    def plan(self, items: Sequence[ItemDraft]) -> RoundPlan:
        """What was typed, as the services take it."""
        words = {name: (self[name].data or "").strip() for name in WORDS}
        words["design"], words["sigma_pt"] = words.pop("design_text"), words.pop("sigma_pt_text")
        return RoundPlan(
            title_en=self.title_en.data.strip(), title_zh=self.title_zh.data.strip(), template_code=self.template_code.data,
            month=f"{self.deadline:%Y-%m}", deadline=self.deadline, zone=self.zone.data, scoring=self.scoring(),
            words=ProtocolWords(**words),
            items=tuple(items),
        )  # fmt: skip


def kept(row: Round) -> dict[str, Any]:
    """The plan of a round as values of the form."""
    local = row.deadline.astimezone(ZoneInfo(row.zone))
    scoring = {name: value for name, value in row.protocol["scoring"].items() if name in PlanForm.__dict__}
    for name in (*NUMBERS, "k", "percent_score_threshold"):
        scoring[name] = Decimal(scoring[name]) if scoring.get(name) else None
    scoring["minimum_share"] = 100 * Decimal(scoring.get("minimum_share", "0.8"))
    scoring["earlier_rounds"] = "\n".join(f"{one['x_pt']} {one['sd']}" for one in scoring.get("earlier_rounds", []))
    words = {name: row.protocol.get(name, "") for name in ("purpose", "contacts", "conduct_rules", "assigned_value", "no_meeting")}
    return {
        **scoring, **words, "design_text": row.protocol.get("design", ""), "sigma_pt_text": row.protocol.get("sigma_pt", ""),
        "scheme": str(row.scheme_id), "template_code": row.template_code, "title_zh": row.title_zh, "title_en": row.title_en,
        "deadline_day": local.date(), "deadline_time": local.time(), "zone": row.zone,
    }  # fmt: skip
