"""The participant's results: enter, save versions, hand over, sign as a second person, or declare that nothing could be tested."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from lims.accounts.access import current_actor, requires
from lims.catalogue import queries as catalogue
from lims.db.session import reading
from lims.errors import NotFound
from lims.marks import N_
from lims.rounds import queries, service
from lims.rounds.models import ReportedValue, Submission
from lims.rounds.queries import Bench
from lims.rounds.report.terms import LATE_POLICIES
from lims.rounds.service import ValueEntry
from lims.rounds.service.entries import entered_value, without_blanks
from lims.rounds.views.acting import Refusal, carry_out, refused, unit_text
from lims.rounds.views.base import blueprint, find_round, reader, show_deadline, time_left
from lims.rounds.views.entering import (
    HeadForm,
    columns,
    entry_of,
    head_form,
    is_unchanged,
    rows,
    targets,
    text_of,
    typed_values,
    values_of,
)
from lims.web.language import _
from lims.web.pages import said

STATUS = {
    "draft": ("dashed", N_("draft")), "handed_over": ("half", N_("handed over, waits for the signature")), "signed": ("full", N_("signed")),
}  # fmt: skip
ENTERING = ("received", "draft", "submitted", "could_not_test", "no_response", "late")


@blueprint.get("/<code>/submit")
@requires("rounds.submit")
def submit(code: str) -> str:
    """The own results: the form while the round takes them, the newest version afterwards."""
    return _page(_bench(code))


@blueprint.post("/<code>/submit")
@requires("rounds.submit")
def save(code: str) -> Any:
    """Save a version, and hand it over where that button was pressed. What was typed stays on the page after a refusal."""
    bench = _bench(code)
    with reading() as session:
        asked = targets(session, reader(), bench)
        form = head_form(session, reader(), bench, is_typed=True)
    typed = typed_values(bench, asked, request.form)
    if not form.validate():
        return _page(bench, form=form, typed=typed), 400
    entry = without_blanks(entry_of(typed, form, request.form.get("base_version", type=int)))
    has_news = not is_unchanged(bench, entry_of(typed, form, None))
    if has_news:
        refusal = refused("save", lambda: service.save_draft(reader(), bench.round.id, entry))
        if refusal is not None:
            return _page(_bench(code), refusal, form, typed), refusal.status
    if request.form.get("act") != "hand_over":
        said(_("Saved as a new version.") if has_news else _("Nothing was changed; version %(version)s stays.", version=_newest(bench)))
        return redirect(url_for("rounds.submit", code=code))
    return carry_out(
        "hand_over", lambda: service.hand_over(reader(), bench.round.id), _("Handed over; an authoriser who entered nothing signs."),
        url_for("rounds.submit", code=code), lambda refusal: _page(_bench(code), refusal),
    )  # fmt: skip


@blueprint.post("/<code>/submit/sign")
@requires("rounds.sign")
def sign(code: str) -> Any:
    """Sign the version that was shown, as a person who did not enter it."""
    bench = _bench(code)
    version, password = request.form.get("version", 0, type=int), request.form.get("password", "")
    return carry_out(
        "sign", lambda: service.sign_submission(reader(), bench.round.id, password, version=version),
        _("The results are signed and submitted."), url_for("rounds.submit", code=code), lambda refusal: _page(_bench(code), refusal),
    )  # fmt: skip


@blueprint.post("/<code>/submit/could-not-test")
@requires("rounds.sign")
def could_not_test(code: str) -> Any:
    """Declare that the laboratory could not test the items at all."""
    bench = _bench(code)
    return carry_out(
        "could_not_test", lambda: service.declare_could_not_test(reader(), bench.round.id, request.form.get("reason", "")),
        _("Declared: the items could not be tested."), url_for("rounds.submit", code=code), lambda refusal: _page(_bench(code), refusal),
    )  # fmt: skip


@blueprint.get("/<code>/submit/<int:version>")
@requires("rounds.submit")
def submitted(code: str, version: int) -> str:
    """One earlier version of the own laboratory, as it was saved."""
    bench = _bench(code)
    with reading() as session:
        actor = reader()
        saved, values = queries.own_version(session, actor, bench.round.id, version)
        asked = targets(session, actor, bench)
        methods = catalogue.names(session, actor, "methods", [str(saved.head.get("method_code", ""))])
    return render_template(
        "rounds/version.html", bench=bench, saved=saved, status=_status(saved), head=_head(saved, methods),
        columns=[(heading, unit) for _name, _kind, heading, unit in columns(bench.round, asked)], lines=_lines(bench, asked, values),
    )  # fmt: skip


def _bench(code: str) -> Bench:
    """The own part; NotFound for a laboratory without one, and before the item codes are drawn."""
    with reading() as session:
        bench = queries.own_bench(session, reader(), find_round(code).id)
    if not bench.codes and not bench.versions:
        raise NotFound()
    return bench


def _page(bench: Bench, refusal: Refusal | None = None, form: HeadForm | None = None, typed: dict[str, ValueEntry] | None = None) -> str:
    with reading() as session:
        actor = reader()
        asked = targets(session, actor, bench)
        measurand = catalogue.measurands(session, actor, [bench.round.measurand_code]).get(bench.round.measurand_code)
        form = form or head_form(session, actor, bench)
    is_open, values = _is_open(bench), typed or values_of(bench)
    return render_template(
        "rounds/submit.html", bench=bench, form=form, refusal=refusal, is_open=is_open, closed=_closed(bench),
        columns=[(heading, unit) for _name, _kind, heading, unit in columns(bench.round, asked)], rows=rows(bench, asked, values, refusal),
        lines=_lines(bench, asked, list(bench.values.values())), problems=_problems(bench), filled=_filled(bench, values),
        status=_status(bench.newest) if bench.newest else None, statuses=STATUS, signing=_signing(bench),
        left=time_left(bench.round.deadline), deadline=show_deadline(bench.round), late_policy=_(LATE_POLICIES[bench.round.late_policy]),
        measurand=measurand.name(actor.language) if measurand else bench.round.measurand_code, unit=unit_text(bench.round.unit),
        may_enter=is_open and bool(current_actor().roles & {"technician", "authoriser"}),
    )  # fmt: skip


def _is_open(bench: Bench) -> bool:
    is_done = bench.check.acceptance == "late" and bench.participant.state == "submitted"
    return bench.check.acceptance != "refused" and bench.participant.state in ENTERING and not is_done and not bench.knows_map


def _closed(bench: Bench) -> str:
    """Why nothing is taken now, or how it is treated, in words; empty in the ordinary case."""
    if bench.check.acceptance == "refused":
        return _(bench.check.sentence)
    if bench.knows_map:
        return _("You know the codes or the assigned values of this round, so another person of the laboratory reports and signs.")
    if bench.participant.state not in ENTERING:
        return _("Confirm the receipt of the items first; then results can be entered.")
    if bench.check.acceptance == "late":
        is_done = bench.participant.state == "submitted"
        return _("The round is locked and your results are in; they cannot be changed any more.") if is_done else _(bench.check.sentence)
    return ""


def _problems(bench: Bench) -> list[tuple[str, str, str]]:
    """Place on the form, sentence, and the part of the form that it belongs to."""
    cell = "result_code" if bench.round.kind == "qualitative" else "value"
    found = []
    for one in service.submission_problems(reader(), bench.round.id):
        place = f"{one.item_code}-{cell}" if one.item_code else one.field
        is_result = bool(one.item_code) or one.field == "values"
        where = _("Results") if is_result else _("Statement") if one.field == "is_independent" else _("Method and reagents")
        found.append((place, one.say(reader().language), where))
    return found


def _filled(bench: Bench, values: dict[str, ValueEntry]) -> int:
    is_panel = bench.round.kind == "qualitative"
    return sum(bool(one.could_not_test or one.result_code or (one.value and not is_panel)) for one in values.values())


def _signing(bench: Bench) -> dict[str, Any]:
    """Whether the reader may sign now, and why not."""
    roles, newest = current_actor().roles, bench.newest
    is_analyst = current_actor().user_id in {one.analyst_id for one in bench.versions}
    blocked = ""
    if newest is None or newest.status != "handed_over":
        blocked = _("The technician has not handed the results over. Ask for it, then sign.")
    elif "authoriser" not in roles:
        blocked = _("An authoriser of the laboratory who entered nothing signs.")
    elif is_analyst:
        blocked = _("You entered results yourself, so another authoriser of the laboratory must sign.")
    return {"is_authoriser": "authoriser" in roles, "waits": newest is not None and newest.status == "handed_over", "blocked": blocked}


def _status(saved: Submission) -> tuple[str, str]:
    ring, word = STATUS[saved.status]
    return ring, _(word)


def _newest(bench: Bench) -> int:
    return bench.newest.version if bench.newest else 0


def _head(saved: Submission, methods: dict[str, str]) -> list[tuple[str, str]]:
    """The head that was filled in, as label and text."""
    labels = {field.name: field.label.text for field in HeadForm(formdata=None)}
    shown = [(labels[name], methods.get(text, text) if name == "method_code" else text) for name, text in saved.head.items()]
    return [*shown, (_("Statement"), labels["is_independent"] if saved.is_independent else _("not confirmed"))]


def _lines(bench: Bench, asked: tuple[str, ...], values: list[ReportedValue]) -> list[tuple[str, list[str]]]:
    """The values of one version for reading, by item code."""
    given = {value.code: value for value in values}
    entered = {code: entered_value(code, value) for code, value in given.items()}
    if not entered or entered.keys() <= {one.code for one in bench.codes}:
        entered = values_of(Bench(**{**vars(bench), "values": given}))
    names = [name for name, _kind, _heading, _unit in columns(bench.round, asked)]
    return [(code, [text_of(value, name) for name in names]) for code, value in entered.items()]
