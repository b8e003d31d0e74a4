"""Loading the demonstration into an empty installation and writing its sign-ins for their owner only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lims import blobs, clock, seals
from lims.catalogue.service import load_shipped
from lims.db.session import SYSTEM
from lims.demo.assay_rules import interpret_a_run
from lims.demo.boxes import send_boxes
from lims.demo.interrupted import SIGN_INS
from lims.demo.people import Cast, hire
from lims.demo.rounds import run_rounds
from lims.demo.samples import register_samples
from lims.demo.studies import run_studies
from lims.demo.uploads import upload_a_run
from lims.settings import Settings, write_private


@dataclass(frozen=True)
class Loaded:
    """What was loaded: laboratories and sign-ins, passwords in clear, to be shown once."""

    laboratories: list[dict[str, str]]
    sign_ins: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """The form that ``lims demo --json`` prints."""
        return {"laboratories": self.laboratories, "sign_ins": self.sign_ins}

    def as_text(self) -> str:
        """One line per sign-in."""
        lines = [f"{one['user']:<18} {one['password']:<18} {one['laboratory']:<6} {', '.join(one['roles'])}" for one in self.sign_ins]
        return "\n".join([f"{'user':<18} {'password':<18} {'lab':<6} roles", *lines])


def load_demonstration(settings: Settings) -> Loaded:
    """Load everything; the caller has opened and migrated an empty installation.

    The sign-ins are written to LIMS_HOME/demo-sign-ins.txt, which only its owner may read. The caller keeps the marker by
    which the next start knows a loading that was interrupted (``lims.demo.interrupted.marked``).
    """
    blobs.use(settings.blobs)
    seals.use(settings.home)
    load_shipped(SYSTEM)
    with clock.frozen(clock.now() - timedelta(days=200)):
        cast = hire()  # before the rounds of the past: nobody acts before the role began
    loaded = _loaded(cast)
    write_private(settings.home / SIGN_INS, loaded.as_text() + "\n")
    register_samples(cast)
    send_boxes(cast)
    run_rounds(cast)
    run_studies(cast)
    upload_a_run(cast)
    interpret_a_run(cast)
    return loaded


def _loaded(cast: Cast) -> Loaded:
    laboratories = [{"code": place.code, "name": place.name_en} for place in cast.places.values()]
    sign_ins = [
        {"user": one.login, "password": one.password, "roles": list(one.roles), "laboratory": one.laboratory}
        for one in cast.people.values()
    ]
    return Loaded(laboratories, sign_ins)
