"""Samples as the tests need them, made through the service."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from lims import clock
from lims.db.session import Actor
from lims.samples.models import Sample
from lims.samples.service import Decision, NewSample, Receipt, receive_sample, register_sample


def traveller(**changes: Any) -> NewSample:
    """A traveller's swab, complete."""
    draft = NewSample(
        kind="TRV", matrix="NPS", external_number="0041829", quantity="1.10", unit="mL", analytes=("SARSCOV2",),
        details={"pseudonym": "7Q-4KD-92", "category": "screening", "conveyance_number": "3U8694"},
        sampled_at=clock.now() - timedelta(hours=3), sampling_point="Sampling bay 2",
    )  # fmt: skip
    return replace(draft, **changes)


def registered(actor: Actor, **changes: Any) -> Sample:
    """A registered sample."""
    return register_sample(actor, traveller(**changes))


def accepted(actor: Actor, **changes: Any) -> Sample:
    """An accepted sample."""
    return receive_sample(actor, registered(actor, **changes).id, Receipt(decision=Decision("accepted")))
