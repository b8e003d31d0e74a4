"""Verifying the chains of the trail, and the archive of a round with its excerpt of the trail."""

from lims.audit.service.archive import archive_round_job
from lims.audit.service.chains import ChainReport, verify_chains

__all__ = ["ChainReport", "archive_round_job", "verify_chains"]
