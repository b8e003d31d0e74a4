"""lims samples template and import, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from lims.commands.samples import samples
from tests.factories import TwoLaboratories


@pytest.fixture
def run(laboratories: TwoLaboratories, database, monkeypatch, tmp_path: Path):
    monkeypatch.setenv("LANG", "en")
    monkeypatch.setenv("LIMS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LIMS_DATABASE_URL", str(database.engine.url.render_as_string(hide_password=False)))

    def call(*words: str) -> tuple[int, str]:
        answer = CliRunner().invoke(samples, list(words), standalone_mode=False)
        assert answer.exception is None, answer.output
        return int(answer.return_value or 0), answer.output

    return call


def test_a_template_is_described_and_written(run, tmp_path: Path):
    fields = json.loads(run("template", "TRV", "--json")[1])
    assert set(fields[0]) == {"name", "header_en", "header_zh", "required", "unique", "type", "choices", "example"}
    assert {one["type"] for one in fields} <= {"text", "integer", "decimal", "date", "datetime", "choice", "boolean"}
    path = tmp_path / "ENV.xlsx"
    run("template", "ENV", "-o", str(path))
    assert path.read_bytes().startswith(b"PK")


def test_a_file_is_imported_and_the_refused_rows_come_back(run, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text("external_number,matrix,surface\n001,SURF,outer_box\n002,SURF,roof\n", encoding="utf-8")
    words = ("import", str(path), "--laboratory", "CUSA", "--as", "technician.cusa", "--json")
    code, output = run(*words)
    outcome = json.loads(output)
    assert (code, outcome["accepted"], [(one["row"], one["column"]) for one in outcome["refused"]]) == (0, 1, [(3, "surface")])
    assert Path(outcome["error_workbook"]).is_file()
    again = json.loads(run(*words)[1])
    assert (again["accepted"], again["known"]) == (0, 1)
    assert run(*words, "--all-or-nothing")[0] == 1


def test_a_file_that_cannot_be_read_says_why(run, tmp_path: Path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"%PDF-1.7")
    code, output = run("import", str(path), "--laboratory", "CUSA", "--as", "technician.cusa", "--json")
    assert (code, json.loads(output)["accepted"]) == (1, 0)
    assert "PDF" in json.loads(output)["refused"][0]["reason"]
