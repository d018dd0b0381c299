"""The spools on disk: where a fetch leaves what it got, and who removes it."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

from hubsearch.hub import Hub
from hubsearch.settings import Settings

_BESIDE = (".spool", ".spool.part", ".log", ".work")


def new_spool(settings: Settings, source: str) -> Path:
    """A path for the next fetch of a source, in a folder that is there."""
    # The clock itself: a stated now would give two fetches the same file.
    spool = settings.spool / source / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.spool"
    spool.parent.mkdir(parents=True, exist_ok=True)
    return spool


def drop_spool(spool: Path) -> None:
    """Remove a spool that nobody will read again, and the log beside it."""
    for path in (spool, spool.with_suffix(".log")):
        path.unlink(missing_ok=True)


def drop_spent_spools(hub: Hub, source: str) -> None:
    """Remove the spools of a source's runs that are over and wait for no decision: landed, rejected,
    overtaken, failed. A spool of a run that another process is at stays."""
    for run in hub.store.runs(source=source):
        if run.spool and run.status != "running" and (run.status != "held" or run.decision):
            drop_spool(Path(run.spool))


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
