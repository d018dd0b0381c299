"""Who holds a lease or makes an index: `host:pid:start`, by which its machine can tell that it is dead.

Elsewhere a dead owner is noticed when it gives no sign of life any more. Here it is noticed at once, so that
a command that was killed can be given again without waiting.
"""

import os
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil

_DEAD = "ZX"
"""States of a process that is over and only waits to be buried."""


@cache
def this_process() -> str:
    """The name of this process. The same for as long as it lives, and nobody else's."""
    host = os.uname().nodename.replace(":", "-") or "localhost"
    return f"{host}:{os.getpid()}:{_machine()}.{_start(os.getpid())}"


def is_dead(owner: str) -> bool:
    """Whether a holder is known to be dead: a process of this very machine that is no longer there."""
    _, pid, start = _parts(owner)
    machine, _, begun = start.partition(".")
    return pid.isdecimal() and machine == _machine() and _start(int(pid)) != begun


def shown(owner: str) -> str:
    """A holder for a person."""
    host, pid, _ = _parts(owner)
    return f"process {pid} on {host}"


def _parts(owner: str) -> tuple[str, str, str]:
    host, _, rest = owner.partition(":")
    pid, _, start = rest.partition(":")
    return host, pid, start


@cache
def _machine() -> str:
    """What numbers processes: one boot of one kernel, and there one container. The host's name elsewhere."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip().replace("-", "")
        return f"{boot[:12]}-{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return os.uname().nodename.replace(".", "-")


def _start(pid: int) -> str:
    """When a process began, in the machine's own count; empty when there is none of that number."""
    if Path("/proc/self/stat").exists():
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            return "" if fields[0] in _DEAD else fields[19]
        return ""
    with suppress(psutil.Error):
        return f"{psutil.Process(pid).create_time():.0f}"
    return ""
