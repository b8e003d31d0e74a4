"""Frozen dataclasses out of plain JSON, checked on the way: what a stranger's file holds is never trusted to be of its kind."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Kind = TypeVar("Kind")


def restored(kind: type[Kind], content: Any, **given: Any) -> Kind:
    """The dataclass ``kind``; ValueError for an unknown key, a missing one without default, or a value of another kind.

    ``given`` are fields that do not come from the content but from the caller.
    """
    made: Kind = _dataclass(kind, content, given)
    return made


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _dataclass(kind: Any, content: Any, given: dict[str, Any] | None = None) -> Any:
    given = given or {}
    if not isinstance(content, dict):
        raise ValueError(f"{kind.__name__}: an object is expected")
    names = {one.name: one for one in fields(kind)}
    if unknown := set(content) - set(names) | set(content) & set(given):
        raise ValueError(f"{kind.__name__}: unknown: {', '.join(sorted(unknown))}")
    needed = {name for name, one in names.items() if one.default is MISSING and one.default_factory is MISSING}
    if missing := needed - set(content) - set(given):
        raise ValueError(f"{kind.__name__}: missing: {', '.join(sorted(missing))}")
    return kind(**{name: _value(_hints(kind)[name], part) for name, part in content.items()}, **given)


def _value(hint: Any, content: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        inner = [part for part in get_args(hint) if part is not type(None)]
        return None if content is None and len(inner) < len(get_args(hint)) else _value(inner[0], content)
    if origin is tuple:
        return _items(hint, content)
    if origin is dict:
        if not isinstance(content, dict) or not all(isinstance(part, str | int | float) for part in content.values()):
            raise ValueError("names with plain values are expected")
        return dict(content)
    if origin is Literal:
        if content not in get_args(hint):
            raise ValueError(f"{content!r} is not one of {get_args(hint)}")
        return content
    if is_dataclass(hint) and isinstance(hint, type):
        return _dataclass(hint, content)
    return _plain(hint, content)


def _items(hint: Any, content: Any) -> tuple[Any, ...]:
    if not isinstance(content, list):
        raise ValueError("a list is expected")
    return tuple(_value(get_args(hint)[0], part) for part in content)


def _plain(hint: Any, content: Any) -> Any:
    if hint in (datetime, Decimal):
        if not isinstance(content, str):
            raise ValueError(f"{content!r}: text is expected")
        return datetime.fromisoformat(content) if hint is datetime else _decimal(content)
    if hint is float and type(content) is int:
        return float(content)
    if type(content) is not hint:
        raise ValueError(f"{content!r}: {hint.__name__} is expected")
    return content


def _decimal(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is no number") from error
    if not value.is_finite() or len(text) > 100:
        raise ValueError(f"{text!r} is no number of a report")
    return value
