"""Room on the disk of the home: how much is free, and how much a harvest and another index may need."""

import shutil
from dataclasses import dataclass

from hubsearch.settings import Settings
from index.engines.tantivy.report import bytes_of

LEAST_FREE = 1 << 30
"""Bytes a harvest may need at once for its spool, whatever the hub's size: a feed of 300 MB takes 40 MB,
data.gov's half a million records some hundreds."""


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes that are `free`, and that a harvest and an index beside the present one may need; `used` by
    index, feeds and spools."""

    free: int
    needed: int
    used: dict[str, int]

    @property
    def short(self) -> bool:
        """Whether the next harvest or index may find too little."""
        return self.free < self.needed


def room(settings: Settings) -> Room:
    """Look at the disk of a home that is there. Raises OSError when the disk does not answer."""
    used = {name: bytes_of(settings.home / name) for name in ("index", "feeds", "spool")}
    return Room(shutil.disk_usage(settings.home).free, LEAST_FREE + used["index"], used)


def room_warning(settings: Settings) -> str | None:
    """What everybody may read of it; None while there is enough. Raises OSError."""
    if not room(settings).short:
        return None
    return (
        "little room is left on the disk of the hub, so harvests and a new index may fail; searches go on. "
        "See hubsearch doctor --only disk"
    )
