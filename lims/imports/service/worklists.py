"""Making the plan of a run from samples of the laboratory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lims import clock
from lims.accounts.service import permit
from lims.db.session import Actor, transaction
from lims.errors import Forbidden, Invalid, RuleViolation
from lims.imports.models import Worklist
from lims.imports.worklist import SIZES, laid_out, room
from lims.marks import N_
from lims.samples import queries as samples
from lims.samples.lifecycle import states
from lims.samples.models import Sample
from lims.samples.service.registering import next_serial

SERIES = "WKL"


@dataclass(frozen=True)
class Plan:
    """What a person says of a run: numbers of samples in their order, own or external, and how the plate is filled."""

    numbers: Sequence[str]
    title: str = ""
    method: str = ""
    targets: Sequence[str] = ()
    size: int = 96
    replicates: int = 1
    ntc: int = 1
    positive: int = 1


def make_worklist(actor: Actor, plan: Plan) -> Worklist:
    """Keep a worklist under its number; what was made is never changed, another plan is another worklist.

    Raises Invalid for numbers that are unknown, doubled, or not ready for results, and for more than the plate holds.
    """
    permit(actor, "imports.upload")
    if actor.laboratory_id is None or actor.user_id is None:
        raise Forbidden("imports.nobody_plans", N_("Only a person of a laboratory can make worklists."))
    _check(plan)
    with transaction(actor, f"made a worklist of {len(plan.numbers)} samples") as session:
        rows = [(str(row.id), row.number) for row in _samples(session, actor, plan.numbers)]
        now = clock.now()
        serial = next_serial(session, actor.laboratory_id, now, SERIES)
        row = Worklist(
            laboratory_id=actor.laboratory_id, number=f"WL-{now.year % 100:02d}-{serial:06d}",
            title=plan.title.strip()[:120], method=plan.method.strip()[:120], targets=[one.strip() for one in plan.targets if one.strip()],
            size=plan.size, layout=laid_out(rows, plan.size, plan.replicates, plan.ntc, plan.positive), made_by=actor.user_id,
            maker_name=actor.name, made_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row


def _check(plan: Plan) -> None:
    if plan.size not in SIZES or not 1 <= plan.replicates <= 8 or not 0 <= plan.ntc <= 24 or not 0 <= plan.positive <= 24:
        raise Invalid("imports.plate", N_("Plate: choose 96 or 384 wells, 1 to 8 replicates and at most 24 controls of a kind."))
    if not plan.numbers:
        raise Invalid("imports.no_samples", N_("Samples: none is chosen. Tick them, or type their numbers."), field="numbers")
    count, most = len(plan.numbers) * plan.replicates, room(plan.size, plan.ntc, plan.positive)
    if count > most:
        raise Invalid(
            "imports.plate_full", N_("%(count)s wells are needed for the samples; %(most)s are left beside the controls."), field="numbers",
            count=count, most=most,
        )  # fmt: skip


def _samples(session: Session, actor: Actor, numbers: Sequence[str]) -> list[Sample]:
    found, rows = samples.by_numbers(session, actor, list(numbers)), []
    for number in numbers:
        known = found[number]
        if len(known) != 1:
            sentence = N_("Several samples have the number %(text)s; type the own number.") if known else N_("No sample %(text)s")
            raise Invalid("imports.typed_number", sentence, field="numbers", text=number)
        if known[0].status not in states.TAKES_RESULTS:
            raise RuleViolation(
                "imports.sample_not_ready", N_("Sample %(number)s is not ready for results. Receive and accept it first."),
                number=known[0].number,
            )  # fmt: skip
        if known[0] in rows:
            raise Invalid("imports.twice", N_("Sample %(number)s is chosen twice."), field="numbers", number=known[0].number)
        rows.append(known[0])
    return rows
