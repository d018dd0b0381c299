"""The portals file while a worker runs: read again when it changes, the last good one in force until then."""

from collections.abc import Callable
from pathlib import Path

from harvesters.portal import Portal
from harvesters.portal_entry import PortalsFileError
from harvesters.portals_file import read_portals
from hubsearch.hub import Hub
from hubsearch.work.due import first_plan, job_of, source_of_job

Stamp = tuple[int, int, int]


class PortalsWatch:
    """The portals of a file that an operator may change at any moment. `portals` are those in force, by the
    name of their job."""

    def __init__(self, path: Path, said: Callable[[str], None]) -> None:
        """Raises PortalsFileError for a file that cannot be used: at the start there is no last good one. A
        file that is not there yet states no portal."""
        self._path = path
        self._said = said
        self._stamp = _stamp(path)
        self.portals: dict[str, Portal] = {}
        if self._stamp is None:
            said(f"There is no portals file {path} yet: nothing is due. hubsearch source add URL makes it")
        else:
            self.portals = _by_job(path)

    def changed(self) -> bool:
        """Look at the file; whether other portals than before are in force now."""
        stamp = _stamp(self._path)
        if stamp == self._stamp:
            return False
        self._stamp = stamp
        try:
            portals = _by_job(self._path)
        except (PortalsFileError, OSError) as error:
            self._said(f"THE PORTALS FILE CANNOT BE USED, the one read before stays in force: {error}")
            return False
        if portals == self.portals:
            return False
        self._said(_difference(self.portals, portals))
        self.portals = portals
        return True


def plan(hub: Hub, portals: dict[str, Portal]) -> None:
    """Make every portal due as its schedule says, by its last run, and those that are no longer in the file
    no longer due. Their records stay."""
    board = hub.store.jobs
    board.plan(first_plan(list(portals.values()), board.last_begun(), hub.settings.now()))
    gone = [
        job.name
        for job in board.every()
        if source_of_job(job.name) is not None and job.name not in portals and job.due_at is not None
    ]
    board.take_off(gone)


def _by_job(path: Path) -> dict[str, Portal]:
    return {job_of(portal.id): portal for portal in read_portals(path)}


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _difference(before: dict[str, Portal], after: dict[str, Portal]) -> str:
    parts = {
        "new": after.keys() - before.keys(),
        "gone (their records stay)": before.keys() - after.keys(),
        "changed": {name for name in before.keys() & after.keys() if before[name] != after[name]},
    }
    told = [
        f"{what}: {', '.join(sorted(source_of_job(name) or name for name in names))}"
        for what, names in parts.items()
        if names
    ]
    return f"The portals file has changed; {'; '.join(told)}"
