"""Feeds in memory and a small mapper: ingest is tested without portals and without crosswalks."""

import json
import os
import signal
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import select

from index.ingest import Mapper
from index.store import Run, Source, Store, StoredRecord, runs
from index.store.schema import COUNTERS, metadata
from mappings.dataset import Dataset
from mappings.issue import Issue, Unmappable
from mappings.source_record import RunStatement, SourceRecord

NOW = datetime(2026, 1, 1, 6, tzinfo=UTC)

SOURCE = Source("town", "dcat-us", "https://town.example/data.json", title="Town", level="city")


def days(number: float) -> datetime:
    """So many days after the first harvest."""
    return NOW + timedelta(days=number)


def record(identifier: str | None, title: str = "", **more: Any) -> SourceRecord:
    """A record of the toy schema; what is not `version`, `views`, `downloads`, `trouble` is payload."""
    beside = {key: more.pop(key) for key in ("version", "views", "downloads", "trouble") if key in more}
    published = {"title": title or f"About {identifier}", **more}
    canonical = json.dumps(published, sort_keys=True).encode()
    return SourceRecord(
        source=SOURCE.id,
        identifier=identifier,
        schema="toy",
        payload=json.dumps(published).encode(),
        url="https://town.example/data.json",
        digest=blake2b(canonical + repr(identifier).encode(), digest_size=16).hexdigest(),
        **beside,
    )


def many(number: int, **more: Any) -> list[SourceRecord]:
    """Records `r0`, `r1`, …"""
    return [record(f"r{n}", **more) for n in range(number)]


@dataclass
class Feed:
    """A finished fetch in memory."""

    items: list[SourceRecord] = field(default_factory=list)
    statement: RunStatement = field(default_factory=lambda: RunStatement(complete=True))

    def records(self) -> Iterator[SourceRecord]:
        return iter(self.items)


def cut(items: list[SourceRecord]) -> Feed:
    """A fetch that did not get everything."""
    return Feed(items, RunStatement(complete=False, slug="stream-cut", reason="the stream ended early"))


@dataclass(slots=True)
class ToyMapped:
    dataset: Dataset
    issues: list[Issue]


def map_toy(_schema: str, payload: bytes) -> ToyMapped:
    """`title`; `refuse` refuses, `crash` divides by it, `issue` is an issue's slug."""
    published = json.loads(payload)
    if "refuse" in published:
        raise Unmappable("missing-title", published["refuse"])
    if "crash" in published:
        raise ZeroDivisionError(published["crash"])
    issues = [Issue(published["issue"], "title", "as said")] if "issue" in published else []
    return ToyMapped(Dataset(title=published["title"], keywords=published.get("keywords", [])), issues)


def label_toy(stored: StoredRecord, source: Source) -> Iterable[tuple[str, str, str]]:
    yield "level", source.level, source.level.title()
    for keyword in stored.dataset.keywords:
        yield "keyword", keyword.casefold(), keyword


TOY = Mapper(map_toy, label_toy, version=1, processes=0)


def numbers(run: Run) -> dict[str, int]:
    """The counters of a run that are not zero."""
    return {name: getattr(run, name) for name in COUNTERS if getattr(run, name)}


def dump(store: Store) -> dict[str, list[Any]]:
    """Every row of every table but those of the runs."""
    with store.database.read() as connection:
        return {
            table.name: sorted(connection.execute(select(table)).all(), key=repr)
            for table in metadata.sorted_tables
            if table.name not in {"runs", "run_errors"}
        }


def titles(store: Store) -> dict[str, str]:
    return {r.identifier: r.dataset.title for r in store.live_records()}


FEED = [
    *many(700, keywords=["a", "b"], views=5),
    record("twice", "older", version="2020"),
    record("twice", "newer", version="2021"),
    record(None, "nameless"),
    record(None, "nameless two"),
    record("refused", refuse="no title"),
    record("crashing", crash="boom"),
    record("big", trouble=Issue("record-too-large", "", "over 16 MB")),
    record("r3", views=5, keywords=["a", "b"]),
]
"""A feed with something of everything: good records, duplicates, trouble of each kind."""


def die_in_transaction(number: int) -> None:
    """Let this process be killed within the write transaction of that number of its harvest."""
    seen = 0
    take_step = runs.take_step

    def count(connection: object, run: object, *, again: bool = False) -> bool:
        nonlocal seen
        taken = take_step(connection, run, again=again)  # type: ignore[arg-type]
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return taken

    runs.take_step = count  # type: ignore[assignment]
