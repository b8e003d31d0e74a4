"""Reading an example in a child process: its first rows as they stand, and what a profile makes of it. Nothing is kept."""

from __future__ import annotations

from typing import Any

from instruments.contract import NO_ANSWERS, ParseError, ParseOptions, RawFile
from lims import blobs
from lims.imports.models import InstrumentProfile
from lims.imports.profile_queries import text_of
from lims.imports.service.reading import plain
from lims.sandbox import Sandbox, SandboxFailure


def look_at(name: str, content: bytes) -> dict[str, Any]:
    """The first rows of a file; {"refused": sentence and values} when it is no table."""
    return _tried("instruments.preview:first_rows", RawFile(name, content), NO_ANSWERS)


def first_rows(row: InstrumentProfile) -> dict[str, Any] | None:
    """The first rows of a profile's example; None where it has none."""
    return look_at(row.example_name or "", blobs.store().get(row.example_sha256)) if row.example_sha256 else None


def read_with(row: InstrumentProfile, content: dict[str, Any]) -> dict[str, Any]:
    """What a profile of this content makes of the example, as plain values; {"refused": sentence and values} when it cannot."""
    if row.example_sha256 is None:
        return {}
    file = RawFile(row.example_name or "", blobs.store().get(row.example_sha256))
    parsed = _tried("instruments.registry:parse", file, ParseOptions(profile=text_of(row, content)), "generic_table")
    return parsed if isinstance(parsed, dict) else plain(file, parsed)


def _tried(function: str, *arguments: object) -> Any:
    try:
        with Sandbox() as sandbox:
            return sandbox.run(function, *arguments)
    except ParseError as error:
        return {"refused": {"sentence": error.message, "values": dict(error.params)}}
    except SandboxFailure as failure:
        return {"refused": {"sentence": failure.sentence, "values": failure.values}}
