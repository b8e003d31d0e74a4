"""A table profile: which headings mean what, which texts mean no result, which controls there are, how numbers are written."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from instruments.contract import ParseError, ParseOptions
from instruments.controls import ROLE_NAMES, ControlRules
from instruments.text import half_width, heading_key
from instruments.values import TextRules, texts

COLUMN_ROLES = frozenset(
    {
        "position",
        "sample",
        "sample_name",
        "role",
        "target",
        "channel",
        "unit",
        "replicate",
        "call",
        "date",
        "ignore",
        "ct",
        "concentration",
        "copies",
        "absorbance",
        "fluorescence",
        "mass_fraction",
        "result",
    }
)
VALUE_ROLES = ("ct", "concentration", "copies", "absorbance", "fluorescence", "mass_fraction", "result")
_KEYS = frozenset(
    {
        "name",
        "version",
        "title",
        "maturity",
        "markers",
        "file_words",
        "based_on",
        "columns",
        "sample_column",
        "wide",
        "texts",
        "cut_offs",
        "range",
        "roles",
        "role_texts",
        "controls",
        "internal_targets",
        "number",
        "date_order",
        "units",
        "summary_words",
        "end_words",
    }
)
_TEXT_KEYS = frozenset({"no_call", "not_detected", "missing", "positive", "negative"})


@dataclass(frozen=True)
class Profile:
    """See docs: one JSON file, shipped in instruments/generic_table/profiles or given by a laboratory."""

    name: str
    version: str
    columns: Mapping[str, str]  # heading key -> column role
    markers: tuple[str, ...] = ()
    sample_column: int | None = None
    wide: str | None = None  # None, "named" (FAM(N), Pb(mg/kg)) or "every_other" (each heading not known is an analyte)
    text: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cut_offs: frozenset[Decimal] = frozenset()
    range: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    role_names: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: ROLE_NAMES)
    role_texts: Mapping[str, str] = field(default_factory=dict)
    controls: Mapping[str, ControlRules] = field(default_factory=dict)
    internal_targets: frozenset[str] = frozenset()
    decimal_mark: str | None = None
    date_order: str | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    summary_words: frozenset[str] = frozenset()
    end_words: frozenset[str] = frozenset()
    is_given: bool = False
    file_words: tuple[str, ...] = ()  # one of them must stand above the heading, or in the name of the sheet
    maturity: str = ""
    title: str = ""

    @property
    def is_provisional(self) -> bool:
        """Written from descriptions, never compared with a file of the instrument."""
        return self.maturity.startswith("provisional")

    @property
    def label(self) -> str:
        return f"{self.name} {self.version}"

    def rules(self, quantity: str) -> TextRules:
        """The texts of a quantity: a Ct has its own words for "no call"."""
        none: frozenset[str] = frozenset()
        lowest, highest = self.range.get(quantity, (None, None))
        is_ct = quantity == "ct"
        return TextRules(
            self.text.get("no_call" if is_ct else "not_detected", none),
            self.text.get("missing", none) - self.text.get("no_call" if is_ct else "", none),
            none if is_ct else self.text.get("positive", none),
            none if is_ct else self.text.get("negative", none),
            self.cut_offs if is_ct else frozenset(),
            lowest,
            highest,
        )


def profiles_for(options: ParseOptions) -> tuple[Profile, ...]:
    """The laboratory's own profile alone when one is given, else the shipped ones."""
    return (profile_from_json(options.profile, is_given=True),) if options.profile is not None else shipped_profiles()


@lru_cache(maxsize=1)
def shipped_profiles() -> tuple[Profile, ...]:
    folder = _folder()
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".json")), key=lambda entry: entry.name)
    return tuple(profile_from_json(entry.read_text("utf-8")) for entry in found)


def _folder() -> Traversable:
    return files("instruments.generic_table").joinpath("profiles")


