"""Canonical JSON: equal content gives equal bytes, so that hashes and signatures can be recomputed anywhere."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces; instants in ISO 8601, decimals and keys as text, bytes as their SHA-256.

    Raises TypeError for anything else that JSON does not know.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain)


def digest(value: Any) -> str:
    """SHA-256, hexadecimal, of the canonical JSON of ``value``."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def plain(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The same content made of JSON's own types."""
    result: dict[str, Any] | None = json.loads(canonical(value))
    return result


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, uuid.UUID | Decimal):
        return str(value)
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"not plain: {value!r}")
