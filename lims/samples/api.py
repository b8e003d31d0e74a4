"""Samples for programs: register one, list with filters and keys, read one by its number."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import jsonify, url_for
from flask.views import MethodView
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from lims.accounts.access import current_actor, requires
from lims.db.session import reading
from lims.samples import queries, service
from lims.samples.lifecycle import kinds, states
from lims.samples.lifecycle.common import COMMON, DEFAULTS
from lims.samples.lifecycle.draft import LIMITS, NewSample
from lims.samples.lifecycle.fields import CHOICE
from lims.samples.models import Sample
from lims.samples.queries import Filters
from lims.samples.service import SampleInvalid
from lims.web.errors import request_number
from lims.web.language import _, current_language
from lims.words import say

blueprint = Blueprint("samples_api", __name__, url_prefix="/samples", description="Samples of the token's laboratory")

_PLAIN = NewSample(kind="", matrix="")
_TEXTS: dict[str, Any] = {
    name: fields.String(load_default=getattr(_PLAIN, name), validate=validate.Length(max=limit))
    for name, limit in LIMITS.items() if name != "matrix"
}  # fmt: skip
_CHOICES: dict[str, Any] = {
    one.code: fields.String(
        load_default=getattr(_PLAIN, one.code),
        validate=validate.OneOf([*([] if one.code in DEFAULTS else [""]), *(code for code, _name in one.choices)]),
    )
    for one in COMMON if one.takes == CHOICE
}  # fmt: skip


class _Known(Schema):
    """The fields that are neither free text nor derived."""

    class Meta:
        unknown = RAISE

    kind = fields.String(required=True, validate=validate.OneOf(list(kinds.KINDS)))
    matrix = fields.String(required=True, metadata={"description": "Code of the list sample_matrices"})
    details = fields.Dict(keys=fields.String(), values=fields.String(), load_default=dict, metadata={"description": "Fields of the kind"})
    sampled_at = fields.AwareDateTime(load_default=None, allow_none=True)
    due_at = fields.AwareDateTime(load_default=None, allow_none=True)
    analytes = fields.List(fields.String(), load_default=list, validate=validate.Length(max=100))


#: what a program sends to register a sample
NewSampleSchema = _Known.from_dict({**_TEXTS, **_CHOICES}, name="NewSample")
#: what it gets back
SampleSchema = _Known.from_dict(
    {
        **_TEXTS, **_CHOICES,
        "id": fields.UUID(), "number": fields.String(), "status": fields.String(validate=validate.OneOf(list(states.STATES))),
        "registered_at": fields.AwareDateTime(), "received_at": fields.AwareDateTime(allow_none=True), "url": fields.String(),
    },
    name="Sample",
)  # fmt: skip


class RegisterHeaders(Schema):
    """Headers of a registration."""

    class Meta:
        unknown = EXCLUDE

    idempotency_key = fields.String(
        data_key="Idempotency-Key", load_default=None, validate=validate.Length(min=1, max=80),
        metadata={"description": "The same key again gives the sample of the first call"},
    )  # fmt: skip


class FilterSchema(Schema):
    """Filters and place of a list."""

    class Meta:
        unknown = RAISE

    status = fields.List(fields.String(validate=validate.OneOf(list(states.STATES))), load_default=list)
    kind = fields.String(load_default="", validate=validate.OneOf(["", *kinds.KINDS]))
    matrix = fields.String(load_default="", validate=validate.Length(max=20))
    q = fields.String(load_default="", validate=validate.Length(max=100))
    received_from = fields.AwareDateTime(load_default=None)
    received_to = fields.AwareDateTime(load_default=None)
    after = fields.String(load_default="", validate=validate.Length(max=80))
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))


class SamplePageSchema(Schema):
    """One page; ``next`` is the address of the next one, null at the end."""

    samples = fields.List(fields.Nested(SampleSchema))
    next = fields.String(allow_none=True)


@blueprint.route("")
class Samples(MethodView):
    """All samples of the token's laboratory."""

    @requires("samples.view")
    @blueprint.arguments(FilterSchema, location="query", unknown=RAISE)
    @blueprint.response(200, SamplePageSchema)
    def get(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One page of samples, newest first."""
        filters = Filters(tuple(asked["status"]), asked["kind"], asked["matrix"], asked["received_from"], asked["received_to"], asked["q"])
        with reading() as session:
            page = queries.page(session, current_actor(), filters, after=asked["after"], limit=asked["limit"])
        kept = {name: value for name, value in asked.items() if value and name != "after"}
        for name in ("received_from", "received_to"):
            if name in kept:
                kept[name] = kept[name].isoformat()
        following = url_for("samples_api.Samples", after=page.later, _external=True, **kept) if page.later else None
        return {"samples": [_plain(row) for row in page.rows], "next": following}

    @requires("samples.register")
    @blueprint.arguments(NewSampleSchema)
    @blueprint.arguments(RegisterHeaders, location="headers")
    @blueprint.response(201, SampleSchema)
    def post(self, typed: dict[str, Any], headers: dict[str, Any]) -> Any:
        """Register one sample; it gets its number."""
        draft = NewSample(**{**typed, "analytes": tuple(typed["analytes"])})
        return _plain(service.register_sample(current_actor(), draft, headers["idempotency_key"]))


@blueprint.route("/<number>")
class OneSample(MethodView):
    """One sample by its own number."""

    @requires("samples.view")
    @blueprint.response(200, SampleSchema)
    def get(self, number: str) -> dict[str, Any]:
        """The sample with this number."""
        with reading() as session:
            return _plain(queries.by_number(session, current_actor(), number))


@blueprint.errorhandler(SampleInvalid)
def refused(error: SampleInvalid) -> Any:
    """Every problem with its field, in the caller's language."""
    tongue = current_language()
    problems = [{"field": one.field, "message": _(one.sentence, **one.values)} for one in error.problems]
    content = {"code": error.code, "message": say(error, tongue), "request": request_number(), "problems": problems}
    return jsonify({"error": content}), error.status


def _plain(row: Sample) -> dict[str, Any]:
    """A sample as plain values."""
    names = asdict(_PLAIN).keys() - {"quantity"}
    own = {name: getattr(row, name) for name in (*names, "id", "number", "status", "registered_at", "received_at")}
    return {**own, "quantity": row.quantity_text, "url": url_for("samples_api.OneSample", number=row.number, _external=True)}
