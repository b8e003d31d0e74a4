"""Intervals for agreement pooled over laboratories and items: the item is drawn again, not the pair.

All laboratories measure the same items, so that the pairs of one item are not independent: an item that is hard for one laboratory is hard
for all. Intervals that count pairs are then too narrow. Items are drawn again with all their pairs, within the strata of the panel (its
positive and its negative items), since the panel's composition is fixed by its design and no chance. Davison and Hinkley, Bootstrap
Methods and their Application (1997), 3.8; Field and Welsh, J. R. Stat. Soc. B 69 (2007) 369.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lims.statistics.agreement import Others, named_places
from lims.statistics.bootstrap import REPLICATES, SEED
from lims.statistics.intervals import Interval, checked_confidence
from lims.statistics.outcome import NotCalculable
from lims.statistics.tables import Table, as_counts

LEAST_ITEMS: Final = 2  # of each stratum; one item alone shows no scatter between items

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ClusteredAgreement:
    """Percentile intervals of percent agreement, PPA and NPA (columns are the reference), and Cohen's kappa over `items` items.

    degenerate: replicates in which both sides use one and the same category, which have no kappa: dropped and counted. constant:
    replicates in which one side uses one category only; their kappa is 0 by arithmetic, kept and counted.
    """

    items: int
    replicates: int
    degenerate: int
    constant: int
    seed: int
    po: Interval | NotCalculable
    ppa: Interval | NotCalculable
    npa: Interval | NotCalculable
    kappa: Interval | NotCalculable


def clustered_agreement(
    tables: Sequence[Table], strata: Sequence[str], confidence: float = 0.95, replicates: int = REPLICATES, seed: int = SEED,
    positive: int | None = None, negative: int | None = None, others: Others = "counted",
) -> ClusteredAgreement:  # fmt: skip
    """One k x k table of counts for each item (rows: laboratories, columns: reference), and the stratum that it is drawn again within.

    Quantiles at positions (R + 1) p. The same items in another order give the same interval; the seed is recorded. A stratum of one item
    gives no interval (`too_few_clusters`); PPA and NPA of more than two categories need the places of positive and negative
    (`not_two_by_two` otherwise), others as in `agreement.reference_agreement`. Perfect agreement gives an interval without width, which
    says nothing. With few items the interval is still too narrow: a reader is told how many items there are.
    Example: four items of one stratum, agreement 3 of 3, 2 of 3, 3 of 3, 1 of 3: po 0.75, replicates between 1/3 and 1.
    """
    checked_confidence(confidence)
    if len(tables) != len(strata) or not tables:
        raise ValueError(f"a stratum for each of one table or more is expected, not {len(strata)} for {len(tables)}")
    if replicates < 100:
        raise ValueError(f"100 replicates or more are expected, not {replicates}")
    counts = np.array([as_counts(table) for table in tables], dtype=np.float64)
    smallest = min(list(strata).count(name) for name in set(strata))
    if smallest < LEAST_ITEMS:
        few = NotCalculable("too_few_clusters", {"n": smallest, "least": LEAST_ITEMS})
        return ClusteredAgreement(len(tables), 0, 0, 0, seed, few, few, few, few)
    sums = _drawn(counts, strata, replicates, seed)
    kappas, degenerate, constant = _kappas(sums)
    k = sums.shape[1]
    po = sums[:, range(k), range(k)].sum(axis=1) / sums.sum(axis=(1, 2))
    places = named_places(k, positive, negative)
    ppa, npa = (_of_reference(sums, place, places, others, confidence) for place in (0, 1))
    return ClusteredAgreement(
        len(tables),
        replicates,
        degenerate,
        constant,
        seed,
        _interval(po, confidence, replicates),
        ppa,
        npa,
        _interval(kappas, confidence, replicates),
    )


def _drawn(counts: Floats, strata: Sequence[str], replicates: int, seed: int) -> Floats:
    """replicates x k x k: the sums of items drawn again within each stratum; the items are brought into one order first."""
    random = np.random.default_rng(seed)
    k = counts.shape[1]
    total = np.zeros((replicates, k * k))
    for name in sorted(set(strata)):
        own = counts[[place for place, one in enumerate(strata) if one == name]].reshape(-1, k * k)
        own = own[np.lexsort(own.T)]
        m = own.shape[0]
        total += random.multinomial(m, np.full(m, 1.0 / m), size=replicates) @ own
    return total.reshape(replicates, k, k)


def _of_reference(sums: Floats, which: int, places: list[int] | None, others: Others, confidence: float) -> Interval | NotCalculable:
    """The interval of PPA (0) or NPA (1)."""
    if places is None:
        return NotCalculable("not_two_by_two")
    return _interval(_share(sums, places[which], places if others == "left_out" else None), confidence, sums.shape[0])


def _share(sums: Floats, place: int, rows: list[int] | None) -> Floats:
    """Agreement within one reference category, of the replicates that have it; of the named rows only, or of all."""
    whole = (sums[:, :, place] if rows is None else sums[:, rows, place]).sum(axis=1)
    found: Floats = sums[whole > 0, place, place] / whole[whole > 0]
    return found


def _kappas(sums: Floats) -> tuple[Floats, int, int]:
    n = sums.sum(axis=(1, 2))
    rows, columns = sums.sum(axis=2), sums.sum(axis=1)
    row_constant, column_constant = ((margin == n[:, None]).any(axis=1) for margin in (rows, columns))
    degenerate = ((rows == n[:, None]) & (columns == n[:, None])).any(axis=1)
    constant = (row_constant | column_constant) & ~degenerate
    po = np.trace(sums, axis1=1, axis2=2) / n
    pe = (rows * columns).sum(axis=1) / (n * n)
    kappas = np.where(constant, 0.0, (po - pe) / np.where(row_constant | column_constant, 1.0, 1.0 - pe))
    return kappas[~degenerate], int(degenerate.sum()), int(constant.sum())


def _interval(found: Floats, confidence: float, replicates: int) -> Interval | NotCalculable:
    if 2 * found.size < replicates:
        return NotCalculable("too_few_replicates", {"n": int(found.size), "replicates": replicates})
    tail = (1.0 - confidence) / 2.0
    lower, upper = np.quantile(found, [tail, 1.0 - tail], method="weibull")
    return Interval(float(lower), float(upper), confidence)
