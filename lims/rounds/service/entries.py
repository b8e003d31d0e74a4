"""What a laboratory enters for its items: plain values in, checked rows out, and the list of what still hinders the signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from lims import clock
from lims.canonical import digest
from lims.errors import Invalid
from lims.marks import N_
from lims.rounds.lifecycle.entering import NUMBER, RELATIONS, RESULT_CODES, is_cycle, plain
from lims.rounds.models import ItemCode, ReportedValue, Round, Submission
from lims.words import translate

MANDATORY_HEAD = ("method_code", "tested_on")
HEAD = (
    *MANDATORY_HEAD, "tested_by", "standard_no", "extraction_kit", "extraction_lot",
    "amplification_kit", "amplification_lot", "amplification_expiry",
    "instrument",
    "instrument_no", "cut_off", "lod", "loq", "qc_result", "deviations",
)  # fmt: skip
#: What the form and the sentences call the fields that must be filled in.
HEAD_WORDS = {"method_code": N_("method"), "tested_on": N_("test date")}
NUMBERS = {
    "value": N_("Item %(code)s, value: read %(read)s, expected a number such as 4.52."),
    "replicates": N_("Item %(code)s, replicate: read %(read)s, expected a number such as 4.52."),
    "expanded_u": N_("Item %(code)s, U: read %(read)s, expected a number above 0 such as 0.30."),
    "k": N_("Item %(code)s, k: read %(read)s, expected a number above 0 such as 2."),
}
COPIED = (
    "item_code_id", "code", "result_code", "relation", "value_text", "value", "unit", "expanded_u_text", "k_text", "replicates", "ct",
    "internal_control", "could_not_test", "remark",
)  # fmt: skip


@dataclass(frozen=True)
class ValueEntry:
    """One item as entered; every number is text exactly as typed, empty where nothing was typed."""

    code: str
    result_code: str = ""
    relation: str = "="
    value: str = ""
    unit: str = ""
    expanded_u: str = ""
    k: str = ""
    replicates: tuple[str, ...] = ()
    ct: Mapping[str, str] = field(default_factory=dict)
    internal_control: str = ""
    could_not_test: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Entry:
    """One save of the result form. ``base_version`` is the version that the form was opened with."""

    values: tuple[ValueEntry, ...]
    head: Mapping[str, str] = field(default_factory=dict)
    is_independent: bool = False
    base_version: int | None = None


@dataclass(frozen=True)
class Problem:
    """Why the results cannot be submitted yet: field, item, and a sentence with its values."""

    field: str
    item_code: str
    sentence: str
    values: dict[str, str]

    def say(self, language: str) -> str:
        """The sentence in the reader's language, the field named in it too."""
        return translate(self.sentence, language, **{key: translate(value, language) for key, value in self.values.items()})


def checked_head(head: Mapping[str, str]) -> dict[str, str]:
    """The known fields of the head that were filled in; an unknown field is refused, never dropped."""
    unknown = sorted(set(head) - set(HEAD))
    if unknown:
        raise Invalid("rounds.head_field", N_("The form has no field %(field)s."), field=unknown[0])
    return {name: value.strip() for name, value in head.items() if value.strip()}


def checked_values(entry: Entry, codes: Sequence[ItemCode]) -> list[dict[str, Any]]:
    """Column values of one row per entered item; a code that is not the laboratory's own is refused."""
    own = {one.code: one for one in codes}
    seen: set[str] = set()
    rows = []
    for value in entry.values:
        code = value.code.strip().upper()
        if code not in own or code in seen:
            raise Invalid(
                "rounds.item_code", N_("Item code: read %(code)s, expected one of your own codes, each once: %(codes)s."), field="code",
                code=code,
                codes=", ".join(sorted(own)),
            )  # fmt: skip
        seen.add(code)
        rows.append({"item_code_id": own[code].id, "code": code, **_columns(code, value)})
    return rows


def problems(row: Round, submission: Submission | None, values: Sequence[ReportedValue], codes: Sequence[ItemCode]) -> list[Problem]:
    """Everything that stands between this version and its signature."""
    if submission is None:
        return [Problem("values", "", N_("Nothing has been saved yet."), {})]
    found = [_head_problem(name) for name in MANDATORY_HEAD if not submission.head.get(name)]
    tested_on = str(submission.head.get("tested_on", ""))
    if tested_on and not _is_past_date(tested_on, row.zone):
        sentence = N_("Test date: read %(date)s, expected a date as 2026-05-20 that is not in the future.")
        found.append(Problem("tested_on", "", sentence, {"date": tested_on}))
    if not submission.is_independent:
        found.append(Problem("is_independent", "", N_("The statement of independent testing is not confirmed."), {}))
    entered = {value.code: value for value in values}
    for code in codes:
        if code.code not in entered or not _is_answered(row, entered[code.code]):
            sentence = N_("Item %(code)s has neither a result nor a reason why it could not be tested.")
            found.append(Problem("values", code.code, sentence, {"code": code.code}))
        elif _is_contradiction(entered[code.code]):
            sentence = N_("Item %(code)s has a result and a reason why it could not be tested. Keep one of the two.")
            found.append(Problem("values", code.code, sentence, {"code": code.code}))
        else:
            found += _missing_beside(row, entered[code.code])
    return found


