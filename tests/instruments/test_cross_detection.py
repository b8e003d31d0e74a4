"""Every real file is offered to every parser: the parser of its family wins, or nobody does."""

from __future__ import annotations

from typing import Any

import pytest

from instruments.contract import ParseError
from instruments.registry import AHEAD, CERTAIN, choose, parsers, recognise
from instruments.tables import forget
from tests.instruments.families import ADVERSARIAL, NONE, REAL, name_of, parser_of, raw_file

OPEN_TO_ALL = {"generic_table"}  # adversarial files are tables of the generic parser


@pytest.mark.parametrize("entry", REAL or NONE, ids=name_of)
def test_no_wrong_parser_wins(entry: dict[str, Any]):
    own = parser_of(entry)
    try:
        candidates = recognise(raw_file(entry))
    except ParseError as refusal:
        assert own is None, refusal
        return
    finally:
        forget()
    scores = {candidate.parser.NAME: candidate.match.score for candidate in candidates}
    assert len(scores) == len(parsers())
    wrong = {name: score for name, score in scores.items() if name != own and score >= CERTAIN}
    assert wrong == {}
    assert not any("recogniser_failed" in [reason.code for reason in candidate.match.reasons] for candidate in candidates)
    if own is not None:
        assert own == choose(candidates).parser.NAME
        assert all(scores[own] - score >= AHEAD for name, score in scores.items() if name != own)


@pytest.mark.parametrize("entry", ADVERSARIAL or NONE, ids=name_of)
def test_no_instrument_claims_a_made_table(entry: dict[str, Any]):
    if entry["kind"] in ("astm", "hl7") or entry["path"].endswith(".rdml"):
        pytest.skip("it is what it says, however hostile")
    try:
        candidates = recognise(raw_file(entry))
    except ParseError:
        return
    finally:
        forget()
    claimed = {one.parser.NAME: one.match.score for one in candidates if one.match.score >= CERTAIN and one.parser.NAME not in OPEN_TO_ALL}
    if entry["kind"] != "plate":
        assert claimed == {}
