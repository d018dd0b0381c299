"""Portions: of records to be mapped, that fit a transaction and the memory, and of anything else."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from index.ingest.mapper import Job
from index.store.database import BATCH

CHUNK_BYTES = 4 * 1024 * 1024
"""Payload in one portion. A few portions are under way at once, each with its mapped form as large again."""

Item = TypeVar("Item")


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Lists of up to `BATCH` items."""
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch


def portions(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """Lists of up to `BATCH` jobs and `CHUNK_BYTES` of payload."""
    portion: list[Job] = []
    size = 0
    for job in jobs:
        if portion and (len(portion) == BATCH or size + len(job.payload) > CHUNK_BYTES):
            yield portion
            portion, size = [], 0
        portion.append(job)
        size += len(job.payload)
    if portion:
        yield portion
