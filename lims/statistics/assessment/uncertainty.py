"""The uncertainty of the assigned value from its parts: determination, inhomogeneity, instability, transport (ISO 13528:2022, 7.2)."""

from __future__ import annotations

from lims.statistics.assessment.outcome import Figure, UncertaintyParts
from lims.statistics.assessment.plan import ItemPlan
from lims.statistics.assessment.reading import figure, refused
from lims.statistics.assigned import combined_u

Whole = tuple[UncertaintyParts, Figure, Figure]  # the parts, u(x_pt), U(x_pt)


def _part(value: object) -> Figure:
    return refused("u_part_not_stated") if value is None else figure(float(str(value)))


def with_parts(item: ItemPlan, u_char: Figure, expanded: Figure) -> Whole:
    """Add the stated parts of the item to the uncertainty of the determination.

    A part that the protocol does not state is not included, and that is said. Where any part is stated, the expanded uncertainty is
    k_x_pt times the combined one; otherwise it stays what the certificate says. Without u_char nothing can be combined.
    """
    parts = UncertaintyParts(u_char, _part(item.u_hom), _part(item.u_stab), _part(item.u_trans))
    stated = [part.value for part in (parts.u_hom, parts.u_stab, parts.u_trans) if part.value is not None]
    if u_char.value is None or not stated:
        return parts, u_char, expanded
    u = figure(combined_u(u_char.value, *stated))
    return parts, u, u if u.value is None else figure(float(item.k_x_pt) * u.value)
