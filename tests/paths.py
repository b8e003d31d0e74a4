"""Where the tests find things outside the tree: the shared folder beside the checkout, if it is there."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = (ROOT / ".." / "shared").resolve()


def shared(*parts: str) -> Path:
    """A path in the shared folder; the test is skipped with a plain reason where the folder is not beside this checkout."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"the shared folder with {'/'.join(parts)} is not beside this checkout")
    return path
