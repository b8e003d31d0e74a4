"""The child process: a parser may loop, allocate, abort or reach out, and nothing but an error comes of it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from instruments.contract import ParseError, RawFile
from lims.sandbox import Sandbox, SandboxFailure, run

TABLE = b"Well,Sample,Target,Cq\nA1,S1,N,24.1\n"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(cpu_seconds=1, wall_seconds=20) as running:
        yield running


def reason(sandbox: Sandbox, function: str, *args: object) -> str:
    with pytest.raises(SandboxFailure) as caught:
        sandbox.run(f"tests.misbehaving:{function}", *args)
    assert str(caught.value).startswith("Reading the file")
    return caught.value.reason


@pytest.mark.assurance("F3")
@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("loop", "cpu"),
        ("allocate", "memory"),
        ("abort", "crashed"),
        ("open_socket", "forbidden"),
        ("temporary_file", "forbidden"),
        ("start_program", "forbidden"),
    ],
)
def test_a_parser_that_misbehaves_is_stopped_and_the_next_file_is_read(sandbox: Sandbox, function: str, expected: str):
    assert reason(sandbox, function) == expected
    assert sandbox.run("instruments.registry:parse", RawFile("next.csv", TABLE)).file.rows_used == 1


@pytest.mark.assurance("F3")
def test_a_parser_that_hangs_is_stopped_by_the_clock():
    with Sandbox(wall_seconds=1) as sandbox:
        assert reason(sandbox, "sleep") == "timeout"


@pytest.mark.assurance("F3")
def test_a_parser_leaves_no_file(sandbox: Sandbox, tmp_path: Path):
    before = set(os.listdir(tempfile.gettempdir()))
    assert reason(sandbox, "write_file", str(tmp_path / "left")) == "forbidden"
    assert reason(sandbox, "temporary_file") == "forbidden"
    assert list(tmp_path.iterdir()) == []
    assert not {name for name in set(os.listdir(tempfile.gettempdir())) - before if name.startswith("tmp") and len(name) == 11}


def test_a_refusal_comes_back_as_the_refusal_it_was(sandbox: Sandbox):
    with pytest.raises(ParseError) as caught:
        sandbox.run("instruments.registry:parse", RawFile("empty.csv", b""))
    assert (caught.value.code, str(caught.value)) == ("empty_file", "The file is empty (0 bytes). Export it again from the instrument.")


def test_the_child_is_used_again_and_its_time_starts_anew(sandbox: Sandbox):
    first = sandbox.run("tests.misbehaving:process_number")
    for _ in range(8):
        assert sandbox.run("builtins:sum", range(3_000_000)) > 0
    assert sandbox.run("tests.misbehaving:process_number") == first != os.getpid()


def test_what_a_parser_prints_does_not_disturb_the_answer(sandbox: Sandbox):
    assert sandbox.run("tests.misbehaving:print_much") == "printed"


def test_an_answer_of_an_untrusted_class_is_not_built(sandbox: Sandbox):
    assert reason(sandbox, "foreign_answer") == "forbidden"


def test_the_child_sees_no_setting_of_the_server(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LIMS_SECRET_KEY", "secret")
    assert not [name for name in sandbox.run("tests.misbehaving:environment") if name.startswith("LIMS")]


def test_no_child_is_left_after_closing():
    sandbox = Sandbox()
    number = sandbox.run("tests.misbehaving:process_number")
    sandbox.close()
    assert subprocess.run(["ps", "-p", str(number)], capture_output=True, check=False).returncode != 0


def test_one_call_in_a_child_of_its_own():
    assert "generic_table" in [parser["name"] for parser in run("instruments.command:list_parsers")]
