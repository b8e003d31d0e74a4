"""The committed list of what the database itself protects against change and removal."""

from __future__ import annotations

#: The tables that each migration puts under protection.
PROTECTED = {
    "0001": ["audit_event", "signature"],
    "0002": [],
    "0003": ["custody_event"],
    "0004": ["result", "result_review", "result_withdrawal", "upload_reading"],
    "0005": [
        "dispatch", "ended_batch", "evaluation", "opinion", "release", "reported_value", "round_approval", "round_move", "round_report",
        "submission",
    ],
    "0006": ["verification_run"],
    "0007": ["preparation_record"],
    "0008": ["blunder_flag", "blunder_screening", "blunder_step", "capa_record", "capa_step", "objection", "objection_decision"],
    "0009": ["form_upload", "remembered_answer"],
    "0010": [],
    "0011": ["assay_rule", "assay_rule_withdrawal", "interpretation_override"],
    "0012": ["item_finding", "plan_consent", "stock_entry"],
    "0013": [
        "conflict_declaration", "interim_report", "review_comment", "review_minutes", "reviewer_assignment", "round_archive",
        "verdict_override",
    ],
    "0014": [
        "authorised_scope", "validation_analysis", "validation_exclusion", "validation_plan", "validation_reading", "validation_retest",
        "validation_row", "validation_step",
    ],
    "0015": ["aliquot_source", "aliquot_step", "box_finding", "box_manifest", "box_receipt", "storage_move"],
    "0016": ["worklist"],
}  # fmt: skip
VERBS = {"sqlite": ["update", "delete", "replace"], "postgresql": ["update", "delete", "truncate"]}


def expected_triggers(dialect: str, newest: str) -> list[str]:
    """The names of all triggers of a database at revision ``newest``."""
    tables = [table for revision, added in PROTECTED.items() if revision <= newest for table in added]
    return sorted(f"{table}_no_{verb}" for table in tables for verb in VERBS[dialect])
