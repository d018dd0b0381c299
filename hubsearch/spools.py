"""The spools on disk: where a fetch leaves what it got, where that is found again, and who removes it."""

import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

from hubsearch.hub import Hub
from hubsearch.settings import Settings

_BESIDE = (".spool", ".spool.part", ".log", ".work")


def new_spool(settings: Settings, source: str) -> Path:
    """A path for the next fetch of a source, in a folder that is there. Its name ends with this machine's, so
    that whoever looks for it elsewhere can be told where it is."""
    # The clock itself: a stated now would give two fetches the same file.
    moment = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    spool = settings.spool / source / f"{moment}-{this_machine()}.spool"
    spool.parent.mkdir(parents=True, exist_ok=True)
    return spool


def this_machine() -> str:
    """The name of this machine as it stands in the names of spools."""
    return re.sub(r"[^A-Za-z0-9-]", "-", os.uname().nodename)[:64] or "localhost"


def find_spool(settings: Settings, source: str, spool: Path) -> Path | None:
    """A spool as this machine can read it: under the same name in this home, or where it was fetched; None
    when it lies in the home of a worker elsewhere, or is gone."""
    return next((place for place in _places(settings, source, spool) if place.is_file()), None)


def other_machine(spool: Path) -> str | None:
    """The machine that fetched a spool, where that is not this one."""
    machine = spool.stem.partition("-")[2]
    return machine if machine and machine != this_machine() else None


def told_where(spool: Path) -> str:
    """In words, where a spool is that this machine cannot read."""
    if machine := other_machine(spool):
        return f"its spool lies on {machine}, where it was fetched: {spool}"
    return f"its spool {spool} is gone"


def drop_spool(spool: Path) -> None:
    """Remove a spool that nobody will read again, and the log beside it."""
    for path in (spool, spool.with_suffix(".log")):
        path.unlink(missing_ok=True)


def drop_spent_spools(hub: Hub, source: str) -> None:
    """Remove the spools of a source's runs that are over and wait for no decision: landed, rejected,
    overtaken, failed. A spool of a run that another process is at stays."""
    for run in hub.store.runs(source=source):
        if run.spool and run.status != "running" and (run.status != "held" or run.decision):
            for spool in _places(hub.settings, source, Path(run.spool)):
                drop_spool(spool)


def sweep_spools(hub: Hub, source: str) -> None:
    """Remove what killed fetches of a source left, and everything else but the spools of runs that wait for a
    decision. Only for the holder of the source's lease: nobody else is fetching or landing then."""
    kept = {
        Path(run.spool).stem
        for run in hub.store.runs(source=source)
        if run.spool and run.status == "held" and not run.decision
    }
    folder = hub.settings.spool / source
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name.endswith(_BESIDE) and path.name.partition(".")[0] not in kept:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _places(settings: Settings, source: str, spool: Path) -> tuple[Path, Path]:
    return settings.spool / source / spool.name, spool
