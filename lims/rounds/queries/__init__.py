"""Reading rounds, narrowed in one place (``visible``) to what the viewer may see.

``list_rounds``, ``show_round``, ``round_by_code``, ``moves_ahead``, ``score_shown``, ``values_shown``, ``report_shown`` for pages, API
and command line; ``own_bench``, ``own_version``, ``distribution``, ``round_of_item_code`` for the bench and the packing table;
``waiting_for`` and ``search`` for the home page. What a viewer may not see is NotFound or an empty list.
"""

from lims.rounds.queries.bench import Bench, distribution, own_bench, own_version, round_of_item_code
from lims.rounds.queries.home import search, waiting_for
from lims.rounds.queries.lines import Line
from lims.rounds.queries.pages import (
    RoundPage,
    RoundView,
    every_round,
    list_rounds,
    moves_ahead,
    newest_report,
    report_shown,
    round_by_code,
    score_shown,
    show_round,
    standing,
    values_shown,
)
from lims.rounds.queries.records import schemes
from lims.rounds.queries.visible import Viewer, round_by_id, viewer_of

__all__ = [
    "Bench", "Line", "RoundPage", "RoundView", "Viewer", "distribution", "every_round", "list_rounds", "moves_ahead", "newest_report",
    "own_bench", "own_version",
    "report_shown", "round_by_code", "round_by_id", "round_of_item_code", "schemes", "score_shown", "search", "show_round", "standing",
    "values_shown", "viewer_of", "waiting_for",
]  # fmt: skip
