"""Words of a study: families, characteristics, verdicts, parts, variants, decisions, and the sentences of reasons."""

from __future__ import annotations

from collections.abc import Mapping

from lims.marks import N_
from lims.rounds.scoring.sentences import describe
from lims.statistics.assessment.outcome import Reason as StatisticsReason
from lims.validation.analysis.outcome import Reason
from lims.words import translate

FAMILIES: Mapping[str, str] = {
    "qualitative_agreement": N_("Agreement with the reference method"),
    "detection_limit": N_("Detection limit by dilution series"),
    "blank_and_detection": N_("Limit of blank and limit of detection"),
    "inclusivity": N_("Inclusivity and exclusivity"),
    "interference": N_("Cross-reactivity and interference"),
    "precision": N_("Repeatability and intermediate precision"),
    "precision_verification": N_("Verification of precision and trueness"),
    "method_comparison": N_("Comparison of measuring methods"),
    "linearity": N_("Linearity of the measuring range"),
    "pcr_efficiency": N_("Efficiency of the PCR"),
    "pod": N_("Probability of detection"),
    "relative_detection": N_("Relative level of detection"),
    "food_kit": N_("Rapid food test kit"),
    "paired_specimens": N_("Comparison of specimen types"),
    "two_readers": N_("Two blinded readers"),
    "multi_site": N_("Several sites"),
    "chemistry": N_("Quantitative chemical method"),
}

CHARACTERISTICS: Mapping[str, str] = {
    "ppa": N_("positive percent agreement"), "npa": N_("negative percent agreement"), "opa": N_("overall agreement"),
    "ppa_weak": N_("positive agreement, weak positives"), "kappa": N_("Cohen's kappa"), "pabak": N_("PABAK"),
    "mcnemar_p": N_("McNemar's test, P"), "invalid_rate": N_("invalid results"), "roc_area": N_("area under the ROC curve"),
    "sensitivity": N_("sensitivity"), "specificity": N_("specificity"), "relative_accuracy": N_("relative accuracy"),
    "false_negative_rate": N_("false negative rate"), "false_positive_rate": N_("false positive rate"),
    "chi_square": N_("chi-square of the discordant results"), "detection_difference": N_("difference of the detection rates"),
    "detection_first": N_("detection rate, first specimen type"), "detection_second": N_("detection rate, second specimen type"),
    "informative_pairs": N_("pairs with a positive result"), "positive_agreement": N_("positive agreement"),
    "negative_agreement": N_("negative agreement"), "reader_agreement": N_("agreement of the readers"),
    "kappa_asymptotic": N_("Cohen's kappa, asymptotic interval"),
    "reader_kappa_asymptotic": N_("kappa of the readers, asymptotic interval"),
    "reader_kappa": N_("kappa of the readers"), "reader_pabak": N_("PABAK of the readers"),
    "reader_mcnemar_p": N_("McNemar's test of the readers, P"), "ppa_homogeneity_p": N_("positive agreement alike at the sites, P"),
    "npa_homogeneity_p": N_("negative agreement alike at the sites, P"), "hit_rate": N_("hit rate"), "lod": N_("detection limit"),
    "lob": N_("limit of blank"), "loq": N_("limit of quantification"), "blanks_below_claim": N_("blanks at or below the claimed limit"),
    "low_above_claim": N_("low samples above the claimed limit"), "inclusivity": N_("target strains found"),
    "exclusivity": N_("other strains not found"), "inclusivity_results": N_("results of target strains found"),
    "exclusivity_results": N_("results of other strains not found"), "unaffected_agents": N_("agents without a false result"),
    "false_results": N_("false results"), "interference_percent": N_("bias by the interferent, %"), "mean": N_("mean"),
    "category_agreement": N_("agreement with the expected category"), "sd_repeatability": N_("repeatability SD"),
    "sd_within_laboratory": N_("within-laboratory SD"), "sd_reproducibility": N_("reproducibility SD"),
    "cv_repeatability_percent": N_("repeatability CV, %"), "cv_within_laboratory_percent": N_("within-laboratory CV, %"),
    "cv_reproducibility_percent": N_("reproducibility CV, %"), "bias": N_("mean difference"), "bias_percent": N_("mean difference, %"),
    "intercept": N_("intercept"), "slope": N_("slope"), "loa_lower": N_("lower limit of agreement"),
    "loa_upper": N_("upper limit of agreement"), "sd_differences": N_("SD of the differences"),
    "bias_at_level": N_("bias at the decision level"), "within_allowed": N_("pairs within the allowed difference"),
    "r2": N_("coefficient of determination R²"), "lack_of_fit_p": N_("lack of fit, P"), "best_degree": N_("degree of the best polynomial"),
    "largest_curve_deviation_percent": N_("largest deviation of the best curve, %"),
    "deviation_percent": N_("deviation from the line, %"), "efficiency": N_("amplification efficiency"),
    "pod": N_("probability of detection"), "pod_reference": N_("probability of detection, reference"),
    "dpod": N_("difference of the probabilities of detection"), "lpod": N_("probability of detection over sites"),
    "rlod": N_("relative level of detection"), "calibration_levels": N_("calibration levels"),
    "recovery_percent": N_("recovery, %"), "rsd_repeatability_percent": N_("repeatability RSD, %"),
    "rsd_within_laboratory_percent": N_("within-laboratory RSD, %"), "rsd_reproducibility_percent": N_("reproducibility RSD, %"),
}  # fmt: skip

