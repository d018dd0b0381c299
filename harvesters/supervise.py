"""Fetching a portal in a child process, with its deadline and its memory enforced from outside.

Whatever a portal does and however the child dies, the result is a statement, and a spool that says the same.
"""

import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from harvesters.children import end_child, last_words, start_child
from harvesters.leash import LET_GO, CalledBack, Leash
from harvesters.limits import OUT_OF_MEMORY, Limits
from harvesters.portal import Portal
from harvesters.spool import SpoolReader, SpoolTruncated, SpoolWriter
from harvesters.watch import Watch
from mappings.source_record import RunStatement, Validators

MEMORY_LIMIT = 256 * 1024**2
HEADROOM = 256 * 1024**2
"""What a child may allocate beyond it, before the kernel refuses: room that is reserved and never touched."""
CPU_LIMIT = 900
"""Seconds; the largest catalogue known, 300 MB, takes half a minute."""
_FRAMES = 64 * 1024**2
"""What a file of a run may have beyond max_bytes: a spool frames every record."""
GRACE = 10.0
"""Seconds beyond run_budget for the child to end by itself and write its statement."""


def fetch(  # noqa: PLR0913  # all but two are for callers who need them
    portal: Portal,
    spool_path: Path,
    *,
    user_agent: str,
    progress: Callable[[int, int], None] | None = None,
    memory_limit: int = MEMORY_LIMIT,
    leash: Leash | None = None,
    known: Validators | None = None,
    hosts: Path | None = None,
    kept: Path | None = None,
    cpu_limit: int = CPU_LIMIT,
    most: int | None = None,
) -> RunStatement:
    """Fetch `portal` into a spool at `spool_path`; the statement, which the spool holds as well.

    `progress` is called with (records, bytes) in this thread. `memory_limit` counts bytes of the child's
    resident memory. With `known` a portal of one document is asked for it only if it has changed since: a run
    of the slug `not-modified` has no records. The child's log is kept beside the spool, as `.log`. In the
    folder `hosts` it takes turns with other fetches at a host; in the file `kept` a type keeps what it need
    not ask for again; `cpu_limit` are seconds of processor time. After `most` records it ends, incomplete.

    Never raises for what a portal does or how a child dies. Raises CalledBack when the `leash` says so, and
    OSError when the folder of `spool_path` cannot be written.
    """
    leash = leash or Leash()
    spool_path = spool_path.resolve()
    work, log = _new_work(spool_path), spool_path.with_suffix(".log")
    job = {
        "portal": portal,
        "user_agent": user_agent,
        "spool": str(spool_path),
        "work": str(work),
        "limits": Limits(cpu_limit, memory_limit + HEADROOM, portal.max_bytes + _FRAMES),
        "known": known,
        "most": most,
        **{name: str(path.resolve()) for name, path in (("hosts", hosts), ("kept", kept)) if path},
    }
    started = time.monotonic()
    try:
        with log.open("wb") as file:
            child = start_child(msgspec.json.encode(job), file, leash)
            watch = Watch(child, started + portal.run_budget + GRACE, memory_limit, progress, leash)
            try:
                end = watch.until_the_end() or _death(end_child(child), spool_path, log)
            finally:
                leash.untie()
                child.kill()
    except CalledBack:
        _leave_nothing(spool_path)
        raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if end is None:
        return SpoolReader(spool_path).statement
    seconds = round(time.monotonic() - started, 3)
    said = RunStatement(False, end[1], end[0], True, bytes=watch.received, seconds=seconds)
    return _bare_spool(spool_path, said)


def _new_work(spool: Path) -> Path:
    """An empty folder for the bodies of a run."""
    work = spool.with_suffix(".work")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    return work


def _death(status: int, spool: Path, log: Path) -> tuple[str, str] | None:
    """Why a child that has ended left no whole spool; None when it did. Raises CalledBack when its leash
    ended before this process noticed."""
    if status == LET_GO:
        raise CalledBack("the time it was given ran out")
    if status == -signal.SIGXCPU:
        return "cpu-budget", "the fetch used more processor time than it may and was ended by the system"
    if status == OUT_OF_MEMORY:
        return "memory", "the system refused the fetch more memory than it may have"
    if status == 0:
        try:
            SpoolReader(spool)
        except (FileNotFoundError, SpoolTruncated) as error:
            return "crashed", f"the fetch left no spool: {error}"
        return None
    return "crashed", f"the fetch ended with status {status}: {last_words(log)}"


def _bare_spool(path: Path, statement: RunStatement) -> RunStatement:
    """What a child that died leaves to those who read spools: no record, but the reason."""
    _leave_nothing(path)
    with SpoolWriter(path) as spool:
        spool.close(statement)
    return statement


def _leave_nothing(path: Path) -> None:
    for remains in (path, path.with_name(path.name + ".part")):
        remains.unlink(missing_ok=True)
