"""Approval, invitation, enrolment."""
