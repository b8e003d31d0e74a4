"""Writing what a command made to where the person wants it."""

from __future__ import annotations

from pathlib import Path

from lims.errors import LimsError
from lims.marks import N_


def write(path: Path, content: bytes) -> None:
    """Write the file; where that cannot be, raises LimsError with what is wrong with the place."""
    try:
        path.write_bytes(content)
    except FileNotFoundError:
        raise LimsError(
            "writing.no_folder", N_("There is no folder %(folder)s. Make it, or name another place."), folder=path.parent
        ) from None
    except IsADirectoryError:
        raise LimsError("writing.folder", N_("%(path)s is a folder. Name a file in it."), path=path) from None
    except OSError as error:
        raise LimsError(
            "writing.refused", N_("%(path)s cannot be written: %(reason)s. Name another place."), path=path, reason=error.strerror
        ) from None
