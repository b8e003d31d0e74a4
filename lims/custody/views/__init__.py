"""Pages of boxes: list, packing, dispatch, receipt, the printed hand-over form."""

from lims.custody.views import listing, packing, receiving, showing
from lims.custody.views.base import blueprint
from lims.marks import N_
from lims.web.navigation import entry

__all__ = ["blueprint", "listing", "packing", "receiving", "showing"]

entry(N_("Work"), N_("Boxes"), "custody.index", "custody.view", "box", 12)
entry(N_("Work"), N_("New box"), "custody.new", "custody.pack", "plus", 10, parent="custody.index")
entry(N_("Work"), N_("Scan a box"), "custody.scan", "custody.view", "scan", 20, parent="custody.index")
