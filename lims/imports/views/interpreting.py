"""The assay rule's part of the review page: the verdict on the run first, then each sample with its reasons."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask import redirect, request, url_for

from lims import clock
from lims.accounts.access import current_actor, requires
from lims.accounts.permissions import is_allowed
from lims.db.session import reading
from lims.errors import LimsError, NotFound
from lims.imports import rule_queries, service
from lims.imports.interpretation import RECORDED
from lims.imports.models import AssayRule, Upload
from lims.imports.rule_forms import CONTROL_WORDS
from lims.imports.service.deciding import Proposal
from lims.imports.service.interpreting import Interpreted, Outcome, reasoning_hash
from lims.imports.views.base import blueprint
from lims.marks import N_
from lims.samples import queries as samples
from lims.samples.models import Sample
from lims.web.language import _, step_words
from lims.web.pages import said, said_refusal

#: the mark and the word of each verdict: shape, colour, letter and word together
RUN = {
    "valid": ("acceptable", N_("Run valid")),
    "invalid": ("action", N_("Run invalid")),
    "not_judged": ("not_evaluated", N_("Run not judged")),
}
CONTROL = {"valid": ("ok", N_("passed")), "invalid": ("error", N_("not passed")), "not_judged": ("warn", N_("not judged"))}
RESULTS = {
    "positive": ("full", N_("positive")), "negative": ("empty", N_("negative")), "indeterminate": ("half", N_("indeterminate")),
    "invalid": ("cross", N_("invalid")), "repeat": ("triangle", N_("repeat")), "not_judged": ("dashed", N_("not judged")),
}  # fmt: skip
MOST_SAMPLES = 400


@blueprint.post("/<uuid:upload_id>/rule")
@requires("imports.accept")
def choose_rule(upload_id: uuid.UUID) -> Any:
    """Interpret the upload by another rule, or by none."""
    return _done(upload_id, lambda: _chosen(upload_id))


@blueprint.post("/<uuid:upload_id>/interpretations/<uuid:sample_id>/override")
@requires("imports.override_interpretation")
def override_interpretation(upload_id: uuid.UUID, sample_id: uuid.UUID) -> Any:
    """Take another result than the rule gives, with the signature of a second person."""
    return _done(upload_id, lambda: _overridden(upload_id, sample_id))


def _chosen(upload_id: uuid.UUID) -> str:
    text = request.form.get("rule", "")
    try:
        rule_id = uuid.UUID(text) if text else None
    except ValueError:
        raise NotFound("imports.no_rule", N_("No such assay rule in this laboratory.")) from None
    service.choose_rule(current_actor(), upload_id, rule_id)
    return _("The upload is interpreted by the chosen rule.") if rule_id else _("The upload is not interpreted by a rule.")


def _overridden(upload_id: uuid.UUID, sample_id: uuid.UUID) -> str:
    given = {name: request.form.get(name, "") for name in ("chosen", "reason", "login", "password", "seen")}
    second = service.Proof(given["login"].strip(), given["password"])
    service.override_interpretation(current_actor(), upload_id, sample_id, given["chosen"], given["reason"], second, seen=given["seen"])
    return _("The result is overridden; both values, the reason and both persons are kept.")


def _done(upload_id: uuid.UUID, act: Any) -> Any:
    try:
        said(act())
    except LimsError as error:
        if error.status == 404:
            raise
        said_refusal(error)
    return redirect(url_for("imports.show", upload_id=upload_id) + "#interpretation")


def interpretation_panel(upload: Upload, rows: Sequence[Proposal], blockers: list[str]) -> dict[str, Any]:
    """What the review page shows of the rule; what the rule says against accepting is added to ``blockers``.

    With a rule ``matched`` and ``samples`` count what will be recorded by it.
    """
    actor = current_actor()
    with reading() as session:
        made = service.interpretation_of(session, actor, upload)
        rules = rule_queries.in_use(session, actor, clock.now()) if upload.state == "review" else []
        keys = [one.sample_id for one in made.outcomes if one.sample_id] if made else []
        known = {row.id: row for row in samples.samples(session, actor, keys)}
    if made is None and not rules:
        return {"by_rule": None}
    kept = {one.sample_id for one in made.outcomes if one.result in RECORDED and one.sample_id} if made else set()
    readings = sum(1 for one in rows if one.decision and one.decision.decision == "match" and one.decision.sample_id in kept)
    blockers += [_(sentence, **values) for sentence, values in service.rule_blockers(made)] if made else []
    return {
        **({"matched": readings + len(kept), "samples": len(kept)} if made else {}),
        "by_rule": {
            "rule": made.rule if made else None, "run": RUN[made.found.run.verdict] if made else None,
            "is_current": made.is_current if made else True, "rules": [(str(one.id), _named(one)) for one in rules],
            "controls": _controls(made) if made else [], "samples": _samples(made, known, upload) if made else [],
            "count": len(made.outcomes) if made else 0, "results": {code: _(word) for code, (_ring, word) in RESULTS.items()},
            "may_choose": upload.state == "review" and is_allowed(actor.roles, "imports.accept"),
        }
    }  # fmt: skip


def _named(rule: AssayRule) -> str:
    return f"{rule.name} {rule.version} · {rule.title}"


def _controls(made: Interpreted) -> list[dict[str, Any]]:
    return [
        {
            "name": _(CONTROL_WORDS[one.name]) if one.name in CONTROL_WORDS else _("Standard curve %(target)s", target=one.name[6:]),
            "mark": CONTROL[one.verdict], "steps": [step_words(step.as_json()) for step in one.sentences],
        }
        for one in made.found.run.controls
    ]  # fmt: skip


def _samples(made: Interpreted, known: dict[uuid.UUID, Sample], upload: Upload) -> list[dict[str, Any]]:
    """Those that need a person before the clear ones."""
    may = (
        upload.state == "review"
        and made.found.run.verdict == "valid"
        and is_allowed(current_actor().roles, "imports.override_interpretation")
    )
    clear = ("positive", "negative")
    ordered = sorted(made.outcomes, key=lambda one: (one.result in clear and one.override is None, one.finding.sample))
    return [_sample(number, one, known, may) for number, one in enumerate(ordered[:MOST_SAMPLES], 1)]


def _sample(number: int, one: Outcome, known: dict[uuid.UUID, Sample], may: bool) -> dict[str, Any]:
    return {
        "number": number, "sample": known.get(one.sample_id) if one.sample_id else None, "text": one.finding.sample[1:],
        "result": RESULTS[one.result], "code": one.result, "computed": RESULTS[one.finding.result], "override": one.override,
        "targets": [(found.target, RESULTS[found.call]) for found in one.finding.targets],
        "steps": [step_words(step) for step in one.finding.reasoning()],
        "seen": reasoning_hash(one.finding), "sample_id": one.sample_id,
        "may_override": may and one.sample_id is not None and one.finding.result != "not_judged",
    }  # fmt: skip
