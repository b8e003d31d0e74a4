"""The review page of an upload: what was recognised, what must be decided, the controls, the plate, what was not read."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for

from lims.accounts.access import current_actor, requires
from lims.accounts.permissions import is_allowed
from lims.db.session import reading
from lims.imports import service
from lims.imports.forms import ANSWERS, AnswersForm
from lims.imports.models import Upload
from lims.imports.service import PROBLEMS, Proposal
from lims.imports.views import plate
from lims.imports.views.base import (
    QUANTITIES,
    READ_AS,
    STATES,
    blueprint,
    marks_of,
    own_profiles,
    parser_title,
    size_words,
    unit_words,
    words,
)
from lims.imports.views.differing import against_earlier
from lims.imports.views.interpreting import interpretation_panel
from lims.imports.views.readings import reading_of, table_of
from lims.jobs.queries import latest_for
from lims.jobs.views import sentence_of
from lims.results import queries as results
from lims.results.models import Result
from lims.samples.lifecycle import states as sample_states
from lims.samples.models import Sample
from lims.web.language import _

#: rows of the table of problems that one page shows
MOST_PROBLEMS = 200


@blueprint.get("/<uuid:upload_id>")
@requires("imports.view")
def show(upload_id: uuid.UUID) -> Any:
    """One upload in the state in which it is."""
    return page_of(upload_id)


def page_of(upload_id: uuid.UUID, refused: Sequence[str] = ()) -> str:
    """The page of an upload; after a refused decision with its sentences, and what was chosen still in its places."""
    upload, rows = service.review(current_actor(), upload_id)
    roles = current_actor().roles
    context: dict[str, Any] = {
        "upload": upload, "state": STATES[upload.state], "marks": marks_of(upload), "words": words, "run": upload.found.get("run", {}),
        "read_by": parser_title(upload.parser), "size": size_words(upload.size),
        "form": AnswersForm(data=_answers(upload), profiles=own_profiles()),
        "may_accept": is_allowed(roles, "imports.accept"), "may_undo": is_allowed(roles, "imports.undo"),
        "may_upload": is_allowed(roles, "imports.upload"), "refused": refused,
    }  # fmt: skip
    if upload.state == "queued":
        return render_template("imports/queued.html", **context, **_job(upload))
    if upload.state == "refused":
        return render_template("imports/refused.html", **context, sentence=words(upload.refusal or {}))
    return render_template("imports/show.html", **context, **_review(upload, rows))


def _answers(upload: Upload) -> dict[str, Any]:
    """What the person answered for this reading; an own profile stands for the parser that reads with it."""
    given = {name: upload.options[name] for name in ANSWERS if name in upload.options}
    return {**given, "parser": f"profile:{upload.options['profile_id']}"} if "profile_id" in upload.options else given


def _job(upload: Upload) -> dict[str, Any]:
    """The reading's progress; only its own person can poll it."""
    with reading() as session:
        job = latest_for(session, "imports.parse", upload.id)
    if job is None:
        return {"job": None, "url": None, "sentence": ""}
    url = url_for("jobs.state", job_id=job.id) if job.user_id == current_actor().user_id else None
    return {"job": job, "url": url, "sentence": sentence_of(job)}


def _review(upload: Upload, rows: list[Proposal]) -> dict[str, Any]:
    problems = [one for one in rows if one.problem and not one.is_control]
    undecided = sum(one.is_open for one in rows)
    failed = service.failed_controls(upload)
    blockers = [_(sentence, **values) for sentence, values in service.blockers(upload, undecided)]
    matched = sum(1 for one in rows if one.decision is not None and one.decision.decision == "match")
    if not matched:
        blockers.append(_("no row is matched to a sample"))
    by_rule = interpretation_panel(upload, rows, blockers)
    is_mine = upload.uploaded_by == current_actor().user_id
    may_override = is_allowed(current_actor().roles, "imports.override_control")
    alike = Counter(one.reading.sample for one in rows if not one.is_control)
    compared = _compared(upload, rows)
    return {
        "problems": problems_of(problems[:MOST_PROBLEMS], alike), "problem_count": len(problems),
        "undecided": undecided, "matched": matched, "samples": len(_matched_samples(rows)),
        "blockers": blockers, "failed": failed, "can_override": may_override and not is_mine, "is_own_override": may_override and is_mine,
        **table_of(upload, rows), "typed": request.form, "compared": compared, "repeated": compared["same"] + compared["changed"],
        **_plate(upload, rows), **against_earlier(upload, rows), **by_rule,
    }  # fmt: skip


def _matched_samples(rows: Sequence[Proposal]) -> set[uuid.UUID]:
    return {one.decision.sample_id for one in rows if one.decision and one.decision.decision == "match" and one.decision.sample_id}


