"""Wait for a process to end, however it ends, then end the servers it had started and remove their folder.

    python -m tests.servers.guard OWNER FOLDER

A test run may be stopped by Ctrl-C, by a kill or by a crash; none of these leaves a server behind. The guard
returns to its starter at once and waits on its own.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

import psutil

from tests.servers.process import PIDS, alive, kill_tree

LOOK_EVERY = 0.3
"""Seconds."""


def main(owner: int, folder: Path) -> None:
    """Returns when the owner has ended, or somebody removed the folder: then its servers had been stopped."""
    try:
        process = psutil.Process(owner)
        while folder.exists() and alive(process):
            time.sleep(LOOK_EVERY)
    except psutil.NoSuchProcess:
        pass
    finally:  # a guard that is asked to end takes its servers along
        clear(folder)


def clear(folder: Path) -> None:
    """End the processes named in the folder, and remove it."""
    pids = folder / PIDS
    for line in pids.read_text(encoding="utf-8").splitlines() if pids.exists() else ():
        pid, begun = line.split()
        if is_still(int(pid), float(begun)):
            kill_tree(int(pid))
    shutil.rmtree(folder, ignore_errors=True)


def is_still(pid: int, begun: float) -> bool:
    """Whether the process is the one noted: its number may have been given to another since."""
    try:
        return psutil.Process(pid).create_time() == begun
    except psutil.NoSuchProcess:
        return False


if __name__ == "__main__":
    if os.fork():
        os._exit(0)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    main(int(sys.argv[1]), Path(sys.argv[2]))
