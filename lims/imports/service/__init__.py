"""Instrument files: upload, read, decide, accept, undo.

A file is kept as it came (``store_upload``) and read by a worker (``parse_upload_job``) in a child process. Nothing
becomes a result before a person has accepted the upload. The demonstration does the same in one breath:
``store_upload(actor, name, content)`` and then ``lims.worker.work_once()``.
"""

from lims.imports.service.accepting import accept_upload, blockers, failed_controls, match_parked, override_controls, undo_upload
from lims.imports.service.deciding import PROBLEMS, Proposal, decide_readings, review
from lims.imports.service.reading import parse_upload_job
from lims.imports.service.storing import Stored, read_again, store_upload

__all__ = [
    "PROBLEMS",
    "Proposal",
    "Stored",
    "accept_upload",
    "blockers",
    "decide_readings",
    "failed_controls",
    "match_parked",
    "override_controls",
    "parse_upload_job",
    "read_again",
    "review",
    "store_upload",
    "undo_upload",
]
