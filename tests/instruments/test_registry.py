"""Which parser reads a file: the surest one when that is clear, otherwise a person is asked."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from types import SimpleNamespace
from typing import Any

import pytest

from instruments import registry
from instruments.command import list_parsers, parse_file
from instruments.contract import Match, ParsedFile, ParseError, ParseOptions, RawFile, Reading, Skipped, note
from tests.instruments.makers import csv

FILE = csv("Well,Sample,Target,Cq", "A1,S1,N,24.1")


def a_parser(name: str, score: int, fault: Exception | None = None) -> Any:
    def recognises(file: RawFile, options: ParseOptions) -> Match:
        if fault is not None:
            raise fault
        return Match(score)

    def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
        raise ZeroDivisionError

    return SimpleNamespace(NAME=name, VERSION="1", TITLE=name, FORMATS=("csv",), MATURITY="test", recognises=recognises, parse=parse)


def code_of(*parsers: Any) -> str:
    with pytest.raises(ParseError) as caught:
        registry.choose(registry.recognise(FILE, among=parsers))
    return caught.value.code


def test_the_parsers_of_the_package_are_found_without_a_list():
    names = [parser["name"] for parser in list_parsers()]
    assert names == sorted(names) and {"generic_table", "quantstudio", "abi_7500", "rdml"} <= set(names)
    assert all(parser["version"] and parser["formats"] and parser["maturity"] for parser in list_parsers())


def test_a_parser_of_another_package_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch):
    point = EntryPoint("other", "tests.instruments.plugin", registry.ENTRY_POINTS)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point] if group == registry.ENTRY_POINTS else [])
    registry.look_again()
    try:
        assert "other" in [parser["name"] for parser in list_parsers()]
        assert registry.parse(RawFile("x", b"OTHER 1\nS1 5")).file.parser == "other"
    finally:
        registry.look_again()


def test_a_faulty_package_is_left_out_and_named(monkeypatch: pytest.MonkeyPatch):
    points = [
        EntryPoint("gone", "no_such_module_at_all", registry.ENTRY_POINTS),
        EntryPoint("bare", "json", registry.ENTRY_POINTS),
        EntryPoint("twin", "instruments.quantstudio", registry.ENTRY_POINTS),
        EntryPoint("other", "tests.instruments.plugin", registry.ENTRY_POINTS),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group == registry.ENTRY_POINTS else [])
    registry.look_again()
    try:
        assert "other" in [parser["name"] for parser in list_parsers()]
        assert [fault.split(":")[0] for fault in registry.unusable()] == [
            "gone (no_such_module_at_all)",
            "bare (json)",
            "twin (instruments.quantstudio)",
        ]
    finally:
        registry.look_again()


def test_the_surest_wins_only_when_it_is_clear():
    assert registry.choose(registry.recognise(FILE, among=[a_parser("a", 60), a_parser("b", 80)])).parser.NAME == "b"
    assert code_of(a_parser("a", 60), a_parser("b", 74)) == "several_parsers"
    assert code_of(a_parser("a", 49)) == "not_certain"
    assert code_of(a_parser("a", 0)) == "not_recognised"
    assert code_of() == "not_recognised"


def test_a_recogniser_that_fails_is_shown_and_does_not_close_the_door():
    candidates = registry.recognise(FILE, among=[a_parser("broken", 90, KeyError("x")), a_parser("good", 60)])
    assert registry.choose(candidates).parser.NAME == "good"
    assert "KeyError" in str(candidates[1].match.reasons[0])


def test_a_file_that_nobody_can_open_is_refused_with_that_reason():
    assert code_of(a_parser("a", 0, ParseError("empty_file", "The file is empty."))) == "empty_file"


def test_a_parser_that_breaks_off_is_a_refusal(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(registry, "parsers", lambda: (a_parser("breaks", 90),))
    with pytest.raises(ParseError) as caught:
        registry.parse(FILE)
    assert caught.value.code == "parser_failed" and "ZeroDivisionError" in str(caught.value)


def test_the_named_parser_reads_only_its_own_files():
    with pytest.raises(ParseError) as caught:
        registry.parse(FILE, parser_name="quantstudio")
    assert caught.value.code == "not_its_file"
    with pytest.raises(ParseError) as caught:
        registry.parse(FILE, parser_name="no_such")
    assert caught.value.code == "unknown_parser" and "abi_7500" in str(caught.value)


def test_a_missing_file_is_refused():
    assert parse_file("/no/such/file.csv")["refused"]["code"] == "not_readable_file"


def reading(**changed: Any) -> Reading:
    values: dict[str, Any] = {
        "position": "A1",
        "sample": "S1",
        "role": "unknown",
        "target": "N",
        "channel": None,
        "quantity": "ct",
        "raw": "24",
        "status": "value",
        "value": "24",
        "comparator": None,
        "unit": "{Ct}",
        "replicate": 1,
        "flags": (),
        "source": "line 2",
    }
    return Reading(**(values | changed))


def test_rows_that_do_not_add_up_raise():
    skipped = (Skipped("line 3", note("x", "X.")),)
    assert ParsedFile("p", "1", (reading(),), 2, 1, skipped).rows_seen == 2
    for seen, used, readings in ((3, 1, (reading(),)), (2, 1, ()), (1, 0, (reading(),))):
        with pytest.raises(ParseError) as caught:
            ParsedFile("p", "1", readings, seen, used, skipped)
        assert caught.value.code == "rows_do_not_add_up"


@pytest.mark.parametrize(
    "changed",
    [
        {"value": None},
        {"status": "missing"},
        {"status": "censored"},
        {"comparator": "<"},
        {"role": "patient"},
        {"status": "not_detected", "value": "40"},
        {"quantity": "temperature"},
        {"status": "perhaps"},
    ],
)
def test_a_reading_that_contradicts_itself_raises(changed: dict[str, Any]):
    with pytest.raises(ParseError) as caught:
        ParsedFile("p", "1", (reading(**changed),), 1, 1, ())
    assert caught.value.code == "reading_not_consistent"
