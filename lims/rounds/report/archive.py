"""The archive of a round as one zip: its files, each with its SHA-256 in a manifest and in the list that common tools check."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from lims.canonical import canonical
from lims.rounds.report.facts import SubmittedValue

MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
COLUMNS = tuple(SubmittedValue.__dataclass_fields__)


def zipped(files: Mapping[str, bytes], made_at: datetime, about: Mapping[str, str]) -> bytes:
    """The zip; the same files at the same instant give the same bytes."""
    sums = {path: sha256(content).hexdigest() for path, content in sorted(files.items())}
    listed = [{"path": path, "size": len(files[path]), "sha256": digest} for path, digest in sums.items()]
    manifest = canonical({**about, "made_at": made_at.isoformat(), "files": listed}).encode()
    lines = "".join(f"{digest}  {path}\n" for path, digest in (*sums.items(), (MANIFEST, sha256(manifest).hexdigest())))
    whole = {**dict(sorted(files.items())), MANIFEST: manifest, SUMS: lines.encode()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in whole.items():
            entry = zipfile.ZipInfo(path, made_at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return out.getvalue()


def submissions_csv(values: Iterable[SubmittedValue]) -> bytes:
    """Every reported value under its code, one a row; a cell never begins a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in values:
        writer.writerow([_cell(getattr(one, name)) for name in COLUMNS])
    return ("\ufeff" + text.getvalue()).encode()


def _cell(value: object) -> str:
    text = "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") and len(text) > 1 else text