@lru_cache(maxsize=16)
def profile_from_json(text: str, is_given: bool = False) -> Profile:
    """Read and check a profile; every fault is named."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ParseError("profile_not_json", "The profile is not JSON: %(fault)s.", fault=error) from error
    if not isinstance(data, dict):
        raise _fault("profile", "an object with name, version and columns")
    try:
        return _profile(_with_base(data), is_given)
    except (TypeError, ValueError, KeyError, AttributeError, InvalidOperation) as error:
        raise _fault(str(error)[:80], "the form of the shipped profiles") from error


def _with_base(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the profile does not say itself, from the shipped profile it is based on; a heading it names means what it says."""
    if (name := data.get("based_on")) is None:
        return data
    source = _folder().joinpath(f"{name}.json")
    if not re.fullmatch(r"[a-z0-9_]+", str(name)) or not source.is_file():
        raise _fault(f"based_on {name}", "the name of a shipped profile")
    base = json.loads(source.read_text("utf-8"))
    own = {heading_key(word) for words in data.get("columns", {}).values() for word in words}
    columns = {role: [word for word in words if heading_key(word) not in own] for role, words in base["columns"].items()}
    for role, words in data.get("columns", {}).items():
        columns[role] = [*words, *columns.get(role, ())]
    roles = dict(base.get("role_texts", {}))
    for role, words in data.get("role_texts", {}).items():
        roles[role] = [*roles.get(role, ()), *words]
    return {**base, **data, "columns": columns, "role_texts": roles, "texts": {**base.get("texts", {}), **data.get("texts", {})}}


def flattened(text: str) -> dict[str, Any]:
    """A profile as one object that is based on no other: what it takes over stands in it. Faults are named."""
    profile_from_json(text, is_given=True)
    data = dict(_with_base(json.loads(text)))
    data.pop("based_on", None)
    return data


def shipped_text(name: str) -> str | None:
    """The text of a shipped profile."""
    if not re.fullmatch(r"[a-z0-9_]+", name):
        return None
    source = _folder().joinpath(f"{name}.json")
    return source.read_text("utf-8") if source.is_file() else None


def _fault(found: str, expected: str) -> ParseError:
    return ParseError(
        "profile_faulty", "The profile cannot be used: read %(found)s, expected %(expected)s.", found=found, expected=expected
    )


def _profile(data: Mapping[str, Any], is_given: bool) -> Profile:
    if unknown := set(data) - _KEYS:
        raise _fault(", ".join(sorted(unknown)), "only " + ", ".join(sorted(_KEYS)))
    for key in ("name", "version", "columns"):
        if not data.get(key):
            raise _fault(f"no {key}", "name, version and columns")
    if unknown := set(data["columns"]) - COLUMN_ROLES:
        raise _fault(", ".join(sorted(unknown)), "columns among " + ", ".join(sorted(COLUMN_ROLES)))
    if unknown := set(data.get("texts", {})) - _TEXT_KEYS:
        raise _fault(", ".join(sorted(unknown)), "texts among " + ", ".join(sorted(_TEXT_KEYS)))
    mark, order = data.get("number", {}).get("decimal_mark"), data.get("date_order")
    if mark not in (None, ".", ",") or order not in (None, "ymd", "dmy", "mdy") or data.get("wide") not in (None, "named", "every_other"):
        raise _fault(
            f"{mark}, {order}, {data.get('wide')}", 'decimal_mark "." or ",", date_order ymd, dmy or mdy, wide named or every_other'
        )
    internal = texts(data.get("internal_targets", ()))
    return Profile(
        str(data["name"]),
        str(data["version"]),
        {heading_key(word): role for role, words in data["columns"].items() for word in words},
        tuple(heading_key(word) for word in data.get("markers", ())),
        data.get("sample_column"),
        data.get("wide"),
        {key: texts(words) for key, words in data.get("texts", {}).items()},
        frozenset(Decimal(each) for each in data.get("cut_offs", ())),
        {quantity: (Decimal(low), Decimal(high)) for quantity, (low, high) in data.get("range", {}).items()},
        {role: tuple(half_width(word).casefold() for word in words) for role, words in data["roles"].items()}
        if "roles" in data
        else ROLE_NAMES,
        {half_width(word).casefold(): role for role, words in data.get("role_texts", {}).items() for word in words},
        {quantity: _controls(rules, internal) for quantity, rules in data.get("controls", {}).items()},
        internal,
        mark,
        order,
        {half_width(word).strip(): code for word, code in data.get("units", {}).items()},
        texts(data.get("summary_words", ())),
        texts(data.get("end_words", ())),
        is_given,
        tuple(half_width(word).casefold() for word in data.get("file_words", ())),
        str(data.get("maturity", "")),
        str(data.get("title", "")),
    )


def _controls(rules: Mapping[str, Any], internal: frozenset[str]) -> ControlRules:
    return ControlRules(tuple(rules["silent"]), tuple(rules["found"]), tuple(tuple(group) for group in rules["required"]), internal)
