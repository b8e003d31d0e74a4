"""Pages of samples: list, register, show, receive, labels."""

from lims.marks import N_
from lims.samples.views import importing, labelling, listing, open_loop, receiving, registering, scanning, showing
from lims.samples.views.base import blueprint
from lims.web.navigation import entry

__all__ = ["blueprint", "importing", "labelling", "listing", "open_loop", "receiving", "registering", "scanning", "showing"]

entry(N_("Work"), N_("Samples"), "samples.index", "samples.view", "tube", 10)
entry(N_("Work"), N_("Register"), "samples.new", "samples.register", "plus", 10, parent="samples.index")
entry(N_("Work"), N_("Register by scanning"), "samples.batches", "samples.register", "scan", 11, parent="samples.index")
entry(N_("Work"), N_("Import samples"), "samples.import_", "samples.register", "upload", 12, parent="samples.index")
entry(N_("Work"), N_("Receive"), "samples.scan", "samples.receive", "scan", 20, parent="samples.index")
entry(N_("Work"), N_("Open loop"), "samples.open_loop", "samples.view", "alert", 30, parent="samples.index")
