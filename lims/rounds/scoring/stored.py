"""A round score as JSON and back: what is stored with the evaluation is what screen and report read."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from lims.statistics.assessment.canonical import plain
from lims.statistics.assessment.round_score import RoundScore


def to_json(score: RoundScore) -> dict[str, Any]:
    """Plain dicts, lists, numbers and text; floats keep every digit."""
    content = plain(score)
    if not isinstance(content, dict):
        raise TypeError("a round score is expected")
    return content


def from_json(content: dict[str, Any]) -> RoundScore:
    """The same RoundScore again; a missing or unknown key is an error, never a default."""
    score = _build(RoundScore, content)
    if not isinstance(score, RoundScore):
        raise TypeError("a round score is expected")
    return score


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _build_dataclass(kind: type, content: dict[str, Any]) -> Any:
    names = {one.name for one in fields(kind)}
    if names != set(content):
        raise ValueError(f"{kind.__name__}: keys differ: {sorted(names ^ set(content))}")
    hints = _hints(kind)
    return kind(**{name: _build(hints[name], content[name]) for name in names})


def _build(kind: Any, content: Any) -> Any:
    """Build a value of the annotated kind from its JSON form."""
    origin = get_origin(kind)
    if origin in (Union, UnionType):
        options = [one for one in get_args(kind) if one is not type(None)]
        return None if content is None else content if len(options) > 1 else _build(options[0], content)
    if origin is tuple:
        return tuple(_build(get_args(kind)[0], part) for part in content)
    if origin in (Literal, dict):
        return dict(content) if origin is dict else content
    if is_dataclass(kind) and isinstance(kind, type):
        return _build_dataclass(kind, content)
    return float(content) if kind is float else content
