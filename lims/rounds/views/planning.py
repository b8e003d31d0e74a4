"""Planning a round: the plan's form, kept after an error, and its revision before the approval."""

from __future__ import annotations

from typing import Any

from flask import render_template

from lims.accounts.access import requires
from lims.rounds.views.base import blueprint


@blueprint.get("/new")
@requires("rounds.plan")
def new() -> Any:
    """The empty form of a new round."""
    return render_template("rounds/plan.html")
