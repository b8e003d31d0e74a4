"""Whose turn it is to organise, and the states of a line of the annual plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from lims.marks import N_

LINE_STATES = ("proposed", "agreed", "opened", "withdrawn")
LINE_WORDS = {"proposed": N_("proposed"), "agreed": N_("agreed"), "opened": N_("round opened"), "withdrawn": N_("withdrawn from the plan")}

Party = TypeVar("Party")


def turn_of(parties: Sequence[Party], earlier: Party | None) -> Party:
    """The party after the one that organised before, in the order of ``parties``; the first where nobody did or a stranger did."""
    if earlier is None or earlier not in parties:
        return parties[0]
    return parties[(list(parties).index(earlier) + 1) % len(parties)]


def is_month(text: str) -> bool:
    """Whether ``text`` is a month such as 2027-03."""
    return re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text) is not None
