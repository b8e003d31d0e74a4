"""Reference cases of area 4, homogeneity and stability: each method's fields from the input and options of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from lims.statistics.reference.comparing import Case, Fields

METHODS: Final[Mapping[str, Callable[[Case, Case], Fields]]] = {}
