"""Pages of validation studies. The modules register their routes on one blueprint."""

from lims.marks import N_
from lims.validation.views import collecting, judging, listing, planning, showing
from lims.validation.views.base import blueprint
from lims.web.navigation import entry

entry(N_("Work"), N_("Validation"), "validation.index", "validation.view", "check", 60)

__all__ = ["blueprint", "collecting", "judging", "listing", "planning", "showing"]
