"""Going back before results count: the QA managers sign an amendment of the protocol, or the withdrawal of the panel."""

from __future__ import annotations

from typing import Any

from flask import request

from lims.accounts.access import requires
from lims.rounds import service
from lims.rounds.views.base import blueprint, find_round, reader, typed
from lims.rounds.views.enrolling import in_dialog
from lims.web.language import _


@blueprint.post("/<code>/amend")
@requires("rounds.approve")
def amend(code: str) -> Any:
    """Sign for the own party that the protocol is amended."""
    row = find_round(code)
    reason, password = typed("reason"), request.form.get("password", "")
    done = _("Your signature under the amendment is kept. The round goes back once every party has signed.")
    return in_dialog(row, "amend", lambda: service.amend_protocol(reader(), row.id, reason, password, seen=typed("seen")), done)


@blueprint.post("/<code>/withdraw-items")
@requires("rounds.approve")
def withdraw_items(code: str) -> Any:
    """Sign for the own party that the items are withdrawn."""
    row = find_round(code)
    reason, password = typed("reason"), request.form.get("password", "")
    done = _("Your signature under the withdrawal of the items is kept. The round goes back once every party has signed.")
    return in_dialog(row, "withdraw_items", lambda: service.withdraw_items(reader(), row.id, reason, password, seen=typed("seen")), done)
