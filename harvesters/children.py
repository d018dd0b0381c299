"""Starting and ending the processes that fetch."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO

from harvesters.leash import Leash

_ROOT = Path(__file__).resolve().parents[1]
_LAST_WORDS = 300
"""Characters of the log's last line quoted when a child died."""


def start_child(
    job: bytes, log: IO[bytes], leash: Leash, secrets: Mapping[str, str] = MappingProxyType({})
) -> subprocess.Popen[bytes]:
    """A child in a process group of its own that has got its job; its standard output is a pipe.

    It lives no longer than this process and its `leash`. `secrets` joins its environment: command lines and
    job files can be read by others.
    """
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
    child = subprocess.Popen(
        [sys.executable, "-m", "harvesters.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        start_new_session=True,
        env={**os.environ, **secrets, "PYTHONPATH": path},
    )
    if child.stdin is not None:
        leash.tie(child.stdin, job)
    return child


def end_child(child: subprocess.Popen[bytes], patience: float = 5) -> int:
    """The exit status, after at most `patience` seconds for a child that has closed its output."""
    try:
        return child.wait(patience)
    except subprocess.TimeoutExpired:
        return kill_child(child)


def kill_child(child: subprocess.Popen[bytes]) -> int:
    """End the child and all it started, at once; its exit status."""
    if child.poll() is None:
        with suppress(ProcessLookupError):  # it may end in this moment
            os.killpg(child.pid, signal.SIGKILL)
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
    return child.wait()


def last_words(log: Path) -> str:
    """The last line a child logged."""
    lines = log.read_bytes()[-65_536:].decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:_LAST_WORDS] if lines else "its log is empty"
