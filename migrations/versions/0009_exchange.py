"""Keys of repeated requests and workbooks filled offline."""

from __future__ import annotations

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Tables follow."""


def downgrade() -> None:
    """Tables follow."""
