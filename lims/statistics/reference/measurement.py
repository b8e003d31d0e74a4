"""Reference cases of area 7, validation by measured values (variance components, regression, curves): each method's fields from a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lims.statistics.reference.comparing import Case, Fields

METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {}
