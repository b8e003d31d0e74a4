"""Frozen dataclasses of the rules as JSON and back, so that a stored plan or outcome is exactly what was computed with."""

from __future__ import annotations

import dataclasses
import types
import typing
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar, cast

Kind = TypeVar("Kind")


def to_plain(value: Any) -> Any:
    """JSON's own types: dataclasses as objects, tuples as arrays, decimals as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [to_plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): to_plain(part) for key, part in value.items()}
    return str(value) if isinstance(value, Decimal) else value


def from_plain(kind: type[Kind], content: dict[str, Any]) -> Kind:
    """The dataclass ``kind`` out of its JSON; fields that the content lacks take their defaults."""
    hints = _hints(cast(Any, kind))
    known = {name: _value(hints[name], part) for name, part in content.items() if name in hints}
    return kind(**known)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _value(hint: Any, content: Any) -> Any:
    if content is None:
        return None
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        inner = [part for part in arguments if part is not type(None)]
        return _value(inner[0], content) if len(inner) == 1 else content
    if origin is tuple:
        inner_hint = arguments[0]
        return tuple(_value(inner_hint, part) for part in content)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return from_plain(hint, content)
    return Decimal(content) if hint is Decimal else content
