"""Signs of slips in the results that were scored, in words: who, where, and the numbers that speak for it. A sign changes nothing."""

from __future__ import annotations

from lims.marks import N_
from lims.rounds.scoring.questions import KINDS
from lims.statistics.assessment.round_score import Flag
from lims.words import translate

NOTHING_CHANGED = N_("A sign is a question to the laboratory. No result was changed or left out because of it.")
NONE_FOUND = N_("Rules screened the scored results; no sign of a slip was found.")
_MENDED = N_(
    "reported %(reported).6g where %(centre).6g is expected, %(distance).3g standard deviations away; taken back it would be %(mended).6g, "
    "%(distance_mended).3g away"
)
_POWER = N_(
    "reported %(reported).6g where %(centre).6g is expected, %(distance).3g standard deviations away; without the factor 10^%(power).0f it "
    "would be %(mended).6g, %(distance_mended).3g away"
)
EVIDENCE: dict[str, str] = {
    "unit_factor": _POWER, "log_for_linear": _MENDED, "linear_for_log": _MENDED, "natural_log": _MENDED, "sign": _MENDED,
    "transposed_digits": _MENDED,
    "swapped_items": N_(
        "at least %(least_distance).3g standard deviations away each; in each other's place at most %(largest_distance_mended).3g"
    ),
    "identical_results": N_(
        "%(n_identical).0f of %(n_common).0f common items with exactly the same figures, %(expected_identical).2g expected by chance; "
        "chance of so many in any pair of the round %(chance).1e"
    ),
    "identical_file": N_("%(n_identical).0f items with the same figures"),
    "duplicate_submission": N_("%(n_identical).0f items with the same figures"),
    "below_own_limit": N_("below the own limit of detection %(limit).6g"),
}  # fmt: skip


def flag_lines(flags: tuple[Flag, ...], language: str) -> list[str]:
    """One sentence for each sign."""
    return [flag_line(one, language) for one in flags]


def flag_line(flag: Flag, language: str) -> str:
    """Laboratory, items, kind and evidence."""
    evidence = translate(EVIDENCE[flag.code], language, **flag.evidence)
    return translate(
        N_("%(who)s, items %(items)s: %(kind)s - %(evidence)s."), language, who=", ".join(flag.participant_codes),
        items=", ".join(map(str, flag.item_numbers)), kind=translate(KINDS[flag.code], language), evidence=evidence,
    )  # fmt: skip
