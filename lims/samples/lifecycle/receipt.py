"""What is written down when a sample arrives, and the rules for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lims.marks import N_
from lims.samples.lifecycle.fields import Problem, Refused, check_text, read_decimal
from lims.samples.lifecycle.kinds import CONDITIONS
from lims.samples.lifecycle.states import ACCEPTED, ACCEPTED_DEVIATION, REJECTED

DECISIONS = {ACCEPTED: N_("Accept"), ACCEPTED_DEVIATION: N_("Accept with deviation"), REJECTED: N_("Reject")}
#: Decisions that a second person has to sign.
NEEDS_SECOND_PERSON = frozenset({ACCEPTED_DEVIATION, REJECTED})


@dataclass(frozen=True)
class Decision:
    """Whether the laboratory takes the sample, and why not."""

    decision: str
    reason_code: str = ""
    note: str = ""


@dataclass(frozen=True)
class Receipt:
    """An arrival. ``received_at`` None means now; ``arrival_temperature`` is the text that was typed, in ℃.

    ``decision`` None leaves the sample received and awaiting its check. ``raw_code`` is what the scanner sent.
    """

    received_at: datetime | None = None
    handed_over_by: str = ""
    arrival_temperature: str = ""
    condition: str = "intact"
    decision: Decision | None = None
    raw_code: str = ""


def check_receipt(receipt: Receipt, now: datetime, sampled_at: datetime | None) -> list[Problem]:
    """Everything that is wrong with a receipt; ``now`` is in the laboratory's zone."""
    problems = []
    at = receipt.received_at or now
    if at > now:
        values = {"read": f"{at.astimezone(now.tzinfo):%Y-%m-%d %H:%M}", "now": f"{now:%Y-%m-%d %H:%M}"}
        problems.append(Problem("received_at", N_("Read %(read)s, which has not come yet; it is %(now)s now."), values))
    elif sampled_at is not None and at < sampled_at:
        values = {"read": f"{at.astimezone(now.tzinfo):%Y-%m-%d %H:%M}", "sampled": f"{sampled_at.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"}
        problems.append(Problem("received_at", N_("Read %(read)s, but the sample was taken at %(sampled)s."), values))
    if receipt.condition not in CONDITIONS:
        values = {"read": receipt.condition, "choices": ", ".join(CONDITIONS)}
        problems.append(Problem("condition", N_("Read %(read)s, expected one of: %(choices)s."), values))
    for name, read in (("arrival_temperature", _temperature), ("handed_over_by", _person)):
        try:
            read(receipt)
        except Refused as refused:
            problems.append(Problem(name, refused.sentence, refused.values))
    return problems


def check_decision(decision: Decision) -> list[Problem]:
    """What is wrong with a decision, the catalogue's own rules apart."""
    if decision.decision not in DECISIONS:
        values = {"read": decision.decision, "choices": ", ".join(DECISIONS)}
        return [Problem("decision", N_("Read %(read)s, expected one of: %(choices)s."), values)]
    problems = []
    if decision.decision in NEEDS_SECOND_PERSON and not decision.reason_code:
        problems.append(Problem("reason_code", N_("Empty; choose the reason.")))
    try:
        check_text(decision.note, longest=400)
    except Refused as refused:
        problems.append(Problem("note", refused.sentence, refused.values))
    return problems


def temperature(receipt: Receipt) -> Decimal | None:
    """The arrival temperature as a number; None when it was not measured."""
    return _temperature(receipt)


def _temperature(receipt: Receipt) -> Decimal | None:
    text = receipt.arrival_temperature.strip()
    return read_decimal(text, may_be_negative=True) if text else None


def _person(receipt: Receipt) -> None:
    check_text(receipt.handed_over_by, longest=60)
