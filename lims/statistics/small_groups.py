"""Yes/no or graded results of a few laboratories (2 to 11) on a few items: what can be said, each figure with its interval.

Consensus scores cannot be had with so few (`assigned.largest_possible_z`). What remains: the share of items on which all agree, agreement
of pairs and chance-corrected coefficients with intervals over items, and each laboratory against the expected results.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lims.statistics.agreement import Others, ReferenceAgreement, percent_agreement, reference_agreement
from lims.statistics.intervals import Method, Proportion, proportion
from lims.statistics.kappa import CohenKappa, cohen_kappa
from lims.statistics.outcome import NotCalculable
from lims.statistics.raters import Label, RaterAgreement, Ratings, rater_agreement
from lims.statistics.tables import Table, cross_table

FEWEST_PAIRS = 30  # below it kappa carries a warning


@dataclass(frozen=True, slots=True)
class AgainstExpected:
    """One laboratory against the expected results: share correct, PPA and NPA with intervals, and kappa.

    ppa_npa: of two categories the first of the list is the positive one; of more, positive and negative are to be named (`not_two_by_two`
    otherwise), others as in `agreement.reference_agreement`.
    """

    correct: Proportion
    ppa_npa: ReferenceAgreement | NotCalculable
    kappa: CohenKappa


@dataclass(frozen=True, slots=True)
class SmallGroupAgreement:
    """unanimous: items with two results or more on which all are the same. coefficients: pairs and chance-corrected, intervals over items.

    are_few: fewer than 30 items with two results: kappa is to be shown with a warning.
    """

    laboratories: int
    items: int
    unanimous: Proportion
    coefficients: RaterAgreement
    against_expected: tuple[AgainstExpected, ...]
    are_few: bool


def small_group_agreement(
    results: Ratings, categories: Sequence[Label], expected: Sequence[Label | None] | None = None,
    confidence: float = 0.95, method: Method = "wilson", positive: Label | None = None, negative: Label | None = None,
    others: Others = "counted",
) -> SmallGroupAgreement:  # fmt: skip
    """results: items x laboratories, None where there is none; expected: the right category of each item, None where unknown.

    The items are the independent unit. unanimous has the binomial interval of the items, so with 5 of 5 the lower limit is 0.57 (Wilson) or
    0.48 (Clopper-Pearson): little is proven. positive and negative are labels of the list. Labels
    outside the list, or lists of unequal length: ValueError.
    """
    found = rater_agreement(results, categories, confidence=confidence)
    rated = [[label for label in item if label is not None] for item in results]
    pairable = [item for item in rated if len(item) > 1]
    same = sum(len(set(item)) == 1 for item in pairable)
    unanimous = proportion(same, len(pairable), confidence, method, NotCalculable("no_pairs"))
    against: tuple[AgainstExpected, ...] = ()
    if expected is not None:
        if len(expected) != len(results):
            raise ValueError(f"one expected category for each of {len(results)} items is needed, not {len(expected)}")
        columns = [[item[laboratory] for item in results] for laboratory in range(found.raters)]
        named = (_place(positive, categories), _place(negative, categories))
        tables = [_table(column, expected, categories) for column in columns]
        against = tuple(_against(table, confidence, method, named, others) for table in tables)
    return SmallGroupAgreement(found.raters, len(results), unanimous, found, against, len(pairable) < FEWEST_PAIRS)


def _place(label: Label | None, categories: Sequence[Label]) -> int | None:
    if label is not None and label not in categories:
        raise ValueError(f"a category of {list(categories)} is expected, not {label}")
    return None if label is None else list(categories).index(label)


def _table(column: Sequence[Label | None], expected: Sequence[Label | None], categories: Sequence[Label]) -> Table:
    pairs = [(str(one), str(other)) for one, other in zip(column, expected, strict=True) if one is not None and other is not None]
    return cross_table([one for one, _ in pairs], [other for _, other in pairs], [str(category) for category in categories])


def _against(table: Table, confidence: float, method: Method, named: tuple[int | None, int | None], others: Others) -> AgainstExpected:
    ppa_npa = reference_agreement(table, confidence, method, *named, others)
    return AgainstExpected(percent_agreement(table, confidence, method), ppa_npa, cohen_kappa(table, confidence=confidence))
