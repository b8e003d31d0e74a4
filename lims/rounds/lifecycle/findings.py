"""The conditions in which an item of a box can arrive."""

from __future__ import annotations

from lims.marks import N_

CONDITIONS = {
    "intact": N_("intact"), "thawed": N_("thawed"), "leaking": N_("leaking"), "broken": N_("broken"), "unreadable": N_("label unreadable"),
    "missing": N_("not in the box"),
}  # fmt: skip
