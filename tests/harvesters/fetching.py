"""Fetching a loopback portal through the real child process."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from harvesters.portal import Portal
from harvesters.spool import SpoolReader
from harvesters.supervise import fetch
from mappings.source_record import RunStatement, SourceRecord

_WAYS = ("memory_limit", "cpu_limit", "known", "hosts", "kept", "leash")


@dataclass
class Fetched:
    """A run's statement and its records; `log` is what the child wrote."""

    statement: RunStatement
    records: list[SourceRecord]
    log: str

    @property
    def verdict(self) -> tuple[bool, str, bool]:
        """(complete, slug, failed)."""
        return self.statement.complete, self.statement.slug, self.statement.failed


def harvest(folder: Path, portal_type: str, url: str, /, **entry: Any) -> Fetched:
    """Fetch one portal; `entry` are further keys of the entry, and of `fetch`. The spool always says what was
    returned."""
    ways = {name: entry.pop(name) for name in _WAYS if name in entry}
    portal = Portal("p", portal_type, url, **{"allow_private": True, **entry})
    spool = folder / "run.spool"
    statement = fetch(portal, spool, user_agent="hubsearch-tests/1 (+https://example.org)", **ways)
    reader = SpoolReader(spool)
    assert reader.statement == statement
    assert sorted(path.name for path in folder.iterdir()) == ["run.log", "run.spool"], (
        "something was left behind"
    )
    return Fetched(statement, list(reader.records()), (folder / "run.log").read_text())


def fetching_children(of: int | None = None) -> list[psutil.Process]:
    """The processes that fetch for a process: this one, or the one of that id."""
    found = []
    for zygote in zygotes(of):
        with suppress(psutil.NoSuchProcess):
            found.extend(zygote.children())
    return found


def zygotes(of: int | None = None) -> list[psutil.Process]:
    """What they are forked from: one, or none before the first fetch."""
    found = []
    for child in psutil.Process(of).children():
        with suppress(psutil.NoSuchProcess):
            if "harvesters.zygote" in child.cmdline():
                found.append(child)
    return found
