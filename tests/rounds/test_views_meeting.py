"""The page of reviewers and the review meeting, in the browsers of those who use it."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from lims import blobs
from lims.db.session import reading
from lims.rounds.queries import review
from tests.factories import PASSWORD, browser_of, csrf_of
from tests.round_factory import DEADLINE, QUALITATIVE, RIGHT, SECOND, START, World, at, new_world


def under_review(folder: Path) -> World:
    with at(START):
        world = new_world(folder)
        world.to_testing(QUALITATIVE)
        for lab in ("CUSA", "CUSC", "CDCB"):
            world.submit(lab, RIGHT)
        world.submit("CDCD", {**RIGHT, 2: "NEG", 3: "NEG"})
    world.blobs = blobs.store()
    return world


def test_the_review_is_kept_and_shown_in_both_languages_and_names_no_laboratory(app: Flask, tmp_path: Path) -> None:
    world = under_review(tmp_path)
    base, code = f"/rounds/{world.row().code}/meeting", world.part("CDCD").code
    with at(DEADLINE + SECOND):
        world.unblind()
        world.evaluate()
        qa, reviewer = browser_of(app, world.qa("cdc")), browser_of(app, world.reviewer("cdc"))

        def send(browser, tail: str, **fields: object):
            return browser.post(f"{base}/{tail}", data={"csrf_token": csrf_of(browser), "password": PASSWORD, **fields})

        assert send(qa, "reviewers", person=str(world.reviewer("cdc").user_id)).status_code == 302
        refused = send(reviewer, "declaration", has_conflict="yes", conflict_text="")
        assert refused.status_code == 400 and "the reason is empty" in refused.text
        assert send(reviewer, "declaration", has_conflict="no").status_code == 302
        named = send(reviewer, "comments", comment_text="Laboratory CDCD was late.")
        assert named.status_code == 400 and "Laboratory CDCD was late." in named.text
        assert send(reviewer, "comments", comment_code=code, comment_item="2", comment_text="Low volume.").status_code == 302
        second = {"second_login": world.reviewer("customs").login, "second_password": PASSWORD, "seen": world.seen("score_run")}
        changed = send(reviewer, "verdict", override_code=code, changed_to="warning", override_reason="The tube leaked.", **second)
        assert changed.status_code == 302
        minutes = {"held_on": "2026-05-20", "attendance": "Both sides", "decisions": "As written.", "seen": "0"}
        wrong = send(qa, "minutes", **minutes, actions="check the pipettes")
        assert wrong.status_code == 400 and "As written." in wrong.text
        assert send(qa, "minutes", **minutes, actions="Check the pipettes | Head | 2026-06-20").status_code == 302
        with reading() as session:
            item = review.actions_of(session, world.row())[0]
        assert send(qa, f"actions/{item.id}", note="Certificate of 1 June").status_code == 302
        for language, word in (("en", "Minutes of the review meeting"), ("zh_CN", "轮次评审会纪要")):
            qa.post("/language", data={"csrf_token": csrf_of(qa), "language": language})
            page = qa.get(base).text
            for said in (word, "Low volume.", "The tube leaked.", "Check the pipettes", "Certificate of 1 June", str(code)):
                assert said in page, (language, said)
            assert "Laboratory CDCD" not in page
        assert browser_of(app, world.labs["CDCD"]["technician"]).get(base).status_code == 404
