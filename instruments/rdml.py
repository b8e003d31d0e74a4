"""RDML 1.0 to 1.4, the exchange format of real-time PCR: samples, targets, and one Cq for each reaction and target."""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from instruments import containers
from instruments.contract import Match, Note, ParsedFile, ParseError, ParseOptions, RawFile, Reading, RunInfo, Skipped, note
from instruments.controls import ControlRules, judge, role_of_name
from instruments.pcr import ct_rules
from instruments.rows import UsedRow, about, numbered, without_duplicates
from instruments.tables import Cell
from instruments.text import has_control_characters
from instruments.values import Outcome, interpret

NAME = "rdml"
VERSION = "1"
TITLE = "RDML"
FORMATS = ("rdml", "xml")
MATURITY = "tested on real files"

MEMBER = "rdml_data.xml"
EXCLUDED = "excluded"
_ROLES: Mapping[str, str] = {
    "unkn": "unknown",
    "std": "standard",
    "ntc": "ntc",
    "nac": "negative_control",
    "ntp": "negative_control",
    "nrt": "negative_control",
    "pos": "positive_control",
    "opt": "calibrator",
}
_RULES = ct_rules(missing=("-1", "-1.0", "NaN", "null"))  # RDML itself writes -1.0 where there is no Cq
_CONTROLS = ControlRules(required=(("ntc", "negative_control"), ("positive_control", "standard")))
_USUAL_ENDS = frozenset(Decimal(number) for number in (40, 45, 50))


@dataclass
class _Data:
    """One reaction and target as the file says it."""

    run: int
    react: str
    line: int
    column: int
    sample: str = ""
    target: str = ""
    cq: str | None = None
    excluded: str | None = None
    last_cycle: str = ""


@dataclass
class _Document(containers.Handler):
    """Collects the elements that count; a path of names says where a text belongs."""

    version: str = ""
    roles: dict[str, str] = field(default_factory=dict)
    dyes: dict[str, str] = field(default_factory=dict)
    facts: list[dict[str, str]] = field(default_factory=list)
    data: list[_Data] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    _path: list[str] = field(default_factory=list)
    _texts: list[str] = field(default_factory=list)
    _item: str = ""
    _react: str = ""
    _sample: str = ""
    _place: tuple[int, int] = (0, 0)

    def located(self, line: int, column: int) -> None:
        self._place = (line, column)

    def start(self, name: str, attrs: dict[str, str]) -> None:
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        self._texts = []
        identity = attrs.get("id", "")
        if name == "rdml" and not parent:
            self.version = attrs.get("version", "")
        elif parent == "rdml" and name in ("sample", "target"):
            self._item = identity
        elif parent == "target" and name == "dyeId" and identity:
            self.dyes[self._item] = identity
        elif name == "run":
            self.facts.append({"run": identity})
        elif name == "react":
            self._react, self._sample = identity, ""
        elif parent == "react":
            self._in_react(name, identity)
        elif parent == "data" and name == "tar" and self.data:
            self.data[-1].target = identity
        elif name == "cq" and parent == "data" and self.data:
            self.data[-1].line, self.data[-1].column = self._place

    def _in_react(self, name: str, identity: str) -> None:
        if name == "sample":
            self._sample = identity
        elif name == "data":
            self.data.append(_Data(len(self.facts), self._react, *self._place, sample=self._sample))
        elif name == "partitions":
            self.unread.add(name)

    def text(self, content: str) -> None:
        self._texts.append(content)

    def end(self, name: str) -> None:
        self._path.pop()
        said, parent = "".join(self._texts), self._path[-1] if self._path else ""
        self._texts = []
        if parent == "data" and self.data:
            self._end_of_data(name, said)
        elif parent == "adp" and name == "cyc" and self.data:
            self.data[-1].last_cycle = said.strip()
        elif parent == "sample" and name == "type" and self._path[-2:-1] == ["rdml"]:
            self.roles.setdefault(self._item, said.strip())
        elif parent == "target" and name == "dyeId" and said.strip():
            self.dyes[self._item] = said.strip()
        elif parent in ("run", "dataCollectionSoftware") and said.strip() and self.facts:
            self.facts[-1].setdefault(f"{parent}/{name}", said.strip())

    def _end_of_data(self, name: str, said: str) -> None:
        if name == "cq":
            self.data[-1].cq = said
        elif name == "excl":
            self.data[-1].excluded = None if said.strip().casefold() in ("false", "0") else said.strip()


def recognises(file: RawFile, options: ParseOptions) -> Match:
    if _content(file) is None:
        return Match(0)
    return Match(95, (note("rdml_member", "The file holds RDML data."),))


