"""The process that fetching processes are forked from: `python -m harvesters.zygote DESCRIPTOR`.

It has loaded what every fetch needs and runs nothing, so that a fetch takes a few hundredths of a second of a
core to begin instead of 0.4. (Chromium and Android call such a process a zygote. `multiprocessing` has one
too, but not for threads: where several start processes, one may read, and lose, how another's ended.)

It ends with its socket, that is, with the process that started it; its children end by their leashes.
"""

import gc
import importlib
import os
import select
import signal
import socket
import sys
from contextlib import suppress

from harvesters.child import main as fetch
from harvesters.fork_request import PROCESS_ID, STATUS, Descriptors, receive
from harvesters.registry import HARVESTERS
from harvesters.settings import MIDDLEWARES

_LATER = (
    *HARVESTERS.values(),
    *(middleware.rpartition(".")[0] for middleware in MIDDLEWARES),
    "harvesters.transport",
    "scrapy.core.downloader",
    "scrapy.dupefilters",
    "scrapy.extensions.throttle",
    "scrapy.logformatter",
    "scrapy.pqueues",
    "scrapy.resolver",
    "scrapy.spidermiddlewares.start",
    "scrapy.squeues",
    "scrapy.statscollectors",
    "encodings.idna",
)
"""What every fetch would load when it runs. Never `twisted.internet.reactor`: each process needs its own."""


def main() -> None:
    """Fork until the socket ends; in each child, fetch."""
    for name in _LATER:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # the collector never looks at these objects again, so their pages stay shared
    with socket.socket(fileno=int(sys.argv[1])) as channel:
        child = _Zygote(channel).serve()
    if child:
        fetch()


class _Zygote:
    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._ends: dict[int, int] = {}
        self._woken, self._waking = os.pipe()
        for end in (self._woken, self._waking):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._waking, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> bool:
        """True in a child; False when the socket has ended."""
        asked = self._channel.fileno()
        while True:
            readable, _, _ = select.select([asked, self._woken], [], [])
            if self._woken in readable:
                self._reap()
            if asked in readable:
                request = receive(self._channel)
                if request is None:
                    return False
                if self._fork(*request):
                    return True

    def _fork(self, descriptors: Descriptors, environment: dict[str, str]) -> bool:
        pid = os.fork()
        if pid == 0:
            self._begin_anew(descriptors, environment)
            return True
        self._ends[pid] = descriptors.end
        for used in descriptors[:3]:
            os.close(used)
        with suppress(OSError):  # it did so itself, or has ended
            os.setpgid(pid, pid)
        with suppress(OSError):  # nobody asks any more: the loop will see it
            self._channel.sendall(PROCESS_ID.pack(pid))
        return False

    def _begin_anew(self, descriptors: Descriptors, environment: dict[str, str]) -> None:
        """Have what a process has that was started for itself: a group, its own files and environment."""
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, descriptor in enumerate(descriptors[:3]):
            os.dup2(descriptor, number)
        for descriptor in (*descriptors, *self._ends.values(), self._woken, self._waking):
            os.close(descriptor)
        os.environ.clear()
        os.environ.update(environment)

    def _reap(self) -> None:
        with suppress(BlockingIOError):
            os.read(self._woken, 4_096)
        while self._ends:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            end = self._ends.pop(pid)
            with suppress(BrokenPipeError):  # nobody wants to know
                os.write(end, STATUS.pack(os.waitstatus_to_exitcode(status)))
            os.close(end)


if __name__ == "__main__":
    main()
