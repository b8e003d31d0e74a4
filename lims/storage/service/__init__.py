"""Use cases of the store: places, moves by scan, portions. Every verb passes the gate and is one transaction."""

from lims.storage.service.places import add_place, put_at, take_away
from lims.storage.service.portions import Part, divide, end_aliquot, pool, thaw, use

__all__ = ["Part", "add_place", "divide", "end_aliquot", "pool", "put_at", "take_away", "thaw", "use"]
