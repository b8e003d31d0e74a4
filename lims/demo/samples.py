"""Some hundred samples in all states that a bench sees on an ordinary day."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from lims import clock
from lims.db.session import Actor
from lims.demo.people import Cast
from lims.samples import service
from lims.samples.lifecycle.draft import NewSample
from lims.samples.lifecycle.receipt import Decision, Receipt
from lims.samples.lifecycle.states import ACCEPTED, ACCEPTED_DEVIATION

PER_LABORATORY = 18
FOODS = ("冷冻猪肉 frozen pork", "冻虾 frozen shrimp", "冷冻牛肉 frozen beef", "冻鱼片 frozen fish fillet")


def register_samples(cast: Cast) -> None:
    """Eighteen samples per laboratory, three kinds, spread over the last two days."""
    now = clock.now()
    for place, code in enumerate(cast.places):
        technician = cast.actor(f"tech1.{code.lower()}")
        for number in range(PER_LABORATORY):
            with clock.frozen(now - timedelta(hours=47) + timedelta(minutes=150 * number + place)):
                row = service.register_sample(technician, _draft(place, number))
                _go_on(technician, row.id, number)


def _draft(place: int, number: int) -> NewSample:
    sampled = clock.now() - timedelta(hours=5)
    external = f"{41800 + number:07d}" if place == 0 else f"{50000 + place * 1000 + number:07d}"
    common: dict[str, Any] = {"external_number": external, "sampled_at": sampled, "purpose": "monitoring", "analytes": ("SARSCOV2",)}
    if number % 4 == 0:
        common.update(priority="urgent", due_at=clock.now() + timedelta(hours=24))
    if number % 3 == 0:
        details = {"pseudonym": f"T-{place}{number:03d}", "category": "screening", "conveyance_number": f"XX{100 + number}"}
        return NewSample(kind="TRV", matrix="NPS", details=details, **common)
    if number % 3 == 1:
        food = {"product": FOODS[number % len(FOODS)], "lot": f"L{number:03d}"}
        return NewSample(kind="FOD", matrix=("FMEAT", "FAQUA")[number % 2], details=food, quantity="250.0", unit="g", **common)
    return NewSample(kind="ENV", matrix="SURF", details={"surface": "outer_box", "area": "100"}, **common)


def _go_on(technician: Actor, sample_id: uuid.UUID, number: int) -> None:
    """Most samples are accepted; some wait for receipt, some for a decision, one for a second person."""
    if number % 9 == 8:
        return
    if number % 9 == 7:
        service.receive_sample(technician, sample_id, Receipt(arrival_temperature="4.5"))
        return
    decision = Decision(ACCEPTED_DEVIATION, "TEMP", "logger shows 9.4 ℃ for 20 min") if number == 5 else Decision(ACCEPTED)
    temperature = "9.4" if number == 5 else "5.1"
    service.receive_sample(technician, sample_id, Receipt(arrival_temperature=temperature, decision=decision))