def _content(file: RawFile) -> bytes | None:
    """The XML of the file: packed, or on its own; None when it is something else."""
    if file.content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(file.content)) as directory:
                is_rdml = MEMBER in directory.namelist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            return None
        if not is_rdml or len(file.content) > containers.MAX_FILE_BYTES:
            return None
        container = containers.open_container(file.content)
        return containers.read_member(container, MEMBER)
    head = file.content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    root = head.startswith(b"<") and re.search(rb"<(?:\w+:)?rdml\b", head)
    return file.content if root and len(file.content) <= containers.MAX_FILE_BYTES else None


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    content = _content(file)
    if content is None:
        raise ParseError("no_rdml", "The file is not RDML: it has no part %(member)s.", member=MEMBER)
    document = _Document()
    containers.parse_xml(content, document, document.located)
    if not document.data:
        raise ParseError("no_reactions", "The RDML file holds no reactions. Nothing was taken; export the run with its results.")
    if all(one.cq is None for one in document.data):
        raise ParseError(
            "no_cq", "The file holds %(count)s reactions but no Cq value. Nothing was taken; export it again.", count=len(document.data)
        )
    by_line = len({one.line for one in document.data}) == len(document.data)
    outcomes = [(one, _read(one, document, by_line)) for one in document.data]
    skipped = [outcome for _, outcome in outcomes if isinstance(outcome, Skipped)]
    used, identical = _unique([(one.run, outcome) for one, outcome in outcomes if isinstance(outcome, Reading)])
    readings = numbered(used)
    return ParsedFile(
        NAME,
        VERSION,
        readings,
        len(document.data),
        len(used),
        (*skipped, *identical),
        _run(document),
        decimal_mark=".",
        controls=judge([one for one in readings if EXCLUDED not in one.flags], _CONTROLS),
        warnings=tuple(about(readings)),
        unread=_unread(document),
    )


def _unique(readings: list[tuple[int, Reading]]) -> tuple[list[UsedRow], list[Skipped]]:
    """Reactions are compared within their run only: two runs may both have a reaction 1."""
    used: list[UsedRow] = []
    skipped: list[Skipped] = []
    for run in dict.fromkeys(number for number, _ in readings):
        kept, identical = without_duplicates([UsedRow(one.source, (one,)) for number, one in readings if number == run])
        used += kept
        skipped += identical
    return used, skipped


def _read(one: _Data, document: _Document, by_line: bool) -> Reading | Skipped:
    source = f"line {one.line}" if by_line else f"line {one.line} column {one.column}"
    if any(has_control_characters(text) for text in (one.sample, one.target, one.react)):
        return Skipped(source, note("control_characters", "The row holds invisible control characters."))
    role = _ROLES.get(document.roles.get(one.sample, ""), "unknown")
    by_name = role_of_name(one.sample) if role == "unknown" and one.sample else None
    raw = one.cq or ""
    outcome = _outcome(one, raw, source)
    return Reading(
        one.react or None,
        one.sample.strip() or None,
        by_name or role,
        one.target.strip() or None,
        document.dyes.get(one.target),
        "ct",
        raw,
        outcome.status,
        outcome.value,
        outcome.comparator,
        "{Ct}",
        None,
        (*(("role from name",) if by_name else ()), *outcome.flags),
        source,
    )


def _outcome(one: _Data, raw: str, source: str) -> Outcome:
    """A Cq at the last cycle of its own curve is how programs write "not detected" into RDML; 40 beside another curve proves nothing."""
    outcome = interpret(Cell(raw, "text", source), _RULES, ".")
    if one.excluded is not None:
        return Outcome("invalid", flags=(EXCLUDED, *((one.excluded,) if one.excluded else ())))
    if outcome.status != "value" or outcome.value is None:
        return outcome
    last = interpret(Cell(one.last_cycle, "text", source), _RULES, ".").value
    if last is not None and Decimal(last) == Decimal(outcome.value):
        return Outcome("not_detected", flags=("at the last cycle",))
    return Outcome("invalid", flags=("at cut-off",)) if Decimal(outcome.value) in _USUAL_ENDS else outcome


def _run(document: _Document) -> RunInfo:
    facts = document.facts[0] if len(document.facts) == 1 else {}
    software = facts.get("dataCollectionSoftware/version") or facts.get("dataCollectionSoftware/name")
    started = facts.get("run/runDate")
    return RunInfo(facts.get("run/instrument"), None, software, None, facts.get("run"), started, None, "local" if started else None)


def _unread(document: _Document) -> tuple[Note, ...]:
    """Curves are kept in the file; partitions of digital PCR are not read."""
    return tuple(note("other_section", "The section %(section)s was not read.", section=name) for name in sorted(document.unread))
