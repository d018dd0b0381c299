"""Room on the disk of the home, and the clock."""

import os

from hubsearch.doctor.findings import Check
from hubsearch.room import room
from hubsearch.settings import Settings
from hubsearch.units import size


def disk(settings: Settings) -> list[Check]:
    """Whether the home can be written and has room for another index beside the present one."""
    home = settings.home
    if not home.exists():
        return [Check("disk", "note", f"the home {home} is not there yet", "the first harvest makes it")]
    if not os.access(home, os.W_OK | os.X_OK):
        says = f"this user may not write the home {home}"
        return [Check("disk", "finding", says, "give it to the user that runs hubsearch")]
    try:
        found = room(settings)
    except OSError as error:
        says = f"the disk of the home {home} does not answer ({error.strerror or error})"
        return [Check("disk", "finding", says, "look at the disk, or at what mounts it")]
    facts = {"free": found.free, **found.used}
    if found.short:
        says = (
            f"only {size(found.free)} are free on the disk of {home}; harvests and a new index need "
            f"{size(found.needed)}"
        )
        advice = "make room or move the home to a larger disk; nothing written is lost when it fills up"
        return [Check("disk", "finding", says, advice, facts)]
    return [Check("disk", "ok", f"{size(found.free)} free on the disk of {home}", facts=facts)]


def clock(settings: Settings) -> list[Check]:
    """Whether the clock is the clock."""
    facts = {"now": settings.now().isoformat()}
    if settings.fixed_now is not None:
        says = f"HUBSEARCH_NOW replaces the clock: it is {settings.fixed_now:%Y-%m-%d %H:%M} for the hub"
        return [Check("clock", "finding", says, "take HUBSEARCH_NOW out of the environment", facts)]
    return [Check("clock", "ok", f"{settings.now():%Y-%m-%d %H:%M:%S} UTC", facts=facts)]
