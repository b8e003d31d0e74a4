"""Instrument files: upload, read, decide, accept, undo.

A file is kept as it came (``store_upload``) and read by a worker (``parse_upload_job``) in a child process. Nothing
becomes a result before a person has accepted the upload. The demonstration does the same in one breath:
``store_upload(actor, name, content)`` and then ``lims.worker.work_once()``.
"""

from lims.imports.service.accepting import accept_upload, blockers, failed_controls, match_parked, override_controls, undo_upload
from lims.imports.service.deciding import PROBLEMS, Proposal, RowsRefused, decide_each, decide_in_bulk, decide_readings, review
from lims.imports.service.interpreting import Proof, choose_rule, interpretation_of, override_interpretation, rule_blockers
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
from lims.imports.service.rules import (
    approve_rule,
    change_rule,
    content_hash,
    discard_rule,
    next_rule_version,
    propose_rule,
    return_rule,
    start_rule,
    withdraw_rule,
)
from lims.imports.service.storing import Stored, read_again, store_upload
from lims.imports.service.trying import first_rows, read_with
from lims.imports.service.worklists import Plan, make_worklist

__all__ = [
    "PROBLEMS",
    "Example",
    "Proof",
    "Plan",
    "Proposal",
    "RowsRefused",
    "Stored",
    "accept_upload",
    "approve_rule",
    "blockers",
    "change_profile",
    "change_rule",
    "choose_rule",
    "content_hash",
    "copy_shipped",
    "decide_each",
    "decide_in_bulk",
    "decide_readings",
    "discard_rule",
    "failed_controls",
    "first_rows",
    "import_profile",
    "interpretation_of",
    "make_worklist",
    "match_parked",
    "next_rule_version",
    "next_version",
    "override_controls",
    "override_interpretation",
    "parse_upload_job",
    "propose_rule",
    "read_again",
    "read_with",
    "return_rule",
    "review",
    "rule_blockers",
    "save_profile",
    "start_profile",
    "start_rule",
    "store_upload",
    "undo_upload",
    "withdraw_profile",
    "withdraw_rule",
]
