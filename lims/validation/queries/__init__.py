"""Reading studies, narrowed in one place (``visible``) to the parties' own people."""

from lims.validation.queries.home import search, waiting_count, waiting_for
from lims.validation.queries.pages import StudyPage, every_study, list_studies, study_of_owner
from lims.validation.queries.visible import study_by_code, study_by_id

__all__ = [
    "StudyPage", "every_study", "list_studies", "search", "study_by_code", "study_by_id", "study_of_owner", "waiting_count", "waiting_for",
]  # fmt: skip
