"""Validation studies of methods."""

from __future__ import annotations

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Tables follow."""


def downgrade() -> None:
    """Tables follow."""
