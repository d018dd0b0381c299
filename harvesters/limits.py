"""What the fetching process may use of the machine, set by itself at its start and kept by the kernel.

The parent looks at its memory and its time from outside (`harvesters.watch`); these hold between two looks,
and when the parent is stopped.
"""

import resource
from dataclasses import dataclass

OUT_OF_MEMORY = 71
"""Exit status of a child that was refused memory; EX_OSERR of sysexits.h."""
_FILES = 256
"""Open files: a connection, a body, a spool, and what Python needs."""
_LAST_WORDS = 5
"""Seconds of processor time between the signal that ends a child and the one that cannot be caught."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`cpu` in seconds of processor time, `memory` in bytes it may allocate, `file` in bytes of one file."""

    cpu: int
    memory: int
    file: int


def set_limits(limits: Limits) -> None:
    """Bind this process; what the system allows at most stays the most."""
    _bind(resource.RLIMIT_CORE, 0, 0)  # a core would hold the portal's token
    _bind(resource.RLIMIT_NOFILE, _FILES, _FILES)
    _bind(resource.RLIMIT_FSIZE, limits.file, limits.file)
    _bind(resource.RLIMIT_DATA, limits.memory, limits.memory)
    _bind(resource.RLIMIT_CPU, limits.cpu, limits.cpu + _LAST_WORDS)


def _bind(what: int, soft: int, hard: int) -> None:
    _, most = resource.getrlimit(what)
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(what, (soft, hard))
