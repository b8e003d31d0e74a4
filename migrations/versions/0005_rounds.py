"""Comparison rounds: plan, participation, judgement; what was signed, sent or computed is only ever added."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lims.db.append_only import protect, release
from lims.db.types import ExactDecimal, Instant

revision = "0005"
down_revision = "0004"

APPEND_ONLY = (
    "round_approval", "round_move", "ended_batch", "dispatch", "submission", "reported_value", "evaluation", "opinion", "release",
    "round_report",
)  # fmt: skip
TABLES = (
    "scheme", "scheme_party", "round", "round_move", "round_approval", "ended_batch", "pt_item", "participant", "item_code", "dispatch",
    "submission", "reported_value", "evaluation", "opinion", "release", "round_report",
)  # fmt: skip


def upgrade() -> None:
    _plan()
    _participation()
    _judgement()
    for table in APPEND_ONLY:
        protect(op, table)


def downgrade() -> None:
    for table in APPEND_ONLY:
        release(op, table)
    for table in reversed(TABLES):
        op.drop_table(table)


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=False)


def _key(name: str) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _plan() -> None:
    op.create_table(
        "scheme",
        _key("id"), _text("code", 20), _text("title_en", 200), _text("title_zh", 200), _text("measurand_code", 40),
        _text("matrix_code", 40), _key("laboratory_id"), sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_scheme_laboratory_id"),
        sa.PrimaryKeyConstraint("id", name="pk_scheme"), sa.UniqueConstraint("code", name="uq_scheme_code"),
    )  # fmt: skip
    op.create_index("ix_scheme_laboratory_id", "scheme", ["laboratory_id"])
    op.create_table(
        "round",
        _key("id"), _key("organisation_id"), _key("scheme_id"), _text("code", 16), _text("kind", 16), _text("title_en", 200),
        _text("title_zh", 200), _text("measurand_code", 40), _text("matrix_code", 40), _text("unit", 40), _text("template_code", 20),
        _text("month", 7), sa.Column("protocol", sa.JSON(), nullable=False), sa.Column("protocol_version", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("deadline", Instant(), nullable=False), _text("zone", 40), _text("state", 16),
        sa.Column("created_at", Instant(), nullable=False), _key("created_by_id"),
        sa.Column("truth_hash", sa.String(length=64), nullable=True), sa.Column("sealed_at", Instant(), nullable=True),
        sa.Column("sealed_by_id", sa.Uuid(), nullable=True), sa.Column("sealed_after", sa.Integer(), nullable=True),
        sa.Column("codes_drawn_at", Instant(), nullable=True), sa.Column("codes_drawn_after", sa.Integer(), nullable=True),
        sa.Column("dispatched_at", Instant(), nullable=True), sa.Column("locked_at", Instant(), nullable=True),
        sa.Column("unblinded_at", Instant(), nullable=True), sa.Column("published_at", Instant(), nullable=True), _key("laboratory_id"),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('qualitative', 'quantitative')", name="ck_round_kind"),
        sa.CheckConstraint("state IN ('planned', 'designed', 'enrolling', 'preparing', 'dispatched', 'testing', 'locked', 'analysing', "
                           "'reviewing', 'published', 'follow_up', 'closed', 'cancelled')", name="ck_round_state"),
        sa.ForeignKeyConstraint(["created_by_id"], ["app_user.id"], name="fk_round_created_by_id"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_round_laboratory_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_round_organisation_id"),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name="fk_round_scheme_id"),
        sa.ForeignKeyConstraint(["sealed_by_id"], ["app_user.id"], name="fk_round_sealed_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_round"), sa.UniqueConstraint("code", name="uq_round_code"),
    )  # fmt: skip
    op.create_index("ix_round_deadline", "round", ["state", "deadline"])
    op.create_index("ix_round_laboratory_id", "round", ["laboratory_id"])
    op.create_index("ix_round_scheme_id", "round", ["scheme_id", "id"])
    op.create_index("ix_round_state", "round", ["state", "id"])
    op.create_table(
        "scheme_party",
        _key("id"), _key("scheme_id"), _key("organisation_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_scheme_party_organisation_id"),
        sa.ForeignKeyConstraint(["scheme_id"], ["scheme.id"], name="fk_scheme_party_scheme_id"),
        sa.PrimaryKeyConstraint("id", name="pk_scheme_party"),
        sa.UniqueConstraint("scheme_id", "organisation_id", name="uq_scheme_party_scheme_id_organisation_id"),
    )  # fmt: skip
    op.create_index("ix_scheme_party_organisation_id", "scheme_party", ["organisation_id"])
    op.create_table(
        "pt_item",
        _key("id"), _key("round_id"), sa.Column("batch", sa.Integer(), nullable=False), sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_core", sa.Boolean(), nullable=False), sa.Column("weight", ExactDecimal(), nullable=False),
        sa.Column("expected_code", sa.String(length=16), nullable=True), sa.Column("is_strong", sa.Boolean(), nullable=False),
        sa.Column("x_pt", ExactDecimal(), nullable=True), sa.Column("expanded_u_x_pt", ExactDecimal(), nullable=True),
        sa.Column("k_x_pt", ExactDecimal(), nullable=False), sa.Column("sigma_pt", ExactDecimal(), nullable=True), _text("level_en", 120),
        _text("level_zh", 120), _text("description", 400), _key("laboratory_id"), sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_pt_item_laboratory_id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_pt_item_round_id"), sa.PrimaryKeyConstraint("id", name="pk_pt_item"),
        sa.UniqueConstraint("round_id", "batch", "number", name="uq_pt_item_round_id_batch_number"),
    )  # fmt: skip
    op.create_index("ix_pt_item_laboratory_id", "pt_item", ["laboratory_id"])
    op.create_table(
        "ended_batch",
        _key("id"), _key("round_id"), sa.Column("batch", sa.Integer(), nullable=False), sa.Column("protocol", sa.JSON(), nullable=False),
        sa.Column("protocol_version", sa.Integer(), nullable=False), sa.Column("truth_hash", sa.String(length=64), nullable=True),
        sa.Column("sealed_at", Instant(), nullable=True), sa.Column("sealed_by_id", sa.Uuid(), nullable=True),
        sa.Column("sealed_after", sa.Integer(), nullable=True), sa.Column("codes_drawn_at", Instant(), nullable=True),
        sa.Column("codes_drawn_after", sa.Integer(), nullable=True), sa.Column("dispatched_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=False), _text("reason", 400), _key("laboratory_id"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_ended_batch_laboratory_id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_ended_batch_round_id"),
        sa.ForeignKeyConstraint(["sealed_by_id"], ["app_user.id"], name="fk_ended_batch_sealed_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ended_batch"),
        sa.UniqueConstraint("round_id", "batch", name="uq_ended_batch_round_id_batch"),
    )  # fmt: skip
    op.create_table(
        "round_approval",
        _key("id"), _key("round_id"), sa.Column("place", sa.Integer(), nullable=False), _text("step", 16), _text("basis", 64),
        _key("organisation_id"),
        _key("user_id"), _text("user_name", 120), sa.Column("approved_at", Instant(), nullable=False), _text("reason", 400),
        sa.Column("terms", sa.JSON(), nullable=False), _key("signature_id"), _key("laboratory_id"),
        sa.CheckConstraint("step IN ('protocol', 'deadline', 'dispatch', 'unblind', 'score_check', 'return', 'close', "
                           "'cancel', 'amend', 'withdraw_items', 'critical_error')", name="ck_round_approval_step"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_round_approval_laboratory_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_round_approval_organisation_id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_round_approval_round_id"),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name="fk_round_approval_signature_id"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_round_approval_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_round_approval"),
        sa.UniqueConstraint("round_id", "place", name="uq_round_approval_round_id_place"),
    )  # fmt: skip
    op.create_index("ix_round_approval_round_id", "round_approval", ["round_id", "step"])
    op.create_table(
        "round_move",
        _key("id"), _key("round_id"), sa.Column("number", sa.Integer(), nullable=False), sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=True), _text("target", 16), sa.Column("moved_at", Instant(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True), _text("user_name", 120), sa.Column("second_user_id", sa.Uuid(), nullable=True),
        _text("second_user_name", 120), _text("reason", 400), sa.Column("gates", sa.JSON(), nullable=False), _key("laboratory_id"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_round_move_laboratory_id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_round_move_round_id"),
        sa.ForeignKeyConstraint(["second_user_id"], ["app_user.id"], name="fk_round_move_second_user_id"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_round_move_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_round_move"),
        sa.UniqueConstraint("round_id", "number", name="uq_round_move_round_id_number"),
        sa.UniqueConstraint("round_id", "place", name="uq_round_move_round_id_place"),
    )  # fmt: skip


def _participation() -> None:
    op.create_table(
        "participant",
        _key("id"), _key("round_id"), sa.Column("code", sa.String(length=6), nullable=True), _text("side", 10),
        sa.Column("is_organiser", sa.Boolean(), nullable=False), _text("state", 20),
        sa.Column("has_consented", sa.Boolean(), nullable=True), sa.Column("enrolled_at", Instant(), nullable=True),
        sa.Column("enrolled_by_id", sa.Uuid(), nullable=True), sa.Column("received_at", Instant(), nullable=True),
        sa.Column("received_by_id", sa.Uuid(), nullable=True), _text("arrival_temperature", 40), _text("arrival_condition", 200),
        _text("reason", 400), _key("laboratory_id"), sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("side IN ('customs', 'cdc')", name="ck_participant_side"),
        sa.CheckConstraint("state IN ('invited', 'enrolled', 'declined', 'withdrawn', 'sent', 'received', 'replacement', 'draft', "
                           "'submitted', 'late', 'could_not_test', 'no_response')", name="ck_participant_state"),
        sa.ForeignKeyConstraint(["enrolled_by_id"], ["app_user.id"], name="fk_participant_enrolled_by_id"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_participant_laboratory_id"),
        sa.ForeignKeyConstraint(["received_by_id"], ["app_user.id"], name="fk_participant_received_by_id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_participant_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_participant"),
        sa.UniqueConstraint("round_id", "code", name="uq_participant_round_id_code"),
        sa.UniqueConstraint("round_id", "laboratory_id", name="uq_participant_round_id_laboratory_id"),
    )  # fmt: skip
    op.create_index("ix_participant_laboratory_id", "participant", ["laboratory_id", "round_id"])
    op.create_table(
        "dispatch",
        _key("id"), _key("round_id"), _key("participant_id"), sa.Column("batch", sa.Integer(), nullable=False),
        _text("box_code", 6), _text("packaging", 200), _text("un_class", 20),
        _text("temperature_set", 40), _text("logger", 60), _text("carrier", 120), _text("waybill", 60),
        sa.Column("recorded_at", Instant(), nullable=False), _key("recorded_by_id"), _text("recorded_by_name", 120),
        _key("laboratory_id"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_dispatch_laboratory_id"),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name="fk_dispatch_participant_id"),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["app_user.id"], name="fk_dispatch_recorded_by_id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_dispatch_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_dispatch"),
    )  # fmt: skip
    op.create_index("ix_dispatch_participant_id", "dispatch", ["participant_id"])
    op.create_index("ix_dispatch_round_id", "dispatch", ["round_id"])
    op.create_table(
        "item_code",
        _key("id"), _key("round_id"), _key("participant_id"), _key("item_id"), _text("code", 6),
        sa.Column("batch", sa.Integer(), nullable=False), _text("participant_code", 6),
        sa.Column("position", sa.Integer(), nullable=False), _key("laboratory_id"),
        sa.ForeignKeyConstraint(["item_id"], ["pt_item.id"], name="fk_item_code_item_id"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_item_code_laboratory_id"),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name="fk_item_code_participant_id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_item_code_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_item_code"),
        sa.UniqueConstraint("participant_id", "item_id", "batch", name="uq_item_code_participant_id_item_id_batch"),
        sa.UniqueConstraint("round_id", "code", name="uq_item_code_round_id_code"),
    )  # fmt: skip
    op.create_index("ix_item_code_laboratory_id", "item_code", ["laboratory_id"])
    op.create_table(
        "submission",
        _key("id"), _key("round_id"), _key("participant_id"), sa.Column("version", sa.Integer(), nullable=False), _text("status", 12),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("protocol_version", sa.Integer(), nullable=False), sa.Column("head", sa.JSON(), nullable=False),
        sa.Column("is_independent", sa.Boolean(), nullable=False), _key("analyst_id"), _text("analyst_name", 120),
        sa.Column("authoriser_id", sa.Uuid(), nullable=True), _text("authoriser_name", 120),
        sa.Column("saved_at", Instant(), nullable=False), sa.Column("submitted_at", Instant(), nullable=True),
        _text("content_hash", 64),
        sa.Column("signature_id", sa.Uuid(), nullable=True), _key("laboratory_id"),
        sa.CheckConstraint("(status = 'signed') = (authoriser_id IS NOT NULL)", name="ck_submission_signed_by"),
        sa.CheckConstraint("status IN ('draft', 'handed_over', 'signed')", name="ck_submission_status"),
        sa.CheckConstraint("authoriser_id IS NULL OR authoriser_id <> analyst_id", name="ck_submission_two_persons"),
        sa.ForeignKeyConstraint(["analyst_id"], ["app_user.id"], name="fk_submission_analyst_id"),
        sa.ForeignKeyConstraint(["authoriser_id"], ["app_user.id"], name="fk_submission_authoriser_id"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_submission_laboratory_id"),
        sa.ForeignKeyConstraint(["participant_id"], ["participant.id"], name="fk_submission_participant_id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_submission_round_id"),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name="fk_submission_signature_id"),
        sa.PrimaryKeyConstraint("id", name="pk_submission"),
        sa.UniqueConstraint("participant_id", "version", name="uq_submission_participant_id_version"),
    )  # fmt: skip
    op.create_index("ix_submission_laboratory_id", "submission", ["laboratory_id"])
    op.create_table(
        "reported_value",
        _key("id"), _key("submission_id"), _key("item_code_id"), _text("code", 6),
        sa.Column("result_code", sa.String(length=16), nullable=True), _text("relation", 1),
        sa.Column("value_text", sa.String(length=40), nullable=True), sa.Column("value", ExactDecimal(), nullable=True),
        _text("unit", 40), sa.Column("expanded_u_text", sa.String(length=40), nullable=True),
        sa.Column("k_text", sa.String(length=40), nullable=True), sa.Column("replicates", sa.JSON(), nullable=False),
        sa.Column("ct", sa.JSON(), nullable=False), _text("internal_control", 40), _text("could_not_test", 400), _text("remark", 400),
        _key("laboratory_id"),
        sa.CheckConstraint("relation IN ('=', '<', '>')", name="ck_reported_value_relation"),
        sa.ForeignKeyConstraint(["item_code_id"], ["item_code.id"], name="fk_reported_value_item_code_id"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_reported_value_laboratory_id"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name="fk_reported_value_submission_id"),
        sa.PrimaryKeyConstraint("id", name="pk_reported_value"),
        sa.UniqueConstraint("submission_id", "item_code_id", name="uq_reported_value_submission_id_item_code_id"),
    )  # fmt: skip
    op.create_index("ix_reported_value_laboratory_id", "reported_value", ["laboratory_id"])


def _judgement() -> None:
    op.create_table(
        "evaluation",
        _key("id"), _key("round_id"), sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("n_scored", sa.Integer(), nullable=False), sa.Column("protocol_version", sa.Integer(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False), sa.Column("input_text", sa.Text(), nullable=False), _text("input_hash", 64),
        sa.Column("outcome", sa.JSON(), nullable=False), _text("outcome_hash", 64), _text("software_version", 40), _key("started_by_id"),
        _text("started_by_name", 120), sa.Column("created_at", Instant(), nullable=False), _text("reason", 400), _key("laboratory_id"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_evaluation_laboratory_id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_evaluation_round_id"),
        sa.ForeignKeyConstraint(["started_by_id"], ["app_user.id"], name="fk_evaluation_started_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation"),
        sa.UniqueConstraint("round_id", "version", name="uq_evaluation_round_id_version"),
    )  # fmt: skip
    op.create_index("ix_evaluation_laboratory_id", "evaluation", ["laboratory_id"])
    op.create_table(
        "opinion",
        _key("id"), _key("round_id"), _key("evaluation_id"), _key("organisation_id"), _key("user_id"), _text("user_name", 120),
        _text("function", 60), sa.Column("text", sa.Text(), nullable=False), _text("content_hash", 64),
        sa.Column("signed_at", Instant(), nullable=False), _key("signature_id"), _key("laboratory_id"),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name="fk_opinion_evaluation_id"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_opinion_laboratory_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_opinion_organisation_id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_opinion_round_id"),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name="fk_opinion_signature_id"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_opinion_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_opinion"),
        sa.UniqueConstraint("evaluation_id", "user_id", name="uq_opinion_evaluation_id_user_id"),
    )  # fmt: skip
    op.create_index("ix_opinion_laboratory_id", "opinion", ["laboratory_id"])
    op.create_table(
        "release",
        _key("id"), _key("round_id"), _key("evaluation_id"), _key("organisation_id"), _key("user_id"), _text("user_name", 120),
        _text("content_hash", 64), sa.Column("signed_at", Instant(), nullable=False), _key("signature_id"), _key("laboratory_id"),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name="fk_release_evaluation_id"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_release_laboratory_id"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name="fk_release_organisation_id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_release_round_id"),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name="fk_release_signature_id"),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.id"], name="fk_release_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_release"),
        sa.UniqueConstraint("evaluation_id", "organisation_id", name="uq_release_evaluation_id_organisation_id"),
    )  # fmt: skip
    op.create_index("ix_release_laboratory_id", "release", ["laboratory_id"])
    op.create_table(
        "round_report",
        _key("id"), _key("round_id"), _key("evaluation_id"), sa.Column("version", sa.Integer(), nullable=False), _text("number", 40),
        _text("blob_sha256", 64), sa.Column("issued_at", Instant(), nullable=False), sa.Column("changes", sa.Text(), nullable=False),
        _key("laboratory_id"),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name="fk_round_report_evaluation_id"),
        sa.ForeignKeyConstraint(["laboratory_id"], ["laboratory.id"], name="fk_round_report_laboratory_id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name="fk_round_report_round_id"),
        sa.PrimaryKeyConstraint("id", name="pk_round_report"),
        sa.UniqueConstraint("round_id", "version", name="uq_round_report_round_id_version"),
    )  # fmt: skip
    op.create_index("ix_round_report_laboratory_id", "round_report", ["laboratory_id"])
