"""Uploads through a browser, and the small tables that they carry."""

from __future__ import annotations

import io
import re
import uuid

from flask.testing import FlaskClient

from lims import worker
from lims.db.session import reading
from lims.imports import queries
from lims.imports.models import Upload
from tests.factories import TwoLaboratories, csrf_of

HEAD = "Well,Sample,Task,Target,Ct"
CONTROLS = ["G12,PC,Positive Control,N,22.00", "H12,NTC,NTC,N,Undetermined"]
CLEAN = ["A1,S-0001,UNKNOWN,N,24.50", "A2,S-0002,UNKNOWN,N,Undetermined"]
DOUBTFUL = [*CLEAN, "B1,S-OOO2,UNKNOWN,N,30.10", "B2,QC-X,UNKNOWN,N,31.20", "B3,QC-X,UNKNOWN,N,31.40"]


def table(rows: list[str], controls: list[str] | None = None) -> bytes:
    return "\r\n".join([HEAD, *rows, *(CONTROLS if controls is None else controls), ""]).encode()


def send(browser: FlaskClient, path: str, **values: object):
    return browser.post(path, data={"csrf_token": csrf_of(browser), **values}, follow_redirects=True)


def put(browser: FlaskClient, content: bytes, name: str = "run.csv", **answers: object):
    return send(browser, "/uploads/new", files=(io.BytesIO(content), name), **answers)


def work() -> None:
    while worker.work_once():
        pass


def uploaded(browser: FlaskClient, content: bytes, name: str = "run.csv") -> str:
    """Upload, read, and give the address of the upload's page."""
    page = put(browser, content, name)
    assert page.status_code == 200, page.text
    work()
    return page.request.path


def upload_at(path: str, laboratories: TwoLaboratories) -> Upload:
    with reading() as session:
        return queries.upload(session, laboratories.a["auditor"], uuid.UUID(path.rsplit("/", 1)[-1]))


def rows_to_decide(page: str) -> list[str]:
    return re.findall(r'name="(row-\d+)"', page)
