"""The rules of one row of the form: a field of the head, or an item."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lims.rounds.exchange.cells import RowCells, Rules, is_day
from lims.rounds.exchange.identity import Identity
from lims.rounds.exchange.layout import STATEMENT, item_columns
from lims.rounds.lifecycle.entering import CALLED, MEASURED, RELATIONS, is_cycle, is_number, plain
from lims.rounds.lifecycle.units import factor, unit_text

YES, NO = frozenset({"是 yes", "是", "yes", "y", "true", "1"}), frozenset({"否 no", "否", "no", "n", "false", "0", ""})
SIGNS = {"<": "<", ">": ">", "≤": "<", "≥": ">", "=": "="}
LOTS = frozenset({"extraction_lot", "amplification_lot", "instrument_no", "standard_no"})


def read_field(cells: RowCells, name: str, rules: Rules, methods: tuple[str, ...]) -> str:
    """One field of the head as it is kept; the statement as yes or empty."""
    if name in ("tested_on", "amplification_expiry"):
        return _date(cells, name, rules)
    if name == STATEMENT:
        text = cells.half(name).lower()
        if text not in YES | NO:
            cells.refuse("statement", name, text)
        return "yes" if text in YES else ""
    text = cells.half(name) if name in LOTS else cells.text(name)
    if name == "method_code" and text:
        return _method(cells, text, rules, methods)
    if name in LOTS and text and cells.cells[name].kind == "number":
        cells.note("was_number", name, text, kept=text)
    return text


def read_item(cells: RowCells, identity: Identity, rules: Rules) -> dict[str, Any]:
    """One item as it is kept, by the names of the result form."""
    read: dict[str, Any] = {name: cells.text(name) for name in ("could_not_test", "remark")}
    read["result_code"] = _result(cells, identity, rules)
    if identity.kind == "qualitative":
        read["ct"] = {name[3:]: _cycle(cells, name) for name in item_columns(identity) if name.startswith("ct-")}
        read["internal_control"] = _cycle(cells, "internal_control")
        is_answered = bool(read["result_code"] or read["could_not_test"])
    else:
        read |= _measured(cells, identity)
        is_answered = bool(read["value"] or read["result_code"] or read["could_not_test"])
    if not is_answered and not cells.problems:
        cells.refuse("no_result", "result_code" if identity.kind == "qualitative" else "value", read=cells.cells["code"].text)
    return read


def _date(cells: RowCells, name: str, rules: Rules) -> str:
    text = cells.text(name, may_be_date=True)
    day = cells.day(name, text)
    if name == "tested_on" and day:
        if not is_day(day):
            cells.refuse("date", name, text)
        elif day > rules.today.isoformat():
            cells.refuse("future", name, day, expected=rules.today.isoformat())
    return day


def _method(cells: RowCells, text: str, rules: Rules, methods: tuple[str, ...]) -> str:
    code = text if text in methods else rules.methods.get(plain(text).lower(), plain(text).upper())
    if code not in methods:
        cells.refuse("method", "method_code", text)
    elif code != text:
        cells.note("code_read", "method_code", text, kept=code)
    return code


def _result(cells: RowCells, identity: Identity, rules: Rules) -> str:
    text = cells.half("result_code")
    offered = CALLED if identity.kind == "qualitative" else MEASURED
    code = text.upper() if text.upper() in offered else rules.results.get(text.lower(), text)
    if code and code not in offered:
        cells.refuse("result_code", "result_code", text, expected=", ".join(offered))
    elif code != text:
        cells.note("code_read", "result_code", text, kept=code)
    return code


def _cycle(cells: RowCells, name: str) -> str:
    text = cells.half(name)
    if text and not is_cycle(text):
        cells.refuse("cycle", name, text)
    return text


def _measured(cells: RowCells, identity: Identity) -> dict[str, Any]:
    relation, value = _value(cells)
    u, k = (_positive(cells, name) for name in ("expanded_u", "k"))
    if u and not value and not cells.problems:
        cells.refuse("u_without_value", "expanded_u", u)
    if u and not k and "k" not in cells.cells:
        cells.refuse("k_missing", "k", u)
    if k and not u and "expanded_u" not in cells.cells:
        cells.refuse("u_missing", "expanded_u", k)
    return {
        "relation": relation, "value": value, "unit": _unit(cells, identity, value), "expanded_u": u, "k": k,
        "replicates": _replicates(cells),
    }  # fmt: skip


def _value(cells: RowCells) -> tuple[str, str]:
    """Relation and number; a sign before the number is read as the relation, and said so."""
    relation, text = cells.half("relation"), cells.half("value")
    if relation and relation not in RELATIONS:
        if relation not in SIGNS:
            cells.refuse("relation", "relation", relation)
        relation = SIGNS.get(relation, "")
    sign, rest = SIGNS.get(text[:1], ""), text[1:].strip()
    if sign and is_number(rest):
        if relation and relation != sign and relation != "=":
            cells.refuse("two_relations", "value", text, expected=relation)
        cells.note("relation_read", "value", text, expected=sign, kept=rest)
        return sign, rest
    if text and not is_number(text):
        cells.refuse("number", "value", text)
    return relation or "=", text


def _positive(cells: RowCells, name: str) -> str:
    text = cells.half(name)
    if text and not is_number(text):
        cells.refuse("number", name, text)
    elif text and Decimal(text) <= 0:
        cells.refuse("not_positive", name, text)
    return text


def _unit(cells: RowCells, identity: Identity, value: str) -> str:
    text = cells.half("unit")
    if not value:
        return ""
    shown = {name: unit for unit in identity.units for name in (unit, unit_text(unit) or "1")}
    offered = ", ".join(unit_text(unit) or "1" for unit in identity.units)
    if not text:
        cells.refuse("unit_missing", "unit", value, expected=offered)
    elif text not in shown:
        cells.refuse("unit", "unit", text, expected=offered)
    elif shown[text] != identity.unit:
        by = factor(shown[text], identity.unit)
        cells.note("other_unit", "unit", text, expected=unit_text(identity.unit), kept=format(by, "f") if by is not None else "?")
    return shown.get(text, text)


def _replicates(cells: RowCells) -> tuple[str, ...]:
    parts = tuple(part.strip() for part in cells.half("replicates").replace("；", ";").split(";") if part.strip())
    for part in parts:
        if not is_number(part):
            cells.refuse("replicate", "replicates", part)
    return parts
