"""The scripts and styles taken from packages are the recorded ones, and no page asks another host for anything."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
VENDOR = ROOT / "lims" / "static" / "vendor"
PACKAGES: list[dict[str, Any]] = json.loads((VENDOR / "VENDOR.json").read_text("utf-8"))["packages"]
FILES = {entry["file"]: entry["sha256"] for package in PACKAGES for entry in package["files"]}


@pytest.mark.assurance("S2")
@pytest.mark.parametrize("name", sorted(FILES))
def test_a_vendored_file_equals_its_recorded_hash(name: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == FILES[name]


@pytest.mark.assurance("S2")
def test_every_file_in_the_vendor_folder_is_recorded() -> None:
    assert {path.name for path in VENDOR.iterdir()} == {*FILES, "VENDOR.json"}


@pytest.mark.assurance("S2")
def test_every_package_has_version_licence_integrity_and_its_licence_text() -> None:
    for package in PACKAGES:
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"])
        assert package["licence"]
        assert package["integrity"].startswith("sha512-")
        assert any("LICENSE" in entry["file"] for entry in package["files"])


def test_the_record_names_no_address() -> None:
    assert "://" not in (VENDOR / "VENDOR.json").read_text("utf-8")


@pytest.mark.assurance("S2")
def test_no_page_and_no_own_style_or_script_names_another_host() -> None:
    own = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "lims" / "static").glob("lims.*")]
    foreign = re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import|fetch\(\s*["']https?:""")
    assert own
    assert [str(path.relative_to(ROOT)) for path in own if foreign.search(path.read_text("utf-8"))] == []


def test_no_page_carries_a_style_or_a_script_of_its_own() -> None:
    pages = {path: path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html")}
    refused = re.compile(r"""\sstyle\s*=|<style|\son[a-z]+\s*=\s*["']|<script(?![^>]*\ssrc=)|javascript:""")
    assert [str(path.relative_to(ROOT)) for path, text in pages.items() if refused.search(text)] == []
