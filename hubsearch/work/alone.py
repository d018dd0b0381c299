"""Being alone at a source: for what a person does to it by command."""

from collections.abc import Iterator
from contextlib import contextmanager

from hubsearch.hub import Hub
from hubsearch.work.due import job_of
from hubsearch.work.held import Held
from index.ingest.errors import IngestError


@contextmanager
def alone_at(hub: Hub, source: str) -> Iterator[Held]:
    """Nobody harvests the source meanwhile. Raises IngestError, saying who is at it, instead of waiting: a
    harvest may take an hour, and change what the person decided about."""
    held = hub.leases.take(job_of(source))
    if held is None:
        holder = hub.leases.holder(job_of(source)) or "another process"
        raise IngestError(f"{source} is being harvested by {holder}; try again when that run has ended")
    try:
        yield held
    finally:
        hub.leases.give_back(held)
