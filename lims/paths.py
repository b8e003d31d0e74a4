"""Where the folders that are not Python packages lie: in ``lims/_shared`` of a wheel, else beside ``lims/``."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parent


def shared_path(name: str) -> Path:
    """Path of ``templates``, ``migrations`` or ``config.py``; raises FileNotFoundError when it lies nowhere."""
    for root in (PACKAGE / "_shared", PACKAGE.parent):
        if (root / name).exists():
            return root / name
    raise FileNotFoundError(name)
