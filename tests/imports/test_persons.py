"""A message is kept without the persons it names; the upload says so, with the hash before and after."""

from __future__ import annotations

import hashlib

from flask import Flask

from lims import blobs, worker
from lims.db.session import reading
from lims.imports import queries, service
from tests.factories import TwoLaboratories, browser_of
from tests.instruments.messages import segments

PERSON = "PID|1||ID9^^^LAB||Miller^Anna||19800101|F|||Long Street 5"
MESSAGE = segments(PERSON, "OBR|1||SZ0001|X", "OBX|1|NM|GLU||5.6|mmol/L|||||F")


def test_the_kept_file_names_nobody_and_the_upload_says_so(laboratories: TwoLaboratories):
    actor = laboratories.a["technician"]
    upload = service.store_upload(actor, "message.hl7", MESSAGE).upload
    while worker.work_once():
        pass
    kept = blobs.store().get(upload.sha256)
    assert b"Miller" not in kept and b"19800101" not in kept and b"5.6" in kept
    said = {"records": 1, "before": hashlib.sha256(MESSAGE).hexdigest(), "after": hashlib.sha256(kept).hexdigest()}
    with reading() as session:
        found = queries.upload(session, actor, upload.id)
    assert (found.options["persons"], found.sha256, found.state, found.parser) == (said, said["after"], "review", "hl7")
    assert not service.store_upload(actor, "message.hl7", MESSAGE).is_new


def test_other_answers_to_the_same_file_keep_what_was_blanked(laboratories: TwoLaboratories):
    actor = laboratories.a["technician"]
    upload = service.store_upload(actor, "message.hl7", MESSAGE).upload
    while worker.work_once():
        pass
    again = service.read_again(actor, upload.id, {"parser": "hl7"})
    assert again.options == {"parser": "hl7", "persons": upload.options["persons"]}


def test_the_page_of_the_upload_says_what_was_blanked(app: Flask, laboratories: TwoLaboratories):
    actor = laboratories.a["technician"]
    upload = service.store_upload(actor, "message.hl7", MESSAGE).upload
    while worker.work_once():
        pass
    page = browser_of(app, actor).get(f"/uploads/{upload.id}").get_data(as_text=True)
    assert hashlib.sha256(MESSAGE).hexdigest() in page and "Miller" not in page
