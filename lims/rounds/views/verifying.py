"""Is this report untouched? A page for everybody who is signed in; nothing of the file is kept."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, abort, render_template, send_file
from flask_wtf.file import FileField, FileRequired

from lims.accounts.access import current_actor, requires
from lims.marks import N_
from lims.rounds.report.checking import MOST_BYTES
from lims.rounds.report.said import WHAT, lines
from lims.rounds.service.verifying import Verified, verify_report
from lims.seals import PUBLIC_FILE, sealer
from lims.version import program_version
from lims.web.forms import Form
from lims.web.language import _, current_language
from lims.web.navigation import entry
from lims.web.pace import Pace
from lims.words import say

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
pace = Pace(times=6, seconds=60)
KINDS = {"holds": "ok", "changed": "error", "not_a_report": "warn"}


class VerifyForm(Form):
    """One workbook."""

    file = FileField(N_("Report"), validators=[FileRequired(N_("Choose the report's workbook (.xlsx)."))],
                     description=N_("The workbook as you received it, at most 5 MB"))  # fmt: skip


@blueprint.route("/verify", methods=["GET", "POST"])
@requires("reports.verify")
def verify() -> Any:
    """Drop a report and see whether it is untouched; where it differs, sheet and cell."""
    form, verified, name = VerifyForm(), None, ""
    if form.validate_on_submit():
        if not pace.admits(current_actor().user_id):
            abort(429)
        name = form.file.data.filename or ""
        verified = verify_report(current_actor(), form.file.data.stream.read(MOST_BYTES + 1))
    status = 400 if form.errors else 200
    return render_template("rounds/verify.html", form=form, name=name, fingerprint=sealer().fingerprint, **_outcome(verified)), status


@blueprint.get("/key")
@requires("reports.verify")
def key() -> Any:
    """The public key of this installation, to be given to everybody who receives reports."""
    return send_file(BytesIO(sealer().public_pem()), "application/x-pem-file", as_attachment=True, download_name=PUBLIC_FILE)


def _outcome(verified: Verified | None) -> dict[str, Any]:
    if verified is None:
        return {"checked": None}
    checked = verified.checked
    said = lines(checked, _, f"LIMS {program_version()}")
    if verified.failure is not None:
        said.append(say(verified.failure, current_language()))
    return {
        "checked": checked, "said": said, "kind": KINDS[checked.state],
        "differences": [(one, WHAT[one.what]) for one in checked.differences],
    }  # fmt: skip


entry(N_("Records"), N_("Verify a report"), "reports.verify", "reports.verify", "check", 60)
