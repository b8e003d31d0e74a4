"""Files by what they contain: the name of a file is the SHA-256 of its bytes, so nothing is ever overwritten."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from lims.errors import LimsError, NotFound
from lims.marks import N_


class BlobDamaged(LimsError):
    """The kept bytes do not have the hash under which they were kept."""


class BlobStore:
    """A folder of content-addressed files.

    ``put`` is atomic and survives a kill: the bytes are written to a temporary file, flushed to the disk and renamed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Keep the bytes and return their SHA-256 in hexadecimal; keeping them again changes nothing."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes kept under ``digest``.

        Raises NotFound when nothing is kept there and BlobDamaged when the bytes on the disk have changed.
        """
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound(
                "blobs.missing", N_("The file %(digest)s is not in the file store. Restore it from the backup."), digest=digest
            ) from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise BlobDamaged(
                "blobs.damaged",
                N_("The file %(digest)s has changed on the disk. It is not used; restore it from the backup."),
                digest=digest,
            )
        return content

    def names(self) -> list[str]:
        """The hashes of all kept files, sorted."""
        return sorted(path.name for path in self.folder.glob("??/*") if not path.name.startswith("."))

    def _path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest


_store: BlobStore | None = None


def use(folder: Path) -> BlobStore:
    """Make the files of ``folder`` those of this process."""
    global _store
    _store = BlobStore(folder)
    return _store


def store() -> BlobStore:
    """The file store of this process; raises LimsError before ``use``."""
    if _store is None:
        raise LimsError("blobs.not_bound", N_("No file store is open. Start the program through the lims command."))
    return _store