VERDICTS: Mapping[str, str] = {"met": N_("met"), "not_met": N_("not met"), "not_shown": N_("not shown")}
STRATA: Mapping[str, str] = {
    "": N_("all rows"), "ct_band": N_("Ct band"), "site": N_("site"), "lot": N_("lot"), "operator": N_("operator"),
    "specimen": N_("specimen type"), "onset": N_("days since onset"), "agent": N_("agent"),
}  # fmt: skip
VARIANTS: Mapping[str, str] = {
    "plan": N_("as planned"), "all_rows": N_("with the excluded rows"), "other_interval": N_("other interval"),
    "other_method": N_("other method"), "indeterminate_positive": N_("indeterminate counted positive"),
    "indeterminate_negative": N_("indeterminate counted negative"), "resolved": N_("after the discordant results were resolved"),
}  # fmt: skip
ROLES: Mapping[str, str] = {
    "bound": N_("the whole interval decides"), "estimate": N_("the estimate decides"),
    "not_refuted": N_("the claim stands unless the interval refutes it"),
}  # fmt: skip
COMPARATORS: Mapping[str, str] = {"at_least": "≥", "at_most": "≤", "between": "–"}
DECISIONS: Mapping[str, str] = {
    "": N_("no decision yet"), "approved": N_("approved"), "approved_with_limits": N_("approved with limits"),
    "more_data": N_("more data"), "rejected": N_("rejected"),
}  # fmt: skip
TOPICS: Mapping[str, str] = {
    "cut_off": N_("Cut-off"), "robustness": N_("Robustness"), "stability": N_("Stability"),
    "turnaround": N_("Turnaround time"), "cost": N_("Cost"),
}  # fmt: skip

REASONS: Mapping[str, str] = {
    "interval_crosses_limit": N_("The interval crosses the limit: the data show neither that the criterion is met nor that it is not."),
    "no_interval": N_("There is no interval to compare; the estimate alone shows nothing."),
    "estimate_decides": N_("As planned, the estimate alone decides; its interval is not compared."),
    "claim_not_refuted": N_("The data do not refute the claim; that does not prove it."),
    "no_such_result": N_("The design gives no %(characteristic)s for this part of the data."),
    "not_calculable": N_("Not calculable from these data."),
    "no_criteria": N_("The plan holds no criterion, so nothing was judged."),
    "no_agents": N_("No agent has a result."),
    "interval_not_informative": N_("The agreement is perfect: the interval has no width and tells nothing."),
    "few_pairs_for_kappa": N_("Only %(n)s pairs; kappa needs at least %(least)s."),
    "limit_extrapolated": N_("The limit lies outside the tested concentrations."),
    "poor_fit": N_("The curve does not describe the hit rates (P = %(p)s)."),
    "low_results_below_lob": N_("%(below)s of %(n)s results of the low samples lie at or below the limit of blank."),
    "several_agents_together": N_("Several agents are taken together here."),
    "not_linear": N_("The cusum test finds that the relation is not a straight line."),
    "bootstrap": N_("Bootstrap of %(draws)s draws, %(kept)s with a line, seed %(seed)s."),
    "no_variation": N_("All sites have the same result throughout."),
    "expected_count_small": N_("The smallest expected count is %(least)s; below 5 the test is only approximate."),
    "blank_factor": N_("Mean of the blanks and %(factor)s times their SD."),
}  # fmt: skip


def sentence(reason: Reason, language: str) -> str:
    """The reason as a sentence; those of the statistics speak with the words of the rounds."""
    own = REASONS.get(reason.code)
    if own is None:
        return describe(StatisticsReason(reason.code, dict(reason.params)), language)
    values = dict(reason.params)
    name = values.get("characteristic")
    if isinstance(name, str):
        values["characteristic"] = translate(CHARACTERISTICS.get(name, name), language)
    return translate(own, language, **values)
