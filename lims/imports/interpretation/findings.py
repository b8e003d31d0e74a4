"""What interpretation takes and gives: readings, coded sentences, the verdict on the run, a result for each sample."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

#: of a run
VALID, INVALID, NOT_JUDGED = "valid", "invalid", "not_judged"
#: of a sample; ``REPEAT`` and ``NOT_JUDGED`` are no results, the others can be recorded
POSITIVE, NEGATIVE, INDETERMINATE, REPEAT = "positive", "negative", "indeterminate", "repeat"
RECORDED = (POSITIVE, NEGATIVE, INDETERMINATE, INVALID)
RESULTS = (*RECORDED, REPEAT, NOT_JUDGED)


MOST = Decimal("1e20")


@dataclass(frozen=True)
class Read:
    """One reading as interpretation needs it; ``sample`` is the key under which readings of one sample stand together."""

    sample: str
    name: str
    role: str
    target: str
    quantity: str
    status: str
    value: str | None
    comparator: str | None
    raw: str
    source: str
    position: str | None = None

    @property
    def number(self) -> Decimal | None:
        """The value as a number; None where the file gives none, and for what can be no Ct (0, -1) or no amount."""
        try:
            number = Decimal(self.value) if self.value is not None else None
        except InvalidOperation:
            return None
        return number if number is not None and number.is_finite() and 0 < number < MOST else None


@dataclass(frozen=True)
class Sentence:
    """One step of the reasoning: a code, the English sentence (the key of its translation) and its values."""

    code: str
    sentence: str
    values: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "sentence": self.sentence, "values": dict(self.values)}

    def __str__(self) -> str:
        return self.sentence % self.values


def say(code: str, sentence: str, **values: object) -> Sentence:
    return Sentence(code, sentence, {name: str(value) for name, value in values.items()})


@dataclass(frozen=True)
class ControlFinding:
    """One control of the run: valid, invalid or not judged, and why."""

    name: str
    verdict: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class RunFinding:
    """The verdict on the run, before anything is said of a sample."""

    verdict: str
    controls: tuple[ControlFinding, ...]


@dataclass(frozen=True)
class TargetFinding:
    """What the readings of one target say."""

    target: str
    call: str
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True)
class SampleFinding:
    """The result of one sample by the rule with its reasoning, target by target."""

    sample: str
    result: str
    targets: tuple[TargetFinding, ...]
    sentences: tuple[Sentence, ...]

    def reasoning(self) -> list[dict[str, Any]]:
        """Every sentence in order, as it is kept."""
        return [one.as_json() for one in (*(step for target in self.targets for step in target.sentences), *self.sentences)]


@dataclass(frozen=True)
class Interpretation:
    run: RunFinding
    samples: tuple[SampleFinding, ...]
