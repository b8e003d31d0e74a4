"""What programs send and get about rounds, field by field; the description of the interface is made from it."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from lims.rounds.lifecycle.entering import RELATIONS, RESULT_CODES
from lims.rounds.lifecycle.states import PARTICIPANT_STATES, ROUND_STATES
from lims.rounds.service.entries import HEAD

LIMITS = {"value": 40, "expanded_u": 40, "k": 40, "unit": 40, "internal_control": 40, "could_not_test": 400, "remark": 400}
_TEXTS: dict[str, Any] = {name: fields.String(load_default="", validate=validate.Length(max=limit)) for name, limit in LIMITS.items()}


class RoundSchema(Schema):
    """A round as the token's person may see it; ``participant_code`` is the own one."""

    code = fields.String()
    title = fields.String()
    kind = fields.String(validate=validate.OneOf(["qualitative", "quantitative"]))
    state = fields.String(validate=validate.OneOf(list(ROUND_STATES)))
    measurand = fields.String()
    unit = fields.String()
    deadline = fields.AwareDateTime()
    zone = fields.String()
    protocol_version = fields.Integer()
    participant_code = fields.String(allow_none=True)
    participant_state = fields.String(allow_none=True, validate=validate.OneOf([*PARTICIPANT_STATES, None]))
    url = fields.String()


class OneRoundSchema(RoundSchema):
    """One round with the own item codes, in the own order; empty before they are drawn."""

    item_codes = fields.List(fields.String())
    takes_results = fields.Boolean()


class RoundPageSchema(Schema):
    """One page; ``next`` is the address of the next one, null at the end."""

    rounds = fields.List(fields.Nested(RoundSchema))
    next = fields.String(allow_none=True)


class RoundFilterSchema(Schema):
    """Filters and place of a list."""

    class Meta:
        unknown = RAISE

    state = fields.List(fields.String(validate=validate.OneOf(list(ROUND_STATES))), load_default=list)
    q = fields.String(load_default="", validate=validate.Length(max=100))
    after = fields.String(load_default="", validate=validate.Length(max=80))
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))


class _Value(Schema):
    """The result of one item; every number is text and is kept as sent."""

    class Meta:
        unknown = RAISE

    item_code = fields.String(required=True, validate=validate.Length(min=1, max=6))
    result_code = fields.String(load_default="", validate=validate.OneOf(["", *RESULT_CODES]))
    relation = fields.String(load_default="=", validate=validate.OneOf(list(RELATIONS)))
    replicates = fields.List(fields.String(validate=validate.Length(max=40)), load_default=list, validate=validate.Length(max=20))
    ct = fields.Dict(keys=fields.String(validate=validate.Length(max=40)), values=fields.String(validate=validate.Length(max=40)),
                     load_default=dict)  # fmt: skip


ValueSchema = _Value.from_dict(_TEXTS, name="RoundValue")
HeadSchema = Schema.from_dict({name: fields.String(validate=validate.Length(max=200)) for name in HEAD}, name="RoundHead")


class DraftSchema(Schema):
    """The whole draft; what is not sent is empty in the new version. ``base_version`` refuses over a newer one."""

    class Meta:
        unknown = RAISE

    head = fields.Nested(HeadSchema, load_default=dict)
    is_independent = fields.Boolean(load_default=False)
    values = fields.List(fields.Nested(ValueSchema), load_default=list, validate=validate.Length(max=200))
    base_version = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0))


class ProblemSchema(Schema):
    """Why the version cannot be handed over yet."""

    field = fields.String()
    item_code = fields.String()
    message = fields.String()


class SubmissionSchema(Schema):
    """A version of the own results; ``version`` 0 before the first."""

    round = fields.String()
    version = fields.Integer()
    status = fields.String(validate=validate.OneOf(["none", "draft", "handed_over", "signed"]))
    protocol_version = fields.Integer()
    saved_at = fields.String(allow_none=True)
    analyst = fields.String()
    content_hash = fields.String()
    head = fields.Dict(keys=fields.String(), values=fields.String())
    is_independent = fields.Boolean()
    values = fields.List(fields.Nested(ValueSchema))
    problems = fields.List(fields.Nested(ProblemSchema))


class KeyHeaders(Schema):
    """Headers of a request that saves."""

    class Meta:
        unknown = EXCLUDE

    idempotency_key = fields.String(
        required=True, data_key="Idempotency-Key", validate=validate.Length(min=1, max=80),
        metadata={"description": "The same key with the same content gives the same answer; with other content 409"},
    )  # fmt: skip


class ItemScoreSchema(Schema):
    """The score of one item; ``statistic`` names the one that decided."""

    item_code = fields.String()
    result_code = fields.String(allow_none=True)
    relation = fields.String()
    value = fields.String(allow_none=True)
    statistic = fields.String(allow_none=True)
    score = fields.Float(allow_none=True)
    points = fields.Float(allow_none=True)
    verdict = fields.String()
    reasons = fields.List(fields.String())


class ScoresSchema(Schema):
    """The own scores of a published round."""

    round = fields.String()
    participant_code = fields.String()
    evaluation = fields.Integer()
    verdict = fields.String()
    percent_score = fields.Float(allow_none=True)
    items = fields.List(fields.Nested(ItemScoreSchema))
