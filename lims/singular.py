"""English sentences for one: what stands in place of the sentence where its first value is 1. Other languages need none."""

from __future__ import annotations

import re
from collections.abc import Mapping

_FIRST = re.compile(r"%\((\w+)\)")
ONE: Mapping[str, str] = {
    "Register %(n)s samples": "Register 1 sample",
    "%(n)s samples are registered": "1 sample is registered",
    "%(count)s files are chosen; at most %(most)s are taken at once.": "%(count)s file is chosen; at most %(most)s are taken at once.",
    "%(count)s labels": "%(count)s label",
    "%(count)s results are accepted and wait for the review of another person.": (
        "%(count)s result is accepted and waits for the review of another person."
    ),
    "%(count)s results are reviewed.": "%(count)s result is reviewed.",
    "%(count)s results of this upload are reviewed already, so it cannot be undone. Amend single results with a reason instead.": (
        "%(count)s result of this upload is reviewed already, so it cannot be undone. Amend single results with a reason instead."
    ),
    "%(count)s rows are decided.": "%(count)s row is decided.",
    "%(count)s rows are not decided": "%(count)s row is not decided",
    "%(count)s rows for you to decide": "%(count)s row for you to decide",
    "%(n)s cells changed.": "%(n)s cell changed.",
    "%(n)s conditions waived": "%(n)s condition waived",
    "%(n)s fields": "%(n)s field",
    "%(n)s iterations; the formulas show the last step": "%(n)s iteration; the formulas show the last step",
    "%(n)s laboratories are invited.": "%(n)s laboratory is invited.",
    "%(n)s laboratories are invited; at least 2 are needed. Invite more on the participants page.": (
        "%(n)s laboratory is invited; at least 2 are needed. Invite more on the participants page."
    ),
    "%(n)s laboratories with valid results: consensus values are used": "%(n)s laboratory with valid results: consensus values are used",
    "%(n)s laboratories with valid results: no consensus value is used": "%(n)s laboratory with valid results: no consensus value is used",
    "%(n)s pairs": "%(n)s pair",
    "%(n)s pairs, %(out)s left out": "%(n)s pair, %(out)s left out",
    "%(n)s participants are not evaluated; the reason stands beside each.": (
        "%(n)s participant is not evaluated; the reason stands beside it."
    ),
    "%(n)s participants have confirmed the receipt.": "%(n)s participant has confirmed the receipt.",
    "%(n)s questions about possible blunders are open. Close them before unblinding.": (
        "%(n)s question about a possible blunder is open. Close it before unblinding."
    ),
    "%(n)s recorded options": "%(n)s recorded option",
    "%(n)s things to correct": "%(n)s thing to correct",
    "%(n)s verdicts need action.": "%(n)s verdict needs action.",
    "%(n)s verdicts need action; the round goes to follow-up first.": "%(n)s verdict needs action; the round goes to follow-up first.",
    "%(total)s things, %(overdue)s of them overdue": "%(total)s thing, %(overdue)s overdue",
    "Accept %(count)s results": "Accept %(count)s result",
    "Agreement with the expected result decided on %(items)s items.": "Agreement with the expected result decided on %(items)s item.",
    "En decided on %(items)s items.": "En decided on %(items)s item.",
    "No median is shown for %(n)s results; at least %(least)s are needed.": (
        "No median is shown for %(n)s result; at least %(least)s are needed."
    ),
    "Not ready to hand over: %(n)s things": "Not ready to hand over: %(n)s thing",
    "Release the results of %(count)s samples": "Release the results of %(count)s sample",
    "Review %(count)s results": "Review %(count)s result",
    "The allowed difference decided on %(items)s items.": "The allowed difference decided on %(items)s item.",
    "The upload is undone; %(count)s results were taken back.": "The upload is undone; %(count)s result was taken back.",
    "Too few items for a conclusion from kappa in %(tables)s tables; pairs of at least %(least)s different items are needed.": (
        "Too few items for a conclusion from kappa in %(tables)s table; pairs of at least %(least)s different items are needed."
    ),
    "Kappa is not estimable in %(tables)s tables; agreement and PABAK stand beside it.": (
        "Kappa is not estimable in %(tables)s table; agreement and PABAK stand beside it."
    ),
    "Zeta decided on %(items)s items.": "Zeta decided on %(items)s item.",
    "also the %(count)s other rows of %(text)s": "also the other row of %(text)s",
    "printed %(count)s times": "printed once",
    "z decided on %(items)s items.": "z decided on %(items)s item.",
    "z′ decided on %(items)s items.": "z′ decided on %(items)s item.",
}
"""Sentence for many -> sentence for one."""


def singular(sentence: str, values: Mapping[str, object]) -> str:
    """The sentence for one where its first value is 1 and such a sentence is kept; else the sentence itself."""
    one = ONE.get(sentence)
    first = _FIRST.search(sentence)
    return one if one and first and str(values.get(first.group(1))) == "1" else sentence
