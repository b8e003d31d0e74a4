"""An instrument file that waits for review: most rows match, some need a person."""

from __future__ import annotations

from lims import worker
from lims.demo.people import Cast
from lims.imports.service import store_upload
from lims.paths import PACKAGE

FILE = "plate_a.csv"


def upload_a_run(cast: Cast) -> None:
    """Upload the plate of the first laboratory and read it, as its worker would."""
    content = (PACKAGE / "demo" / "data" / FILE).read_bytes()
    store_upload(cast.actor("tech1.cusa"), FILE, content)
    while worker.work_once():
        pass
