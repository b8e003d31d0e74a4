"""The command line interprets a file by a rule without a database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lims.commands.instruments import instruments
from tests.imports.rules import CONTENT, run_table


@pytest.mark.parametrize(("ntc", "code", "verdict", "result"), [("Undetermined", 0, "valid", "positive"), ("20.1", 1, "invalid", "repeat")])
def test_a_file_is_interpreted_and_the_exit_code_tells_the_run(tmp_path: Path, ntc: str, code: int, verdict: str, result: str):
    file, rule = tmp_path / "run.csv", tmp_path / "rule.json"
    file.write_bytes(run_table({"007": ("24", "25", "26")}, ntc))
    rule.write_text(json.dumps(CONTENT), "utf-8")
    answer = CliRunner().invoke(instruments, ["interpret", str(file), "--rule", str(rule), "--json"])
    found = json.loads(answer.stdout)
    assert (answer.exit_code, found["run"]["verdict"]) == (code, verdict)
    assert [(one["name"], one["result"]) for one in found["samples"]] == [("007", result)]
    assert f"run: {verdict}" in CliRunner().invoke(instruments, ["interpret", str(file), "--rule", str(rule)]).output


@pytest.mark.parametrize("text", ["", "[]", "{", json.dumps({**CONTENT, "targets": []})])
def test_a_file_that_is_no_rule_is_refused_with_its_sentence(tmp_path: Path, text: str):
    file, rule = tmp_path / "run.csv", tmp_path / "rule.json"
    file.write_bytes(run_table({"007": ("24", "25", "26")}))
    rule.write_text(text, "utf-8")
    answer = CliRunner().invoke(instruments, ["interpret", str(file), "--rule", str(rule)])
    assert answer.exit_code == 2
    assert "no assay rule" in answer.output or "Name from 1 to 20 targets" in answer.output
