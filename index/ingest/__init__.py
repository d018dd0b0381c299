"""From a finished fetch to the record store: plan, guard, apply; and an operator's decisions."""

from index.ingest.decide import approve, held_run, reject
from index.ingest.errors import IngestError, UnreadableInput
from index.ingest.flow import ingest
from index.ingest.mapper import Mapper
from index.ingest.run_input import RunInput
from index.store.run import Run

__all__ = [
    "IngestError",
    "Mapper",
    "Run",
    "RunInput",
    "UnreadableInput",
    "approve",
    "held_run",
    "ingest",
    "reject",
]
