"""Portions of anything that fit one transaction."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from index.store.database import BATCH

Item = TypeVar("Item")


def batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Lists of up to `BATCH` items."""
    rest = iter(items)
    while batch := list(islice(rest, BATCH)):
        yield batch
