"""docs/assurance.md tells the truth: what claims to hold has a test that says so."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (?P<id>[A-Z]\d+) \|.*\| (?P<since>[^|]*) \|$", re.M)


def rows() -> list[tuple[str, str]]:
    """Each row's id and the version since which it holds, or ``-``."""
    return [(row["id"], row["since"].strip()) for row in ROW.finditer((ROOT / "docs" / "assurance.md").read_text(encoding="utf-8"))]


def marks(source: str) -> set[str]:
    """The ids named by ``pytest.mark.assurance(...)`` in a file."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    marked = [call for call in calls if call.func.attr == "assurance"]
    return {argument.value for call in marked for argument in call.args if isinstance(argument, ast.Constant)}


def marked_ids() -> set[str]:
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return set().union(*(marks(path.read_text(encoding="utf-8")) for path in files))


def test_the_table_lists_every_row_once():
    ids = [id_ for id_, _since in rows()]
    assert len(ids) > 50
    assert sorted(ids) == sorted(set(ids))


def test_every_row_that_claims_to_hold_has_a_marked_test():
    assert {id_ for id_, since in rows() if since != "-"} - marked_ids() == set()


def test_every_marked_test_names_a_row_of_the_table():
    assert marked_ids() - {id_ for id_, _since in rows()} == set()


def test_a_row_holds_since_a_version_that_the_changelog_knows():
    versions = set(re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M))
    assert {since for _id, since in rows()} - {"-"} <= versions


def test_marks_are_read_from_calls_not_from_comments():
    source = '# pytest.mark.assurance("Z1")\n@pytest.mark.assurance("Z2", "Z3")\ndef it(): 1\npytestmark = [pytest.mark.assurance("Z4")]\n'
    assert marks(source) == {"Z2", "Z3", "Z4"}
