"""Reason codes of a score run as sentences (English msgids); `describe` fills and translates one."""

from __future__ import annotations

from lims.marks import N_
from lims.statistics.assessment.outcome import Reason
from lims.words import translate

_STATES: dict[str, str] = {
    "could_not_test": N_("The participant could not test; nothing is evaluated."),
    "no_response": N_("Nothing was submitted; this is shown and not counted."),
    "withdrawn": N_("The participant withdrew from the round; nothing is evaluated."),
    "late_refused": N_("The result came after the deadline and the protocol refuses late results."),
    "late_not_scored": N_("The result came after the deadline: it is listed and not scored, as the protocol says."),
    "excluded_invalid": N_("Excluded as invalid by the decision on a possible blunder."),
    "not_scored": N_("Not scored by the decision on a possible blunder."),
}
_RESULTS: dict[str, str] = {
    "censored_not_evaluated": N_("A censored value is not evaluated, as the protocol says."),
    "result_missing": N_("No result was reported for this item; it is not counted."),
    "missing_counts_as_zero": N_("No result was reported for this item; the protocol counts it as 0 points."),
    "result_invalid": N_("The result was reported as invalid; it is counted apart and not scored."),
    "result_not_tested": N_("The item was reported as not tested; it is counted apart and not scored."),
    "not_detected_without_limit": N_("Not detected was reported without a detection limit; it cannot be evaluated."),
    "censored_without_limit": N_("The result lies outside the measuring range and no limit was reported; it cannot be evaluated."),
    "value_contradicts_code": N_(
        'The code %(code)s stands with "%(relation)s" before its value, expected "%(expected)s": a limit is not scored as a number.'
    ),
    "value_unreadable": N_("The reported value %(text)s is not a number."),
    "unit_differs": N_("The result was reported in %(unit)s, the round is scored in %(expected)s; it is not scored."),
    "unit_missing": N_("The result was reported without a unit, expected %(expected)s; it is not scored."),
    "coverage_factor_not_reported": N_("U = %(text)s was reported without its coverage factor k; no score that needs U is given."),
    "uncertainty_unreadable": N_("The reported uncertainty %(text)s is not a number."),
    "censored_has_no_score": N_("A censored value has no score."),
    "censored_outside": N_("The censored value %(relation)s %(limit)s lies outside the acceptance range from %(low).4g to %(high).4g."),
    "censored_undecided": N_(
        "The censored value %(relation)s %(limit)s does not tell whether the result lies in the range from %(low).4g to %(high).4g."
    ),
    "censored_no_limits": N_("A censored value can only be judged against an acceptance range, and this item has none."),
    "educational_item": N_("Educational item: shown for information, not scored."),
    "not_qualitative": N_("This item is quantitative."),
    "qualitative_item": N_("This item is qualitative."),
    "category_correct": N_("Agrees with the expected result."),
    "category_false_positive": N_("False positive: the expected result is negative."),
    "category_false_negative": N_("False negative: the expected result is positive."),
    "indeterminate_half": N_("Indeterminate: half the points on a weak positive item, as the protocol says."),
    "indeterminate_zero": N_("Indeterminate: no points, as the protocol says."),
    "indeterminate_exclude": N_("Indeterminate: left out on a weak positive item, as the protocol says."),
}
_CHOICE: dict[str, str] = {
    "u_part_not_stated": N_("Not stated in the protocol and not included."),
    "chosen_en": N_("En decides: the laboratory reports its uncertainty and the reference value has one (n = %(n)s)."),
    "chosen_zeta": N_("Zeta decides, as the protocol says: both uncertainties are known (n = %(n)s)."),
    "chosen_z": N_("z decides: assigned value and standard deviation for proficiency assessment are fixed (n = %(n)s)."),
    "chosen_z_prime": N_("z′ decides: the uncertainty of the assigned value is not negligible (n = %(n)s)."),
    "chosen_pa": N_("The difference decides, in percent of the allowed difference (n = %(n)s)."),
    "chosen_category": N_("Agreement with the expected result decides."),
    "chosen_en_between_two": N_("En between the two laboratories decides: both report their uncertainty and there is no reference value."),
    "chosen_pa_between_two": N_("The difference of the two laboratories decides, against the allowed difference."),
    "mixed_statistics": N_("This statistic decides for %(n)s of %(of)s laboratories; the others are judged by another one."),
    "no_criterion": N_("Not evaluated: nothing that may decide at this number of laboratories is available."),
    "no_valid_result": N_("No laboratory has a valid result for this item."),
    "no_reference": N_("There is no reference value or expected result for this item."),
    "consensus_refused": N_("No consensus value: %(n)s results are there, at least %(least)s are needed."),
    "too_few_for_z": N_("z gives no verdict for %(n)s laboratories; at least %(least)s are needed."),
    "too_few_for_summary": N_("No median is shown for %(n)s results; at least %(least)s are needed."),
    "too_few_for_difficulty": N_("No difficulty of the item is shown for %(n)s laboratories; at least %(least)s are needed."),
    "consensus_is_no_reference": N_("En and zeta need a reference value that is not made of the same results."),
    "u_not_negligible": N_("The uncertainty of the assigned value is not negligible; z′ decides instead of z."),
    "u_negligible": N_("The uncertainty of the assigned value is negligible; z is used instead of z′."),
    "u_x_pt_not_stated": N_("The uncertainty of the assigned value is not stated; z does not take it into account."),
    "horwitz_of_log_value": N_("The Horwitz or Thompson model is of mass fractions, not of logarithms."),
    "percent_of_log_value": N_("A percentage of a logarithm has no meaning."),
    "limit_depends_on_laboratory": N_("The acceptance range depends on each laboratory's uncertainty."),
    "zero_spread": N_("The results have no spread; nothing can be scored against it."),
    "algorithm_a_not_converged": N_("Algorithm A did not converge in %(iterations)s iterations."),
}
_ROUND: dict[str, str] = {
    "rule_percent": N_("Percent score %(percent).1f %%, threshold %(threshold).1f %%."),
    "rule_weighted": N_("Weighted score %(percent).1f %%, threshold %(threshold).1f %%."),
    "rule_core": N_("Rule: all scored core items must be correct."),
    "rule_all": N_("Rule: all scored items must be correct."),
    "rule_worst": N_("Rule: the worst item verdict is the verdict of the round."),
    "too_few_items_scored": N_(
        "Not evaluated: %(n)s of %(of)s core items count in the score (%(share).4g %%); the protocol asks for at least %(least).4g %%."
    ),
    "nothing_scored": N_("No item could be scored."),
    "items_left_out": N_("%(n)s of %(of)s items are left out of the evaluation."),
    "critical_error_review": N_("Critical error on items %(items)s: goes to review."),
    "critical_error_action": N_("Critical error on items %(items)s: unsatisfactory by itself."),
    "band_none": N_("Fewer than 2 laboratories have valid results (n = %(n)s)."),
    "band_two": N_("Rule for fewer than %(high)s laboratories applied (n = %(n)s with valid results)."),
    "band_small": N_("Rule for %(low)s laboratories or more, below %(high)s, applied (n = %(n)s with valid results)."),
    "band_middle": N_("Rule for %(low)s laboratories or more, below %(high)s, applied (n = %(n)s with valid results)."),
    "band_large": N_("Rule for %(low)s laboratories or more applied (n = %(n)s with valid results)."),
    "decided_en": N_("En decided on %(items)s items."),
    "decided_zeta": N_("Zeta decided on %(items)s items."),
    "decided_z": N_("z decided on %(items)s items."),
    "decided_z_prime": N_("z′ decided on %(items)s items."),
    "decided_pa": N_("The allowed difference decided on %(items)s items."),
    "decided_category": N_("Agreement with the expected result decided on %(items)s items."),
    "verdict_counts": N_(
        "Of %(total)s participants: %(acceptable)s satisfactory, %(warning)s questionable, %(action)s unsatisfactory, "
        "%(not_evaluated)s not evaluated, %(no_response)s not submitted."
    ),
    "rule_missing_counts_as_zero": N_("Protocol: an item without result in a submission counts as 0 points."),
    "organiser_left_out": N_("The organiser takes part; its results are marked and left out of every consensus and group value."),
    "no_consensus": N_(
        "No consensus value and no z against one: with %(n)s results |z| cannot exceed %(largest)s, "
        "so that nobody could reach an action signal, however wrong; at least %(least)s results are needed."
    ),
    "no_consensus_too_few": N_("No consensus value: %(n)s results are there, at least %(least)s are needed."),
    "no_summary": N_("Median and nIQR are not given: %(n)s results are there, at least %(least)s are needed."),
    "kappa_few_pairs": N_(
        "Too few items for a conclusion from kappa in %(tables)s tables; pairs of at least %(least)s different items are needed."
    ),
    "kappa_missing": N_("Kappa is not estimable in %(tables)s tables; agreement and PABAK stand beside it."),
    "no_pairwise": N_("Agreement of each pair of laboratories is not shown for %(n)s laboratories."),
    "no_group_comparison": N_("Customs group and CDC group are not compared: each needs at least %(least)s laboratories."),
    "truth_unknown": N_("The truth of the samples is unknown: agreement is measured, not correctness."),
    "too_few_split_samples": N_("%(n)s split samples are too few for limits of agreement; at least %(least)s are needed."),
    "items_without_criterion": N_("No verdict on items %(items)s: nothing that may decide is available."),
    "participants_not_evaluated": N_("%(n)s participants are not evaluated; the reason stands beside each."),
}
_AGREEMENT: dict[str, str] = {
    "several_levels": N_("The items have different levels; their values are not pooled."),
    "equivalence_limit_missing": N_(
        "The protocol states no limit below which a bias between the sides does not matter; equivalence "
        "is not tested."
    ),
    "too_few_pairs": N_("Too few pairs for a conclusion: %(n)s, at least %(least)s are needed."),
    "too_few_items": N_("Too few items for a conclusion: %(n)s different items, at least %(least)s are needed, however many laboratories."),
    "pairs_of_items": N_(
        "The %(pairs)s pairs come from %(items)s items that all laboratories measured: pairs of one item are not independent."
    ),
    "items_drawn_again": N_(
        "The intervals come from drawing the items again, %(replicates)s times, within the positive and the negative ones (seed %(seed)s; "
        "%(dropped)s draws without kappa left out)."
    ),
    "too_few_clusters": N_("No interval: only %(n)s item is positive or negative, at least %(least)s of each are needed."),
    "no_scatter_between_items": N_("All items agree alike: the interval has no width and says nothing."),
    "pairs_not_independent": N_("No interval: the pairs are not independent, since each laboratory enters several times."),
    "group_too_small": N_("Not shown: a group with fewer than %(least)s laboratories could reveal a single one."),
    "perfect_agreement": N_("Perfect agreement: the interval has no width and says nothing."),
    "kappa_not_estimable": N_("Kappa is not estimable from this table."),
    "one_category_only": N_("Not estimable: both used one and the same category only."),
    "one_rater_constant": N_("Not estimable: one side used one category only."),
    "margins_determine_kappa": N_("Not estimable: the margins of the table leave kappa only one value."),
    "no_pairs": N_("Not estimable: there is no pair."),
    "no_trials": N_("Not estimable: there is no result."),
    "no_reference_positives": N_("Not estimable: there is no positive to compare with."),
    "no_reference_negatives": N_("Not estimable: there is no negative to compare with."),
    "no_discordant_pairs": N_("There is no discordant pair; McNemar's test says nothing."),
    "third_category_counted": N_(
        "Indeterminate is neither positive nor negative: %(n)s such results (%(positives)s against a positive, %(negatives)s against "
        "a negative) count against PPA and NPA, and the figures without them stand beside; %(reference)s pairs whose reference is "
        "indeterminate are in neither."
    ),
    "third_category_left_out": N_(
        "Indeterminate is neither positive nor negative: %(n)s such results (%(positives)s against a positive, %(negatives)s against "
        "a negative) are left out of PPA and NPA, and the figures with them counted against stand beside; %(reference)s pairs whose "
        "reference is indeterminate are in neither."
    ),
    "not_two_by_two": N_("Given for two categories only."),
    "dose_scale_linear": N_("The line is one of the dose itself; figures of its logarithm do not exist."),
    "single_category_table": N_("Not estimable: the table has one category only."),
}
_CALCULATION: dict[str, str] = {
    "reported_value_missing": N_("There is no reported value."),
    "assigned_value_missing": N_("There is no assigned value."),
    "assigned_value_zero": N_("The assigned value is 0; a percentage of it does not exist."),
    "sigma_pt_missing": N_("There is no standard deviation for proficiency assessment."),
    "sigma_pt_not_positive": N_("The standard deviation for proficiency assessment is not above 0; nothing is evaluated against it."),
    "allowed_difference_missing": N_("No allowed difference is fixed."),
    "allowed_difference_not_positive": N_("The allowed difference is not above 0; nothing is evaluated against it."),
    "u_reported_value_missing": N_("The laboratory reported no uncertainty."),
    "u_assigned_value_missing": N_("The uncertainty of the assigned value is not known."),
    "uncertainty_missing": N_("An uncertainty is missing."),
    "uncertainty_negative": N_("An uncertainty is negative."),
    "uncertainties_zero": N_("Both uncertainties are 0; the score does not exist."),
    "coverage_factor_missing": N_("The coverage factor is missing."),
    "coverage_factor_not_positive": N_("The coverage factor is not above 0."),
    "scale_missing": N_("The results have no spread."),
    "scale_negative": N_("The spread is negative."),
    "too_few_values": N_("Too few values."),
    "value_not_finite": N_("A value is not a finite number."),
    "result_not_finite": N_("The result is outside the range of numbers."),
    "location_zero": N_("The location is 0; a percentage of it does not exist."),
    "small_number_rule_absent": N_("There is no rule for this number of values."),
    "within_variance_zero": N_("The repeated results of each group are all equal; there is no variance within groups to compare with."),
    "sizes_unequal": N_("The groups have different numbers of results; this figure is defined for equal numbers."),
    "no_critical_value": N_("No critical value is given for so many laboratories."),
    "plan_not_reachable": N_("The aim cannot be reached with a reasonable number."),
    "result_not_readable": N_("The text %(text)s is not a result."),
    "results_all_equal": N_("All results are equal; there is no correlation."),
    "mass_fraction_out_of_range": N_("A mass fraction above 0 and up to 1 is expected, read %(value)s; 1 mg/kg is 0.000001."),
    "precision_inconsistent": N_(
        "The repeatability standard deviation %(s_r)s is larger than the reproducibility standard deviation %(s_R)s."
    ),
    "x_constant": N_("All values on the x axis are equal; there is no line."),
    "y_constant": N_("All values on the y axis are equal; there is no coefficient of determination."),
    "slope_undefined": N_("These points do not determine a slope."),
    "slope_not_negative": N_("The slope of the standard curve is not below 0; that is no amplification."),
    "correlation_not_positive": N_("The two measurements are not positively related; this method needs that."),
    "interval_unbounded": N_("The interval has no end with so few values."),
    "not_converged": N_("The iteration did not come to rest."),
    "no_replicates": N_("There are no replicates to take the scatter from."),
    "no_degrees_of_freedom": N_("No degrees of freedom are left."),
    "residuals_zero": N_("The values lie on the line without scatter; there is no test."),
    "variance_component_zero": N_("The variance component is 0; it has no degrees of freedom."),
    "differences_zero": N_("Both order the items alike; there is no test of their difference."),
    "levels_not_positive": N_("A level on the line is not above 0; errors cannot be proportional to it."),
    "too_few_levels": N_("Too few different levels."),
}
_COUNTS: dict[str, str] = {
    "too_few_raters": N_("At least %(least)s raters are needed, %(n)s are there."),
    "unequal_ratings": N_("Every item needs the same number of ratings; here they run from %(least)s to %(most)s."),
    "labels_not_numeric": N_("The categories are not numbers; their distance is not defined."),
    "order_missing": N_("The order of the %(n)s categories is not stated; ranks and weights need it."),
    "blank_positive": N_("%(x)s of %(n)s blanks are positive; a model in which every positive comes from a copy does not hold."),
    "negative_values": N_("A ratio scale has no negative values."),
    "all_positive": N_(
        "Every level tested is positive throughout (lowest %(dose).4g): the detection limit lies below "
        "and cannot be estimated. Test lower levels."
    ),
    "all_negative": N_(
        "Every level tested is negative throughout (highest %(dose).4g): the detection limit lies above "
        "and cannot be estimated. Test higher levels."
    ),
    "separated": N_("Positive and negative levels do not overlap; a curve cannot be estimated. Test levels in between."),
    "slope_not_positive": N_("The share of positives does not rise with the level; there is no detection limit."),
    "trim_too_small": N_("A trim of %(trim)s does not reach the shares observed; at least %(least)s is needed."),
    "no_information": N_("No level tells the two methods apart (%(levels)s levels left out)."),
    "zero_cell": N_("A cell of the table is 0; the ratio or its interval does not exist."),
    "no_test_positives": N_("The test gave no positive; there is nothing to compare."),
    "no_test_negatives": N_("The test gave no negative; there is nothing to compare."),
    "too_few_replicates": N_("Only %(n)s of %(replicates)s bootstrap samples could be used."),
    "standard_error_zero": N_("The standard error is 0 (n = %(n)s); it cannot be pooled."),
}
SENTENCES: dict[str, str] = {**_STATES, **_RESULTS, **_CHOICE, **_ROUND, **_AGREEMENT, **_COUNTS, **_CALCULATION}


def describe(reason: Reason, language: str) -> str:
    """The sentence of a reason in `language`, with its parameters."""
    return translate(SENTENCES[reason.code], language, **reason.params)
