"""What the links of a register lead to: a feed or interface for programs, a file, or a page.

Registers exist to make feeds known (a department of transportation's XML of traffic incidents), and their
rows seldom say more than the address. XML and JSON are read by programs, so they count as an interface,
unless the column or the ending says that the address is another kind of file. What decided is noted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mappings.consume import listed, says_something
from mappings.dataset import Distribution, DistributionKind
from mappings.dcat_us_links import split_urls
from mappings.distributions import DISTRIBUTION_LIMIT, DistributionSet
from mappings.formats import read_format
from mappings.issue import IssueLog
from mappings.register_fields import Entry, first_of
from mappings.text import read_line
from mappings.urls import read_url

_READ_BY_PROGRAMS = frozenset({"XML", "JSON", "JSON-LD", "RSS", "ATOM", "GTFS-RT", "API"})
_FEED_WORDS = re.compile(
    r"\b(?:feeds?|real[- ]?time|live|stream(?:ing)?|rss|atom|gtfs[- ]?rt|gtfs[- ]realtime|apis?|web ?service"
    r"|endpoint)\b",
    re.IGNORECASE,
)
_FEED_URL = re.compile(
    r"/api/|//api\.|/rest/|[?&](?:f|format|output)=(?:json|xml|rss|atom|pbf)\b"
    r"|[/._-](?:feeds?|rss|atom|gtfs-?rt|gtfs-?realtime)(?:[/._?&-]|$)|[?&]service=w[mfc]s\b|\.pb(?:\?|$)",
    re.IGNORECASE,
)
_COLUMNS: tuple[tuple[str, DistributionKind | None], ...] = (
    ("url", None),
    ("feed", "api"),
    ("download", "download"),
    ("resources", None),
)
"""Columns of links, with the kind a column's name alone decides."""
_WORDS_READ = 2_000
"""Characters of title and description that are searched for words such as "real-time feed"."""


@dataclass(slots=True)
class Links:
    """Collects the distributions of one row. `reasons` says for each URL what made it an interface."""

    log: IssueLog
    words: str
    found: DistributionSet = field(default_factory=DistributionSet)
    reasons: dict[str, str] = field(default_factory=dict)

    def read(self, entry: Entry) -> list[Distribution]:
        """Every link of the row, in the order of how sure it is to be the data."""
        raw_format, raw_type = entry.take("format")[1], entry.take("media_type")[1]
        columns = [(*entry.take(column), kind) for column, kind in _COLUMNS]
        parts = [(part, name, kind) for name, raw, kind in columns for part in _parts(raw, name, self.log)]
        for part, name, kind in parts[:DISTRIBUTION_LIMIT]:
            self._add(part, name, kind, (_single(raw_format), _single(raw_type)), alone=len(parts) == 1)
        return self.found.finished(self.log)

    def _add(
        self, raw: Any, name: str, kind: DistributionKind | None, shared: tuple[Any, Any], *, alone: bool
    ) -> None:
        """One link. What the row says of the format holds for several links only where their own endings say
        nothing else."""
        title, (raw_format, raw_type) = None, shared
        if isinstance(raw, dict):
            title = read_line(first_of(raw, "title", "description"), name, self.log)
            raw_format = first_of(raw, "format") or raw_format
            raw_type = first_of(raw, "media_type") or raw_type
            raw = first_of(raw, "url", "download", "feed")
        url = read_url(raw, name, self.log)
        if url is None:
            return
        own = None if alone else read_format(None, None, url, "format", IssueLog())
        if own and own.format and (raw_format, raw_type) == shared:
            reading = own
        else:
            reading = read_format(raw_format, raw_type, url, "format", self.log)
        decided = kind or self._kind(url, reading.format, reading.kind)
        self.found.add(Distribution(url, decided, title, reading.format, reading.media_type))

    def _kind(self, url: str, name: str | None, usual: DistributionKind | None) -> DistributionKind:
        reason = ""
        if name in _READ_BY_PROGRAMS:
            reason = f"the format {name}"
        elif usual in {None, "page"} and (word := _FEED_URL.search(url)):
            reason = f"“{word[0]}” in the address"
        elif usual is None and (word := _FEED_WORDS.search(self.words)):
            reason = f"“{word[0]}” in title or description"
        if reason:
            self.reasons[url] = f"an interface by {reason}"
            return "api"
        return usual or "page"


def read_links(entry: Entry, words: str, log: IssueLog) -> tuple[list[Distribution], dict[str, str]]:
    """The distributions of a row, and what made some interfaces; `words` are title and description."""
    links = Links(log, words[:_WORDS_READ])
    return links.read(entry), links.reasons


def _parts(raw: Any, name: str, log: IssueLog) -> Iterator[Any]:
    """Single links: of a list, of one cell that holds several, of an object for each."""
    if isinstance(raw, dict):
        yield raw
        return
    for part in listed(raw)[:DISTRIBUTION_LIMIT]:
        if isinstance(part, dict):
            yield part
        else:
            yield from split_urls(part, name, log)


def _single(raw: Any) -> Any:
    """One word of a cell or list that names a format for each link; the first describes the row best."""
    values = [value for value in listed(raw) if says_something(value)]
    return values[0] if values else None
