"""Preparing, dispatch, receipt, deadline, cancellation."""
