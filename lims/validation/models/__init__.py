"""What is kept of validation studies. Plans, steps, rows, analyses and scopes are only ever added."""

from lims.rounds.models.lengths import guard
from lims.validation.models.data import (
    RETESTS,
    SOURCES,
    ValidationAnalysis,
    ValidationExclusion,
    ValidationReading,
    ValidationRetest,
    ValidationRow,
)
from lims.validation.models.study import (
    AuthorisedScope,
    ValidationParty,
    ValidationPlan,
    ValidationStep,
    ValidationStudy,
)

guard(
    ValidationStudy, ValidationPlan, ValidationStep, AuthorisedScope, ValidationRow, ValidationExclusion, ValidationRetest,
    ValidationReading, ValidationAnalysis,
)  # fmt: skip

__all__ = [
    "RETESTS", "SOURCES", "AuthorisedScope", "ValidationAnalysis", "ValidationExclusion", "ValidationParty", "ValidationPlan",
    "ValidationReading", "ValidationRetest", "ValidationRow", "ValidationStep", "ValidationStudy",
]  # fmt: skip
