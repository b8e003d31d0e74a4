"""The programs' door: OpenAPI, bearer tokens, JSON errors."""

from __future__ import annotations

from typing import Any

from flask import Flask, g
from flask_smorest import Api

SETTINGS: dict[str, Any] = {
    "API_TITLE": "LIMS",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        "security": [{"bearer": []}],
    },
}


def register_api(app: Flask, blueprints: list[Any]) -> Api:
    """Put the slices' API blueprints under /api/v1 and describe them at /api/v1/openapi.json."""
    app.config.update(SETTINGS)
    api = Api(app)
    for blueprint in blueprints:
        api.register_blueprint(blueprint, url_prefix=f"/api/v1{blueprint.url_prefix or ''}")
    return api


def is_bearer() -> bool:
    """Whether this request came with a valid bearer token."""
    return bool(g.get("is_bearer"))
