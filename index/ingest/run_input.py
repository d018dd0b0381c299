"""What ingest reads: the records of one run, as often as it needs, and the statement about them."""

from collections.abc import Callable, Iterator
from typing import Protocol, runtime_checkable

from index.ingest.errors import UnreadableInput
from mappings.source_record import RunStatement, SourceRecord


class RunInput(Protocol):
    """A finished fetch. `records` starts anew at each call and gives the same records in the same order.

    Every record has its digest, those in trouble as well. Reading may raise OSError, EOFError or ValueError
    when what was written cannot be read.
    """

    @property
    def statement(self) -> RunStatement: ...
    def records(self) -> Iterator[SourceRecord]: ...


@runtime_checkable
class LightInput(RunInput, Protocol):
    """A finished fetch that can leave out payloads (they are empty), which makes planning cheaper."""

    def headers(self) -> Iterator[SourceRecord]: ...


def headers(run_input: RunInput) -> Iterator[SourceRecord]:
    """Every record, without its payload where the input can do that. Raises UnreadableInput."""
    return _checked(run_input.headers if isinstance(run_input, LightInput) else run_input.records)


def records(run_input: RunInput) -> Iterator[SourceRecord]:
    """Every record whole. Raises UnreadableInput."""
    return _checked(run_input.records)


def _checked(read: Callable[[], Iterator[SourceRecord]]) -> Iterator[SourceRecord]:
    try:
        yield from read()
    except (OSError, EOFError, ValueError) as error:
        raise UnreadableInput(
            f"what was fetched cannot be read to its end: {error}; harvest again"
        ) from error
