"""Use cases of results: record, review, correct, take back, release."""

from lims.results.service.amending import amend_result, read_value
from lims.results.service.recording import NewResult, Origin, Repeat, record_results, withdraw_upload
from lims.results.service.reviewing import release_results, results_hash, review_results

__all__ = [
    "NewResult", "Origin", "Repeat", "amend_result", "read_value", "record_results", "release_results", "results_hash", "review_results",
    "withdraw_upload",
]  # fmt: skip
