"""Charts as plain geometry: values in, places on a sheet out. The macros of ``templates/macros/charts.html`` draw them.

No colours, no words of any language, no judging: verdicts, limits and sentences are given by the caller.
"""

from lims.web.charts.axes import Line
from lims.web.charts.intervals import Estimate, Forest, forest
from lims.web.charts.plots import Pair, Plot, Point, differences, series
from lims.web.charts.scores import Laboratory, Score, ZPlot, zplot

__all__ = [
    "Estimate",
    "Forest",
    "Laboratory",
    "Line",
    "Pair",
    "Plot",
    "Point",
    "Score",
    "ZPlot",
    "differences",
    "forest",
    "series",
    "zplot",
]
