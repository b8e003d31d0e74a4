"""Numbers and texts of cells: the decimal mark is proven by the column, and five statuses stay five."""

from __future__ import annotations

from decimal import Decimal

import pytest

from instruments.contract import ParseError
from instruments.tables import Cell, delimiter_of, split_lines
from instruments.values import TextRules, decide_mark, decimal_text, evidence, interpret, texts
from instruments.workbook import number_text

RULES = TextRules(
    texts(["Undetermined", "未检出"]), texts(["-"]), texts(["阳性"]), texts(["阴性"]), frozenset({Decimal(40)}), Decimal(0), Decimal(60)
)


def cell(text: str, kind: str = "text") -> Cell:
    return Cell(text, kind, "line 1")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "mark", "expected"),
    [
        ("23.4500", ".", "23.4500"),
        ("23,4500", ",", "23.4500"),
        ("1,234.5", ".", "1234.5"),
        ("1.234,5", ",", "1234.5"),
        ("1,23.5", ".", None),
        ("2.345E1", ".", "23.45"),
        ("1e400", ".", None),
        ("-0.5", ".", "-0.5"),
        ("+7", ".", "7"),
        (".5", ".", "0.5"),
        ("1.2.3", ".", None),
        (",", ".", None),
        ("1e-7", ".", "0.0000001"),
        ("123456789012345678", ".", "123456789012345678"),
    ],
)
def test_a_number_keeps_its_digits(text: str, mark: str, expected: str | None):
    assert decimal_text(text, mark) == expected


@pytest.mark.parametrize(
    ("column", "mark"),
    [
        (["24.5", "1,234"], "."),
        (["24,56", "1.234,5"], ","),
        (["0,056", "1,234"], ","),
        (["1,234,567"], "."),
        (["5", "7"], "."),
        (["<0,5", "ND"], ","),
        (["23.456", "31.002"], "."),
    ],
)
def test_the_decimal_mark_is_proven_by_the_whole_column(column: list[str], mark: str):
    highest = Decimal(60) if column == ["23.456", "31.002"] else None
    assert decide_mark(evidence([cell(text) for text in column], highest), None, None, "Result") == mark


@pytest.mark.parametrize(
    ("column", "code"),
    [
        (["1,234", "2,345"], "decimal_mark_ambiguous"),
        (["12.5", "0,05"], "decimal_mark_contradictory"),
        (["1.234"], "decimal_mark_ambiguous"),
    ],
)
def test_a_doubtful_decimal_mark_is_asked_about(column: list[str], code: str):
    found = evidence([cell(text) for text in column])
    with pytest.raises(ParseError) as caught:
        decide_mark(found, None, None, "Result")
    assert caught.value.code == code
    assert decide_mark(found, ",", None, "Result") == ","


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("24.5", "text", ("value", "24.5", None)),
        (" undetermined ", "text", ("not_detected", None, None)),
        ("", "text", ("missing", None, None)),
        ("-", "text", ("missing", None, None)),
        ("0", "text", ("invalid", None, None)),
        ("40.0", "text", ("invalid", None, None)),
        (">40", "text", ("censored", "40", ">")),
        ("＜３５", "text", ("censored", "35", "<")),
        ("OVER", "text", ("invalid", None, None)),
        ("=1/0", "formula", ("invalid", None, None)),
        ("46082", "date", ("invalid", None, None)),
        ("阴性", "text", ("not_detected", None, None)),
        ("阳性", "text", ("value", None, None)),
        ("1,5", "number", ("invalid", None, None)),
    ],
)
def test_a_cell_has_one_of_five_statuses(text: str, kind: str, expected: tuple[str, str | None, str | None]):
    outcome = interpret(cell(text, kind), RULES, ".")
    assert (outcome.status, outcome.value, outcome.comparator) == expected


def test_no_cell_is_missing_and_never_not_detected():
    assert interpret(None, RULES, ".").status == "missing"


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("24.100000000000001", "24.1"),
        ("11.32002067565918", "11.32002067565918"),
        ("1.10", "1.10"),
        ("25.0", "25.0"),
        ("1.2345678901234567E+19", "1.2345678901234567e+19"),
    ],
)
def test_a_stored_number_is_written_as_it_was_entered(stored: str, text: str):
    assert number_text(stored) == text


def rows(*lines: str, delimiter: str = ",") -> list[list[str]]:
    return [[row.text(column) for column in range(row.width)] for row in split_lines(list(lines), delimiter)]


def test_quoted_fields_may_hold_delimiters_quotes_and_lines():
    assert rows('a,"b,c",d', '"say ""yes""",2') == [["a", "b,c", "d"], ['say "yes"', "2"]]
    assert rows('a,"two', 'lines",c', "next,row") == [["a", "two\nlines", "c"], ["next", "row"]]


def test_a_quotation_mark_never_closed_is_a_fault_of_its_own_line():
    found = list(split_lines(['A1,"S1,N', "A2,S2,N"], ","))
    assert found[0].fault is not None and found[1].text(1) == "S2"


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [(["a;b;c", "1;2,5;3", "4;5,5;6"], ";"), (["a\tb", "1,234.5\t2"], "\t"), (["a,b", "1,2"], ","), (["a|b", "1|2"], "|")],
)
def test_the_delimiter_is_the_sign_that_splits_most_lines_alike(lines: list[str], delimiter: str):
    assert delimiter_of(lines) == delimiter
