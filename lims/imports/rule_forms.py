"""The form of an assay rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, SelectField, StringField, TextAreaField

from lims.imports.rule_content import CONTROLS
from lims.marks import N_
from lims.web.forms import Form, options
from lims.web.language import _

EXPECTATIONS = {
    "": N_("not used"), "silent": N_("no Ct, or none before the lower limit"), "found": N_("a Ct inside the limits"),
    "internal": N_("no Ct of the targets, but the internal control"),
}  # fmt: skip
COMBINATIONS = {
    "all_agree": N_("all agree, else indeterminate"), "majority": N_("the majority, else indeterminate"),
    "repeat": N_("all agree, else repeat"),
}  # fmt: skip
MEANINGS = {"repeat": N_("repeat the test"), "report": N_("record it as the result")}
NEEDED_FOR = {"negative": N_("negative results only"), "all": N_("every result")}
CONTROL_WORDS = {
    "ntc": N_("No-template control (NTC)"), "negative": N_("Negative control"), "positive": N_("Positive control"),
    "extraction": N_("Extraction control"),
}  # fmt: skip
FROM, TO = N_("Ct from"), N_("Ct to")


class RuleForm(Form):
    """Everything of a rule."""

    name = StringField(N_("Short name"), description=N_("small letters, digits and _, such as ncov_two_targets"))
    title = StringField(N_("Name on lists"))
    analyte = SelectField(N_("Analyte"))
    method = SelectField(N_("Method"))
    targets = TextAreaField(
        N_("Targets"), description=N_("One on each line: target; last positive Ct; last Ct of the grey zone. Example: ORF1ab; 38; 40")
    )
    positive_targets = StringField(N_("Positive targets needed"), description=N_("for a positive result; fewer, but some: indeterminate"))
    replicates = StringField(N_("Replicates"), description=N_("Ct readings of each target that a sample must have"))
    combine = SelectField(N_("Replicates are combined"))
    internal_target = StringField(N_("Target of the internal control"), description=N_("empty: the assay has none"))
    internal_low = StringField(FROM)
    internal_high = StringField(TO)
    needed_for = SelectField(N_("The internal control is needed for"))
    has_curve = BooleanField(N_("Each run has a standard curve"))
    curve = StringField(N_("Points, at least"))
    curve_low = StringField(N_("Efficiency from"), description=N_("as a fraction, such as 0.90"))
    curve_high = StringField(N_("Efficiency to"))
    curve_r2 = StringField(N_("R², at least"))
    invalid_means = SelectField(N_("An invalid sample"))
    indeterminate_means = SelectField(N_("An indeterminate sample"))

    def __init__(self, *args: Any, analytes: Sequence[tuple[str, str]], methods: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.analyte.choices = options([("", _("Please choose")), *analytes])
        self.method.choices = options(methods)
        lists = {
            "combine": COMBINATIONS, "needed_for": NEEDED_FOR, "invalid_means": MEANINGS, "indeterminate_means": MEANINGS,
            **{f"control_{control}": EXPECTATIONS for control in CONTROLS},
        }  # fmt: skip
        for name, words in lists.items():
            self[name].choices = options((code, _(word)) for code, word in words.items())

    def values(self) -> dict[str, Any]:
        """What was typed, by field."""
        return {name: field.data for name, field in self._fields.items()}


for _control in CONTROLS:  # the same five fields for each kind of control
    setattr(RuleForm, f"control_{_control}", SelectField(N_("Expected")))
    setattr(RuleForm, f"low_{_control}", StringField(FROM))
    setattr(RuleForm, f"high_{_control}", StringField(TO))
    setattr(RuleForm, f"names_{_control}", StringField(N_("Known by the sample texts"), description=N_("separated by ;")))
    setattr(RuleForm, f"required_{_control}", BooleanField(N_("must be in every run")))
