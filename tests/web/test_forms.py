"""What is wrong with a form is said in the reader's language, also where a validator brings its own sentence."""

from __future__ import annotations

from flask import Flask

from tests.factories import TwoLaboratories, browser_of, csrf_of


def test_the_own_sentence_of_a_validator_is_translated(app: Flask, two_laboratories: TwoLaboratories):
    browser = browser_of(app, two_laboratories.a["technician"])
    english = browser.post("/reports/verify", data={"csrf_token": csrf_of(browser)}).text
    assert "Choose the report&#39;s workbook (.xlsx)." in english
    browser.post("/language", data={"csrf_token": csrf_of(browser), "language": "zh_CN"})
    chinese = browser.post("/reports/verify", data={"csrf_token": csrf_of(browser)})
    assert chinese.status_code == 400 and "Choose the report" not in chinese.text
