"""When a source is harvested next, by the hub's clock.

After a run that says something (ok, held) one period later; after one that failed or is incomplete sooner,
with pauses that grow up to the period. Every time is moved forward by a part of the period that differs from
source to source and from run to run, so that sources harvested together are not due together for ever.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from harvesters.portal import Portal
from harvesters.schedule import period

SPREAD = 24
"""The part of the period by which a time may be moved forward: one in so many. Daily sources spread over an
hour after the first round, over the day in a month; none is ever later than its schedule says."""

FIRST_RETRY = timedelta(minutes=5)
"""The pause after the first failure; each further one doubles it. Portals that restart are back by then."""

LONGEST_RETRY = timedelta(days=1)
"""The longest pause, also for a portal that is asked once a month."""

LONGEST_WAIT = timedelta(days=7)
"""The longest wait that a portal may ask for: one that says a year has made a mistake."""

JOB = "harvest:"


def job_of(source: str) -> str:
    """The name of the job that harvests a source."""
    return f"{JOB}{source}"


def source_of_job(name: str) -> str | None:
    """The source a job harvests; None for another kind of job."""
    return name.removeprefix(JOB) if name.startswith(JOB) else None


def next_due(portal: Portal, begun: datetime) -> datetime | None:
    """When a portal harvested at `begun` is due next; None when its schedule says never."""
    pause = period(portal.schedule)
    return None if pause is None else begun + _earlier(portal.id, begun, pause)


def retry_due(
    portal: Portal, begun: datetime, failed: datetime, attempts: int, asked_to_wait: timedelta = timedelta()
) -> datetime | None:
    """When a portal is asked again whose harvest failed for the `attempts`-th time in a row: never later
    than its schedule says, unless the portal itself asked for a longer wait (`Retry-After`)."""
    regular = next_due(portal, begun)
    if regular is None:
        return None
    pause = min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(attempts - 1, 20))
    return max(min(regular, failed + _earlier(portal.id, failed, pause)), failed + asked_to_wait)


def first_plan(
    portals: Sequence[Portal], last_begun: Mapping[str, datetime], now: datetime
) -> dict[str, datetime | None]:
    """When each portal's job is due at the latest, going by its last run; at once where there was none."""
    plan: dict[str, datetime | None] = {}
    for portal in portals:
        begun = last_begun.get(portal.id)
        never = period(portal.schedule) is None
        plan[job_of(portal.id)] = None if never else next_due(portal, begun) if begun else now
    return plan


def _earlier(source: str, moment: datetime, pause: timedelta) -> timedelta:
    """A little less than the pause; as much less whoever asks."""
    digest = hashlib.sha256(f"{source} {moment.isoformat()}".encode()).digest()
    return pause - (pause / SPREAD) * (int.from_bytes(digest[:6]) / 2**48)
