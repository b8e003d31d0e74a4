"""Pages of uploads: list, upload, review, parked rows."""

from lims.imports.views import deciding, interpreting, listing, parked, profiles, rules, showing, uploading, worklists
from lims.imports.views.base import blueprint
from lims.marks import N_
from lims.web.navigation import entry

__all__ = ["blueprint", "deciding", "interpreting", "listing", "parked", "profiles", "rules", "showing", "uploading", "worklists"]

entry(N_("Work"), N_("Uploads"), "imports.index", "imports.view", "upload", 20)
entry(N_("Work"), N_("Upload files"), "imports.upload", "imports.upload", "plus", 10, parent="imports.index")
entry(N_("Work"), N_("Table profiles"), "imports.profiles", "imports.view", "list", 30, parent="imports.index")
entry(N_("Work"), N_("Assay rules"), "imports.rules", "imports.view", "shield", 25, parent="imports.index")
entry(N_("Work"), N_("Parked rows"), "imports.parked", "imports.view", "list", 20, parent="imports.index")
entry(N_("Work"), N_("Worklists"), "imports.worklists", "imports.view", "list", 15, parent="imports.index")
