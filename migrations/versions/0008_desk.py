"""Questions before scoring, corrective actions, appeals and complaints."""

from __future__ import annotations

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Tables follow."""


def downgrade() -> None:
    """Tables follow."""
