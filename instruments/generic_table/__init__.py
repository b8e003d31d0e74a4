"""Any CSV, TSV or Excel table through a profile: a named, versioned description of its columns and texts, written without code."""

from instruments.contract import Match, ParsedFile, ParseError, ParseOptions, RawFile, note
from instruments.generic_table.layout import Layout, find_layouts
from instruments.generic_table.profile import Profile, profiles_for
from instruments.generic_table.reading import read_layout
from instruments.tables import Table, read_table

NAME = "generic_table"
VERSION = "1"
TITLE = "Generic table (profile)"
FORMATS = ("csv", "tsv", "txt", "xlsx", "xls")
MATURITY = "tested on real files"


def recognises(file: RawFile, options: ParseOptions) -> Match:
    best = _best(read_table(file, options), options)
    if best is None:
        return Match(0)
    profile, layout = best[0], best[1][0]
    reasons = [
        note(
            "headings_known",
            "%(known)s of %(total)s headings in %(where)s are known to the profile %(profile)s.",
            known=layout.known,
            total=layout.total,
            where=layout.where,
            profile=profile.label,
        )
    ]
    if layout.unknown:
        reasons.append(note("headings_unknown", "Not known: %(headings)s.", headings=", ".join(text for _, text in layout.unknown)[:200]))
    return Match(layout.score, tuple(reasons))


def parse(file: RawFile, options: ParseOptions) -> ParsedFile:
    table = read_table(file, options)
    best = _best(table, options)
    if best is None:
        raise ParseError(
            "no_heading_row",
            "No row of the file holds the headings of a result table (a sample and a result). Give a profile that names the columns.",
        )
    profile, layouts = best
    if len(layouts) > 1:
        raise ParseError(
            "sheet_ambiguous",
            "Several sheets hold a result table: %(sheets)s. Choose one.",
            sheets=", ".join(str(layout.sheet.name) for layout in layouts),
        )
    return read_layout(table, profile, layouts[0], options, NAME, VERSION)


def _best(table: Table, options: ParseOptions) -> tuple[Profile, list[Layout]] | None:
    """The profile that knows the file best, with the sheets it fits equally well."""
    best: tuple[Profile, list[Layout]] | None = None
    for profile in profiles_for(options):
        layouts = find_layouts(table, profile, options.sheet)
        if layouts and (best is None or layouts[0].score > best[1][0].score):
            best = (profile, layouts)
    return best
