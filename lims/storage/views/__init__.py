"""Pages of the store: places, what is stored, moves, portions."""

from lims.marks import N_
from lims.storage.views import lists, places, portions
from lims.storage.views.base import blueprint
from lims.web.navigation import entry

__all__ = ["blueprint", "lists", "places", "portions"]

entry(N_("Work"), N_("Storage"), "storage.index", "storage.view", "columns", 13)
entry(N_("Work"), N_("What is stored"), "storage.stored", "storage.view", "list", 10, parent="storage.index")
entry(N_("Work"), N_("Moves"), "storage.moves", "storage.view", "clock", 20, parent="storage.index")
entry(N_("Work"), N_("Portions"), "storage.aliquots", "storage.view", "tube", 30, parent="storage.index")
