"""Boxes, hand-overs and storage places."""

from __future__ import annotations

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Tables follow."""


def downgrade() -> None:
    """Tables follow."""
