"""Interim reports: what the parties read before the final one; signed by the organiser and a QA manager of another party."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from lims import seals
from lims.accounts.service import permit
from lims.blobs import BlobStore
from lims.canonical import digest
from lims.db.session import Actor, transaction
from lims.errors import RuleViolation
from lims.marks import N_
from lims.rounds.models import InterimReport, Round
from lims.rounds.queries import gates, matters, review
from lims.rounds.queries.report import report_input
from lims.rounds.service.common import organised_round, person, refuse_unseen, refuse_who_reported, require_party, require_state
from lims.rounds.service.evaluation import RUN_CHANGED, newest_run
from lims.signatures.service import sign, witness


def issue_interim(
    actor: Actor, round_id: uuid.UUID, password: str, second_login: str, second_password: str, blobs: BlobStore, *, seen: str
) -> InterimReport:
    """Issue an interim report of the newest score run; it has a number of its own and no certificate follows from it."""
    permit(actor, "rounds.score")
    with transaction(actor, "issued an interim report") as session:
        row = organised_round(session, actor, round_id)
        require_state(row, actor, ("reviewing",))
        run = newest_run(session, actor, row)
        refuse_unseen(row, seen, matters.of_run(run), RUN_CHANGED)
        if gates.is_stale(session, actor, row, run):
            raise RuleViolation("review.stale", N_("The scores are stale or missing. Evaluate again."))
        second = _second(session, actor, row, second_login, second_password)
        version = len(review.interims_of(session, row)) + 1
        content = digest({"round": row.code, "interim": version, "score_run": seen})
        meaning = N_("issues an interim report")
        first, other = (
            sign(session, who, "round", row.id, meaning, content, word) for who, word in ((actor, password), (second, second_password))
        )
        values: dict[str, Any] = {"second_laboratory_id": second.laboratory_id, "second_user_id": person(second)}
        kept = InterimReport(
            laboratory_id=row.laboratory_id, round_id=row.id, evaluation_id=run.id, version=version, number=f"{row.code}-I{version}",
            issued_at=first.signed_at, user_id=person(actor), user_name=actor.name, second_user_name=second.name, content_hash=content,
            signature_id=first.id, second_signature_id=other.id, **values,
        )  # fmt: skip
        from lims.rounds.report import build  # openpyxl is loaded where a workbook is made

        kept.blob_sha256 = blobs.put(build(report_input(session, actor, row, run, kept), seals.sealer()))
        session.add(kept)
        session.flush()
        return kept


def _second(session: Session, actor: Actor, row: Round, login: str, password: str) -> Actor:
    """The QA manager of another party at the same screen."""
    second = witness(login, password)
    permit(second, "rounds.release")
    require_party(session, second, row)
    refuse_who_reported(session, second, row)
    if second.organisation_id == actor.organisation_id:
        raise RuleViolation("review.same_party_interim", N_("The second signature must come from a QA manager of another party."))
    return second
