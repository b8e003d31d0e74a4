"""Finds the parsers, asks each whether it recognises a file, and explains the choice; when it is not clear, a person is asked."""

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import entry_points

import instruments
from instruments.contract import NO_ANSWERS, Match, ParsedFile, ParseError, ParseOptions, Parser, RawFile, note
from instruments.tables import forget

ENTRY_POINTS = "lims.instruments"
CERTAIN, AHEAD = 50, 15
NAMES = ("NAME", "VERSION", "TITLE", "FORMATS", "MATURITY", "recognises", "parse")


@dataclass(frozen=True)
class Candidate:
    """A parser and how sure it is."""

    parser: Parser
    match: Match


@dataclass(frozen=True)
class Parsed:
    """What was read, and why this parser read it."""

    file: ParsedFile
    match: Match


@lru_cache(maxsize=1)
def parsers() -> tuple[Parser, ...]:
    """The parser modules of this package and the sound ones of the entry points, by name."""
    by_name = dict(_own())
    by_name.update({parser.NAME: parser for parser, _ in _foreign() if parser is not None})
    return tuple(by_name[name] for name in sorted(by_name))


def unusable() -> tuple[str, ...]:
    """Which parsers of other packages are left out, and why: one faulty package must not stop the reading of all files."""
    parsers()
    return tuple(fault for _, fault in _foreign() if fault is not None)


@lru_cache(maxsize=1)
def _own() -> dict[str, Parser]:
    modules = [importlib.import_module(f"instruments.{entry.name}") for entry in pkgutil.iter_modules(instruments.__path__)]
    return {module.NAME: module for module in modules if all(hasattr(module, name) for name in NAMES)}


@lru_cache(maxsize=1)
def _foreign() -> tuple[tuple[Parser | None, str | None], ...]:
    """Each entry point as a parser, or as the reason why it is none."""
    found: list[tuple[Parser | None, str | None]] = []
    taken = set(_own())
    for entry in entry_points(group=ENTRY_POINTS):
        try:
            parser = entry.load()
            lacking = [name for name in NAMES if not hasattr(parser, name)]
            fault = f"lacks {', '.join(lacking)}" if lacking else f"the name {parser.NAME} is taken" if parser.NAME in taken else None
        except Exception as error:  # noqa: BLE001 - whatever a foreign module does when it is imported, it is shown and left out
            parser, fault = None, f"{type(error).__name__}: {error}"
        if fault is None:
            taken.add(parser.NAME)
        found.append((parser, None) if fault is None else (None, f"{entry.name} ({entry.value}): {fault}"))
    return tuple(found)


def look_again() -> None:
    """Forget which parsers there are: a package was installed or taken away."""
    for remembered in (parsers, _own, _foreign):
        remembered.cache_clear()


def recognise(file: RawFile, options: ParseOptions = NO_ANSWERS, among: Iterable[Parser] | None = None) -> list[Candidate]:
    """Every parser's answer, the surest first. A file that no parser can even open is refused with that reason."""
    candidates: list[Candidate] = []
    refusal: ParseError | None = None
    for parser in parsers() if among is None else among:
        try:
            match = parser.recognises(file, options)
        except ParseError as error:
            refusal = refusal or error
            match = Match(0, (note("not_readable", "Not readable for it: %(reason)s", reason=error),))
        except MemoryError:
            raise  # the child's limit, not this parser's fault
        except Exception as error:  # noqa: BLE001 - a faulty plug-in must not close the door to all others; its fault is shown
            match = Match(0, (note("recogniser_failed", "Its recogniser failed: %(fault)s", fault=type(error).__name__),))
        candidates.append(Candidate(parser, match))
    candidates.sort(key=lambda candidate: (-candidate.match.score, candidate.parser.NAME))
    if refusal is not None and not any(candidate.match.score for candidate in candidates):
        raise refusal
    return candidates


def choose(candidates: list[Candidate]) -> Candidate:
    """The surest parser, if it is sure enough and well ahead of the next; otherwise a person is asked."""
    best = candidates[0] if candidates else None
    if best is None or best.match.score == 0:
        raise ParseError(
            "not_recognised", "No parser recognises the file. Export it in another format, or give a profile that names its columns."
        )
    listed = ", ".join(f"{each.parser.NAME} ({each.match.score})" for each in candidates if each.match.score)
    if best.match.score < CERTAIN:
        raise ParseError(
            "not_certain", "No parser is sure enough of the file: %(candidates)s. Choose the parser, or give a profile.", candidates=listed
        )
    if len(candidates) > 1 and best.match.score - candidates[1].match.score < AHEAD:
        raise ParseError("several_parsers", "Several parsers recognise the file: %(candidates)s. Choose one.", candidates=listed)
    return best


def named(name: str) -> Parser:
    for parser in parsers():
        if name == parser.NAME:
            return parser
    raise ParseError(
        "unknown_parser",
        "There is no parser %(parser)s. Known are: %(known)s.",
        parser=name,
        known=", ".join(parser.NAME for parser in parsers()),
    )


def parse(file: RawFile, options: ParseOptions = NO_ANSWERS, parser_name: str | None = None) -> Parsed:
    """Read a file with the named parser, or with the one that clearly recognises it. Refusals and questions are ParseError."""
    if parser_name is None and options.profile is not None:
        parser_name = "generic_table"  # whoever gives a profile has chosen
    try:
        return _parsed(_chosen(file, options, parser_name), file, options)
    finally:
        forget()


def _chosen(file: RawFile, options: ParseOptions, parser_name: str | None) -> Candidate:
    if parser_name is None:
        return choose(recognise(file, options))
    candidate = recognise(file, options, [named(parser_name)])[0]
    if candidate.match.score == 0 and parser_name != "generic_table":
        raise ParseError("not_its_file", "The parser %(parser)s does not recognise the file; it was not read.", parser=parser_name)
    return candidate


def _parsed(chosen: Candidate, file: RawFile, options: ParseOptions) -> Parsed:
    try:
        return Parsed(chosen.parser.parse(file, options), chosen.match)
    except (ParseError, MemoryError):
        raise
    except Exception as error:
        raise ParseError(
            "parser_failed",
            "The parser %(parser)s broke off (%(fault)s). Nothing was taken; report this file.",
            parser=chosen.parser.NAME,
            fault=type(error).__name__,
        ) from error
