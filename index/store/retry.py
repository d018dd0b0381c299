"""Do it again: at once where another transaction was in the way, with patience while the server is away."""

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from index.store.errors import StoreAway, StoreConflict

LOG = logging.getLogger("hubsearch.store")

PATIENCE = 60.0
"""Seconds a job waits for a server that went away. A PostgreSQL that restarts for an update or after a crash
is back in seconds, a standby takes over within half a minute; what takes longer needs a person."""

CONFLICTS = 10
"""Attempts where others are in the way. Each passes when its neighbour has committed; ten in a row mean that
waiting is not what is missing."""

SHORTEST, LONGEST = 0.02, 5.0
"""Seconds between two attempts: doubled each time, and varied, so that two do not keep meeting."""

Result = TypeVar("Result")


def retried(attempt: Callable[[], Result], patience: float) -> Result:
    """The result of `attempt`. Raises what the last one raised when `patience` seconds are over, and after
    `CONFLICTS` conflicts."""
    begun = time.monotonic()
    failures = conflicts = 0
    while True:
        try:
            return attempt()
        except StoreConflict:
            conflicts += 1
            if conflicts >= CONFLICTS or time.monotonic() - begun > patience:
                raise
            pause = _pause(conflicts)
        except StoreAway as error:
            pause = _pause(failures + 3)
            if time.monotonic() - begun + pause > patience:
                raise
            LOG.warning("waiting for the store: %s", error)
        failures += 1
        time.sleep(pause)


def _pause(attempts: int) -> float:
    longest = min(LONGEST, SHORTEST * 2.0**attempts)
    return longest * random.uniform(0.5, 1)  # noqa: S311 (nothing secret)
