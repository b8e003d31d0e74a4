"""The verbs of validation studies; each is one transaction of one actor."""

from lims.validation.service.collecting import (
    EXCLUSION_REASONS,
    add_rows,
    exclude_row,
    lock_data,
    open_collection,
    read_item,
    retest_row,
)
from lims.validation.service.judging import (
    analyse_study,
    authorise_scope,
    decide,
    record_surveillance,
    revalidate,
    send_to_review,
    withdraw_study,
    write_opinion,
)
from lims.validation.service.planning import NewStudy, approve_plan, drop_amendment, register_study, write_plan

__all__ = [
    "EXCLUSION_REASONS", "NewStudy", "add_rows", "analyse_study", "approve_plan", "authorise_scope", "decide", "drop_amendment",
    "exclude_row", "lock_data", "open_collection", "read_item", "record_surveillance", "register_study", "retest_row", "revalidate",
    "send_to_review", "withdraw_study", "write_opinion", "write_plan",
]  # fmt: skip
