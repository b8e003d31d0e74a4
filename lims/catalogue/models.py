"""Reference data: one table for all lists, because every list is looked up, shown, retired and corrected alike."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lims.db.base import Base, Keyed, Versioned


class CatalogueEntry(Keyed, Versioned, Base):
    """One row of one list. A used code is never deleted or renamed, only retired.

    ``certainty`` is A (published), B (commonly known), C (verify before use) or empty (a convention of the product).
    ``columns`` holds the list's own columns by their names, as text, exactly as shipped or edited.
    """

    __tablename__ = "catalogue_entry"
    __table_args__ = (UniqueConstraint("list_code", "code"), Index("ix_catalogue_entry_order", "list_code", "position", "code"))

    list_code: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    name_en: Mapped[str] = mapped_column(String(300))
    name_zh: Mapped[str] = mapped_column(String(300))
    certainty: Mapped[str] = mapped_column(String(1), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    columns: Mapped[dict[str, Any]]
    retired_at: Mapped[datetime | None]

    def name(self, language: str) -> str:
        """The name in the reader's language; the other one where this one is not known."""
        first, second = (self.name_zh, self.name_en) if language.startswith("zh") else (self.name_en, self.name_zh)
        return first or second or self.code

    @property
    def must_be_verified(self) -> bool:
        """Whether the QA manager has to confirm the row before it is used."""
        return self.certainty == "C"
