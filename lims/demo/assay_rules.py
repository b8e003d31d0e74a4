"""An assay rule that two persons made, and a run that it interprets: clear samples, a grey zone, a lost internal control."""

from __future__ import annotations

from typing import Any

from lims import worker
from lims.demo.people import Cast
from lims.imports import service
from lims.paths import PACKAGE

FILE = "plate_rule.csv"
RULE: dict[str, Any] = {
    "name": "ncov_two_targets", "title": "SARS-CoV-2, ORF1ab and N", "analyte": "SARSCOV2", "method": "QRTPCR",
    "targets": [{"target": "ORF1ab", "cut_off": "38", "grey_to": "40"}, {"target": "N", "cut_off": "38", "grey_to": "40"}],
    "positive_targets": "2",
    "internal": {"target": "RNase P", "ct_low": None, "ct_high": "38", "needed_for": "negative"},
    "replicates": {"count": "1", "combine": "all_agree"},
    "controls": [
        {"control": "ntc", "expect": "silent", "ct_low": "40", "ct_high": None, "names": ["NTC"], "required": True},
        {"control": "positive", "expect": "found", "ct_low": "20", "ct_high": "32", "names": ["PC"], "required": True},
        {"control": "extraction", "expect": "internal", "ct_low": None, "ct_high": None, "names": ["EC"], "required": True},
    ],
    "curve": None, "invalid_means": "repeat", "indeterminate_means": "repeat",
}  # fmt: skip


def interpret_a_run(cast: Cast) -> None:
    """The authoriser of the first CDC laboratory drafts, its QA manager signs; a technician's run waits with its interpretation."""
    drafter, signer = cast.actor("auth.cdca"), "qa.cdc"
    draft = service.start_rule(drafter, RULE)
    service.propose_rule(drafter, draft.id)
    service.approve_rule(cast.actor(signer), draft.id, cast.password(signer), seen=service.content_hash(RULE))
    service.store_upload(cast.actor("tech1.cdca"), FILE, (PACKAGE / "demo" / "data" / FILE).read_bytes())
    while worker.work_once():
        pass