def problems_of(problems: Sequence[Proposal], alike: Counter[str | None]) -> list[dict[str, Any]]:
    """The table of problem rows; a row like one before it refers to that one instead of saying the same again."""
    first: dict[tuple[str | None, str], str] = {}
    shown = []
    for one in problems:
        entry = problem_of(one, alike)
        entry["like"] = first.get((one.reading.sample, one.problem))
        first.setdefault((one.reading.sample, one.problem), one.reading.source.removeprefix("line "))
        shown.append(entry)
    return shown


def problem_of(one: Proposal, alike: Counter[str | None]) -> dict[str, Any]:
    """One row that needs a person: what was read, what is wrong, and what can be chosen."""
    values = dict(one.problem_values)
    if "state" in values:
        values["state"] = _(sample_states.NAMES.get(values["state"], values["state"]))
    chosen = ""
    options = list(one.candidates)
    if one.decision is not None and not one.is_open:
        chosen = f"match:{one.decision.sample_id}" if one.decision.sample_id else one.decision.decision
        if one.sample is not None and one.decision.sample_id and all(known.id != one.sample.id for known in options):
            options.append(one.sample)
    chosen = request.form.get(f"row-{one.reading.row}", chosen)
    return {
        "row": one.reading.row, "reading": one.reading, "sentence": _(PROBLEMS[one.problem], **values), "is_open": one.is_open,
        "options": [(f"match:{row.id}", _sample_words(row)) for row in options if one.problem != "state"], "chosen": chosen,
        "others": alike[one.reading.sample] - 1, "decision": one.decision, "text": one.reading.raw or "–",
        "unit": unit_words(one.reading.unit),
        "well": plate.well(one.reading.position),
    }  # fmt: skip


def _sample_words(row: Sample) -> str:
    return f"{row.external_number} · {row.number}" if row.external_number else row.number


def _compared(upload: Upload, rows: Sequence[Proposal]) -> dict[str, int]:
    """Matched readings against the results that their samples have already from elsewhere."""
    matched = [one for one in rows if one.is_matched]
    keys = _matched_samples(rows)
    with reading() as session:
        known = [row for row in results.of_samples(session, current_actor(), keys) if row.upload_id != upload.id]
    lines: dict[tuple[Any, ...], list[Result]] = {}
    for row in known:
        lines.setdefault((row.sample_id, row.target, row.quantity), []).append(row)
    counts = Counter(_newness(one, lines) for one in matched)
    return {name: counts[name] for name in ("new", "same", "changed")}


def _newness(one: Proposal, lines: dict[tuple[Any, ...], list[Result]]) -> str:
    target = one.reading.target or one.reading.channel or ""
    before = lines.get((one.decision.sample_id if one.decision else None, target, one.reading.quantity))
    if not before:
        return "new"
    return "same" if any(row.value_text == one.reading.raw for row in before) else "changed"


def _plate(upload: Upload, rows: list[Proposal]) -> dict[str, Any]:
    """The plate of the chosen target and the readings of the chosen well."""
    offered = plate.targets(rows)
    place = request.args.get("target", 0, type=int)
    place = place if 0 <= place < len(offered) else 0
    drawn = plate.plate_of(rows, offered[place]) if offered else None
    if drawn is None:
        return {"plate": None}
    current = plate.well(request.args.get("well")) or next((plate.well(one.reading.position) for one in rows if one.is_open), None)
    for name, cell in drawn.cells.items():
        cell["url"] = url_for("imports.show", upload_id=upload.id, target=place, well=name) + "#well"
        cell["words"] = " · ".join(filter(None, (cell["sample"], _(READ_AS.get(cell["status"], cell["status"])), cell["raw"])))
    labels = _labels(offered)
    switch = [
        (label, url_for("imports.show", upload_id=upload.id, target=number) + "#plate", number == place)
        for number, label in enumerate(labels)
    ]
    here = [reading_of(one) for one in rows if plate.well(one.reading.position) == current and current]
    return {"plate": drawn, "switch": switch, "well": current, "in_well": here, "target": labels[place]}


def _labels(offered: list[plate.Drawn]) -> list[str]:
    """Target, with its quantity where the target alone is not clear, and with its plate where there are several."""
    is_clear = len({(one.target, one.plate) for one in offered}) == len(offered)
    labels = [one.target if is_clear else f"{one.target} {_(QUANTITIES.get(one.quantity, one.quantity))}" for one in offered]
    return [
        label if one.plate is None else _("%(target)s, plate %(plate)s", target=label, plate=one.plate)
        for label, one in zip(labels, offered, strict=True)
    ]
