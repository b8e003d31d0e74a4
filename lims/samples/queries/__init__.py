"""Looking up samples: always inside the actor's own laboratory. A foreign sample is "not found"."""

from lims.samples.queries.batches import batch, open_batches, tubes
from lims.samples.queries.finding import (
    by_idempotency_key,
    by_number,
    by_numbers,
    custody,
    numbers_by_external,
    numbers_by_key,
    sample,
    samples,
)
from lims.samples.queries.listing import PAGE, RARE, SORTS, Filters, Page, all_rows, page, search
from lims.samples.queries.open_loop import LatePage, late, late_counts, late_steps
from lims.samples.queries.waiting import count_in, waiting_count, waiting_for

__all__ = [
    "Filters", "LatePage", "PAGE", "Page", "RARE", "SORTS", "all_rows", "batch", "by_idempotency_key", "by_number", "by_numbers",
    "count_in", "custody", "late", "late_counts", "late_steps", "numbers_by_external", "numbers_by_key", "open_batches", "page",
    "sample", "samples", "search", "tubes", "waiting_count", "waiting_for",
]  # fmt: skip
