"""One process that maps, and the pipe to it.

It holds at most one portion: the next is sent only after the answer was taken, so neither side ever waits for
the other to read. A process whose hub dies reads the end of its pipe and goes.

The processes are forked from a server that has loaded their modules and runs nothing: it takes 0.35 s of one
core and 50 MB once for a hub's process, and each process that maps 70 ms and 30 MB: every run can have one.
Where the server cannot be, each process starts anew, which takes half a second.
"""

import multiprocessing
import signal
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext

import msgspec

from index.ingest.errors import NoMapping
from index.ingest.mapper import Job, Mapper, Outcome, map_job
from index.store.codec import Encoder
from index.store.model import Source

LOADED = ("__main__", "index.document", "mappings.schemas", __name__)
"""What the server loads. `__main__` because each of its processes would otherwise load it for itself."""

_READY = b"ready"
_START = 300.0
"""Seconds a process may take to load its modules: half a second, but on a busy machine nobody knows."""


class Died(Exception):
    """The process ended by itself, or was ended because it gave no answer."""


class MappingProcess:
    """Starts at once, and anew with `restart`; both raise NoMapping where that cannot be."""

    def __init__(self, mapper: Mapper, source: Source) -> None:
        self._mapper, self._source = mapper, source
        self._ready = False
        self._start()

    def send(self, jobs: list[Job]) -> None:
        """Hand over a portion. Raises Died."""
        try:
            self._pipe.send_bytes(msgspec.msgpack.encode(jobs))
        except OSError as error:
            raise Died(self._how()) from error

    def receive(self, patience: float) -> list[Outcome]:
        """The answer to the portion. Raises Died when there is none within so many seconds."""
        try:
            if not self._ready:
                self._await(_START, f"it did not start within {_START:g} s")
                self._ready = self._pipe.recv_bytes() == _READY
            self._await(patience, f"it took more than {patience:g} s and was ended")
            return msgspec.msgpack.decode(self._pipe.recv_bytes(), type=list[Outcome])
        except (EOFError, OSError) as error:
            raise Died(self._how()) from error

    def _await(self, patience: float, otherwise: str) -> None:
        if not self._pipe.poll(patience):
            raise Died(otherwise)

    def restart(self) -> None:
        """A fresh process in the place of this one."""
        self.close()
        self._start()

    def close(self) -> None:
        """End it."""
        self._pipe.close()
        self._process.kill()
        self._process.join()
        self._process.close()

    def _start(self) -> None:
        self._ready = False
        try:
            self._begin(_fork_server())
        except OSError:  # no room for its socket, or a temporary folder of too long a name (108 bytes)
            try:
                self._begin(multiprocessing.get_context("spawn"))
            except OSError as error:
                raise NoMapping(
                    f"no process to map records in can be started ({error}): look for a lack of memory, "
                    "or of processes this user may have, then harvest again"
                ) from error

    def _begin(self, context: ForkServerContext | SpawnContext) -> None:
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._mapper, self._source), daemon=True)
        try:
            self._process.start()
        finally:
            theirs.close()

    def _how(self) -> str:
        self._process.join(timeout=5)
        return f"the mapping process ended by itself (exit code {self._process.exitcode})"


def _fork_server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(LOADED))  # heard by a server that has not begun yet
    return context


def _serve(pipe: "Connection[bytes, bytes]", mapper: Mapper, source: Source) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end this one notices
    encoder = Encoder()
    decode = msgspec.msgpack.Decoder(list[Job]).decode
    answer = _READY
    while True:
        try:
            pipe.send_bytes(answer)
            chunk = decode(pipe.recv_bytes())
            outcomes = [map_job(mapper, source, encoder, job) for job in chunk]
            answer = msgspec.msgpack.encode(outcomes)
        except (EOFError, OSError):
            return
