"""Whether the server and its database answer; nothing about versions or content."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from lims.db.session import reading

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Any:
    """200 with ``ok`` when the database answers a query, else 503."""
    try:
        with reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify({"status": "fault", "database": "fault"}), 503
    return jsonify({"status": "ok", "database": "ok"})
