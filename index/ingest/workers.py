"""Mapping in processes of its own, where a record can hurt nobody, and while this one reads and writes.

A record that kills the process which maps it (a crash in a library, all of the memory, no end) costs itself
alone: the portion is mapped again one by one in a fresh process, and the one that kills again is refused.
"""

import os
from collections import deque
from collections.abc import Iterator
from itertools import chain
from types import TracebackType
from typing import Self

from index.ingest.errors import NoMapping
from index.ingest.mapper import MAPPING_FAILED, Job, Mapper, Outcome, map_job
from index.ingest.mapping_process import Died, MappingProcess
from index.store.codec import Encoder
from index.store.model import Source

Chunk = list[Job]

WORTH_IT = 5_000
"""Changed records from which several processes pay."""

PATIENCE = 300.0
ALONE = 60.0
"""Seconds for a portion, which takes 0.2 s, and for one record of it; a busy machine is slow."""

DEATHS = 20
"""Processes that may die in one run. More, and it is not the records: the machine lacks memory."""


def processes_for(changed: int, mapper: Mapper) -> int:
    """How many processes to map in; 0: in this one, where there is nothing to map."""
    if mapper.processes is not None:
        return mapper.processes
    return min(4, os.cpu_count() or 1) if changed >= WORTH_IT else min(1, changed)


def mapped(
    mapper: Mapper, source: Source, changed: int, chunks: Iterator[Chunk]
) -> Iterator[tuple[Chunk, list[Outcome]]]:
    """Portions and their outcomes, in order, in as many processes as so many changed records want.

    Raises NoMapping when one process after the other dies, or none can be started.
    """
    first = next(chunks, None)
    if first is None:
        return
    chunks = chain([first], chunks)
    if number := processes_for(changed, mapper):
        with Workers(mapper, source, number) as workers:
            yield from workers.map(chunks)
    else:
        yield from _map_here(mapper, source, chunks)


def _map_here(
    mapper: Mapper, source: Source, chunks: Iterator[Chunk]
) -> Iterator[tuple[Chunk, list[Outcome]]]:
    encoder = Encoder()
    for chunk in chunks:
        yield chunk, [map_job(mapper, source, encoder, job) for job in chunk]


class Workers:
    """Processes that map. Use as a context; leaving it ends them."""

    def __init__(self, mapper: Mapper, source: Source, number: int) -> None:
        self._workers = [MappingProcess(mapper, source) for _ in range(number)]
        self._encoder = Encoder()
        self._deaths = 0

    def map(self, chunks: Iterator[Chunk]) -> Iterator[tuple[Chunk, list[Outcome]]]:
        """Portions and their outcomes, in order. Raises NoMapping when one process after the other dies."""
        idle = deque(self._workers)
        busy: deque[tuple[MappingProcess, Chunk]] = deque()
        for chunk in chunks:
            done = None
            if not idle:
                worker, earlier = busy.popleft()
                done = earlier, self._outcomes(worker, earlier)
                idle.append(worker)
            worker = idle.popleft()
            self._send(worker, chunk)
            busy.append((worker, chunk))
            if done:
                yield done
        for worker, chunk in busy:
            yield chunk, self._outcomes(worker, chunk)

    def _outcomes(self, worker: MappingProcess, chunk: Chunk) -> list[Outcome]:
        try:
            return worker.receive(min(PATIENCE, len(chunk) * ALONE))
        except Died as death:
            self._bury(worker, death)
            return [self._alone(worker, job) for job in chunk]

    def _alone(self, worker: MappingProcess, job: Job) -> Outcome:
        """The outcome of one record of a portion that killed a process."""
        self._send(worker, [job])
        try:
            return worker.receive(ALONE)[0]
        except Died as death:
            self._bury(worker, death)
            return Outcome(self._encoder.raw(job.payload), MAPPING_FAILED, f"mapping the record: {death}")

    def _send(self, worker: MappingProcess, jobs: list[Job]) -> None:
        try:
            worker.send(jobs)
        except Died as death:
            self._bury(worker, death)
            worker.send(jobs)

    def _bury(self, worker: MappingProcess, death: Died) -> None:
        self._deaths += 1
        if self._deaths > DEATHS:
            raise NoMapping(
                f"{self._deaths} mapping processes died, the last because {death}; what was written before "
                "stays. Look for a lack of memory, then harvest again"
            ) from death
        worker.restart()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.close()
