"""Mapping in processes of its own, so that the second core maps while this one reads and writes.

Each process has a pipe of its own and at most one portion to work on: a portion is sent only after the last
answer was taken, so neither side ever waits for the other to read. A process whose parent dies reads the
end of its pipe and goes.
"""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Self

import msgspec

from index.ingest.errors import IngestError
from index.ingest.mapper import Job, Mapper, Outcome, map_job
from index.store.codec import Encoder
from index.store.model import Source

Chunk = list[Job]

WORTH_IT = 5_000
"""Changed records from which starting processes pays: it takes half a second of both cores, and saves 130
of the 340 µs a record takes."""


def processes_for(changed: int, mapper: Mapper) -> int:
    """How many processes to map in; 0: in this one."""
    if mapper.processes is not None:
        return mapper.processes
    return min(4, os.cpu_count() or 1) if changed >= WORTH_IT else 0


def map_here(
    mapper: Mapper, source: Source, chunks: Iterator[Chunk]
) -> Iterator[tuple[Chunk, list[Outcome]]]:
    """Map portion by portion in this process."""
    encoder = Encoder()
    for chunk in chunks:
        yield chunk, [map_job(mapper, source, encoder, job) for job in chunk]


class Workers:
    """Processes that map. Use as a context; leaving it ends them."""

    def __init__(self, mapper: Mapper, source: Source, number: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._workers = []
        for _ in range(number):
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(theirs, mapper, source), daemon=True)
            process.start()
            theirs.close()
            self._workers.append(_Worker(process, ours))

    def map(self, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, list[Outcome]]]:
        """Portions and their outcomes, in order. Raises IngestError when a process dies."""
        idle = deque(self._workers)
        busy: deque[tuple[_Worker, Chunk]] = deque()
        for chunk in chunks:
            done = None
            if not idle:
                worker, earlier = busy.popleft()
                done = earlier, worker.receive()
                idle.append(worker)
            worker = idle.popleft()
            worker.send(chunk)
            busy.append((worker, chunk))
            if done:
                yield done
        for worker, chunk in busy:
            yield chunk, worker.receive()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.close()


class _Worker:
    """One process and its pipe."""

    def __init__(
        self, process: multiprocessing.process.BaseProcess, pipe: "Connection[bytes, bytes]"
    ) -> None:
        self._process = process
        self._pipe = pipe

    def send(self, chunk: Chunk) -> None:
        try:
            self._pipe.send_bytes(msgspec.msgpack.encode(chunk))
        except OSError as error:
            raise self._gone() from error

    def receive(self) -> list[Outcome]:
        try:
            return msgspec.msgpack.decode(self._pipe.recv_bytes(), type=list[Outcome])
        except (EOFError, OSError) as error:
            raise self._gone() from error

    def close(self) -> None:
        self._pipe.close()
        self._process.terminate()
        self._process.join()
        self._process.close()

    def _gone(self) -> IngestError:
        self._process.join(timeout=5)
        return IngestError(
            f"a mapping process ended by itself (exit code {self._process.exitcode}); what was written "
            "before stays. Look for a lack of memory, then harvest again"
        )


def _serve(pipe: "Connection[bytes, bytes]", mapper: Mapper, source: Source) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end this one notices
    encoder = Encoder()
    decode = msgspec.msgpack.Decoder(list[Job]).decode
    while True:
        try:
            chunk = decode(pipe.recv_bytes())
            outcomes = [map_job(mapper, source, encoder, job) for job in chunk]
            pipe.send_bytes(msgspec.msgpack.encode(outcomes))
        except (EOFError, OSError):
            return
