"""What the worklist that a file names says of its wells: a well without a text has its sample, a text that differs is asked about."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from lims.db.session import Actor
from lims.imports import queries
from lims.imports.matching import Matched, normalise
from lims.imports.models import Upload, UploadReading
from lims.imports.worklist import SAMPLE, by_well, well_of
from lims.samples import queries as samples
from lims.samples.models import Sample

if TYPE_CHECKING:
    from lims.imports.service.deciding import Proposal


class Planned:
    """The wells of the upload's worklist; without a worklist it says nothing. Its samples are added to ``by_id``."""

    def __init__(self, session: Session, actor: Actor, upload: Upload, by_id: dict[uuid.UUID, Sample]) -> None:
        row = queries.worklist_of(session, actor, upload)
        self.number = row.number if row is not None else ""
        self.wells = by_well(row.layout) if row is not None else {}
        self.by_id = by_id
        wanted = {uuid.UUID(one["sample"]) for one in self.wells.values() if one["role"] == SAMPLE} - set(by_id)
        by_id.update({one.id: one for one in samples.samples(session, actor, sorted(wanted))})

    def matched(self, reading: UploadReading) -> Matched[uuid.UUID] | None:
        """The sample of a well whose row names none; None where the row's own text must say it."""
        planned = self.wells.get(well_of(reading.position) or "")
        if planned is None or planned["role"] != SAMPLE or normalise(reading.sample):
            return None
        return Matched("exact", uuid.UUID(planned["sample"]))

    def contradict(self, one: Proposal) -> None:
        """Ask a person where the file has another sample in the well than the worklist, or a sample in the place of a control."""
        planned = self.wells.get(well_of(one.reading.position) or "")
        if planned is None:
            return
        expected = self.by_id.get(uuid.UUID(planned["sample"])) if planned["role"] == SAMPLE else None
        if expected is not None and one.sample is not None and one.sample.id == expected.id:
            return
        known = [*([expected] if expected else []), *([one.sample] if one.sample else []), *one.candidates]
        one.candidates, one.sample = list({row.id: row for row in known}.values()), None
        one.problem, one.problem_values = "planned", {"worklist": self.number, "planned": planned["text"]}
