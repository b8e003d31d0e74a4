"""Instrument files: upload, read, decide, accept, undo.

A file is kept as it came (``store_upload``) and read by a worker (``parse_upload_job``) in a child process. Nothing
becomes a result before a person has accepted the upload. The demonstration does the same in one breath:
``store_upload(actor, name, content)`` and then ``lims.worker.work_once()``.
"""

from lims.imports.service.accepting import accept_upload, override_controls, undo_upload
from lims.imports.service.deciding import Proposal, decide_readings, review
from lims.imports.service.reading import parse_upload_job
from lims.imports.service.storing import Stored, store_upload

__all__ = [
    "Proposal",
    "Stored",
    "accept_upload",
    "decide_readings",
    "override_controls",
    "parse_upload_job",
    "review",
    "store_upload",
    "undo_upload",
]
