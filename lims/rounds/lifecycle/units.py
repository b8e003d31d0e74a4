"""Units that say the same in another size: the exact factor between two UCUM codes, or none.

A factor stands here only where it is an exact decimal number and the kind of quantity is the same. A logarithm is
another quantity, never a factor; a unit that is not here is not converted and blocks the scoring, not the saving.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, Inexact, localcontext

#: each family counts in its first unit
FAMILIES: tuple[Mapping[str, Decimal], ...] = tuple(
    {unit: Decimal(size) for unit, size in family.items()}
    for family in (
        {"mg/kg": "1", "ug/kg": "0.001", "g/kg": "1000", "g/(100.g)": "10000"},
        {"mg/L": "1", "ug/L": "0.001", "ng/mL": "0.001", "ng/uL": "1"},
        {"{copies}/mL": "1", "{copies}/uL": "1000"},
        {"[IU]/mL": "1", "[IU]/L": "0.001", "m[IU]/mL": "0.001"},
        {"mL": "1", "uL": "0.001"},
        {"g": "1", "kg": "1000"},
        {"min": "1", "h": "60", "d": "1440"},
        {"1": "1", "%": "0.01"},
    )
)


def factor(unit: str, wanted: str) -> Decimal | None:
    """By what a number in ``unit`` is multiplied to stand in ``wanted``; None where the two cannot be converted exactly."""
    if unit == wanted:
        return Decimal(1)
    for family in FAMILIES:
        if unit in family and wanted in family:
            return _exact(family[unit], family[wanted])
    return None


def _exact(one: Decimal, other: Decimal) -> Decimal | None:
    """The quotient, where it is a decimal number that ends."""
    with localcontext() as context:
        context.traps[Inexact] = True
        try:
            return (one / other).normalize() + 0
        except Inexact:
            return None


def convertible(wanted: str) -> tuple[str, ...]:
    """The units that may be reported where ``wanted`` is the unit of the round: itself first."""
    others = [unit for family in FAMILIES if wanted in family for unit in family if unit != wanted and factor(unit, wanted) is not None]
    return (wanted, *others)


def converted(text: str, by: Decimal) -> str:
    """The number times the factor, exactly: every digit of the reported one kept and none added."""
    with localcontext() as context:
        context.prec = 200
        return format(Decimal(text) * by, "f")


def said(text: str, unit: str, wanted: str) -> str:
    """The conversion in figures, ``4.5 µg/kg × 0.001 = 0.0045 mg/kg``; empty where none is made."""
    by = factor(unit, wanted)
    if by is None or unit == wanted or not text:
        return ""
    return f"{text} {unit_text(unit)} × {format(by, 'f')} = {converted(text, by)} {unit_text(wanted)}"


def unit_text(unit: str) -> str:
    """The unit as a person writes it: the braces of UCUM annotations are left out."""
    return "" if unit == "1" else unit.replace("{", "").replace("}", "")
