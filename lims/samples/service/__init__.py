"""Use cases of samples: register, receive, decide, test, print labels. Every verb passes the gate and is one transaction."""

from lims.samples.lifecycle.draft import NewSample
from lims.samples.lifecycle.receipt import Decision, Receipt
from lims.samples.service.checks import SampleInvalid
from lims.samples.service.intake import Imported, Preview, import_sheet, preview_sheet
from lims.samples.service.labelling import print_labels
from lims.samples.service.moving import mark_reported, mark_reviewed, request_retest, take_results
from lims.samples.service.receiving import approve_decision, decide, decision_hash, receive_sample, withdraw_decision
from lims.samples.service.registering import cancel_sample, register_sample, send_sample

__all__ = [
    "Decision", "Imported", "NewSample", "Preview", "Receipt", "SampleInvalid", "approve_decision", "cancel_sample", "decide",
    "decision_hash",
    "import_sheet", "preview_sheet", "mark_reported",
    "mark_reviewed", "print_labels", "receive_sample", "register_sample", "request_retest", "send_sample", "take_results",
    "withdraw_decision",
]  # fmt: skip
