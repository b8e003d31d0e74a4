"""What is installed is pinned by hash, and no committed list names a host."""

import re
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
LOCKS = sorted((ROOT / ".ci" / "lock").glob("*.txt"))
LISTS = [*LOCKS, *sorted(ROOT.glob(".ci/vendor/package-lock.json")), *sorted(ROOT.glob("lims/static/**/VENDOR.json"))]
ADDRESS = re.compile(
    r"://|(?:^|\s)-{1,2}(?:i|f|index-url|extra-index-url|find-links|trusted-host|proxy)\b|\bfile:"
    r"|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:org|com|net|io|cn|dev|edu|gov)\b",
    re.I,
)
PACKAGE_WITH_DOT = re.compile(r"\bhtmx\.org\b")


def blocks(text: str) -> list[str]:
    return re.split(r"\n(?=\S)", text.strip())


def pins(path: Path) -> set[str]:
    return {block.split()[0] for block in blocks(path.read_text())}


def test_the_three_locks_are_there():
    assert [path.name for path in LOCKS] == ["default.txt", "dev.txt", "extras.txt"]


@pytest.mark.assurance("S1")
@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.name)
def test_a_committed_list_names_no_host(path: Path):
    found = ADDRESS.search(PACKAGE_WITH_DOT.sub("", path.read_text()))
    assert not found, found


@pytest.mark.assurance("S1")
@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_hashes_everything(lock: Path):
    for block in blocks(lock.read_text()):
        assert "==" in block and "--hash=sha256:" in block, block


@pytest.mark.assurance("S1")
@pytest.mark.parametrize("line", ["--index-url somewhere", "x @ https://a/b.whl", "-i x", "from packages.example.org", "file:/srv/wheels"])
def test_the_search_for_hosts_finds_them(line: str):
    assert ADDRESS.search(line)


def test_each_larger_lock_keeps_the_pins_of_the_smaller_one():
    locks = {path.stem: pins(path) for path in LOCKS}
    assert locks["default"] < locks["extras"] < locks["dev"]


@pytest.mark.assurance("S1")
def test_what_runs_here_is_what_the_default_lock_says():
    requirements = [Requirement(block.split(" \\")[0]) for block in blocks(LOCKS[0].read_text())]
    for requirement in requirements:
        if requirement.marker is None or requirement.marker.evaluate():
            assert version(requirement.name) in requirement.specifier, requirement
