"""The round report: plain values in, the bytes of a workbook out."""

from lims.rounds.report.facts import RoundReport
from lims.rounds.report.workbook import build, pairs

__all__ = ["RoundReport", "build", "pairs"]
