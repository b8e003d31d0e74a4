"""Use cases of samples: register, receive, decide, test, print labels. Every verb passes the gate and is one transaction."""

from lims.samples.lifecycle.draft import NewSample
from lims.samples.lifecycle.receipt import Decision, Receipt
from lims.samples.service.checks import SampleInvalid
from lims.samples.service.intake import Imported, Preview, import_sheet, preview_sheet
from lims.samples.service.labelling import print_labels
from lims.samples.service.moving import mark_reported, mark_reviewed, request_retest, take_results
from lims.samples.service.receiving import approve_decision, decide, decision_hash, receive_sample, withdraw_decision
from lims.samples.service.registering import cancel_sample, register_sample, send_sample
from lims.samples.service.scanning import (
    BatchState,
    JudgedTube,
    Typed,
    batch_state,
    drop_scan,
    give_up_batch,
    open_batch,
    register_batch,
    save_typed,
    scan,
    undo_scan,
)

__all__ = [
    "BatchState", "Decision", "Imported", "JudgedTube", "NewSample", "Preview", "Receipt", "SampleInvalid", "Typed", "approve_decision",
    "batch_state", "cancel_sample", "decide", "decision_hash", "drop_scan", "give_up_batch", "import_sheet", "mark_reported",
    "mark_reviewed", "open_batch", "preview_sheet", "print_labels", "receive_sample", "register_batch", "register_sample",
    "request_retest", "save_typed", "scan", "send_sample", "take_results", "undo_scan", "withdraw_decision",
]  # fmt: skip
