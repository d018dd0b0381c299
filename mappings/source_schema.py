"""What a crosswalk module says of each source schema it reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mappings.dataset import Dataset
from mappings.issue import Issue, IssueLog
from mappings.payload import decode


@dataclass(frozen=True, slots=True)
class SourceSchema:
    """How to read records of one schema. Paths are keys from the record inwards; the record is what `decode`
    makes of the payload: JSON's object, or for XML a dictionary with the tree under `root`."""

    name: str
    crosswalk: Callable[[dict[str, Any], IssueLog], Dataset]
    identifier: tuple[str, ...] = ("identifier",)
    identify: Callable[[Mapping[str, Any]], Any] | None = None
    """The identifier as published, where no one path leads to it; `identifier` then names it in messages."""
    version: tuple[str, ...] = ("modified",)
    title: tuple[str, ...] = ("title",)
    views: tuple[str, ...] = ()
    downloads: tuple[str, ...] = ()
    page_of: Callable[[str], str | None] | None = None
    """The dataset's page at its portal from the address of its record, where the record does not say it."""
    place: Callable[[Dataset, str | None], None] | None = None
    """Resolves links that the record gives relative to its own address."""
    decode: Callable[[bytes], tuple[dict[str, Any], list[Issue]]] = decode
    canonical: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict
    """The record without what moves by itself, with arrays that are sets in one order: what is hashed to tell
    whether it changed. See `mappings.fingerprint`."""
