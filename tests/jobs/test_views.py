"""My jobs: every kind of job has its words."""

from __future__ import annotations

from lims.jobs.views import WORDS
from lims.words import catalogue
from lims.worker import HANDLERS


def test_every_kind_of_job_has_a_title_in_both_languages() -> None:
    assert set(WORDS) == set(HANDLERS)
    assert [words for words in WORDS.values() if words not in catalogue("zh_CN")] == []
