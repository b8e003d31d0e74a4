"""Instrument files: upload, read, decide, accept, undo.

A file is kept as it came (``store_upload``) and read by a worker (``parse_upload_job``) in a child process. Nothing
becomes a result before a person has accepted the upload. The demonstration does the same in one breath:
``store_upload(actor, name, content)`` and then ``lims.worker.work_once()``.
"""

from lims.imports.service.accepting import accept_upload, blockers, failed_controls, match_parked, override_controls, undo_upload
from lims.imports.service.deciding import PROBLEMS, Proposal, RowsRefused, decide_each, decide_in_bulk, decide_readings, review
from lims.imports.service.profiles import (
    Example,
    change_profile,
    copy_shipped,
    import_profile,
    next_version,
    save_profile,
    start_profile,
    withdraw_profile,
)
from lims.imports.service.reading import parse_upload_job
from lims.imports.service.storing import Stored, read_again, store_upload
from lims.imports.service.trying import first_rows, read_with

__all__ = [
    "PROBLEMS",
    "Example",
    "Proposal",
    "RowsRefused",
    "Stored",
    "accept_upload",
    "blockers",
    "change_profile",
    "copy_shipped",
    "decide_each",
    "decide_in_bulk",
    "decide_readings",
    "failed_controls",
    "first_rows",
    "import_profile",
    "match_parked",
    "next_version",
    "override_controls",
    "parse_upload_job",
    "read_again",
    "read_with",
    "review",
    "save_profile",
    "start_profile",
    "store_upload",
    "undo_upload",
    "withdraw_profile",
]
