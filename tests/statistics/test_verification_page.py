"""docs/statistics/verification: every trap names tests that exist, and every mutant that survived is explained."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.paths import ROOT

FOLDER = ROOT / "docs" / "statistics"
PAGES = ("verification.md", "verification.en.md")
TEST = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


def text_of(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


def functions_in(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("page", PAGES)
def test_every_trap_of_the_table_names_tests_that_exist(page: str) -> None:
    named = TEST.findall(text_of(page))
    assert len(named) > 30
    for file, name in named:
        assert name in functions_in(ROOT / "tests" / "statistics" / file), f"{file}::{name}"


@pytest.mark.parametrize("page", PAGES)
def test_every_test_that_calls_itself_a_trap_stands_in_the_table(page: str) -> None:
    named = {name for _, name in TEST.findall(text_of(page))}
    for path in sorted((ROOT / "tests" / "statistics").glob("test_*.py")):
        if path.name != Path(__file__).name:
            assert {name for name in functions_in(path) if name.startswith("test_trap_")} <= named, path.name


@pytest.mark.parametrize("page", PAGES)
def test_every_survivor_of_the_mutation_run_is_explained(page: str) -> None:
    survivors = [line.strip() for line in text_of("mutation.txt").splitlines() if line.startswith("  ")]
    explained = set(re.findall(r"^\| `(.+?)` \| .{15,} \|$", text_of(page), re.MULTILINE))
    assert {line.replace("|", "¦") for line in survivors} == explained


def test_the_records_are_of_one_run_without_failure() -> None:
    mutation, coverage = text_of("mutation.txt"), text_of("coverage.txt")
    counts = re.findall(r"(\d+) mutants, (\d+) killed, (\d+) timed out, (\d+) survived", mutation)
    assert len(counts) == 6 and all(int(total) == int(killed) + int(late) + int(left) for total, killed, late, left in counts)
    assert " 0 failed" in coverage and "FAILED" not in coverage
