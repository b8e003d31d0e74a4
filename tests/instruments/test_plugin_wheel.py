"""A parser of another package: its wheel is built from the template and laid beside the application, without network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.paths import ROOT

TEMPLATE = ROOT / "docs" / "instruments" / "template"
EXAMPLE = TEMPLATE / "examples" / "run.txt"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of packages with the wheel unpacked in it, as an installer lays it down."""
    work = tmp_path_factory.mktemp("plugin")
    shutil.copytree(TEMPLATE, work / "source")
    build = "import sys; from hatchling.build import build_wheel; sys.stdout.write(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(work)], cwd=work / "source", capture_output=True, text=True, check=True, timeout=120
    )
    wheel = work / done.stdout.strip().splitlines()[-1]
    zipfile.ZipFile(wheel).extractall(work / "site")
    return work / "site"


def lims(site: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), str(site)])
    environment = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, "-m", "lims", "instruments", *arguments], env=environment, cwd=cwd, capture_output=True, text=True, timeout=120
    )


def test_the_plugin_is_listed_beside_the_others(site: Path):
    found = {each["name"]: each for each in json.loads(lims(site, "list", "--json").stdout)}
    assert found["example_reader"] == {
        "name": "example_reader",
        "title": "Example reader",
        "version": "1",
        "formats": ["txt", "csv"],
        "maturity": "tested on an example",
    }
    assert {"quantstudio", "astm", "hl7"} <= set(found)


def test_the_plugin_reads_its_file_in_the_child_process(site: Path):
    done = lims(site, "parse", str(EXAMPLE), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(EXAMPLE.with_name("run.txt.json").read_text("utf-8"))


def test_the_plugin_does_not_take_another_file(site: Path):
    other = ROOT / "tests" / "instruments" / "biorad_cfx" / "maestro.csv"
    assert json.loads(lims(site, "parse", str(other), "--json").stdout)["parser"] == "biorad_cfx"


def test_check_passes_the_template(site: Path):
    done = lims(site, "check", "lims_example_reader", str(TEMPLATE / "examples"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "lims_example_reader: as the contract says",
        "run.txt: 4 rows seen = 3 used + 1 skipped, 3 readings",
    ]


def test_without_the_wheel_nobody_reads_the_file(site: Path):
    done = lims(ROOT, "parse", str(EXAMPLE), "--json")
    assert json.loads(done.stdout).get("parser") != "example_reader"