def content_hash(row: Round, participant_code: str | None, submission: Submission, values: Sequence[ReportedValue]) -> str:
    """The hash of what is signed: round, participant code, head, statement and every value as text."""
    names = [name for name in COPIED if name not in ("item_code_id", "value")]
    texts = [{name: getattr(value, name) for name in names} for value in sorted(values, key=lambda value: value.code)]
    return digest(
        {
            "round": row.code, "participant": participant_code, "protocol_version": submission.protocol_version, "head": submission.head,
            "is_independent": submission.is_independent, "analyst": submission.analyst_name, "values": texts,
        }
    )  # fmt: skip


def _head_problem(name: str) -> Problem:
    return Problem(name, "", N_("The field \"%(field)s\" is empty."), {"field": HEAD_WORDS[name]})


def _is_answered(row: Round, value: ReportedValue) -> bool:
    if value.could_not_test:
        return True
    return bool(value.result_code) if row.kind == "qualitative" else value.value is not None or bool(value.result_code)


def _is_contradiction(value: ReportedValue) -> bool:
    """A call or a number beside "could not test": which of the two the laboratory means is not ours to choose."""
    return bool(value.could_not_test) and (value.result_code not in (None, "", "NT") or bool(value.value_text))


def _missing_beside(row: Round, value: ReportedValue) -> list[Problem]:
    """What must stand beside a number: its unit beside a value, its coverage factor beside U."""
    found = []
    if row.kind == "quantitative" and value.value_text and not value.unit.strip():
        sentence = N_("Item %(code)s, unit: nothing was read beside the value %(value)s, expected the unit of the round, %(unit)s.")
        found.append(Problem("unit", value.code, sentence, {"code": value.code, "value": value.value_text, "unit": row.unit}))
    if value.expanded_u_text and not value.k_text:
        sentence = N_("Item %(code)s, k: nothing was read beside U = %(u)s, expected the coverage factor of this U, such as %(k)s.")
        usual = str(row.protocol["scoring"]["k"])
        found.append(Problem("k", value.code, sentence, {"code": value.code, "u": value.expanded_u_text, "k": usual}))
    return found


def _is_past_date(text: str, zone: str) -> bool:
    try:
        return date.fromisoformat(text) <= clock.now().astimezone(ZoneInfo(zone)).date()
    except ValueError:
        return False


def _columns(code: str, value: ValueEntry) -> dict[str, Any]:
    if value.result_code and value.result_code not in RESULT_CODES:
        raise Invalid(
            "rounds.result_code", N_("Item %(code)s, result: read %(read)s, expected one of %(codes)s."), field="result_code", code=code,
            read=value.result_code, codes=", ".join(RESULT_CODES),
        )  # fmt: skip
    if value.relation not in RELATIONS:
        raise Invalid(
            "rounds.relation", N_("Item %(code)s, relation: read %(read)s, expected =, < or >."), field="relation", code=code,
            read=value.relation,
        )  # fmt: skip
    number = _number(code, "value", value.value)
    for name, text in (("expanded_u", value.expanded_u), ("k", value.k)):
        _number(code, name, text, is_positive=True)
    for text in value.replicates:
        _number(code, "replicates", text)
    for target, text in value.ct.items():
        if text and not is_cycle(text):
            sentence = N_("Item %(code)s, Ct of %(target)s: read %(read)s, expected a number such as 31.2, or Undetermined, ND or –.")
            raise Invalid("rounds.cycle", sentence, field=f"ct-{target}", code=code, target=target, read=text[:40])
    return {
        "result_code": value.result_code or None, "relation": value.relation, "value_text": plain(value.value) or None, "value": number,
        "unit": value.unit, "expanded_u_text": plain(value.expanded_u) or None, "k_text": plain(value.k) or None,
        "replicates": [plain(text) for text in value.replicates], "ct": {target: text for target, text in value.ct.items() if text},
        "internal_control": value.internal_control, "could_not_test": value.could_not_test.strip(), "remark": value.remark,
    }  # fmt: skip


def _number(code: str, name: str, text: str, *, is_positive: bool = False) -> Decimal | None:
    if not plain(text):
        return None
    number = Decimal(plain(text)) if NUMBER.fullmatch(plain(text)) else None
    if number is None or (is_positive and number <= 0):
        raise Invalid("rounds.number", NUMBERS[name], field=name, code=code, read=text[:40])
    return number


def entered_value(code: str, value: ReportedValue | None) -> ValueEntry:
    """One reported value as it was entered; an empty one where nothing was."""
    if value is None:
        return ValueEntry(code)
    return ValueEntry(
        code, result_code=value.result_code or "", relation=value.relation, value=value.value_text or "",
        unit=value.unit if value.value_text else "", expanded_u=value.expanded_u_text or "", k=value.k_text or "",
        replicates=tuple(map(str, value.replicates)), ct=dict(value.ct), internal_control=value.internal_control,
        could_not_test=value.could_not_test, remark=value.remark,
    )  # fmt: skip


def without_blanks(entry: Entry) -> Entry:
    """The entry as it is kept: rows in which nothing was typed are left out."""
    empty = ValueEntry("")
    return replace(entry, values=tuple(one for one in entry.values if replace(one, code="") != empty))
